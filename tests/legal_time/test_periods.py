"""Periods of Regulation 1182/71: days, weeks, months, years, working days, hours. Dates worked out by hand."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from privacy import clock
from privacy.legal_time import days
from privacy.legal_time.hours import hours_after
from privacy.legal_time.periods import Period, Unit, months_later
from privacy.legal_time.working_days import WorkingDays

WARSAW = ZoneInfo("Europe/Warsaw")
PL = WorkingDays("PL")


def _day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("event_on", "period", "last"),
    [
        ("2026-11-23", Period(8, Unit.WEEKS), "2027-01-18"),  # prior consultation, Art. 36(2)
        ("2026-11-23", Period(14, Unit.WEEKS), "2027-03-01"),  # with its six further weeks
        ("2026-12-10", Period(14, Unit.DAYS), "2026-12-28"),  # 24 December is a holiday
        ("2024-12-10", Period(14, Unit.DAYS), "2024-12-24"),  # it was none before 2025
        ("2026-03-05", Period(1, Unit.MONTHS), "2026-04-07"),  # EDPB 01/2022, Ex. 32: 5 April; here Easter Sunday
        ("2022-03-05", Period(1, Unit.MONTHS), "2022-04-05"),  # Ex. 32 in another year
        ("2026-08-31", Period(1, Unit.MONTHS), "2026-09-30"),  # Ex. 33
        ("2024-02-29", Period(1, Unit.YEARS), "2025-02-28"),
        ("2026-11-20", Period(1, Unit.DAYS), "2026-11-23"),  # a Friday: the next working day, and one is enough
        ("2026-11-20", Period(2, Unit.DAYS), "2026-11-24"),  # two working days: Monday and Tuesday (Art. 3(5))
        ("2026-12-23", Period(2, Unit.DAYS), "2026-12-29"),
        ("2026-12-23", Period(5, Unit.DAYS), "2026-12-29"),  # from Wednesday: Monday the 28th alone is one
        ("2026-11-23", Period(1, Unit.WEEKS), "2026-11-30"),
        ("2026-12-18", Period(1, Unit.WEEKS), "2026-12-28"),  # a Friday that is Christmas
    ],
)
def test_a_period_ends_on_a_working_day(event_on: str, period: Period, last: str) -> None:
    assert period.last_day(_day(event_on), PL) == _day(last)


def test_administrative_procedure_knows_no_two_working_days() -> None:
    assert Period(2, Unit.DAYS).last_day(_day("2026-11-20"), PL, two_working_days=False) == _day("2026-11-23")


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-02-28", 1, "2026-03-28"),  # the same date, not the last day of the month
        ("2026-11-24", 0, "2026-11-24"),
    ],
)
def test_months_keep_the_number_of_the_day(day: str, months: int, later: str) -> None:
    assert months_later(_day(day), months) == _day(later)


def test_a_period_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="one day or more"):
        Period(0, Unit.DAYS)


def test_christmas_eve_is_a_holiday_in_poland_since_2025() -> None:
    assert PL.works(_day("2024-12-24"))
    assert not PL.works(_day("2025-12-24"))
    assert not PL.works(_day("2026-12-24"))
    assert WorkingDays("DE").works(_day("2026-12-24"))


def test_the_programme_adds_days_and_takes_days_away() -> None:
    own = WorkingDays("PL", {_day("2026-11-12"): False, _day("2026-11-11"): True, _day("2026-11-14"): True})
    assert PL.works(_day("2026-11-12"))
    assert not own.works(_day("2026-11-12"))
    assert own.works(_day("2026-11-11"))
    assert not own.works(_day("2026-11-14"))  # a Saturday stays one


def test_the_version_tells_rules_lists_and_overrides_apart() -> None:
    own = WorkingDays("PL", {_day("2026-11-12"): False})
    assert len({PL.version, own.version, WorkingDays("DE").version}) == 3
    assert PL.version == WorkingDays("PL").version
    assert all(len(one.version) <= 32 for one in (PL, own))


def test_a_country_without_a_list_has_weekends_and_its_own_days() -> None:
    nowhere = WorkingDays("XX", {_day("2026-11-12"): False})
    assert [nowhere.works(date(2026, 11, day)) for day in (11, 12, 13, 14)] == [True, False, True, False]


def test_working_days_are_counted_both_ways() -> None:
    assert PL.between(_day("2026-12-23"), _day("2026-12-29")) == 2
    assert PL.between(_day("2026-12-29"), _day("2026-12-23")) == -2
    assert PL.between(_day("2026-12-23"), _day("2026-12-23")) == 0


def test_days_are_stored_as_numbers() -> None:
    assert days.numbered(_day("1970-01-01")) == 0
    assert days.named(days.numbered(_day("2026-12-28"))) == _day("2026-12-28")


def _local(text: str) -> int:
    return clock.to_micros(datetime.fromisoformat(text).astimezone(WARSAW))


@pytest.mark.parametrize(
    ("aware", "strict", "outer"),
    [
        ("2026-11-20T16:40+01:00", "2026-11-23T16:40+01:00", "2026-11-23T17:00+01:00"),
        ("2026-11-23T09:00+01:00", "2026-11-26T09:00+01:00", "2026-11-26T10:00+01:00"),
        ("2026-12-23T12:17+01:00", "2026-12-26T12:17+01:00", "2026-12-26T13:00+01:00"),  # a holiday moves nothing
        ("2026-10-23T15:30+02:00", "2026-10-26T14:30+01:00", "2026-10-26T15:00+01:00"),  # winter time begins
        ("2027-03-26T10:15+01:00", "2027-03-29T11:15+02:00", "2027-03-29T12:00+02:00"),  # summer time begins
        ("2026-12-31T23:59+01:00", "2027-01-03T23:59+01:00", "2027-01-04T00:00+01:00"),
        ("2026-04-30T18:05+02:00", "2026-05-03T18:05+02:00", "2026-05-03T19:00+02:00"),
        ("2028-02-27T08:00+01:00", "2028-03-01T08:00+01:00", "2028-03-01T09:00+01:00"),  # a leap year
        ("2026-10-25T02:30+02:00", "2026-10-28T01:30+01:00", "2026-10-28T02:00+01:00"),  # the first of two 2:30
        ("2020-12-22T12:17+01:00", "2020-12-25T12:17+01:00", "2020-12-25T13:00+01:00"),
        ("2026-10-24T10:00+02:00", "2026-10-27T09:00+01:00", "2026-10-27T10:00+01:00"),
        ("2027-03-27T10:00+01:00", "2027-03-30T11:00+02:00", "2027-03-30T12:00+02:00"),
        ("2026-10-25T02:30+01:00", "2026-10-28T02:30+01:00", "2026-10-28T03:00+01:00"),  # the second
    ],
)
def test_72_hours_are_elapsed_hours(aware: str, strict: str, outer: str) -> None:
    limit = hours_after(_local(aware), 72, WARSAW)
    assert (limit.strict, limit.outer) == (_local(strict), _local(outer))


def test_a_day_ends_where_the_next_begins_even_if_midnight_is_skipped_or_comes_twice() -> None:
    azores = ZoneInfo("Atlantic/Azores")
    for day, over in (("2026-03-28", "2026-03-29T01:00+00:00"), ("2026-10-24", "2026-10-25T00:00+00:00")):
        assert days.end_of(_day(day), azores) == clock.to_micros(datetime.fromisoformat(over))
        assert days.day_of(days.end_of(_day(day), azores) - 1, azores) == _day(day)
