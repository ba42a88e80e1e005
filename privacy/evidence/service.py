"""Evidence: the doors that other rooms use."""

from __future__ import annotations

from privacy.evidence.account import Account, read_account
from privacy.evidence.acts import Texts, path_of, readable_acts
from privacy.evidence.archive import Proven, lines, packed
from privacy.evidence.breach_bundle import Timeline, make_timeline, record_timeline
from privacy.evidence.bundle import MEDIA_TYPE, Bundle, make_bundle, record_bundle
from privacy.evidence.effect_words import effect_in, reason_in
from privacy.evidence.export import Export, ensure_private, export_everything, record_export, tables
from privacy.evidence.exported_log import (
    ExportedLog,
    ensure_free,
    export_log,
    lines_to_write,
    private_file,
    record_log_export,
)
from privacy.evidence.exported_rows import ExportedRows
from privacy.evidence.failures import (
    ForeignDecision,
    PeopleErased,
    PersonChanges,
    PlaceOpen,
    PlaceTaken,
    SeveralPeople,
)
from privacy.evidence.summary_texts import LOCALES
from privacy.evidence.summary_texts import words as summary_words
from privacy.evidence.verification import Report, audited_tables, install, verify_all, verify_installation
from privacy.evidence.verified import LastVerified, VerifiedFile, last_verified

__all__ = [
    "LOCALES",
    "MEDIA_TYPE",
    "Account",
    "Bundle",
    "Export",
    "ExportedLog",
    "ExportedRows",
    "ForeignDecision",
    "LastVerified",
    "PeopleErased",
    "PersonChanges",
    "PlaceOpen",
    "PlaceTaken",
    "Proven",
    "Report",
    "SeveralPeople",
    "Texts",
    "Timeline",
    "VerifiedFile",
    "audited_tables",
    "effect_in",
    "ensure_free",
    "ensure_private",
    "export_everything",
    "export_log",
    "exported_tables",
    "install",
    "last_verified",
    "lines",
    "lines_to_write",
    "make_bundle",
    "make_timeline",
    "packed",
    "path_of",
    "private_file",
    "read_account",
    "readable_acts",
    "reason_in",
    "record_bundle",
    "record_export",
    "record_log_export",
    "record_timeline",
    "summary_words",
    "verify_all",
    "verify_installation",
]


def exported_tables() -> list[ExportedRows]:
    """Every table that `export_everything` writes, with how the log tells of its rows."""
    return tables(audited_tables())
