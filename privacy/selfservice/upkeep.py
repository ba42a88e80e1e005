"""Delete what is over, and what is of people who are erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor
from privacy.db import in_parts, session
from privacy.selfservice import audited
from privacy.selfservice.changes import forget_changes
from privacy.selfservice.models import PersonEntry, PersonProof, PersonSession, SignOnUsed
from privacy.selfservice.sessions import IDLE

#: How long a session that is over is kept, so that a person may ask who was in.
_KEPT = clock.DAY
_AT_ONCE = 200


def delete_ended_sessions(now: int, *, actor: Actor) -> int:
    """Delete sessions that have been over for a day, and numbers of sign-ons that are worth nothing any more.

    Some at a time, in the open unit of work; returns how many sessions.
    """
    over = now - _KEPT
    ended = sa.or_(PersonSession.ended_at < over, PersonSession.used_at < over - IDLE, PersonSession.ends_at < over)
    query = sa.select(PersonSession.id).where(ended).order_by(PersonSession.used_at)
    ids = session().scalars(query.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
    if ids:
        _delete_sessions(ids)
        audited.of_deleted("person_sessions", ids, actor)
    used = sa.delete(SignOnUsed).where(SignOnUsed.expires_at <= now)
    session().execute(used.execution_options(synchronize_session=False))
    return len(ids)


def forget_people(subject_ids: Sequence[UUID]) -> Mapping[str, int]:
    """Delete what is of these people, in the open unit of work of their erasure; says how many rows of which table."""
    found: dict[str, int] = {"person_session": 0, "person_proof": 0, "person_entry": 0, "change_by_other": 0}
    for part in in_parts(sorted(subject_ids)):
        theirs = sa.select(PersonSession.id).where(PersonSession.subject_id.in_(part))
        for name, gone in (
            (
                "person_entry",
                sa.delete(PersonEntry).where(
                    sa.or_(
                        PersonEntry.holder_id.in_(part),
                        PersonEntry.subject_id.in_(part),
                        PersonEntry.session_id.in_(theirs),
                    )
                ),
            ),
            (
                "person_proof",
                sa.delete(PersonProof).where(
                    sa.or_(PersonProof.holder_id.in_(part), PersonProof.session_id.in_(theirs))
                ),
            ),
            ("person_session", sa.delete(PersonSession).where(PersonSession.subject_id.in_(part))),
        ):
            found[name] += _rows(gone)
        found["change_by_other"] += forget_changes(part)
    return found


def _delete_sessions(ids: Sequence[UUID]) -> None:
    # An asking outlives the session that it was to prove, for some hours at most, and is worth nothing.
    freed = (
        sa.update(PersonEntry).where(PersonEntry.session_id.in_(ids)).values(session_id=None, ended_at=clock.micros())
    )
    session().execute(freed.execution_options(synchronize_session=False))
    _rows(sa.delete(PersonProof).where(PersonProof.session_id.in_(ids)))
    _rows(sa.delete(PersonSession).where(PersonSession.id.in_(ids)))


def _rows(statement: sa.Delete) -> int:
    result = session().execute(statement.execution_options(synchronize_session=False))
    return cast("sa.CursorResult[Any]", result).rowcount
