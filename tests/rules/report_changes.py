"""The story of reports: making one changes nothing, handing it out is an event."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.db import session
from privacy.reports import orders
from privacy.reports import service as reports
from privacy.reports.models import ReportOrder
from privacy.reports.service import Asked, Made, Period, ReportForm
from tests.rules.changes import CHANGES, Change, a_programme, before, story

__all__ = ["CHANGES"]


@story("reports.record_made", "report.made")
def _() -> Change:
    a_programme()
    asked = Asked("requests", ReportForm.CSV, "pl", Period(date(2026, 1, 1), date(2026, 12, 31)), 0)
    made = Made(asked, b"a report", ReportForm.CSV.media_type, "requests.csv")
    return lambda: reports.record_made(made, actor=OPERATOR)


@story("reports.order", "report_order.begun")
def _() -> Change:
    a_programme()
    return _order


@story("reports.begin_fetch", "report_order.fetched")
def _() -> Change:
    order_id = _ready()
    return lambda: reports.begin_fetch(order_id, actor=OPERATOR)


@story("reports.delete_expired_reports", "report_order.deleted")
def _() -> Change:
    _ready()
    over = clock.micros() + (reports.KEPT_DAYS + 1) * clock.DAY
    return lambda: reports.delete_expired_reports(over, actor=OPERATOR)


@story("reports.add_schedule", "report_schedule.begun")
def _() -> Change:
    a_programme()
    return _schedule


@story("reports.end_schedule", "report_schedule.ended")
def _() -> Change:
    a_programme()
    schedule_id = before(_schedule)
    return lambda: reports.end_schedule(schedule_id, actor=OPERATOR)


@story("reports.order_scheduled", "report_order.begun")
def _() -> Change:
    a_programme()
    before(_schedule)
    soon = clock.micros() + 40 * clock.DAY
    return lambda: reports.order_scheduled(soon, actor=OPERATOR)


@story("reports.tell_of_reports", "report_order.told")
def _() -> Change:
    a_programme()
    schedule_id = before(_schedule)
    _ready(schedule_id)
    return lambda: reports.tell_of_reports(clock.micros(), base_url="https://privacy.example", actor=OPERATOR)


def _asked() -> Asked:
    return Asked("requests", ReportForm.CSV, "pl", Period(date(2026, 1, 1), date(2026, 12, 31)), 0)


def _order(schedule_id: UUID | None = None) -> UUID:
    return reports.order(_asked(), actor=OPERATOR, schedule_id=schedule_id)


def _ready(schedule_id: UUID | None = None) -> UUID:
    a_programme()
    order_id = before(lambda: _order(schedule_id))
    made = Made(_asked(), b"a report", ReportForm.CSV.media_type, "requests.csv")
    before(lambda: orders.store(session().get_one(ReportOrder, order_id), made, actor=OPERATOR))
    return order_id


def _schedule() -> UUID:
    wanted = reports.Scheduled("requests", ReportForm.PDF, "pl", reports.Every.MONTH, 5)
    return reports.add_schedule(wanted, actor=OPERATOR)
