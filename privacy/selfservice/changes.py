"""Tell people that somebody else changed their choices: a letter to where they were reached before, and their own page.

Somebody else is: staff, a parent or another representative, whoever reads a mailbox that several people have, a system
or a file that says it for the person. What people do themselves, here or in a shop or app, is no news to them; nor is
what a file tells of long ago. A letter says that something changed and where to look, never what: mail is read by
others, too. One a day at most, for all that changed since the last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor, Realm
from privacy.consent import service as consent
from privacy.consent.service import ACT_OBJECT, ActView, Changing
from privacy.db import new_id, session
from privacy.errors import NotFound
from privacy.programme.types import ProofGrade
from privacy.selfservice import audited, models
from privacy.selfservice.models import ChangeByOther, ChangePlace
from privacy.selfservice.sessions import PersonSession
from privacy.subjects import service as subjects

#: Events of one portion.
_AT_ONCE = 200
#: An act that was so old as we got to know of it is history, of a migration or an old file, and no news.
_HISTORY = 7 * clock.DAY
#: How long what is done in one sitting is gathered before a letter goes, and how long until the next.
GATHERED, AGAIN = 10 * clock.MINUTE, clock.DAY
#: What is older is not written about any more: telling was switched off, or nothing could be sent.
_STALE = 3 * clock.DAY
#: How long notes are kept for the person's own page.
_KEPT = 90 * clock.DAY
#: A contact that more people have than this is a shop's, typed in for its customers.
_MOST_HOLDERS = 50
_ROW = 1


class Who(StrEnum):
    """Who it was, as far as it is known."""

    STAFF = "staff"  # of the controller, at a counter or on the telephone, or by its own decision
    REPRESENTATIVE = "representative"  # a parent, or with a mandate
    MAILBOX = "mailbox"  # reads the same mailbox, or has the same number
    SYSTEM = "system"  # a system or a file that says it for the person


@dataclass(frozen=True)
class SeenChange:
    """One change by somebody else, for the person's own page."""

    who: Who
    act: ActView
    #: Whether it is in the person's own history.
    own: bool


def note_changes(at_once: int = _AT_ONCE) -> int:
    """Read a portion of the log for changes by others, in the open unit of work; says how many events were read.

    Begins at the end of a log that it has not followed yet. Two at once note a change once.
    """
    place = _locked_place()
    size = audit.sizes()[0]
    if place.origin != audit.origin() or place.place > size:
        place.origin, place.place = audit.origin(), size
        return 0
    leaves = audit.sequenced_leaves(place.place, at_once)
    if not leaves:
        return 0
    place.place = leaves[-1].n + 1
    acts = {UUID(one.object_id) for one in leaves if one.object_type == ACT_OBJECT and one.object_id}
    for changing in consent.changes_among(acts) if acts else ():
        for subject_id, who in _others(changing):
            _note(subject_id, changing, who)
    return len(leaves)


def unseen(mine: PersonSession) -> list[SeenChange]:
    """What others changed of the person's choices and the person has not said to have read, the newest first."""
    if mine.subject_id is None:
        return []
    rows = session().scalars(_unseen(subjects.natural_person(mine.subject_id))).all()
    own = {one.id for one in consent.history(mine.subject_id, actor=mine.actor)} if rows else set()
    found = []
    for row in rows:
        try:
            act = consent.act(row.act_id, actor=mine.actor)
            found.append(SeenChange(Who(row.whose), act, act.id in own))
        except NotFound:
            continue  # Whoever did it was erased since.
    return found


def mark_seen(mine: PersonSession, act_ids: Collection[UUID]) -> int:
    """The person has read of these acts among `unseen`, in the open unit of work; returns how many.

    What was noted after the page was made is not among them, and is shown next.
    """
    if mine.subject_id is None:
        raise NotFound
    locked = _unseen(subjects.natural_person(mine.subject_id)).with_for_update()
    rows = [row for row in session().scalars(locked) if row.act_id in act_ids]
    for row in rows:
        row.seen_at = clock.micros()
    if rows:
        audited.of_changes("seen", mine.subject_id, mine.actor, len(rows))
    return len(rows)


def waiting(now: int, limit: int) -> Iterator[list[ChangeByOther]]:
    """Of each of some people the changes that a letter is due about, locked in the open unit of work."""
    due = sa.select(ChangeByOther.subject_id).where(
        ChangeByOther.told_at.is_(None),
        ChangeByOther.received_at <= now - GATHERED,
        ChangeByOther.received_at > now - _STALE,
        ChangeByOther.subject_id.not_in(sa.select(ChangeByOther.subject_id).where(ChangeByOther.told_at > now - AGAIN)),
    )
    for subject_id in session().scalars(due.distinct().order_by(ChangeByOther.subject_id).limit(limit)).all():
        query = sa.select(ChangeByOther).where(
            ChangeByOther.subject_id == subject_id,
            ChangeByOther.told_at.is_(None),
            ChangeByOther.received_at > now - _STALE,
        )
        rows = session().scalars(
            query.order_by(ChangeByOther.id).with_for_update(skip_locked=True).execution_options(populate_existing=True)
        )
        if found := list(rows):
            yield found


def delete_old_changes(now: int, *, actor: Actor) -> int:
    """Delete notes of changes that are long past, in the open unit of work; the acts themselves stay."""
    old = sa.select(ChangeByOther.id).where(ChangeByOther.received_at < now - _KEPT)
    ids = session().scalars(old.order_by(ChangeByOther.received_at).limit(_AT_ONCE)).all()
    if ids:
        session().execute(sa.delete(ChangeByOther).where(ChangeByOther.id.in_(ids)))
        audited.of_deleted("changes_by_others", ids, actor)
    return len(ids)


def delete_changes(rows: Sequence[ChangeByOther], *, actor: Actor) -> None:
    """Delete these notes, in the open unit of work."""
    for row in rows:
        session().delete(row)
    audited.of_deleted("changes_by_others", [row.id for row in rows], actor)


def forget_changes(subject_ids: Collection[UUID]) -> int:
    """Delete what was noted of these people, in the open unit of work of their erasure; returns how many rows."""
    gone = sa.delete(ChangeByOther).where(ChangeByOther.subject_id.in_(subject_ids))
    result = session().execute(gone.execution_options(synchronize_session=False))
    return cast("sa.CursorResult[Any]", result).rowcount


def _unseen(members: Collection[UUID]) -> sa.Select[ChangeByOther]:
    query = sa.select(ChangeByOther).where(ChangeByOther.subject_id.in_(members), ChangeByOther.seen_at.is_(None))
    return query.order_by(ChangeByOther.id.desc())


def _others(changing: Changing) -> Iterator[tuple[UUID, Who]]:
    """Everybody whose choices it changed and who did not do it, by their leading subject."""
    people: dict[UUID, frozenset[UUID]] = {}
    for subject_id in sorted(changing.subject_ids | _holders(changing)):
        if subjects.one_with(subject_id, realm=Realm.LIVE.value):
            members = subjects.natural_person(subject_id)
            people.setdefault(min(members), members)
    # A contact that is somebody's is that person: it is no second one.
    whole = [one for one in people.values() if not any(one < other for other in people.values())]
    for members in whole:
        if (who := _who(changing, members)) is not None:
            yield min(members), who


def _holders(changing: Changing) -> frozenset[UUID]:
    """Everybody who has the contact that a "no" is about: it binds for all of them."""
    if changing.contact_id is None or not changing.is_no:
        return frozenset()
    indexes = [one.index for one in subjects.contacts_held([changing.contact_id])]
    found: Mapping[bytes, Sequence[UUID]] = subjects.holders_now(indexes, most=_MOST_HOLDERS)
    return frozenset(one for holders in found.values() for one in holders)


def _who(changing: Changing, members: Collection[UUID]) -> Who | None:
    """Who did it to this person; None where it was the person, or is no news."""
    if changing.age > _HISTORY:
        return None
    if changing.by_controller:
        return Who.STAFF
    if changing.by_subject_id is not None and changing.by_subject_id not in members:
        return Who.REPRESENTATIVE
    if changing.proof is ProofGrade.OWN_ACT:
        return Who.MAILBOX if _is_from_elsewhere(changing, members) else None
    return Who.STAFF if changing.proof is ProofGrade.STAFF_CLAIM else Who.SYSTEM


def _is_from_elsewhere(changing: Changing, members: Collection[UUID]) -> bool:
    """Whether somebody else said it for themselves, about a contact that both have."""
    row = session().get(models.PersonSession, changing.recorded_by)
    if row is not None:
        return row.subject_id is None or row.subject_id not in members
    return not changing.subject_ids & set(members)


def _note(subject_id: UUID, changing: Changing, who: Who) -> None:
    insert = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {
        "id": new_id(),
        "subject_id": subject_id,
        "act_id": changing.act_id,
        "whose": who.value,
        "received_at": changing.received_at,
    }
    session().execute(insert(ChangeByOther).values(**row).on_conflict_do_nothing())


def _locked_place() -> ChangePlace:
    insert = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
    session().execute(insert(ChangePlace).values(id=_ROW, origin="", place=0).on_conflict_do_nothing())
    query = sa.select(ChangePlace).with_for_update().execution_options(populate_existing=True)
    return session().scalars(query).one()
