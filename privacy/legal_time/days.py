"""Days by the clock of a zone: where they begin and end as instants, and as tables hold them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from privacy import clock

ONE = timedelta(days=1)
_FIRST = date(1970, 1, 1)


def day_of(at: int, zone: ZoneInfo) -> date:
    """The day of an instant, in microseconds."""
    return clock.from_micros(at).astimezone(zone).date()


def end_of(day: date, zone: ZoneInfo) -> int:
    """The instant, in microseconds, at which a day is over: the first one of the next day."""
    return clock.to_micros(datetime.combine(day + ONE, time(0), tzinfo=zone))


def numbered(day: date) -> int:
    """The day as tables hold it: days since 1970-01-01."""
    return (day - _FIRST).days


def named(number: int) -> date:
    """The day of such a number."""
    return _FIRST + timedelta(days=number)
