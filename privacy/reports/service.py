"""Reports: the doors that the console, the command line and jobs use. Each is written once and given in its forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto.owner_keys import KeyDestroyed
from privacy.reports import making
from privacy.reports.accountability_pack import NAMED
from privacy.reports.accountability_pack import REPORT as PACK
from privacy.reports.failures import OrderNotFound, ReportNotFound, ReportNotReady, ScheduleNotFound
from privacy.reports.listing import REPORTS
from privacy.reports.making_orders import MakingReports
from privacy.reports.offered import OFFERED, named
from privacy.reports.orders import (
    KEPT_DAYS,
    OrderState,
    OrderView,
    begin_fetch,
    delete_expired_reports,
    order,
    order_view,
    orders,
    parts,
)
from privacy.reports.periods import LAST_DAY, Every, period_before
from privacy.reports.report import Asked, Context, Made, Option, Period, Progress, Report, ReportForm
from privacy.reports.schedules import (
    Scheduled,
    ScheduleView,
    add_schedule,
    can_be_scheduled,
    end_schedule,
    order_scheduled,
    schedules,
    tell_of_reports,
)
from privacy.reports.words import LOCALES, Said

__all__ = [
    "KEPT_DAYS",
    "LAST_DAY",
    "LOCALES",
    "NAMED",
    "OFFERED",
    "PACK",
    "REPORTS",
    "Asked",
    "Context",
    "Every",
    "Made",
    "MakingReports",
    "Option",
    "OrderNotFound",
    "OrderState",
    "OrderView",
    "Period",
    "Report",
    "ReportForm",
    "ReportNotFound",
    "ReportNotReady",
    "Said",
    "ScheduleNotFound",
    "ScheduleView",
    "Scheduled",
    "add_schedule",
    "begin_fetch",
    "can_be_scheduled",
    "delete_expired_reports",
    "end_schedule",
    "make",
    "named",
    "order",
    "order_scheduled",
    "order_view",
    "orders",
    "parts",
    "period_before",
    "record_made",
    "schedules",
    "tell_of_reports",
]

_OBJECT = "report"


def make(asked: Asked, *, actor: Actor, progress: Progress | None = None) -> Made:
    """Make a report; the same data and the same day of `as_of` give the same bytes.

    Not in a unit of work: a long one would keep every writer waiting. Nothing may be handed out before `record_made`
    is committed. Raises `ReportNotFound`, `NotPermitted`, and `InvalidInput` by the name of what was asked wrongly.
    """
    report = named(asked.name)
    context = making.context_of(report, asked, actor, progress)
    return making.made_of(report, making.content_of(report, context), context)


def record_made(made: Made, *, actor: Actor) -> UUID:
    """Note in the log, in the open unit of work, who takes which report: name, period, form and hash."""
    for inner in made.within:
        record_made(inner, actor=actor)
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
