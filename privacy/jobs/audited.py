"""What audit events commit to of an alarm: its row, but for how often it was told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from privacy.audit import service as audit
from privacy.audit.service import AuditedRows
from privacy.authz.actors import Actor
from privacy.jobs.models import Alarm

_OBJECT = "alarm"


def audited_rows() -> tuple[AuditedRows, ...]:
    """The tables of this room that the log vouches for."""
    return (AuditedRows(_OBJECT, Alarm, audit.each(alarm_content)),)


def alarm_content(row: Any) -> Mapping[str, Any]:
    """An alarm as it is."""
    return {
        "id": str(row.id),
        "code": row.code,
        "about": row.about,
        "raised_at": row.raised_at,
        "acknowledged_at": row.acknowledged_at,
        "acknowledged_by": str(row.acknowledged_by) if row.acknowledged_by else None,
        "ended_at": row.ended_at,
    }


def record_alarm(action: str, row: Alarm, *, actor: Actor) -> None:
    """The event of a change of an alarm, in the open unit of work."""
    audit.record(
        action,
        actor=actor,
        object_type=_OBJECT,
        object_id=row.id,
        content=alarm_content(row),
        details={"code": row.code, "about": row.about},
    )
