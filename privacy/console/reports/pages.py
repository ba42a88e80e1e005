"""The reports that there are, and each with its period, form and language: downloaded, or made in the background."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

import msgspec
from flask import Response, request

from privacy import clock
from privacy.console.blueprint import console
from privacy.db import end_read, unit_of_work
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.legal_time import days
from privacy.pages.blueprint import SIGNED_IN
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import NAMES, lazy_gettext, locale
from privacy.pages.rendering import done, download, render
from privacy.programme import service as programmes
from privacy.reports import service as reports
from privacy.reports.service import PACK, Asked, Option, Period, Report, ReportForm, ReportNotFound

console.says_after({"report_ordered": lazy_gettext("It is being made. You can leave this page and come back.")})

#: A list of a hundred thousand people, with its answers.
_LARGEST_FILE = 20_000_000
_Language = Literal["pl", "en", "hr"]
#: What a pack says of one person or one list is handed out at once, and not kept: on the command line alone.
_NOT_OF_PACK = {option.name for name in reports.NAMED for option in reports.named(name).options}


@console.page("/reports", guard=SIGNED_IN, endpoint="reports")
def listed() -> Response:
    """The reports that this member of staff may make."""
    permissions = current_actor().permissions
    told = [
        {"name": one.name, "title": one.titles.in_(locale()), "about": one.about.in_(locale())}
        for one in reports.OFFERED.values()
        if one.permissions <= permissions
    ]
    return render("reports/list.html", reports=told)


@console.page("/reports/<report_code>", guard=SIGNED_IN, endpoint="reports_one")
def one(report_code: str, errors: FormErrors = NO_ERRORS) -> Response:
    """One report: what it takes, and the button that makes it."""
    report = _permitted(report_code)
    today = days.day_of(clock.micros(), programmes.current().zone)
    end_read()
    return render(
        "reports/one.html",
        name=report_code,
        title=report.titles.in_(locale()),
        about=report.about.in_(locale()),
        periodic=report.periodic,
        first=date(today.year, 1, 1).isoformat(),
        last=today.isoformat(),
        forms=[(form.value, form.name) for form in report.forms],
        languages=list(NAMES.items()),
        options=[_shown(option) for option in _options(report)],
        background=report is PACK,
        errors=errors,
    )


@console.form(
    "/reports/<report_code>",
    guard=SIGNED_IN,
    again=one,
    whole=False,
    # The answer of a list, and the question beside it.
    largest_file=2 * _LARGEST_FILE,
    endpoint="reports_make",
)
def make(report_code: str) -> Response:
    """Make the report and hand it out, who took it in the log before; or have it made in the background."""
    report, actor = _permitted(report_code), current_actor()
    filled = read_form(_kind(report))
    now = clock.micros()
    today = days.day_of(now, programmes.current().zone)
    end_read()
    told: dict[str, Any] = msgspec.structs.asdict(filled)
    period = Period(told.pop("first", None) or today, told.pop("last", None) or today)
    form, language = told.pop("form"), told.pop("language")
    options = {**{option: value for option, value in told.items() if value}, **dict(_files(report))}
    asked = Asked(report_code, form, language, period, now, options)
    if report is PACK:
        with unit_of_work():
            order_id = reports.order(asked, actor=actor)
        return done("console.reports_ready_one", "report_ordered", order_id=order_id)
    made = reports.make(asked, actor=actor)
    with unit_of_work():
        reports.record_made(made, actor=actor)
    return download(made.content, made.media_type, made.file_name)


def _permitted(name: str) -> Report:
    """The report of that name; raises `ReportNotFound`, also where this member of staff may not make it."""
    report = reports.named(name)
    if not report.permissions <= current_actor().permissions:
        raise ReportNotFound
    return report


def _options(report: Report) -> Iterator[Option]:
    """What is asked for beside the period."""
    return (option for option in report.options if report is not PACK or option.name not in _NOT_OF_PACK)


def _kind(report: Report) -> type[msgspec.Struct]:
    """What the form of a report has in it."""
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = [("form", ReportForm), ("language", _Language)]
    if report.periodic:
        fields += [("first", date), ("last", date)]
    fields += [(option.name, str | None, None) for option in _options(report) if not option.file]
    return msgspec.defstruct("ReportFilled", fields, forbid_unknown_fields=True)


def _files(report: Report) -> Iterator[tuple[str, str]]:
    for option in _options(report):
        sent = request.files.get(option.name) if option.file else None
        if sent is None or not sent.filename:
            continue
        content = sent.stream.read(_LARGEST_FILE + 1)
        if len(content) > _LARGEST_FILE:
            raise InvalidInput.of(option.name, "This file is too large.")
        try:
            yield option.name, content.decode()
        except UnicodeDecodeError:
            raise InvalidInput.of(option.name, "This is no text in UTF-8.") from None


def _shown(option: Option) -> Mapping[str, Any]:
    return {
        "name": option.name,
        "label": option.says.in_(locale()),
        "required": option.required,
        "file": option.file,
        "choices": [("", ""), *((code, said.in_(locale())) for code, said in option.choices.items())],
        # What a person's page leads here with: an id, and no name.
        "value": request.args.get(option.name, ""),
    }
