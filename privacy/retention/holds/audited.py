"""What audit events commit to of a legal hold: its row, and while it is in force by what it recognises people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.audit.service import AuditedRows
from privacy.authz.actors import Actor
from privacy.db import in_parts, session
from privacy.erasure import service as erasure
from privacy.retention.holds.models import HeldName, HeldPerson, LegalHold

OBJECT = "legal_hold"


def audited_holds() -> tuple[AuditedRows, ...]:
    """The tables of legal holds that the log vouches for."""
    return (AuditedRows(OBJECT, LegalHold, _contents),)


def record(action: str, row: LegalHold, *, actor: Actor, details: Mapping[str, Any]) -> None:
    """The event of a change of a hold, in the open unit of work."""
    session().flush()
    [content] = _contents([row])
    audit.record(action, actor=actor, object_type=OBJECT, object_id=row.id, content=content, details=details)


def hold_content(row: Any, people: Collection[str], names: Collection[str]) -> Mapping[str, Any]:
    """A hold with whom it holds, told by what says nothing to anybody without our keys."""
    plain = {
        column.key: _plain(getattr(row, column.key))
        for column in LegalHold.__table__.columns
        if not isinstance(column.type, sa.LargeBinary)
    }
    return plain | {"reason_enc": bytes(row.reason_enc).hex(), "people": sorted(people), "names": sorted(names)}


def _contents(rows: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
    people: dict[UUID, list[str]] = {row.id: [] for row in rows}
    names: dict[UUID, list[str]] = {row.id: [] for row in rows}
    for part in in_parts(list(people)):
        held = sa.select(HeldPerson.hold_id, HeldPerson.subject_id).where(HeldPerson.hold_id.in_(part))
        for hold_id, subject_id in session().execute(held):
            people[hold_id].append(erasure.tombstone_index(subject_id).hex())
        known = sa.select(HeldName.hold_id, HeldName.name_bidx).where(HeldName.hold_id.in_(part))
        for hold_id, index in session().execute(known):
            names[hold_id].append(bytes(index).hex())
    return [hold_content(row, people[row.id], names[row.id]) for row in rows]


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
