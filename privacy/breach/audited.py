"""What audit events commit to of a breach: its row, and every record that hangs on it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.audit.service import AuditedRows
from privacy.authz.actors import Actor
from privacy.breach.models import (
    BreachClock,
    BreachDocument,
    BreachJudgement,
    BreachNotification,
    BreachStep,
    BreachTask,
    PersonalDataBreach,
)
from privacy.db import Base, in_parts, session

OBJECT = "breach"
#: What hangs on a breach, in the order of its content; and what is sealed anew when its key is renewed.
_PARTS: Mapping[str, type[Base]] = {
    "steps": BreachStep,
    "clocks": BreachClock,
    "judgements": BreachJudgement,
    "notifications": BreachNotification,
    "documents": BreachDocument,
    "tasks": BreachTask,
}
_RESEALED = frozenset({BreachTask})
_LEFT_OUT = frozenset({"id", "breach_id", "key_version"})


def audited_rows() -> tuple[AuditedRows, ...]:
    """The tables of this room that the log vouches for."""
    return (AuditedRows(OBJECT, PersonalDataBreach, _contents),)


def record(action: str, row: PersonalDataBreach, *, actor: Actor, details: Mapping[str, Any]) -> None:
    """The event of a change of a breach, in the open unit of work. A rehearsal's says so."""
    session().flush()  # A step of this unit counts.
    [content] = _contents([row])
    marked = {"number": row.number, **({"rehearsal": True} if row.rehearsal else {}), **details}
    audit.record(action, actor=actor, object_type=OBJECT, object_id=row.id, content=content, details=marked)


def record_register(details: Mapping[str, Any], *, actor: Actor) -> None:
    """That somebody reads the register, of which period and how many breaches; in the open unit of work."""
    audit.record(
        "breach.register_read",
        actor=actor,
        object_type="breach_register",
        object_id="all",
        content=details,
        details=details,
    )


def breach_content(row: Any, parts: Mapping[str, Sequence[Any]]) -> Mapping[str, Any]:
    """A breach as it is, what is sealed as it stands, with every record of it."""
    plain = {
        column.key: _plain(getattr(row, column.key))
        for column in PersonalDataBreach.__table__.columns
        if not isinstance(column.type, sa.LargeBinary)
    }
    return plain | {
        "facts_enc": bytes(row.facts_enc).hex(),
        "report_enc": None if row.report_enc is None else bytes(row.report_enc).hex(),
        **{name: [_part(_PARTS[name], one) for one in parts[name]] for name in _PARTS},
    }


def _contents(rows: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
    parts: dict[UUID, dict[str, list[Any]]] = {row.id: {name: [] for name in _PARTS} for row in rows}
    for name, model in _PARTS.items():
        table = model.__table__
        for some in in_parts(list(parts)):
            query = sa.select(*table.columns).where(table.c.breach_id.in_(some)).order_by(table.c.breach_id, table.c.id)
            for one in session().execute(query):
                parts[one.breach_id][name].append(one)
    return [breach_content(row, parts[row.id]) for row in rows]


def _part(model: type[Base], one: Any) -> Mapping[str, Any]:
    """One record: its plain values, and a digest of what is sealed for good."""
    content: dict[str, Any] = {}
    for column in model.__table__.columns:
        value = getattr(one, column.key)
        if column.key in _LEFT_OUT:
            continue
        if column.key.endswith("_enc"):
            if model not in _RESEALED and value is not None:
                content[column.key] = hashlib.sha256(bytes(value)).hexdigest()
        else:
            content[column.key] = _plain(value)
    return content


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value
