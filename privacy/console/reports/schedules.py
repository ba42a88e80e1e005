"""Reports at set times: what is made after which periods, a new one, and the end of one."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec
from flask import Response, url_for

from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.db import end_read
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import NAMES, lazy_gettext, locale
from privacy.pages.rendering import done, render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table
from privacy.reports import service as reports
from privacy.reports.service import PACK, Every, ReportForm, Scheduled, ScheduleView

console.says_after(
    {
        "schedule_added": lazy_gettext("The report will be made after each period. Its officer is told by mail."),
        "schedule_ended": lazy_gettext("Nothing more is made by this schedule. What it made stays."),
    }
)

_READ, _HANDLE = needs(Permission.REGISTERS_READ), needs(Permission.REGISTERS_HANDLE)
_EVERY = (
    (Every.MONTH.value, lazy_gettext("every month")),
    (Every.QUARTER.value, lazy_gettext("every quarter")),
    (Every.YEAR.value, lazy_gettext("every year")),
)
#: The pack is one archive always, and nothing else is.
_FORMS = [(form.value, form.name) for form in ReportForm if form not in PACK.forms]
_FIFTH = 5

_COLUMNS: tuple[Column[ScheduleView], ...] = (
    Column("report", lazy_gettext("Report"), lambda one: one.report.titles.in_(locale())),
    Column(
        "every",
        lazy_gettext("Repeats"),
        lambda one: dict(_EVERY)[one.scheduled.every.value],
        order=lambda one: one.scheduled.every.months,
    ),
    Column("day", lazy_gettext("Day of the month"), lambda one: one.scheduled.day, Kind.NUMBER),
    Column("form", lazy_gettext("File type"), lambda one: one.scheduled.form.name),
    Column("language", lazy_gettext("Language"), lambda one: NAMES[one.scheduled.locale]),
    Column("next", lazy_gettext("Next on"), lambda one: None if one.ended_at else one.next_on, Kind.DAY),
    Column("ended", lazy_gettext("Ended on"), lambda one: one.ended_at, Kind.MOMENT),
)


class _Wanted(msgspec.Struct, forbid_unknown_fields=True):
    report: str
    every: Every
    form: ReportForm
    language: Literal["pl", "en", "hr"]
    day: int


class _Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """A form of one button."""


@console.page("/reports/schedules", guard=_READ, endpoint="reports_schedules")
def listed(errors: FormErrors = NO_ERRORS) -> Response:
    """The schedules, and the form of a new one."""
    which = Choice[ScheduleView]("which", lazy_gettext("Which ones"), [("ended", lazy_gettext("Those that ended"))])
    found = reports.schedules(ended=bool(which.chosen))
    end_read()
    # A form that could not be taken shows its page again, under an address that is the form's.
    shown = table(lazy_gettext("Schedules"), _COLUMNS, found, choices=[which], endpoint="console.reports_schedules")
    permissions = current_actor().permissions
    offered = [
        (one.name, one.titles.in_(locale()))
        for one in reports.OFFERED.values()
        if reports.can_be_scheduled(one) and one.permissions <= permissions
    ]
    return as_csv(shown, "schedules") or render(
        "reports/schedules.html",
        table=shown,
        going=[] if which.chosen else found,
        offered=offered,
        every=_EVERY,
        forms=_FORMS,
        languages=list(NAMES.items()),
        day=_FIFTH,
        last_day=reports.LAST_DAY,
        errors=errors,
        here=url_for("console.reports_schedules"),
    )


@console.form("/reports/schedules", guard=_HANDLE, again=listed, endpoint="reports_schedules_add")
def add() -> Response:
    """Have a report made after each period."""
    wanted = read_form(_Wanted)
    form = PACK.forms[0] if wanted.report == PACK.name else wanted.form
    scheduled = Scheduled(wanted.report, form, wanted.language, wanted.every, wanted.day)
    reports.add_schedule(scheduled, actor=current_actor())
    return done("console.reports_schedules", "schedule_added")


@console.form("/reports/schedules/<uuid:schedule_id>/end", guard=_HANDLE, endpoint="reports_schedules_end")
def end(schedule_id: UUID) -> Response:
    """Make nothing more by a schedule."""
    read_form(_Nothing)
    reports.end_schedule(schedule_id, actor=current_actor())
    return done("console.reports_schedules", "schedule_ended")
