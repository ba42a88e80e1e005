"""Reports: the doors that the console, the command line and jobs use. Each is written once and given in its forms."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto.owner_keys import KeyDestroyed
from privacy.db import end_read, in_unit_of_work
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.reports.as_json import as_json
from privacy.reports.as_pdf import as_pdf
from privacy.reports.as_sheets import as_csv, as_workbook
from privacy.reports.document import Document
from privacy.reports.failures import ReportNotFound
from privacy.reports.listing import REPORTS
from privacy.reports.report import Asked, Context, Option, Period, Report, ReportForm
from privacy.reports.words import LOCALES, Said, Words

__all__ = [
    "LOCALES",
    "REPORTS",
    "Asked",
    "Context",
    "Made",
    "Option",
    "Period",
    "Report",
    "ReportForm",
    "ReportNotFound",
    "Said",
    "make",
    "named",
    "record_made",
]

_OBJECT = "report"
_RENDERERS: Mapping[ReportForm, Callable[[Report, Document, Context], bytes]] = {
    ReportForm.PDF: as_pdf,
    ReportForm.CSV: as_csv,
    ReportForm.JSON: as_json,
    ReportForm.XLSX: as_workbook,
}


@dataclass(frozen=True)
class Made:
    """A report that is ready to be handed out, once `record_made` has noted who takes it."""

    asked: Asked
    content: bytes = field(repr=False)
    media_type: str
    #: Names no person.
    file_name: str
    #: The person whom it is about, if it is about one.
    subject_id: UUID | None = None
    #: What the log is told beside.
    logged: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def named(name: str) -> Report:
    """The report of that name; raises `ReportNotFound`."""
    if (found := REPORTS.get(name)) is None:
        raise ReportNotFound(f"There is no such report. There are: {', '.join(REPORTS)}.")
    return found


def make(asked: Asked, *, actor: Actor) -> Made:
    """Make a report; the same data and the same day of `as_of` give the same bytes.

    Not in a unit of work: a long one would keep every writer waiting. Nothing may be handed out before `record_made`
    is committed. Raises `ReportNotFound`, `NotPermitted`, and `InvalidInput` by the name of what was asked wrongly.
    """
    if in_unit_of_work():
        raise RuntimeError("a report is made outside of any unit of work")
    report = named(asked.name)
    actor.require(report.permission)
    _check(report, asked)
    programme = programmes.as_of(asked.as_of) or programmes.current()
    context = Context(asked, actor, programme, Words(asked.locale, programme.zone, report.texts))
    made = report.make(context)
    end_read()  # On SQLite an open read would keep every writer out while the pages are laid out.
    document = made if isinstance(made, Document) else Document(())
    content = _RENDERERS[asked.form](report, document, context) if isinstance(made, Document) else made
    last = asked.period.last if report.periodic else context.today
    return Made(
        asked,
        content,
        asked.form.media_type,
        f"{report.name}-{last.isoformat()}-{asked.locale}.{asked.form}",
        document.subject_id,
        document.logged,
    )


def record_made(made: Made, *, actor: Actor) -> UUID:
    """Note in the log, in the open unit of work, who takes which report: name, period, form and hash."""
    asked = made.asked
    content: dict[str, Any] = {"sha256": made.sha256, "bytes": len(made.content)}
    told = {
        **content,
        "report": asked.name,
        "form": asked.form.value,
        "locale": asked.locale,
        "first": asked.period.first.isoformat(),
        "last": asked.period.last.isoformat(),
        "as_of": asked.as_of,
        **made.logged,
    }

    def record(subject_id: UUID | None) -> UUID:
        return audit.record(
            "report.made",
            actor=actor,
            object_type=_OBJECT,
            object_id=asked.name,
            content=content,
            subject_id=subject_id,
            details=told,
        )

    try:
        return record(made.subject_id)
    except KeyDestroyed:
        return record(None)


def _check(report: Report, asked: Asked) -> None:
    if asked.form not in report.forms:
        raise InvalidInput.of("form", f"This report is given as: {', '.join(report.forms)}.")
    if asked.locale not in LOCALES:
        raise InvalidInput.of("locale", f"Reports speak: {', '.join(LOCALES)}.")
    if asked.period.last < asked.period.first:
        raise InvalidInput.of("last", "It lies before the first day.")
    known = {option.name: option for option in report.options}
    for name in asked.options:
        if name not in known:
            raise InvalidInput.of(name, f"Unknown. This report takes: {', '.join(known) or 'nothing beside a period'}.")
    for option in report.options:
        given = asked.options.get(option.name)
        if option.required and not given:
            raise InvalidInput.of(option.name, "Give it: the report cannot be made without it.")
        if given and option.choices and given not in option.choices:
            raise InvalidInput.of(option.name, f"Give one of: {', '.join(option.choices)}.")
