"""The hours of a breach: elapsed, by dated rules, beside each other; what moments may stand."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy import clock
from privacy.breach.clock import Limit, Standing, check_moments, limits, read_moment, standing
from privacy.errors import InvalidInput
from privacy.programme.law import breach_rules
from privacy.programme.types import BreachMoment, BreachRule

WARSAW = ZoneInfo("Europe/Warsaw")
HOUR = 3_600 * clock.SECOND


def _at(text: str) -> int:
    return clock.to_micros(datetime.fromisoformat(text).astimezone(WARSAW))


def _limits(moments: dict[BreachMoment, int], *rules: BreachRule) -> dict[str, Limit]:
    on = {
        moment: breach_rules(rules, clock.from_micros(at).astimezone(WARSAW).date()) for moment, at in moments.items()
    }
    return {limit.code: limit for limit in limits(on, moments, WARSAW)}


@pytest.mark.parametrize(
    ("aware", "strict", "outer"),
    [
        ("2026-11-20T16:40+01:00", "2026-11-23T16:40+01:00", "2026-11-23T17:00+01:00"),
        ("2026-11-23T09:00+01:00", "2026-11-26T09:00+01:00", "2026-11-26T10:00+01:00"),
        ("2026-12-23T12:17+01:00", "2026-12-26T12:17+01:00", "2026-12-26T13:00+01:00"),
        ("2026-10-23T15:30+02:00", "2026-10-26T14:30+01:00", "2026-10-26T15:00+01:00"),
        ("2027-03-26T10:15+01:00", "2027-03-29T11:15+02:00", "2027-03-29T12:00+02:00"),
        ("2026-12-31T23:59+01:00", "2027-01-03T23:59+01:00", "2027-01-04T00:00+01:00"),
        ("2026-04-30T18:05+02:00", "2026-05-03T18:05+02:00", "2026-05-03T19:00+02:00"),
        ("2028-02-27T08:00+01:00", "2028-03-01T08:00+01:00", "2028-03-01T09:00+01:00"),
        ("2026-10-25T02:30+02:00", "2026-10-28T01:30+01:00", "2026-10-28T02:00+01:00"),
        ("2020-12-22T12:17+01:00", "2020-12-25T12:17+01:00", "2020-12-25T13:00+01:00"),
    ],
)
def test_the_authority_is_notified_within_72_elapsed_hours(aware: str, strict: str, outer: str) -> None:
    found = _limits({BreachMoment.AWARE: _at(aware)})["authority"]
    assert (found.due_at, found.outer_at) == (_at(strict), _at(outer))
    assert found.statute == "GDPR art. 33(1)"


def test_a_processor_and_its_controller_have_clocks_of_their_own() -> None:
    told_itself, told_us = _at("2026-11-20T08:00+01:00"), _at("2026-11-21T07:30+01:00")
    found = _limits({BreachMoment.DETECTED: told_itself, BreachMoment.TOLD: told_itself, BreachMoment.AWARE: told_us})
    assert found["processor"].due_at == told_itself + 24 * HOUR
    assert found["authority"].due_at == told_us + 72 * HOUR


OMNIBUS = BreachRule("authority", date(2027, 7, 1), 96, BreachMoment.AWARE, {}, "GDPR art. 33(1), as amended")


@pytest.mark.parametrize(("day", "hours"), [("2027-06-30T23:59+02:00", 72), ("2027-07-01T00:00+02:00", 96)])
def test_the_96_hours_of_the_proposal_are_one_more_entry_with_its_day(day: str, hours: int) -> None:
    found = _limits({BreachMoment.AWARE: _at(day)}, OMNIBUS)["authority"]
    assert (found.hours, found.due_at) == (hours, _at(day) + hours * HOUR)


def test_clocks_of_other_laws_run_beside_it_each_from_its_own_moment() -> None:
    early = BreachRule("csirt_early", date(2020, 1, 1), 24, BreachMoment.DETECTED, {}, "NIS2 art. 23(4)(a)")
    later = BreachRule("insurer", date(2030, 1, 1), 48, BreachMoment.DETECTED, {}, "policy")
    detected, aware = _at("2026-11-20T08:00+01:00"), _at("2026-11-20T16:40+01:00")
    found = _limits({BreachMoment.DETECTED: detected, BreachMoment.AWARE: aware}, early, later)
    assert list(found) == ["csirt_early", "authority"]
    assert found["csirt_early"].due_at == detected + 24 * HOUR


@given(st.integers(_at("2000-01-01T00:00+00:00"), _at("2100-01-01T00:00+00:00")), st.integers(1, 8_784))
def test_a_clock_is_its_hours_and_its_outer_limit_a_full_hour_within_one_more(at: int, hours: int) -> None:
    rule = BreachRule("authority", date(1990, 1, 1), hours, BreachMoment.AWARE, {}, "rule")
    found = _limits({BreachMoment.AWARE: at}, rule)["authority"]
    assert found.due_at - at == hours * HOUR
    assert 0 < found.outer_at - found.due_at <= HOUR


def test_a_clock_tells_how_it_stands() -> None:
    due = 100 * HOUR
    assert standing(due, 72, due - 7 * HOUR) is Standing.RUNNING
    assert standing(due, 72, due - 6 * HOUR) is Standing.NEAR
    assert standing(due, 8, due - 3 * HOUR) is Standing.RUNNING
    assert standing(due, 8, due - 2 * HOUR) is Standing.NEAR
    assert standing(due, 72, due) is Standing.NEAR
    assert standing(due, 72, due + 1) is Standing.OVER
    assert standing(due, 72, due + 1, met_at=due) is Standing.MET
    assert standing(due, 72, due + 1, met_at=due + 1) is Standing.MET_LATE
    assert standing(due, 72, due + 1, not_needed=True) is Standing.NOT_NEEDED
    assert standing(due, 72, due + 1, ended=True) is Standing.ENDED


def test_an_hour_that_came_twice_is_not_guessed() -> None:
    with pytest.raises(InvalidInput, match="clocks were set back"):
        read_moment("2026-10-25T02:30", WARSAW, "aware_at")
    first = read_moment("2026-10-25T02:30+02:00", WARSAW, "aware_at")
    assert read_moment("2026-10-25T02:30+01:00", WARSAW, "aware_at") - first == HOUR
    assert read_moment("2026-10-25T03:30", WARSAW, "aware_at") - first == 2 * HOUR


@pytest.mark.parametrize("text", ["2026-11-20", "yesterday", "2026-02-30T10:00", ""])
def test_a_moment_without_its_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_moment(text, WARSAW, "aware_at")
    assert list(caught.value.extensions["errors"]) == ["aware_at"]


@pytest.mark.parametrize(
    ("moments", "field"),
    [
        ({"aware_at": 9}, "aware_at"),  # before anything was noticed
        ({"aware_at": 100 + 301 * clock.SECOND}, "aware_at"),  # in the future
        ({"aware_at": 31, "told_at": 30}, "aware_at"),  # after the processor had told it
        ({"told_at": 9}, "told_at"),
        ({"detected_at": 100 + 301 * clock.SECOND}, "detected_at"),
    ],
)
def test_nobody_is_aware_before_anything_was_noticed_nor_in_the_future(moments: dict[str, int], field: str) -> None:
    given: dict[str, int | None] = {"detected_at": 10, "told_at": None, "aware_at": None, **moments}
    with pytest.raises(InvalidInput) as caught:
        check_moments(now=100, **given)  # type: ignore[arg-type]  # what a test gives
    assert list(caught.value.extensions["errors"]) == [field]
    check_moments(now=100, detected_at=10, told_at=30, aware_at=30)
    check_moments(now=100, detected_at=10, told_at=None, aware_at=10)
