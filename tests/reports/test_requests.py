"""The report on requests: volumes, times, on-time share, refusals with grounds; nobody is named in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import time_machine

from privacy import clock
from privacy.db import unit_of_work
from privacy.dsar import service as dsar
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.service import CaseType, Ground, Intake, Matter, Received, Refused
from privacy.errors import NotPermitted
from privacy.reports.service import OFFERED, Period
from tests.dsar.office import ANNA, Office, an_office
from tests.reports.office import lines, made, printed, said

DAY = 86_400
LETTER = Received(
    CaseType.DISCLOSURE,
    Intake.LETTER,
    Matter(named=(), authority="Sąd", reference="I C 1/26", legal_basis="KPC art. 248"),
)
pytestmark = pytest.mark.usefixtures("context", "in_force")


@pytest.fixture
def busy(frozen: time_machine.Traveller) -> Office:
    """From 21 November on: an access refused after ten days, an erasure refused too late, a complaint open."""
    office = an_office()
    office.put(ANNA)
    access = office.receive(CaseType.ACCESS)
    late = office.receive(CaseType.ERASURE, intake=Intake.EMAIL)
    frozen.shift(10 * DAY)
    refuse(office, access, Ground.EXCESSIVE)
    frozen.shift(30 * DAY)
    refuse(office, late, Ground.NO_GROUND_TO_ERASE, Ground.LEGAL_CLAIMS)
    office.receive(CaseType.COMPLAINT)
    return office


def refuse(office: Office, row: DataSubjectRequest, *grounds: Ground) -> None:
    office.identify(row)
    office.do(lambda: dsar.refuse(row.id, tuple(Refused(one, None, "Tajne") for one in grounds), actor=office.ewa))
    office.do(lambda: dsar.answer(row.id))


def test_volumes_times_and_the_on_time_share_are_told(busy: Office) -> None:
    assert said("requests")["facts"]["summary"] == {
        "received": 3,
        "ended": 2,
        "answered": 2,
        "on_time": {"part": 1, "whole": 2},
        "extended": 0,
        "median": 10,
        "slow": 40,
        "slowest": 40,
        "open": 1,
        "overdue": 0,
    }


def test_refusals_are_told_by_type_and_ground(busy: Office) -> None:
    refusals = [tuple(one.values()) for one in said("requests")["tables"]["refusals"]]
    assert refusals == [("access", "12_5_excessive", 1), ("erasure", "17_1", 1), ("erasure", "17_3_e", 1)]
    assert "roszczenia (art. 17 ust. 3 lit. e)" in printed("requests")


def test_a_period_counts_what_came_and_what_ended_in_it(busy: Office) -> None:
    november = Period(date(2026, 11, 1), date(2026, 11, 30))
    told = said("requests", period=november)
    assert (told["facts"]["summary"]["received"], told["facts"]["summary"]["ended"]) == (2, 0)
    december = Period(date(2026, 12, 1), date(2026, 12, 31))
    told = said("requests", period=december)
    assert [(one["type"], one["received"], one["on_time"]) for one in told["tables"]["by_type"]] == [
        ("access", 0, {"part": 1, "whole": 1}),
        ("complaint", 1, {"part": 0, "whole": 0}),
        ("erasure", 0, {"part": 0, "whole": 1}),
    ]


def test_a_past_day_is_told_as_it_stood_then(busy: Office, frozen: time_machine.Traveller) -> None:
    then = clock.micros() - 35 * DAY * clock.SECOND
    told = said("requests", as_of=then)
    assert (told["as_of"], told["facts"]["summary"]["open"]) == ("2026-11-26", 2)
    assert {one["state"] for one in told["tables"]["requests"]} == {"open"}


def test_no_report_on_requests_names_anybody_or_holds_what_was_written(busy: Office) -> None:
    for form in OFFERED["requests"].forms:
        content = made("requests", form).content
        assert b"anna.nowak" not in content
        assert b"Tajne" not in content
    assert "Tajne" not in printed("requests")


def test_whoever_may_not_read_requests_gets_no_report(busy: Office) -> None:
    nobody = replace(busy.ewa, permissions=frozenset())
    with pytest.raises(NotPermitted):
        made("requests", actor=nobody)


@pytest.mark.parametrize("many", [0, 1, 450])
def test_every_request_is_in_the_register_once(frozen: time_machine.Traveller, many: int) -> None:
    office = an_office()
    with unit_of_work():
        rows = [dsar.receive(LETTER, actor=office.ewa).number for _ in range(many)]
    assert sorted(one.number for one in dsar.registered(actor=office.ewa)) == rows
    assert len(lines("requests")) > many
