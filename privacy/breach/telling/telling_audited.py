"""What audit events commit to of the communication to the persons: selections, and communications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.audit.service import AuditedRows, each
from privacy.authz.actors import Actor
from privacy.breach.telling.models import BreachAffectedSource, BreachCommunication

SOURCE, COMMUNICATION = "breach_affected_source", "breach_communication"


def audited_rows() -> tuple[AuditedRows, ...]:
    """The tables of the communication that the log vouches for."""
    return (
        AuditedRows(SOURCE, BreachAffectedSource, each(source_content)),
        AuditedRows(COMMUNICATION, BreachCommunication, each(communication_content)),
    )


def record_source(action: str, row: BreachAffectedSource, actor: Actor) -> None:
    """The event of a change of a selection, in the open unit of work: figures and codes, nobody's name."""
    told = {"breach": str(row.breach_id), "kind": row.kind, "added": row.added, "rejected": row.rejected}
    content = source_content(row)
    audit.record(action, actor=actor, object_type=SOURCE, object_id=row.id, content=content, details=told)


def record_communication(action: str, row: BreachCommunication, actor: Actor, **details: Any) -> None:
    """The event of a change of a communication, in the open unit of work."""
    told = {"breach": str(row.breach_id), "number": row.number, "state": row.state} | details
    content = communication_content(row)
    audit.record(action, actor=actor, object_type=COMMUNICATION, object_id=row.id, content=content, details=told)


def source_content(row: Any) -> Mapping[str, Any]:
    """A selection as it is."""
    return _content(row, BreachAffectedSource)


def communication_content(row: Any) -> Mapping[str, Any]:
    """A communication as it is; its words are bound to the row by their seal."""
    return _content(row, BreachCommunication)


def _content(row: Any, model: type[BreachAffectedSource | BreachCommunication]) -> Mapping[str, Any]:
    """What is not sealed. A renewal of the key changes none of it."""
    return {
        column.key: _plain(getattr(row, column.key))
        for column in model.__table__.columns
        if not isinstance(column.type, sa.LargeBinary) and column.key != "key_version"
    }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
