"""When a consent expires: the calendar of the zone, to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy import clock
from privacy.programme.duration import Duration

WARSAW = ZoneInfo("Europe/Warsaw")


def _micros(local: str) -> int:
    return clock.to_micros(datetime.fromisoformat(local).replace(tzinfo=WARSAW))


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("P36M", "2026-11-21T10:00:00", "2029-11-21T10:00:00"),
        ("P3Y", "2026-11-21T10:00:00", "2029-11-21T10:00:00"),
        ("P36M", "2026-11-21T23:59:59.999999", "2029-11-21T23:59:59.999999"),
        ("P1M", "2026-01-31T12:00:00", "2026-02-28T12:00:00"),  # the month's last day
        ("P1M", "2028-01-31T12:00:00", "2028-02-29T12:00:00"),
        ("P12M", "2028-02-29T12:00:00", "2029-02-28T12:00:00"),
        ("P48M", "2028-02-29T12:00:00", "2032-02-29T12:00:00"),
        ("P100Y", "2026-11-21T10:00:00", "2126-11-21T10:00:00"),
        ("P13M", "2026-12-31T00:00:00", "2028-01-31T00:00:00"),  # over two ends of a year
        ("P6M", "2026-01-15T10:00:00", "2026-07-15T10:00:00"),  # the same time of day, though the offset changed
        ("P2W", "2026-10-20T08:30:00", "2026-11-03T08:30:00"),
        ("P1M1D", "2026-01-31T12:00:00", "2026-03-01T12:00:00"),  # months before days
        ("P1D", "2026-03-28T02:30:00", "2026-03-29T03:30:00"),  # 02:30 does not exist on that day
    ],
)
def test_a_period_ends_at_the_same_time_of_day(period: str, start: str, end: str) -> None:
    assert Duration.parse(period).after_micros(_micros(start), WARSAW) == _micros(end)


def test_of_an_hour_that_comes_twice_the_earlier_ends_the_consent() -> None:
    end = Duration.parse("P1D").after_micros(_micros("2026-10-24T02:30:00"), WARSAW)
    assert clock.from_micros(end) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_day_is_counted_in_the_zone_not_in_utc() -> None:
    late = clock.to_micros(datetime.fromisoformat("2026-01-30T23:30:00+00:00"))  # 31 January in Warsaw
    end = Duration.parse("P1M").after_micros(late, WARSAW)
    assert clock.from_micros(end) == datetime(2026, 2, 27, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "36M",
        "P-1M",
        "p36m",
        "P1.5Y",
        "PT1H",
        "P0D",
        "P0M",
        "P101Y",
        "P100Y1D",
        "P1D1M",
        " P1M",
        "P1M\n",
        "P１M",
    ],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="period"):
        Duration.parse(text)


@given(
    start=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001  # wall times
    months=st.integers(1, 600),
)
def test_a_period_in_months_never_drifts(start: datetime, months: int) -> None:
    begin = clock.to_micros(start.replace(tzinfo=WARSAW))
    end = Duration(months, 0).after_micros(begin, WARSAW)
    longest = timedelta(days=31 * months, hours=1) // timedelta(microseconds=1)
    shortest = timedelta(days=28 * months, hours=-1) // timedelta(microseconds=1)
    assert shortest <= end - begin <= longest
