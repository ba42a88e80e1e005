"""Days by the clock of the jurisdiction, as the law counts them (Regulation 1182/71)."""

from __future__ import annotations

import calendar
from datetime import date

from privacy.legal_time import days
from privacy.legal_time.days import named, numbered
from privacy.programme.types import ErasureKeeps, Programme

__all__ = ["day_of", "end_of", "last_day", "month_end", "named", "numbered"]


def day_of(at: int, programme: Programme) -> date:
    """The day of an instant, in microseconds."""
    return days.day_of(at, programme.zone)


def end_of(day: date, programme: Programme) -> int:
    """The instant, in microseconds, at which a day is over."""
    return days.end_of(day, programme.zone)


def last_day(what: ErasureKeeps, at: int, programme: Programme) -> date:
    """The last day on which that is kept of somebody who was erased at an instant."""
    erased_on = day_of(at, programme)
    return programme.kept_after_erasure(what, erased_on).last_day(erased_on)


def month_end(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
