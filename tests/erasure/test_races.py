"""Erasing somebody while others record, import and merge: whatever comes later is a new person's, on either database.

Who is erased stays erased: no row ever names the old subject again, and no writer fails because of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.consent.service import Claim
from privacy.crypto.keyring import Keyring
from privacy.db import end_read, session, unit_of_work
from privacy.erasure import service as erasure
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from tests.consent.desk import Desk, lay_programme
from tests.consent.racers import RACERS, Race, meet_others, race
from tests.databases import Database
from tests.erasure.test_erasing import mentions
from tests.sizes import size

#: A round makes two people and erases one: longer than those of other races.
ROUNDS = max(4, size("races") // 5)
_HOUR = 3_600 * clock.SECOND


@pytest.fixture
def course(context: Flask, database: Database, ring: Keyring, tmp_path: Path) -> Race:
    """People beforehand, two for each round, and the keyring in a file for the racers."""
    assert context
    desk = Desk(lay_programme())
    for turn in range(ROUNDS):
        desk.record(_anna(turn), "give")
        desk.put(_jan(turn))
    file = tmp_path / "keyring"
    ring.save(file)
    session().close()  # An open read would keep every writer of a SQLite file waiting.
    return Race(database, file, ROUNDS)


def _anna(turn: int) -> dict[str, str]:
    return {"customer_id": f"C-{turn}", "email": f"anna{turn}@example.com"}


def _jan(turn: int) -> dict[str, str]:
    return {"customer_id": f"J-{turn}", "email": f"jan{turn}@example.com"}


def _one_is_erased(desk: Desk, number: int, turn: int) -> None:
    """One is erased while an act, a chunk of an import and a merge of the same person arrive."""
    anna = {"customer_id": f"C-{turn}"}
    if number == 0:
        subject_id = desk.subject(anna)
        end_read()
        with unit_of_work():
            erasure.erase_subject(subject_id, cause=f"request {turn}", actor=OPERATOR)
    elif number == 1:
        desk.record(_anna(turn), "withdraw", purpose="newsletter")
    elif number == 2:
        before = Claim(clock.micros() - _HOUR)
        chunk = [_anna(turn), {"email": f"anna{turn}@example.com"}, {**_anna(turn), "loyalty_card": f"K-{turn}"}]
        desk.record_many([desk.act_in(who, "give", claim=before) for who in chunk])
    else:
        desk.merge(anna, {"customer_id": f"J-{turn}"})


def _one_is_erased_while_all_record(desk: Desk, number: int, turn: int) -> None:
    if number == 0:
        subject_id = desk.subject({"customer_id": f"C-{turn}"})
        end_read()
        try:
            with unit_of_work():
                erasure.erase_subject(subject_id, cause=f"request {turn}", actor=OPERATOR)
        finally:
            meet_others()
    else:
        desk.record(_anna(turn), "give", channels=[["email"], ["sms"], ["post"]][number - 1])


def test_whoever_is_erased_stays_so_and_what_comes_later_is_a_new_persons(course: Race) -> None:
    desk = Desk(programmes.current())
    before = [desk.subject(_anna(turn)) for turn in range(ROUNDS)]
    end_read()
    erasing, acting, importing, merging = race(_one_is_erased, course)
    assert {*erasing, *acting, *importing} == {"done"}
    assert set(merging) <= {"done", "NotFound"}, "whom it had found may be gone when it comes to merge them"
    assert erasure.is_erased(before) == set(before)
    assert mentions(frozenset(before)) == {}
    for turn in range(ROUNDS):
        for subject_id in subjects.find_ids(desk.name({"customer_id": f"C-{turn}"})):
            assert subject_id not in before
    assert desk.findings() == []


def test_without_the_guard_writers_fail_or_bring_somebody_back(course: Race) -> None:
    """The control run: nobody is locked, and acts of the person are written after the person went."""
    desk = Desk(programmes.current())
    anna = desk.subject(_anna(0))
    end_read()
    ends = race(_one_is_erased_while_all_record, Race(course.database, course.ring_file, 1, guard=False))
    assert {end for racer in ends for end in racer} != {"done"} or mentions(frozenset({anna}))


def test_with_the_guard_the_same_race_is_lost_by_nobody(course: Race) -> None:
    ends = race(_one_is_erased_while_all_record, course)
    assert ends == [["done"] * ROUNDS] * RACERS
    assert Desk(programmes.current()).findings() == []
