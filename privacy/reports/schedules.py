"""Reports at set times: each period of a schedule is ordered once, and the data protection officer is told by mail.

The mail names report and period and leads to the console, where whoever is signed in fetches the file: nothing of a
report travels by mail. It goes to the officer's address in the programme, so that no schedule keeps one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock, spoken
from privacy.audit import service as audit
from privacy.authz.actors import Actor, Realm
from privacy.authz.permissions import Permission
from privacy.db import new_id, session
from privacy.errors import InvalidInput
from privacy.legal_time import days
from privacy.outbox import service as outbox
from privacy.programme import service as programmes
from privacy.reports import orders, periods
from privacy.reports.accountability_pack import NAMED
from privacy.reports.failures import ScheduleNotFound
from privacy.reports.making import check
from privacy.reports.models import ReportOrder, ReportSchedule
from privacy.reports.offered import OFFERED, named
from privacy.reports.orders import OrderState
from privacy.reports.periods import Every
from privacy.reports.report import Asked, Period, Report, ReportForm

_OBJECT = "report_schedule"
_AT_ONCE = 20


@dataclass(frozen=True)
class Scheduled:
    """What is to be made when."""

    report: str
    form: ReportForm
    locale: str
    every: Every
    #: The day of the first month after a period, from 1 to `periods.LAST_DAY`.
    day: int


@dataclass(frozen=True)
class ScheduleView:
    """A schedule as people see it."""

    id: UUID
    report: Report
    scheduled: Scheduled
    next_on: date
    created_at: int
    ended_at: int | None


def can_be_scheduled(report: Report) -> bool:
    """Whether a report can be made without being asked for anything but a period."""
    return report.name not in NAMED


def schedules(*, ended: bool = False) -> Sequence[ScheduleView]:
    """The schedules that go on, or those that ended, newest first."""
    over = ReportSchedule.ended_at.is_not(None) if ended else ReportSchedule.ended_at.is_(None)
    return [_view(row) for row in session().scalars(sa.select(ReportSchedule).where(over).order_by(sa.desc("id")))]


def add_schedule(wanted: Scheduled, *, actor: Actor) -> UUID:
    """Have a report made after each period from now on, in the open unit of work; returns the id of the schedule.

    Raises `ReportNotFound`, `NotPermitted`, and `InvalidInput` by the name of what cannot be.
    """
    actor.require(Permission.REGISTERS_HANDLE)
    report, programme, now = named(wanted.report), programmes.current(), clock.micros()
    if not can_be_scheduled(report):
        raise InvalidInput.of("report", "This report is made at once, and not in the background.")
    today = days.day_of(now, programme.zone)
    check(report, Asked(report.name, wanted.form, wanted.locale, Period(today, today), now), actor)
    if not 1 <= wanted.day <= periods.LAST_DAY:
        raise InvalidInput.of("day", "Give a day from 1 to 28: every month has those.")
    if programme.dpo is None:
        raise InvalidInput.of("report", "The programme names no data protection officer, who would be told.")
    row = ReportSchedule(
        id=new_id(),
        report=report.name,
        form=wanted.form.value,
        locale=wanted.locale,
        every=wanted.every.value,
        day=wanted.day,
        next_on=days.numbered(periods.first_day(wanted.every, wanted.day, today)),
        created_at=now,
        created_by=actor.id,
    )
    session().add(row)
    _record("report_schedule.begun", row, actor)
    return row.id


def end_schedule(schedule_id: UUID, *, actor: Actor) -> None:
    """Make nothing more by a schedule, in the open unit of work; what it made stays. Raises `ScheduleNotFound`."""
    actor.require(Permission.REGISTERS_HANDLE)
    row = session().get(ReportSchedule, schedule_id, with_for_update=True, populate_existing=True)
    if row is None or row.ended_at is not None:
        raise ScheduleNotFound
    row.ended_at, row.ended_by = clock.micros(), actor.id
    _record("report_schedule.ended", row, actor)


def order_scheduled(now: int, *, actor: Actor) -> int:
    """Order what is due, some at a time, in the open unit of work; returns how many.

    A period that was missed is made good, each in its turn. Its order and the next day are one transaction, and the
    database takes one order for each period of a schedule: workers that come together have one effect.
    """
    today = days.day_of(now, programmes.current().zone) if _any_due() else None
    if today is None:
        return 0
    due = sa.select(ReportSchedule).where(
        ReportSchedule.ended_at.is_(None), ReportSchedule.next_on <= days.numbered(today)
    )
    locked = due.order_by(ReportSchedule.id).limit(_AT_ONCE).with_for_update(skip_locked=True)
    rows = session().scalars(locked.execution_options(populate_existing=True)).all()
    for row in rows:
        every, on = Every(row.every), days.named(row.next_on)
        period = periods.period_before(every, on)
        row.next_on = days.numbered(periods.after(every, on))
        asked = Asked(row.report, ReportForm(row.form), row.locale, period, now)
        orders.order(asked, actor=actor, schedule_id=row.id)
    return len(rows)


def tell_of_reports(now: int, *, base_url: str, actor: Actor) -> int:
    """Tell the officer by mail of what schedules made, some at a time, in the open unit of work; returns how many."""
    ready = sa.select(ReportOrder).where(
        ReportOrder.state == OrderState.READY.value,
        ReportOrder.expires_at > now,
        ReportOrder.schedule_id.is_not(None),
        ReportOrder.told_at.is_(None),
    )
    rows = session().scalars(ready.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
    for row in rows:
        row.told_at = now
        orders.record("report_order.told", row, actor=actor, told=_tell(row, base_url))
    return len(rows)


def _tell(row: ReportOrder, base_url: str) -> bool:
    """Write the mail; says whether there is anybody to write to."""
    programme = programmes.current()
    if programme.dpo is None or row.expires_at is None:
        return False
    locale, zone = row.locale, programme.zone
    first, last = (spoken.day(days.named(number), locale) for number in (row.first_on, row.last_on))
    values = {
        "REPORT": OFFERED[row.report].titles.in_(locale),
        "FIRST": first,
        "LAST": last,
        "UNTIL": spoken.day(days.day_of(row.expires_at, zone), locale),
        "LINK": f"{base_url}/console/reports/ready/{row.id}",
    }
    outbox.enqueue(
        outbox.Message("report_ready", locale, values),
        key=orders.key_of(row),
        to=programme.dpo.email,
        cause=row.id,
        not_after=row.expires_at,
        realm=Realm.LIVE,
    )
    return True


def _any_due() -> bool:
    """Whether any schedule goes on: an installation without a programme has none, and asks for none."""
    found = session().scalar(sa.select(ReportSchedule.id).where(ReportSchedule.ended_at.is_(None)).limit(1))
    return found is not None


def _record(action: str, row: ReportSchedule, actor: Actor) -> None:
    content: Mapping[str, Any] = {
        **{name: getattr(row, name) for name in ("report", "form", "locale", "every", "day", "next_on", "ended_at")},
        "id": str(row.id),
    }
    audit.record(action, actor=actor, object_type=_OBJECT, object_id=row.id, content=content, details=content)


def _view(row: ReportSchedule) -> ScheduleView:
    scheduled = Scheduled(row.report, ReportForm(row.form), row.locale, Every(row.every), row.day)
    return ScheduleView(row.id, named(row.report), scheduled, days.named(row.next_on), row.created_at, row.ended_at)
