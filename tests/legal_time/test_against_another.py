"""Every date twice: by the service, and by an implementation that walks day by day. They never differ."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from privacy import clock
from privacy.dsar import deadlines
from privacy.legal_time import days
from privacy.legal_time.hours import hours_after
from privacy.legal_time.periods import Period, Unit, months_later
from privacy.legal_time.working_days import WorkingDays
from privacy.programme.types import Programme
from tests.legal_time import day_by_day as walked
from tests.programme.test_types import example
from tests.sizes import size

__all__ = ["example"]

_FIRST, _LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2036, 12, 31, tzinfo=UTC)
#: Month ends, the turns of the clocks and the days about Christmas come far more often than by chance.
_NEAR = [(1, 31), (2, 28), (2, 29), (3, 29), (4, 30), (10, 25), (11, 24), (12, 24), (12, 31)]


def _instants(count: int) -> Iterator[datetime]:
    chance = random.Random(1182)
    for number in range(count):
        at = _FIRST + (_LAST - _FIRST) * chance.random()
        if number % 3 == 0:
            month, day = chance.choice(_NEAR)
            year = chance.randint(2020, 2035)
            month, day = (month, day) if (month, day) != (2, 29) or year % 4 == 0 else (3, 1)
            hour = timedelta(hours=chance.choice((-3, -2, -1, 0, 1, 2, 22, 23)))
            at = datetime(year, month, day, tzinfo=UTC) + hour + timedelta(microseconds=chance.randint(-1, 1))
        yield at


def _in(programme: Programme, state: str, zone: str) -> Programme:
    jurisdiction = replace(programme.jurisdiction, country=state, zone=zone)
    return replace(programme, jurisdiction=jurisdiction, public_holidays=())


def test_requests_are_due_when_another_says(example: Programme) -> None:
    places = {(state, zone): _in(example, state, zone) for state in walked.STATES for zone in walked.ZONES}
    compared = 0
    for at in _instants(size("dates")):
        received_at = clock.to_micros(at)
        for zone in walked.ZONES:
            received_on = walked.local_day(at, zone)
            nominal_on, quarter_on = walked.months_on(received_on, 1), walked.months_on(received_on, 3)
            later_on = walked.months_on(nominal_on, 2)
            for state in walked.STATES:
                times = deadlines.for_request(received_at, places[state, zone])
                assert (times.received_on, times.nominal_on) == (received_on, nominal_on)
                assert times.first_due_on == walked.first_working(nominal_on, state), (at, zone, state)
                assert times.extended_a_on == walked.first_working(quarter_on, state), (at, zone, state)
                assert times.extended_b_on == walked.first_working(later_on, state), (at, zone, state)
                compared += 1
            bound = days.end_of(times.first_due_on, ZoneInfo(zone))
            assert clock.from_micros(bound) == walked.over_at(times.first_due_on, zone), (at, zone)
    assert compared == size("dates") * len(walked.ZONES) * len(walked.STATES)


def test_periods_end_when_another_says() -> None:
    chance = random.Random(82)
    for at in _instants(size("dates")):
        event_on, state, amount = at.date(), chance.choice(walked.STATES), chance.randint(1, 40)
        working_days = WorkingDays(state)
        for unit, walk in (
            (Unit.DAYS, lambda day, amount=amount: day + (amount + 1) * walked.ONE),
            (Unit.WEEKS, lambda day, amount=amount: day + 7 * amount * walked.ONE),
            (Unit.MONTHS, lambda day, amount=amount: walked.months_on(day, amount)),
        ):
            period = Period(amount + (unit is Unit.DAYS), unit)
            assert period.last_day(event_on, working_days) == walked.last_day(event_on, walk, state), (event_on, period)
        assert months_later(event_on, 12 * amount) == Period(amount, Unit.YEARS).nominal_end(event_on)


def test_hours_are_over_when_another_says() -> None:
    chance = random.Random(72)
    for at in _instants(size("dates")):
        hours, zone = chance.randint(1, 200), chance.choice(list(walked.ZONES))
        limit = hours_after(clock.to_micros(at), hours, ZoneInfo(zone))
        assert clock.from_micros(limit.strict) == at + hours * walked.HOUR
        begun = at.replace(minute=0, second=0, microsecond=0)
        assert clock.from_micros(limit.outer) == begun + (hours + 1) * walked.HOUR


@pytest.mark.parametrize("state", sorted(walked.KNOWN_BY_HEART))
def test_the_lists_of_holidays_are_those_that_the_statutes_name(state: str) -> None:
    working_days = WorkingDays(state)
    differ = []
    day = date(2021, 1, 1)
    while day.year < 2036:
        if working_days.works(day) == walked.is_off(day, state):
            differ.append(day.isoformat())
        day += walked.ONE
    assert not differ


def test_the_states_are_the_union() -> None:
    assert len(walked.STATES) == len(set(walked.STATES)) == 27
    assert all(not WorkingDays(state).works(date(2026, 12, 25)) for state in walked.STATES)
