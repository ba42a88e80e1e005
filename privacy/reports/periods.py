"""When scheduled reports are made, and of which period each tells: the last whole one before its day. Pure."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from privacy.legal_time import days
from privacy.reports.report import Period

#: The last day that every month has.
LAST_DAY = 28


class Every(StrEnum):
    """Of which periods a schedule tells."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        """How many months a period has; periods begin in January."""
        return {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}[self]


def first_day(every: Every, day: int, today: date) -> date:
    """The first day, today or later, on which a schedule is due."""
    start = _start(every, today).replace(day=day)
    return start if start >= today else after(every, start)


def after(every: Every, on: date) -> date:
    """The day on which it is due next."""
    months = on.year * 12 + on.month - 1 + every.months
    return date(months // 12, months % 12 + 1, on.day)


def period_before(every: Every, on: date) -> Period:
    """The last whole period before a day."""
    start = _start(every, on)
    return Period(_start(every, start - days.ONE), start - days.ONE)


def _start(every: Every, on: date) -> date:
    return date(on.year, (on.month - 1) // every.months * every.months + 1, 1)
