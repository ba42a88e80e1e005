"""Due dates of requests in Poland, each worked out by hand from the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from privacy import clock
from privacy.dsar import deadlines
from privacy.dsar.deadlines import Suspension, for_request, suspensions_of
from privacy.dsar.vocabulary import CaseType
from privacy.legal_time import days
from privacy.legal_time.periods import Period, Unit
from privacy.programme.types import Programme, PublicHoliday
from tests.programme.test_types import example

__all__ = ["example"]


def _noon(text: str) -> int:
    return clock.to_micros(datetime.fromisoformat(f"{text}T12:00+01:00"))


#: Received, the end of the month by the calendar, due, extended from receipt (A) and from the nominal day (B).
_VECTORS = """
2026-11-23 2026-12-23 2026-12-23 2027-02-23 2027-02-23
2026-11-24 2026-12-24 2026-12-28 2027-02-24 2027-02-24
2024-11-24 2024-12-24 2024-12-24 2025-02-24 2025-02-24
2025-11-24 2025-12-24 2025-12-29 2026-02-24 2026-02-24
2026-12-01 2027-01-01 2027-01-04 2027-03-01 2027-03-01
2026-12-06 2027-01-06 2027-01-07 2027-03-08 2027-03-08
2026-12-31 2027-01-31 2027-02-01 2027-03-31 2027-03-31
2026-01-31 2026-02-28 2026-03-02 2026-04-30 2026-04-28
2026-01-29 2026-02-28 2026-03-02 2026-04-29 2026-04-28
2028-01-31 2028-02-29 2028-02-29 2028-05-02 2028-05-02
2028-02-29 2028-03-29 2028-03-29 2028-05-29 2028-05-29
2026-03-04 2026-04-04 2026-04-07 2026-06-05 2026-06-05
2026-03-31 2026-04-30 2026-04-30 2026-06-30 2026-06-30
2026-04-01 2026-05-01 2026-05-04 2026-07-01 2026-07-01
2026-05-04 2026-06-04 2026-06-05 2026-08-04 2026-08-04
2026-07-15 2026-08-15 2026-08-17 2026-10-15 2026-10-15
2026-08-31 2026-09-30 2026-09-30 2026-11-30 2026-11-30
2026-10-11 2026-11-11 2026-11-12 2027-01-11 2027-01-11
2027-02-28 2027-03-28 2027-03-30 2027-05-28 2027-05-28
2027-09-30 2027-10-30 2027-11-02 2027-12-30 2027-12-30
"""


@pytest.mark.parametrize("line", _VECTORS.strip().splitlines())
def test_a_request_is_due_as_a_lawyer_counts(example: Programme, line: str) -> None:
    received, nominal, due, a, b = line.split()
    times = for_request(_noon(received), example)
    assert (times.received_on, times.nominal_on, times.due_on) == tuple(
        map(date.fromisoformat, (received, nominal, due))
    )
    assert (times.extended_a_on, times.extended_b_on) == (date.fromisoformat(a), date.fromisoformat(b))
    assert times.extended_due_on == min(date.fromisoformat(a), date.fromisoformat(b))
    extended = for_request(_noon(received), example, extended=True)
    assert extended.due_on == times.extended_due_on
    assert extended.first_due_on == times.due_on  # a refusal is told by then all the same
    assert times.tell_by_on == date.fromordinal(date.fromisoformat(nominal).toordinal() - 1)


def test_the_day_of_receipt_is_that_of_the_zone(example: Programme) -> None:
    times = for_request(clock.to_micros(datetime(2026, 11, 30, 23, 30, tzinfo=UTC)), example)
    assert (times.received_on, times.due_on) == (date(2026, 12, 1), date(2027, 1, 4))


def test_a_due_day_ends_at_midnight_of_the_zone(example: Programme) -> None:
    assert clock.from_micros(days.end_of(date(2026, 12, 28), example.zone)) == datetime(2026, 12, 28, 23, tzinfo=UTC)


def test_both_dates_are_told_where_the_time_was_suspended_and_the_earlier_is_worked_to(example: Programme) -> None:
    waited = Suspension(_noon("2026-11-25"), _noon("2026-12-05"))
    times = for_request(_noon("2026-11-23"), example, suspensions=[waited])
    assert (times.due_on, times.suspended_due_on) == (date(2026, 12, 23), date(2027, 1, 4))
    extended = for_request(_noon("2026-11-23"), example, suspensions=[waited], extended=True)
    assert (extended.due_on, extended.suspended_due_on) == (date(2027, 2, 23), date(2027, 3, 5))


def test_days_of_two_suspensions_count_once_and_an_open_one_until_now(example: Programme) -> None:
    first, second = Suspension(_noon("2026-11-25"), _noon("2026-11-30")), Suspension(_noon("2026-11-28"), None)
    closed = for_request(_noon("2026-11-23"), example, suspensions=[first, second])
    assert closed.suspended_due_on == date(2026, 12, 28)
    still_open = for_request(_noon("2026-11-23"), example, suspensions=[first, second], now=_noon("2026-12-05"))
    assert still_open.suspended_due_on == date(2027, 1, 4)
    assert closed.due_on == still_open.due_on == date(2026, 12, 23)


def test_suspensions_are_read_from_the_steps(example: Programme) -> None:
    steps = [("received", 1), ("suspended", 2), ("note", 3), ("resumed", 4), ("resumed", 5), ("suspended", 6)]
    assert suspensions_of(steps) == (Suspension(2, 4), Suspension(6, None))
    assert suspensions_of([("received", 1)]) == ()


def test_a_complaint_has_a_month_and_no_extension(example: Programme) -> None:
    times = for_request(_noon("2026-11-24"), example, case_type=CaseType.COMPLAINT, extended=True)
    assert (times.due_on, times.extended_due_on, times.tell_by_on) == (date(2026, 12, 28), None, None)


def test_an_authority_sets_a_day_or_a_period_or_has_a_week(example: Programme) -> None:
    def letter(set_term: date | Period | None) -> date:
        return for_request(_noon("2026-12-17"), example, case_type=CaseType.AUTHORITY_LETTER, set_term=set_term).due_on

    assert letter(date(2026, 12, 27)) == date(2026, 12, 27)  # its own day is no period: no Sunday moves it
    assert letter(Period(7, Unit.DAYS)) == letter(None) == date(2026, 12, 28)
    assert letter(Period(1, Unit.MONTHS)) == date(2027, 1, 18)
    assert letter(Period(2, Unit.DAYS)) == date(2026, 12, 21)  # Saturday: without two working days


def test_the_programmes_own_holidays_move_a_due_day(example: Programme) -> None:
    free = PublicHoliday("PL", date(2026, 12, 23), {"en": "A day off"}, is_working=False, statute="Dz.U. 1")
    abroad = replace(free, country="DE", on=date(2026, 12, 22))
    own = replace(example, public_holidays=(free, abroad))
    assert for_request(_noon("2026-11-23"), own).due_on == date(2026, 12, 28)
    assert for_request(_noon("2026-11-22"), own).due_on == date(2026, 12, 22)
    assert for_request(_noon("2026-11-23"), own).version != for_request(_noon("2026-11-23"), example).version


def test_every_type_has_a_term(example: Programme) -> None:
    for case_type in CaseType:
        times = for_request(_noon("2026-11-23"), example, case_type=case_type)
        assert times.basis
        assert (times.tell_by_on is None) == (case_type in set(CaseType) - _EXTENDABLE)


_EXTENDABLE = {case_type for case_type in CaseType if case_type.of_a_person} - {CaseType.COMPLAINT}


def test_working_days_come_from_the_jurisdiction(example: Programme) -> None:
    assert not deadlines.working_days_of(example).works(date(2026, 11, 11))
