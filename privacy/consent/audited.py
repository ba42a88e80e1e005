"""What audit events commit to of consent: acts and entries of the suppression list, as whole rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from privacy.audit import service as audit
from privacy.audit.service import AuditedRows
from privacy.consent import rows
from privacy.consent.models import ConsentAct, Suppression


def audited_rows() -> tuple[AuditedRows, ...]:
    """The tables of this room that the log vouches for."""
    return (
        AuditedRows("consent_act", ConsentAct, audit.each(row_content), frozenset({"consent.unconfirmed_deleted"})),
        AuditedRows("suppression", Suppression, audit.each(_entry_content), frozenset({"suppression.ended"})),
    )


def row_content(row: Any) -> Mapping[str, Any]:
    """A row of `select(*columns)` as JSON."""
    return rows.content_of(row._mapping)


def suppression_content(row: Suppression) -> Mapping[str, Any]:
    """An entry of the suppression list; the contact is a keyed index."""
    return _as_told({column.key: getattr(row, column.key) for column in Suppression.__table__.columns})


def _entry_content(row: Any) -> Mapping[str, Any]:
    return _as_told(row._mapping)


def _as_told(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """An entry without an end is told as it was before entries could end."""
    content = rows.content_of(values)
    return content if content["ends_at"] is not None else {k: v for k, v in content.items() if k != "ends_at"}
