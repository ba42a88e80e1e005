"""What remains after an erasure, why and until when: codes and dates, which certificate and letter put into words."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from privacy import clock
from privacy.consent import service as consent
from privacy.erasure import days, terms
from privacy.programme.types import ErasureKeeps, Programme


class Remains(StrEnum):
    """One sort of what remains."""

    TOMBSTONES = "tombstones"
    EVIDENCE_RECORD = "evidence_record"
    SUPPRESSION = "suppression"
    CASE = "case"
    LOG_LEAVES = "log_leaves"
    SHARED_CONTACTS = "shared_contacts"
    STORED_ANSWERS = "stored_answers"
    IMPORT_FILES = "import_files"
    DATA_BACKUPS = "data_backups"
    KEY_BACKUPS = "key_backups"
    JOURNAL = "journal"


#: A file of the journal covers a day, and goes as a whole when the oldest backup that could need it has ended.
_DAYS_OF_A_JOURNAL_FILE = 1


def after(
    erased: int, at: int, *, suppressed: int, shared: int, record: bool, programme: Programme
) -> list[dict[str, Any]]:
    """Everything that remains of so many subjects who are erased at an instant, by code. `until`: the last day.

    Of stored answers and import files nobody can say whether they name the person: they go by their terms.
    """
    limits = terms.installed()
    backups = limits.backup_days
    remains = [_entry(Remains.TOMBSTONES, erased, _in(backups, at, programme))]
    if record:
        until = days.month_end(days.last_day(ErasureKeeps.EVIDENCE, at, programme))
        remains.append(_entry(Remains.EVIDENCE_RECORD, 1, until, _basis(ErasureKeeps.EVIDENCE, at, programme)))
        until = days.last_day(ErasureKeeps.CASE, at, programme)
        remains.append(_entry(Remains.CASE, 1, until, _basis(ErasureKeeps.CASE, at, programme)))
    if suppressed:
        until = days.last_day(ErasureKeeps.SUPPRESSION, at, programme)
        basis = _basis(ErasureKeeps.SUPPRESSION, at, programme)
        remains.append(_entry(Remains.SUPPRESSION, suppressed, until, basis))
    if shared:
        remains.append(_entry(Remains.SHARED_CONTACTS, shared, None))
    return [
        *remains,
        _entry(Remains.LOG_LEAVES, None, None),
        _entry(Remains.STORED_ANSWERS, None, _in(limits.idempotency_days, at, programme)),
        _entry(Remains.IMPORT_FILES, None, _in(consent.IMPORT_FILES_KEPT_DAYS, at, programme)),
        _entry(Remains.DATA_BACKUPS, None, _in(backups, at, programme)),
        _entry(Remains.KEY_BACKUPS, None, _in(limits.key_backup_days, at, programme)),
        _entry(Remains.JOURNAL, None, _in(backups + _DAYS_OF_A_JOURNAL_FILE, at, programme)),
    ]


def _entry(what: Remains, count: int | None, until: date | None, basis: str | None = None) -> dict[str, Any]:
    entry = {"what": what.value, "count": count, "until": until.isoformat() if until else None, "basis": basis}
    return {name: value for name, value in entry.items() if value is not None}


def _in(number: int, at: int, programme: Programme) -> date:
    return days.day_of(at + number * clock.DAY, programme)


def _basis(what: ErasureKeeps, at: int, programme: Programme) -> str:
    return programme.kept_after_erasure(what, days.day_of(at, programme)).basis
