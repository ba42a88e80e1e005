"""Making a report: what was asked is checked, its content read once, and written in the form that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from privacy.authz.actors import Actor
from privacy.db import end_read, in_unit_of_work
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.reports.as_json import as_json
from privacy.reports.as_pdf import as_pdf
from privacy.reports.as_sheets import as_csv, as_workbook
from privacy.reports.document import Document
from privacy.reports.report import Asked, Context, Made, Packed, Period, Progress, Report, ReportForm
from privacy.reports.words import LOCALES, Words

_RENDERERS: Mapping[ReportForm, Callable[[Report, Document, Context], bytes]] = {
    ReportForm.PDF: as_pdf,
    ReportForm.CSV: as_csv,
    ReportForm.JSON: as_json,
    ReportForm.XLSX: as_workbook,
}

#: Days that a report may be asked about: instants around the ends of the calendar cannot be told in every zone.
_FIRST, _LAST = date(1970, 1, 1), date(2199, 12, 31)


def context_of(report: Report, asked: Asked, actor: Actor, progress: Progress | None = None) -> Context:
    """What a report is written from; raises `NotPermitted`, and `InvalidInput` by the name of what is wrong."""
    if in_unit_of_work():
        raise RuntimeError("a report is made outside of any unit of work")
    check(report, asked, actor)
    programme = programmes.as_of(asked.as_of) or programmes.current()
    context = Context(asked, actor, programme, Words(asked.locale, programme.zone, report.texts))
    return context if progress is None else replace(context, progress=progress)


def content_of(report: Report, context: Context) -> Document | bytes | Packed:
    """What the report says, or the whole of it where it is written elsewhere."""
    content = report.make(context)
    end_read()  # On SQLite an open read would keep every writer out while the pages are laid out.
    return content


def made_of(report: Report, content: Document | bytes | Packed, context: Context) -> Made:
    """The report in the form that was asked for."""
    asked = context.asked
    last = asked.period.last if report.periodic else context.today
    name = f"{report.name}-{last.isoformat()}-{asked.locale}.{asked.form}"
    match content:
        case Document():
            raw = _RENDERERS[asked.form](report, content, context)
            return Made(asked, raw, asked.form.media_type, name, content.subject_id, content.logged)
        case Packed():
            return Made(
                asked, content.content, asked.form.media_type, name, logged=content.logged, within=content.within
            )
    return Made(asked, content, asked.form.media_type, name)


def check(report: Report, asked: Asked, actor: Actor) -> None:
    """Raises `NotPermitted`, and `InvalidInput` by the name of what was asked wrongly."""
    for permission in sorted(report.permissions):
        actor.require(permission)
    if asked.form not in report.forms:
        raise InvalidInput.of("form", f"This report is given as: {', '.join(report.forms)}.")
    if asked.locale not in LOCALES:
        raise InvalidInput.of("locale", f"Reports speak: {', '.join(LOCALES)}.")
    _check_period(asked.period)
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


def _check_period(period: Period) -> None:
    for name, day in (("first", period.first), ("last", period.last)):
        if not _FIRST <= day <= _LAST:
            raise InvalidInput.of(name, f"Give a day from {_FIRST} to {_LAST}.")
    if period.last < period.first:
        raise InvalidInput.of("last", "It lies before the first day.")
