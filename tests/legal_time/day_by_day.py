"""Legal time once more, by somebody who does not calculate: walks day by day and hour by hour, with rules of its own.

Shares nothing with the service: not the arithmetic of months, not the zone database, and for eleven member states not
the lists of public holidays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache

import holidays

ONE = timedelta(days=1)
HOUR = timedelta(hours=1)
#: Hours ahead of UTC in winter, of zones that follow Directive 2000/84/EC. The Azores turn their clocks at midnight.
ZONES = {
    "Europe/Warsaw": 1,
    "Europe/Lisbon": 0,
    "Atlantic/Azores": -1,
    "Atlantic/Canary": 0,
    "Europe/Athens": 2,
    "Europe/Helsinki": 2,
}

#: Public holidays since 2020: days of the year, days from Easter Sunday, and days that came or went later.
_FIXED = {
    "AT": ("0101 0106 0501 0815 1026 1101 1208 1225 1226", (1, 39, 50, 60)),
    "BE": ("0101 0501 0721 0815 1101 1111 1225", (0, 1, 39, 49, 50)),
    "CZ": ("0101 0501 0508 0705 0706 0928 1028 1117 1224 1225 1226", (-2, 1)),
    "DE": ("0101 0501 1003 1225 1226", (-2, 1, 39, 50)),
    "EE": ("0101 0224 0501 0623 0624 0820 1224 1225 1226", (-2, 0, 49)),
    "FR": ("0101 0501 0508 0714 0815 1101 1111 1225", (1, 39, 50)),
    "HR": ("0101 0106 0501 0530 0622 0805 0815 1101 1118 1225 1226", (0, 1, 60)),
    "IT": ("0101 0106 0425 0501 0602 0815 1101 1208 1225 1226", (0, 1)),
    "LT": ("0101 0216 0311 0501 0624 0706 0815 1101 1102 1224 1225 1226", (0, 1)),
    "PL": ("0101 0106 0501 0503 0815 1101 1111 1225 1226", (0, 1, 49, 60)),
    "PT": ("0101 0425 0501 0610 0815 1005 1101 1201 1208 1225", (-2, 0, 60)),
}
#: By the first year.
_SINCE = {"PL": ("1224", 2025), "IT": ("1004", 2026)}
KNOWN_BY_HEART = frozenset(_FIXED)
_LOOKED_UP = ["BG", "CY", "DK", "ES", "FI", "GR", "HU", "IE", "LU", "LV", "MT", "NL", "RO", "SE", "SI", "SK"]
STATES = [*sorted(KNOWN_BY_HEART), *_LOOKED_UP]


def easter(year: int) -> date:
    """Easter Sunday by Gauss's algorithm, right from 1900 to 2099."""
    a, b, c = year % 19, year % 4, year % 7
    d = (19 * a + 24) % 30
    e = (2 * b + 4 * c + 6 * d + 5) % 7
    if (d, e) == (29, 6) or ((d, e) == (28, 6) and a > 10):
        e -= 7
    return date(year, 3, 22) + timedelta(days=d + e)


@cache
def off(state: str, year: int) -> frozenset[date]:
    """The public holidays of a year."""
    if state not in _FIXED:
        return frozenset(holidays.country_holidays(state, years=year))
    texts, moving = _FIXED[state]
    days = texts.split()
    if state in _SINCE and year >= _SINCE[state][1]:
        days.append(_SINCE[state][0])
    found = {date(year, int(day[:2]), int(day[2:])) for day in days}
    return frozenset(found | {easter(year) + timedelta(days=away) for away in moving})


def is_off(day: date, state: str) -> bool:
    return day.isoweekday() in (6, 7) or day in off(state, day.year)


def first_working(day: date, state: str) -> date:
    while is_off(day, state):
        day += ONE
    return day


def months_on(day: date, months: int) -> date:
    """Walk on, counting how often a month begins; stop at the same number, or on the last day of that month."""
    at, begun = day, 0
    while True:
        at += ONE
        begun += at.day == 1
        if begun == months and (at.day == day.day or (at + ONE).day == 1):
            return at


def last_day(event_on: date, walk: Callable[[date], date], state: str) -> date:
    """The end of a period of two days or more: at a working day, with two of them in it."""
    end, worked, at = first_working(walk(event_on), state), 0, event_on
    while at < end or worked < 2 or is_off(at, state):
        at += ONE
        worked += not is_off(at, state)
    return at


def summer(at: datetime) -> bool:
    """Whether the clocks of the Union show summer time: from the last Sunday of March, 1:00 UTC, to October's."""

    def turns(month: int) -> datetime:
        day = date(at.year, month, 31)
        while day.isoweekday() != 7:
            day -= ONE
        return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)

    return turns(3) <= at < turns(10)


def local_day(at: datetime, zone: str) -> date:
    return (at + HOUR * (ZONES[zone] + summer(at))).date()


def over_at(day: date, zone: str) -> datetime:
    """The first whole hour in UTC at which the local day is over; no clock of these zones turns between hours."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    while local_day(at, zone) <= day:
        at += HOUR
    return at
