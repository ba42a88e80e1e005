"""What remains of erased people goes when its time is over, each time with an event in the log."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto.owner_keys import destroy_owner_key
from privacy.db import new_id, session
from privacy.erasure import days
from privacy.erasure.models import ErasureCase, EvidenceContact, EvidenceRecord, Tombstone
from privacy.outbox import service as outbox
from privacy.programme import service as programmes

#: How many rows one unit of work deletes, so that it stays short.
_AT_ONCE = 200


def delete_ended_tombstones(now: int, *, actor: Actor) -> int:
    """Delete tombstones that no backup needs any more, at most 200 at a time; returns how many."""
    query = sa.select(Tombstone.index_bidx).where(Tombstone.ends_at <= now).order_by(Tombstone.ends_at).limit(_AT_ONCE)
    indexes = session().scalars(query.with_for_update(skip_locked=True)).all()
    if indexes:
        session().execute(_unsynchronized(sa.delete(Tombstone).where(Tombstone.index_bidx.in_(indexes))))
        content = {"tombstones": sorted(bytes(index).hex() for index in indexes)}
        _event("tombstones.deleted", "tombstone", new_id(), content, {"count": len(indexes)}, actor)
    return len(indexes)


def delete_ended_cases(now: int, *, actor: Actor) -> int:
    """Delete the cases of erasures past their term, with their keys, at most 200 at a time; returns how many."""
    query = sa.select(ErasureCase.erasure_id).where(ErasureCase.ends_at <= now).order_by(ErasureCase.ends_at)
    ids = session().scalars(query.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
    if ids:
        session().execute(_unsynchronized(sa.delete(ErasureCase).where(ErasureCase.erasure_id.in_(ids))))
        outbox.forget_people(ids)
        for erasure_id in ids:
            destroy_owner_key(session(), erasure_id)
        names = [str(one) for one in sorted(ids)]
        _event("erasure_cases.deleted", "erasure_case", new_id(), {"erasures": names}, {"erasures": names}, actor)
        session().expire_all()
    return len(ids)


def destroy_expired_evidence(now: int, *, actor: Actor) -> int:
    """Destroy the key of a month whose records have expired, and delete them; one month at a time.

    Returns how many records went. What a backup still holds of them nobody can read once the key is gone from the
    backups of keys.
    """
    today = days.day_of(now, programmes.current())
    query = sa.select(EvidenceRecord.expires_on).where(EvidenceRecord.expires_on < days.numbered(today))
    expired = session().scalar(query.order_by(EvidenceRecord.expires_on).limit(1))
    if expired is None:
        return 0
    of_month = sa.select(EvidenceRecord.id, EvidenceRecord.owner_id).where(EvidenceRecord.expires_on == expired)
    rows = session().execute(of_month.order_by(EvidenceRecord.id).with_for_update(skip_locked=True)).all()
    if rows:
        _destroy({row.owner_id for row in rows}, len(rows), days.named(expired), actor)
    return len(rows)


def _destroy(owners: Collection[UUID], count: int, until: date, actor: Actor) -> None:
    records = sa.select(EvidenceRecord.id).where(EvidenceRecord.expires_on == days.numbered(until))
    session().execute(_unsynchronized(sa.delete(EvidenceContact).where(EvidenceContact.record_id.in_(records))))
    session().execute(
        _unsynchronized(sa.delete(EvidenceRecord).where(EvidenceRecord.expires_on == days.numbered(until)))
    )
    for owner in sorted(owners):
        destroy_owner_key(session(), owner)
    month = f"{until:%Y-%m}"
    _event(
        "evidence_key.destroyed",
        "evidence_key",
        month,
        {"month": month, "records": count},
        {"records": count},
        actor,
    )
    session().expire_all()


def _unsynchronized(statement: sa.Delete) -> sa.Delete:
    return statement.execution_options(synchronize_session=False)


def _event(
    action: str, object_type: str, object_id: UUID | str, content: dict[str, Any], details: dict[str, Any], actor: Actor
) -> None:
    audit.record(action, actor=actor, object_type=object_type, object_id=object_id, content=content, details=details)
