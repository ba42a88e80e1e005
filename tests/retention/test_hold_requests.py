"""A request for erasure of what is held: it stays, the answer names the ground, and nothing is tried for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from privacy.authz.actors import OPERATOR
from privacy.db import unit_of_work
from privacy.dsar import service as dsar
from privacy.dsar.execution import course
from privacy.dsar.vocabulary import CaseType, Ground, State, TaskKind, TaskState
from privacy.erasure import service as erasure
from privacy.retention import service as retention
from privacy.subjects import service as subjects
from privacy.subjects.service import Standing
from privacy.systems import service as systems
from privacy.systems.connector import Connector
from tests.dsar.shops import ANNA, DATA_SETS, Shops, a_person, connected, granted, system_of
from tests.retention.hold_desk import colleague, place, release


@pytest.fixture
def shops(context: Flask, tmp_path: Path) -> Iterator[Shops]:
    made = connected(context, tmp_path)
    with made.app.app_context():
        colleague("ewa")
    erasure.install(erasure.Terms(), ensure=[retention.ensure_not_held])
    yield made
    erasure.install(erasure.Terms())


def _held(shops: Shops, *people: dict[str, str], **fields: Any) -> retention.HoldView:
    with shops.app.app_context():
        return place(*people, **fields)


def test_nothing_of_a_held_person_goes_in_any_system_and_somebody_decides(shops: Shops) -> None:
    before = shops.everything()
    hold = _held(shops, {"email": ANNA["email"]})
    anna = a_person(shops)
    request_id = granted(shops, CaseType.ERASURE, anna)
    shops.run()
    assert shops.everything() == before
    assert shops.request(request_id).state == State.REVIEWING
    [own] = [task for task in shops.tasks(request_id) if task.kind == TaskKind.OWN]
    assert (own.state, own.failure) == (TaskState.FOR_A_PERSON, "under-legal-hold")
    with shops.app.app_context():
        told = {fate.ground for one in course.outcomes(request_id) for fate in one.fates}
        seen = subjects.view(anna, realm="live")
    assert told == {Ground.LEGAL_CLAIMS}
    assert Standing.RESTRICTED in seen.standing
    shops.let_time_pass()
    assert shops.run() == 0, "nothing is tried again by itself"

    with shops.app.app_context():
        release(hold, colleague("ola"), colleague("jan"))
        with unit_of_work():
            dsar.try_again(own.id, actor=OPERATOR)
    shops.run()
    assert shops.request(request_id).state == State.ANSWERED
    assert shops.request(request_id).subject_id is None


def test_somebody_answers_that_a_held_person_stays(shops: Shops) -> None:
    _held(shops, {"email": ANNA["email"]}, reference="", statute="KSH art. 86")
    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    shops.run()
    [own] = [task for task in shops.tasks(request_id) if task.kind == TaskKind.OWN]
    with shops.app.app_context(), unit_of_work():
        dsar.except_task(own.id, actor=OPERATOR, reason="a statute asks us to keep it")
    shops.run()
    assert shops.request(request_id).state == State.ANSWERED
    with shops.app.app_context():
        outcomes = course.outcomes(request_id)
    assert {fate.ground for one in outcomes for fate in one.fates} == {Ground.LEGAL_OBLIGATION}


def test_what_is_held_in_one_system_stays_and_the_rest_goes(shops: Shops) -> None:
    before = shops.everything()
    _held(shops, systems=("crm",))
    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    shops.run()
    after = shops.everything()
    assert after["crm.member"] == before["crm.member"]
    assert after["crm.talk"] == before["crm.talk"]
    assert after["shop.customer"] != before["shop.customer"]
    assert shops.request(request_id).state == State.ANSWERED
    assert shops.request(request_id).subject_id is None


class _Late:
    """A system before whose first change a hold is placed."""

    def __init__(self, inner: Connector, placing: Callable[[], object]) -> None:
        self._inner = inner
        self._placing = placing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def change(self, *given: Any, **named: Any) -> Any:
        self._placing()
        return self._inner.change(*given, **named)


@pytest.mark.parametrize("guarded", [True, False])
def test_a_hold_that_is_placed_after_the_look_and_before_the_change_wins(
    shops: Shops, guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the guard nothing goes; the control run without it shows that it would."""
    before, placed = shops.everything(), list[retention.HoldView]()
    if not guarded:
        monkeypatch.setattr(retention, "enter", lambda *_args, **_named: None)

    def once() -> None:
        if not placed:
            placed.append(_held(shops, {"email": ANNA["email"]}))

    def connect(*given: Any) -> Any:
        return _Late(systems.connect(*given), once)

    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    for _ in range(3):
        shops.run(connect=connect)
        shops.let_time_pass()
    assert placed
    untouched = shops.everything() == before
    assert untouched == guarded
    if guarded:
        assert shops.request(request_id).state == State.REVIEWING
        assert {t.failure for t in shops.tasks(request_id) if t.failure} == {"under-legal-hold"}


PAPER = system_of("paper") | {
    "connector": "manual",
    "data_sets": [],
    "settings": {"who": "Archiwum", "within_days": 7, "instructions": {"pl": "x", "en": "x", "hr": "x"}},
}


@pytest.mark.parametrize("early", [True, False])
def test_nobody_is_asked_to_delete_by_hand_what_is_held(context: Flask, tmp_path: Path, early: bool) -> None:
    """Also where the hold is placed while the form lies on a desk."""
    shops = connected(context, tmp_path, systems=[*map(system_of, ("shop", "crm")), PAPER])
    with shops.app.app_context():
        colleague("ewa")
    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    if early:
        _held(shops, systems=("paper",))
        shops.run()
    else:
        shops.run()
        _held(shops, systems=("paper",))
        shops.let_time_pass()
        shops.run()
    by_hand = [t for t in shops.tasks(request_id) if t.system == "paper" and t.kind == TaskKind.CHANGE]
    assert [task.state for task in by_hand] == [TaskState.DONE]
    with shops.app.app_context():
        [told] = [one for one in course.outcomes(request_id) if one.system == "paper"]
    assert [fate.ground for fate in told.fates] == [Ground.LEGAL_CLAIMS]


def test_a_held_category_reaches_a_system_that_is_told_whom_to_delete(context: Flask, tmp_path: Path) -> None:
    """It deletes a person as a whole, so that what is held in one of its tables keeps it from being told."""
    paper = {
        "fides_key": "paper",
        "name": "paper",
        "collections": [{"name": "file", "fields": [{"name": "card", "data_categories": ["user.contact.email"]}]}],
    }
    shops = connected(
        context,
        tmp_path,
        systems=[*map(system_of, ("shop", "crm")), PAPER | {"data_sets": ["paper"], "on_erasure": "delete_row"}],
        data_sets=[*DATA_SETS, paper],
    )
    with shops.app.app_context():
        colleague("ewa")
    _held(shops, categories=("user.contact",))
    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    shops.run()
    [by_hand] = [t for t in shops.tasks(request_id) if t.system == "paper" and t.kind == TaskKind.CHANGE]
    assert by_hand.state == TaskState.DONE
    with shops.app.app_context():
        [told] = [one for one in course.outcomes(request_id) if one.system == "paper"]
    assert [fate.ground for fate in told.fates] == [Ground.LEGAL_CLAIMS]
