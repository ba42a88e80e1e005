"""What audit events commit to of a disposal run: its row, and of its parts what was counted, done and said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from privacy.audit import service as audit
from privacy.audit.service import AuditedRows
from privacy.authz.actors import Actor
from privacy.db import session
from privacy.retention.runs.models import DisposalPart, DisposalRun

RUN, PART = "disposal_run", "disposal_part"
#: How far a part has come changes with every look of a worker, and says nothing of anybody's data.
_ON_THE_WAY = frozenset(
    {"state", "passes", "attempts", "next_at", "worker", "lease_until", "failure", "cursor_enc", "key_version"}
)


def run_rows() -> tuple[AuditedRows, ...]:
    """The tables of runs that the log vouches for."""
    return (
        AuditedRows(RUN, DisposalRun, audit.each(run_content)),
        AuditedRows(PART, DisposalPart, audit.each(part_content)),
    )


def record_run(action: str, row: DisposalRun, *, actor: Actor, **details: Any) -> None:
    """The event of a change of a run, in the open unit of work."""
    session().flush()
    audit.record(
        action,
        actor=actor,
        object_type=RUN,
        object_id=row.id,
        content=run_content(row),
        details={"number": row.number, "state": row.state} | details,
    )


def record_part(action: str, row: DisposalPart, *, actor: Actor, **details: Any) -> None:
    """The event of a change of what a part counted, did or was said to have done, in the open unit of work."""
    session().flush()
    audit.record(
        action,
        actor=actor,
        object_type=PART,
        object_id=row.id,
        content=part_content(row),
        details={"run": str(row.run_id), "system": row.system, "place": row.place} | details,
    )


def run_content(row: Any) -> Mapping[str, Any]:
    """A run as it is."""
    return {column.key: _plain(getattr(row, column.key)) for column in DisposalRun.__table__.columns}


def part_content(row: Any) -> Mapping[str, Any]:
    """What a part counted and did, and what somebody said of it, as it stands sealed."""
    columns = (column.key for column in DisposalPart.__table__.columns if column.key not in _ON_THE_WAY)
    return {name: _plain(getattr(row, name)) for name in columns}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value) if isinstance(value, UUID) else value
