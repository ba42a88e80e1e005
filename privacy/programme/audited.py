"""What audit events commit to of the programme: each version, with the document as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from privacy.audit import service as audit
from privacy.audit.service import AuditedRows
from privacy.programme.models import ProgrammeVersion


def audited_rows() -> tuple[AuditedRows, ...]:
    """The tables of this room that the log vouches for."""
    return (AuditedRows("programme", ProgrammeVersion, audit.each(version_content)),)


def version_content(row: Any) -> Mapping[str, Any]:
    """A version of the programme. The digest is that of the stored document, whatever the column beside it says."""
    return {
        "number": row.number,
        "applied_at": row.applied_at,
        "sha256": row.sha256,
        "document_sha256": hashlib.sha256(row.document.encode()).hexdigest(),
    }
