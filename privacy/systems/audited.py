"""What audit events commit to of a system's connection: that this secret is the one, and nothing of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from privacy.audit import service as audit
from privacy.audit.service import AuditedRows
from privacy.authz.actors import Actor
from privacy.systems.connector import Finding, Level
from privacy.systems.models import SystemConnection

OBJECT = "system_connection"
DISCONNECTED = "system.disconnected"
#: That somebody tried a connection; nothing of the service changed.
TESTED = "system.tested"


def audited_rows() -> tuple[AuditedRows, ...]:
    """The tables of this room that the log vouches for."""
    return (AuditedRows(OBJECT, SystemConnection, audit.each(connection_content), frozenset({DISCONNECTED})),)


def connection_content(row: Any) -> Mapping[str, Any]:
    """A connection; of the sealed secret a digest, so that no body of the log keeps what was replaced or removed."""
    return {
        "id": str(row.id),
        "code": row.code,
        "secret_sha256": hashlib.sha256(row.secret_enc).hexdigest(),
        "key_version": row.key_version,
        "created_at": row.created_at,
        "created_by": str(row.created_by),
        "changed_at": row.changed_at,
        "changed_by": str(row.changed_by) if row.changed_by else None,
    }


def record_test(code: str, findings: Sequence[Finding], *, actor: Actor) -> None:
    """That a system was tried and what came of it, by the codes of findings; no value of the system is in it."""
    told = {
        "failed": sorted({one.code for one in findings if one.level is Level.FAILED}),
        "warnings": sorted({one.code for one in findings if one.level is Level.WARNING}),
    }
    audit.record(TESTED, actor=actor, object_type="system", object_id=code, content=told, details=told)


def record(action: str, row: SystemConnection, *, actor: Actor) -> None:
    """The event of a change of a connection, in the open unit of work."""
    audit.record(
        action,
        actor=actor,
        object_type=OBJECT,
        object_id=row.id,
        content=connection_content(row),
        details={"system": row.code},
    )
