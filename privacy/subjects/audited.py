"""What audit events commit to of people: who they are here, their standing, and the merges of staff."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from privacy.audit import service as audit
from privacy.audit.service import AuditedRows
from privacy.subjects.models import ContactPreference, DataSubject, SubjectMerge


def audited_rows() -> tuple[AuditedRows, ...]:
    """The tables of this room that the log vouches for."""
    return (
        AuditedRows("subject", DataSubject, audit.each(subject_content), frozenset({"subject.forgotten"})),
        AuditedRows("merge", SubjectMerge, audit.each(merge_content)),
        AuditedRows("contact_preference", ContactPreference, audit.each(preference_content)),
    )


def subject_content(row: Any) -> Mapping[str, Any]:
    """A data subject, without what follows from its links and acts."""
    return {
        "id": str(row.id),
        "realm": row.realm,
        "kind": row.kind,
        "standing": row.standing,
        "age_class": row.age_class,
        "created_at": row.created_at,
    }


def merge_content(row: Any) -> Mapping[str, Any]:
    """A merge, ended or not."""
    return {
        "id": str(row.id),
        "a": str(row.a_subject_id),
        "b": str(row.b_subject_id),
        "reason": row.reason,
        "merged_at": row.merged_at,
        "unmerged_at": row.unmerged_at,
    }


def preference_content(row: Any) -> Mapping[str, Any]:
    """How somebody likes to be written to: what is sealed by its digest."""
    return {
        "subject_id": str(row.subject_id),
        "wishes_enc": hashlib.sha256(bytes(row.wishes_enc)).hexdigest(),
        "source": row.source,
        "set_at": row.set_at,
    }
