"""What audit events commit to of an erasure: its whole row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from privacy.audit import service as audit
from privacy.audit.service import AuditedRows
from privacy.erasure.models import Erasure


def audited_rows() -> tuple[AuditedRows, ...]:
    """The tables of this room that the log vouches for."""
    return (AuditedRows("erasure", Erasure, audit.each(erasure_content)),)


def erasure_content(row: Any) -> Mapping[str, Any]:
    """An erasure, as its certificate tells it."""
    return {
        "id": str(row.id),
        "realm": row.realm,
        "erased_at": row.erased_at,
        "shred_by": row.shred_by,
        "account": row.account,
    }
