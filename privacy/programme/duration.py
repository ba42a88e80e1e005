"""Periods of whole years, months, weeks and days (ISO 8601), added by the calendar of a zone.

A period in months ends on the day with the same number, or on the month's last day where it lacks that one (as
art. 112 of the Polish Civil Code counts). Hours are left out: no rule of the programme is that fine.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from privacy import clock
from privacy.legal_time.periods import months_later

_PATTERN = re.compile(
    r"P(?:(?P<years>[0-9]{1,3})Y)?(?:(?P<months>[0-9]{1,4})M)?(?:(?P<weeks>[0-9]{1,4})W)?(?:(?P<days>[0-9]{1,5})D)?"
)
#: A century: longer than any retention period, and far from the end of the calendar.
_CENTURY_MONTHS = 1_200
_CENTURY_DAYS = 36_525


@dataclass(frozen=True)
class Duration:
    """Whole months and days, together more than nothing and at most a hundred years."""

    months: int
    days: int

    @classmethod
    @functools.lru_cache(maxsize=256)  # a check asks for the expiry of each consent, and there are few periods
    def parse(cls, text: str) -> Duration:
        """Read `P36M`, `P1Y6M`, `P2W` or `P90D`; anything else raises ValueError."""
        match = _PATTERN.fullmatch(text)
        if match is None:
            raise ValueError("not an ISO 8601 period of years, months, weeks and days")
        years, months, weeks, days = (int(part or 0) for part in match.groups())
        parsed = cls(years * 12 + months, weeks * 7 + days)
        if not 0 < parsed.months / _CENTURY_MONTHS + parsed.days / _CENTURY_DAYS <= 1:
            raise ValueError("a period must be longer than nothing and at most a hundred years")
        return parsed

    def after(self, day: date) -> date:
        """The day on which the period that starts on `day` ends."""
        return months_later(day, self.months) + timedelta(days=self.days)

    def after_micros(self, start: int, zone: ZoneInfo) -> int:
        """The instant, in microseconds, at which the period ends: the same time of day in `zone`.

        Of a time of day that the clocks show twice the earlier is meant, so that no consent lasts an hour too long.
        """
        local = clock.from_micros(start).astimezone(zone)
        wall = time(local.hour, local.minute, local.second, local.microsecond, tzinfo=zone)
        return clock.to_micros(datetime.combine(self.after(local.date()), wall).astimezone(UTC))
