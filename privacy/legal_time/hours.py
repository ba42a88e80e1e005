"""Periods of hours: elapsed hours, whatever the clocks on the wall, the day of the week or the holidays do.

Art. 3(4) of Regulation 1182/71 leaves out periods in hours, and its two working days (Art. 3(5)) are disputed for
them, so nobody should rely on these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from privacy import clock

_HOUR = 3_600 * clock.SECOND


@dataclass(frozen=True)
class HourLimit:
    """When a period in hours is over; both in microseconds."""

    #: So many hours after the event itself: what to work to.
    strict: int
    #: As Art. 3(1) and 3(2)(a) have it: the hour in which the event falls is not counted. The outer limit.
    outer: int


def hours_after(event_at: int, hours: int, zone: ZoneInfo) -> HourLimit:
    """The end of a period of so many hours after an instant; the zone tells where its hours begin."""
    local = clock.from_micros(event_at).astimezone(zone)
    into_the_hour = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    begins = event_at - into_the_hour // timedelta(microseconds=1) + _HOUR
    return HourLimit(strict=event_at + hours * _HOUR, outer=begins + hours * _HOUR)
