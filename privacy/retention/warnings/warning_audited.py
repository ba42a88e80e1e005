"""What audit events commit to of warnings before data go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.audit.service import AuditedRows
from privacy.authz.actors import Actor
from privacy.db import session
from privacy.retention.warnings.models import RetentionWarning

OBJECT = "retention_warning"
DELETED = "retention_warning.deleted"
#: What says no more than when somebody looks again.
_LEFT_OUT = frozenset({"next_at", "key_version"})


def audited_rows() -> tuple[AuditedRows, ...]:
    """The tables of warnings that the log vouches for."""
    return (AuditedRows(OBJECT, RetentionWarning, audit.each(warning_content), frozenset({DELETED})),)


def record(action: str, row: RetentionWarning, *, actor: Actor, details: Mapping[str, Any] | None = None) -> None:
    """The event of a change of a warning, in the open unit of work.

    Sealed for the service: that somebody was warned before their data went outlives the person's key (Art. 5(2)).
    """
    session().flush()
    audit.record(
        action, actor=actor, object_type=OBJECT, object_id=row.id, content=warning_content(row), details=details or {}
    )


def warning_content(row: Any) -> Mapping[str, Any]:
    """A warning without where it went, which stands under its own seal."""
    return {
        column.key: str(value) if isinstance(value := getattr(row, column.key), UUID) else value
        for column in RetentionWarning.__table__.columns
        if not isinstance(column.type, sa.LargeBinary) and column.key not in _LEFT_OUT
    }
