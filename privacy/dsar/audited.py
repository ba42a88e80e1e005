"""What audit events commit to of a request: its row, and the course of its steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.audit.service import AuditedRows
from privacy.authz.actors import Actor
from privacy.db import in_parts, new_id, session
from privacy.dsar.models import DataSubjectRequest, RequestStep

OBJECT = "request"
DELETED = "request.deleted"


def audited_rows() -> tuple[AuditedRows, ...]:
    """The tables of this room that the log vouches for."""
    return (AuditedRows(OBJECT, DataSubjectRequest, _contents, frozenset({DELETED})),)


def record(action: str, row: DataSubjectRequest, *, actor: Actor, details: Mapping[str, Any]) -> None:
    """The event of a change of a request, in the open unit of work.

    It is sealed for the service, not for the person: the account of what was done outlives their key (Art. 5(2)).
    """
    session().flush()  # A step of this unit counts.
    [content] = _contents([row])
    audit.record(action, actor=actor, object_type=OBJECT, object_id=row.id, content=content, details=details)


def record_search(numbers: Sequence[str], *, actor: Actor) -> None:
    """The event of a search for a person's requests, in the open unit of work: what was found, not by whom."""
    found = {"found": list(numbers)}
    audit.record(
        "requests.searched",
        actor=actor,
        object_type="request_search",
        object_id=new_id(),
        content=found,
        details=found,
    )


def request_content(row: Any, steps: Iterable[Any]) -> Mapping[str, Any]:
    """A request as it is, what is sealed as it stands, with every step of its course.

    The reasons of the steps are bound to their rows by their own seal, so that a renewal of the key changes nothing.
    """
    plain = {
        column.key: _plain(getattr(row, column.key))
        for column in DataSubjectRequest.__table__.columns
        if not isinstance(column.type, sa.LargeBinary)
    }
    return plain | {
        "matter_enc": bytes(row.matter_enc).hex(),
        "decision_enc": bytes(row.decision_enc).hex() if row.decision_enc is not None else None,
        "steps": [_step(step) for step in steps],
    }


def _contents(rows: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
    steps: dict[UUID, list[Any]] = {row.id: [] for row in rows}
    for part in in_parts(list(steps)):
        query = sa.select(*RequestStep.__table__.columns).where(RequestStep.request_id.in_(part))
        for step in session().execute(query.order_by(RequestStep.request_id, RequestStep.number)):
            steps[step.request_id].append(step)
    return [request_content(row, steps[row.id]) for row in rows]


def _step(step: Any) -> Mapping[str, Any]:
    return {
        "number": step.number,
        "event": step.event,
        "from": step.from_state,
        "to": step.to_state,
        "role": step.role,
        "actor": str(step.actor_id),
        "at": step.at,
        "reasoned": step.reason_enc is not None,
    }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
