"""Concurrent writers never lose or resurrect an act, on either database; without the guard they do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent.models import ConsentAct
from privacy.consent.service import Cited, Claim
from privacy.crypto.keyring import Keyring
from privacy.db import session
from privacy.programme import service as programmes
from privacy.subjects.models import DataSubject
from tests.consent.desk import Desk, lay_programme
from tests.consent.racers import RACERS, Race, race
from tests.databases import Database
from tests.sizes import size

ROUNDS = size("races")
_HOUR = 3_600 * clock.SECOND


@pytest.fixture
def course(context: Flask, database: Database, ring: Keyring, tmp_path: Path) -> Race:
    """A database with the programme, and the keyring in a file for the racers."""
    assert context
    lay_programme()
    file = tmp_path / "keyring"
    ring.save(file)
    session().close()  # An open read would keep every writer of a SQLite file waiting.
    return Race(database, file, ROUNDS)


@pytest.fixture
def known(course: Race) -> Callable[[int], None]:
    """Makes people beforehand, one for each round."""

    def make(rounds: int) -> None:
        desk = _desk()
        for turn in range(rounds):
            desk.put(_anna(turn))
        session().close()

    return make


def _desk() -> Desk:
    return Desk(programmes.current())


def _anna(turn: int) -> dict[str, str]:
    return {"customer_id": f"C-{turn}", "email": f"anna{turn}@example.com"}


def _everybody_says_something(desk: Desk, number: int, turn: int) -> None:
    """One withdraws; the others bring consents from just before, an import and a confirmation that folds anew."""
    before = Claim(clock.micros() - _HOUR)
    if number == 0:
        desk.record(_anna(turn), "withdraw", purpose="newsletter")
    elif number == 1:
        desk.record(_anna(turn), "confirm", purpose="newsletter", claim=before)
    else:
        desk.record(_anna(turn), "give", purpose="newsletter", claim=before, wording=Cited("newsletter"))


def _everybody_repeats_one_act(desk: Desk, _number: int, turn: int) -> None:
    desk.record(_anna(turn), "give", claim=Claim(clock.micros() // clock.DAY * clock.DAY))


def _everybody_meets_somebody_new(desk: Desk, number: int, turn: int) -> None:
    who = {"customer_id": f"N-{turn}", "loyalty_card": f"K-{turn}", "email": f"new{turn}@example.com"}
    desk.record(who if number % 2 else {"loyalty_card": who["loyalty_card"], "email": who["email"]}, "give")


def _everybody_meets_a_new_address(desk: Desk, _number: int, turn: int) -> None:
    desk.record({"email": f"alone{turn}@example.com"}, "give")


def _everybody_brings_many(desk: Desk, number: int, turn: int) -> None:
    """Three bring the same people in orders of their own, known and new ones, in one call; one withdraws meanwhile."""
    if number == 0:
        desk.record(_anna(turn), "withdraw")
        return
    before = Claim(clock.micros() - _HOUR)
    people = [
        _anna(turn),
        *({"loyalty_card": f"K-{turn}-{n}", "email": f"many{turn}.{n}@example.com"} for n in range(8)),
    ]
    people.append({"customer_id": f"C-{turn}", "loyalty_card": f"K-{turn}-0"})
    given = [desk.act_in(who, "give", claim=before) for who in people]
    desk.record_many(given[number:] + given[:number])


def _some_merge_while_others_record(desk: Desk, number: int, turn: int) -> None:
    one, other = _anna(0), _anna(1)
    if number == 0:
        (desk.merge if turn % 2 == 0 else desk.unmerge)(one, other)
    elif number == 1:
        desk.record(one, "withdraw")
    else:
        desk.record(other if number == 2 else one, "give")


def _acts(subject: object) -> int:
    query = sa.select(sa.func.count()).select_from(ConsentAct).where(ConsentAct.subject_id == subject)
    return session().scalar(query) or 0


def test_concurrent_acts_on_one_person_are_all_kept_and_the_withdrawal_stands(
    course: Race, known: Callable[[int], None]
) -> None:
    known(ROUNDS)
    assert race(_everybody_says_something, course) == [["done"] * ROUNDS] * RACERS
    desk = _desk()
    assert [_acts(desk.subject(_anna(turn))) for turn in range(ROUNDS)] == [RACERS] * ROUNDS
    assert {desk.reason(_anna(turn), "newsletter") for turn in range(ROUNDS)} == {"withdrawn"}
    assert desk.findings() == []


def test_without_the_guard_acts_are_lost(course: Race, known: Callable[[int], None]) -> None:
    """The control run: the same race, and the invariant breaks, so the race is a race."""
    known(3)
    ends = race(_everybody_says_something, Race(course.database, course.ring_file, 3, guard=False))
    desk = _desk()
    refused = [end for racer in ends for end in racer if end != "done"]
    assert refused or desk.findings()


def test_an_act_that_several_bring_at_once_is_recorded_once(course: Race, known: Callable[[int], None]) -> None:
    known(ROUNDS)
    assert race(_everybody_repeats_one_act, course) == [["done"] * ROUNDS] * RACERS
    desk = _desk()
    assert [_acts(desk.subject(_anna(turn))) for turn in range(ROUNDS)] == [1] * ROUNDS


def test_those_who_meet_a_new_identifier_at_once_make_one_person(course: Race) -> None:
    assert race(_everybody_meets_somebody_new, course) == [["done"] * ROUNDS] * RACERS
    desk = _desk()
    assert session().scalar(sa.select(sa.func.count()).select_from(DataSubject)) == 2 * ROUNDS
    for turn in range(ROUNDS):
        assert desk.reason({"customer_id": f"N-{turn}", "email": f"new{turn}@example.com"}) == "given"
    assert desk.findings() == []


def test_those_who_meet_a_new_address_at_once_make_one_person(course: Race) -> None:
    assert race(_everybody_meets_a_new_address, course) == [["done"] * ROUNDS] * RACERS
    assert session().scalar(sa.select(sa.func.count()).select_from(DataSubject)) == ROUNDS
    assert _desk().findings() == []


def test_those_who_bring_many_people_at_once_in_any_order_never_wait_in_a_circle(
    course: Race, known: Callable[[int], None]
) -> None:
    known(ROUNDS)
    assert race(_everybody_brings_many, course) == [["done"] * ROUNDS] * RACERS
    desk = _desk()
    for turn in range(ROUNDS):
        assert desk.reason(_anna(turn)) == "withdrawn"
        assert desk.reason({"loyalty_card": f"K-{turn}-1", "email": f"many{turn}.1@example.com"}) == "given"
    assert session().scalar(sa.select(sa.func.count()).select_from(DataSubject)) == ROUNDS * 9
    assert desk.findings() == []


def test_without_the_guard_those_who_meet_a_new_address_fail(course: Race) -> None:
    """The control run: only the database's own constraints are left, and they refuse all but one."""
    ends = race(_everybody_meets_a_new_address, Race(course.database, course.ring_file, 3, guard=False))
    assert [end for racer in ends for end in racer if end != "done"] != []


def test_facts_stay_the_fold_while_people_are_merged_and_parted(course: Race, known: Callable[[int], None]) -> None:
    known(2)
    ends = race(_some_merge_while_others_record, course)
    assert {end for racer in ends for end in racer} == {"done"}
    assert _desk().findings() == []


def test_once_a_withdrawal_is_acknowledged_only_a_newer_consent_counts(course: Race) -> None:
    assert course
    desk = _desk()
    desk.record(_anna(0), "withdraw")
    desk.record(_anna(0), "give", claim=Claim(clock.micros() - _HOUR))
    assert desk.reason(_anna(0)) == "withdrawn"
    desk.record(_anna(0), "give")
    assert desk.reason(_anna(0)) == "given"
    assert [view.act for view in consent.history(desk.subject(_anna(0)), actor=OPERATOR)].count("give") == 2
