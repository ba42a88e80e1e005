"""Requests whose person is erased, or taken for another, meanwhile: nothing is called done, and nobody else is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.crypto.owner_keys import OwnerKeyRow
from privacy.db import unit_of_work
from privacy.dsar import upkeep
from privacy.dsar.correspondence import reach
from privacy.dsar.execution import decisions, leases, own_changes, tasks
from privacy.dsar.vocabulary import CaseType, State, TaskState
from privacy.erasure import service as erasure
from privacy.programme.data_map import System
from privacy.programme.types import Programme
from privacy.subjects import erasing
from privacy.systems import service as systems
from privacy.systems.connector import Connector, SystemUnreachable
from tests.dsar.office import ANNA, Office, an_office, named
from tests.dsar.shops import ANNA as SHOPPER
from tests.dsar.shops import Shops, a_person, connected, granted

MONTH = 31 * clock.DAY


@pytest.fixture(autouse=True)
def _erasers() -> None:
    """As the application does it: requests are told of erasures."""
    erasure.install(erasure.Terms(), upper=[erasure.Eraser("dsar", upkeep.forget_subjects)])


@pytest.fixture
def shops(context: Flask, tmp_path: Path) -> Shops:
    return connected(context, tmp_path)


@pytest.fixture
def office(context: Flask) -> Office:
    """An office that has known Anna for a month."""
    assert context
    with time_machine.travel(clock.from_micros(clock.micros() - MONTH), tick=True):
        made = an_office()
        made.put(ANNA)
    return made


class _ReadOnly:
    """A system that answers, and cannot be written to now."""

    def __init__(self, real: Connector) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def change(self, *_: object, **_named: object) -> Any:
        raise SystemUnreachable("It is read only now.")


def crm_is(way: Callable[[Connector], Any]) -> Callable[[System, Programme], Connector]:
    def connect(system: System, programme: Programme) -> Connector:
        real = systems.connect(system, programme)
        found: Connector = way(real) if system.code == "crm" else real
        return found

    return connect


def away(_: Connector) -> Connector:
    raise SystemUnreachable("It is away.")


def failures(shops: Shops, request_id: UUID) -> dict[tuple[str, str], str | None]:
    waiting = [task for task in shops.tasks(request_id) if task.state == TaskState.FOR_A_PERSON]
    return {(task.kind, task.system): task.failure for task in waiting}


def erased(shops: Shops, subject_id: UUID) -> None:
    with shops.app.app_context(), unit_of_work():
        erasure.erase_subject(subject_id, cause="another request", actor=OPERATOR)


@pytest.mark.parametrize("way", [away, _ReadOnly])
def test_a_request_whose_person_is_erased_by_another_is_not_called_done(
    shops: Shops, way: Callable[[Connector], Any]
) -> None:
    anna, before = a_person(shops), shops.everything()
    request_id = granted(shops, CaseType.ERASURE, anna)
    shops.run(connect=crm_is(way))
    erased(shops, anna)
    shops.let_time_pass()
    shops.run()
    assert shops.request(request_id).state == State.REVIEWING
    assert failures(shops, request_id)["own", "privacy"] == own_changes.NOBODY
    assert shops.everything()["crm.member"] == before["crm.member"]
    for task in shops.tasks(request_id):
        if task.state == TaskState.FOR_A_PERSON:
            with shops.app.app_context(), unit_of_work():
                decisions.except_task(task.id, actor=OPERATOR, reason="done by hand")
    shops.let_time_pass()
    shops.run()
    assert shops.request(request_id).state == State.ANSWERED


def test_an_erasure_whose_people_change_while_they_are_locked_ends_as_any_other(
    shops: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_id, lock, seen = granted(shops, CaseType.ERASURE, a_person(shops)), erasing._locked, []

    def changed_once(*given: Any, **named: Any) -> Any:
        seen.append(given)
        found = lock(*given, **named)
        if len(seen) == 1:
            raise erasing._GroupChanged(given[1])
        return found

    monkeypatch.setattr(erasing, "_locked", changed_once)
    shops.run()
    assert len(seen) > 1
    request = shops.request(request_id)
    assert (request.state, request.subject_id) == (State.ANSWERED, None)
    assert {task.state for task in shops.tasks(request_id)} == {TaskState.DONE}


def test_a_request_that_lost_its_key_keeps_no_other_from_its_tasks(shops: Shops) -> None:
    broken, sound = (granted(shops, CaseType.ACCESS, a_person(shops)) for _ in range(2))
    with shops.app.app_context(), unit_of_work() as session:
        session.execute(sa.delete(OwnerKeyRow).where(OwnerKeyRow.owner_id == broken))
    shops.run()
    assert shops.request(sound).state == State.ANSWERED
    assert shops.request(broken).state == State.EXECUTING
    assert {(task.state, task.failure) for task in shops.tasks(broken)} == {(TaskState.WAITING, "key-destroyed")}


def test_a_task_of_which_every_worker_died_comes_to_a_person(shops: Shops) -> None:
    request_id = granted(shops, CaseType.ACCESS, a_person(shops))
    for _ in range(tasks.MOST_ATTEMPTS):
        with shops.app.app_context(), unit_of_work():
            assert leases.claim(())  # And whoever took it is never heard of again.
        shops.let_time_pass()
    shops.run()
    assert shops.request(request_id).state == State.REVIEWING
    assert {(task.state, task.failure) for task in shops.tasks(request_id)} == {(TaskState.FAILED, "fault")}


@pytest.mark.parametrize("case_type", [CaseType.ACCESS, CaseType.ERASURE])
def test_systems_are_not_called_searched_where_nobody_is_known_to_look_for(shops: Shops, case_type: CaseType) -> None:
    request_id = granted(shops, case_type, None)
    shops.run()
    assert shops.request(request_id).state == State.REVIEWING
    assert failures(shops, request_id) == {("own", "privacy"): own_changes.NOBODY}
    with shops.app.app_context(), unit_of_work():
        [task] = shops.tasks(request_id)
        decisions.try_again(task.id, actor=OPERATOR)
    shops.run()
    assert failures(shops, request_id) == {("own", "privacy"): own_changes.NOBODY}


def test_rows_that_are_not_surely_the_persons_any_more_are_not_called_erased(shops: Shops) -> None:
    before = shops.everything()
    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    shops.run(connect=crm_is(_ReadOnly))
    a_person(shops, {"customer_id": "C-77", "email": SHOPPER["email"]})
    shops.let_time_pass()
    shops.run()
    assert shops.request(request_id).state == State.REVIEWING
    assert failures(shops, request_id)["change", "crm"] == "system-refused"
    assert shops.everything()["crm.member"] == before["crm.member"]


def test_letters_do_not_go_where_somebody_was_reached_for_whom_the_request_was_taken(office: Office) -> None:
    row = office.receive(CaseType.ACCESS, given={"email": "barbara@example.net"}, name="Barbara")
    office.identify(row, subject=named(ANNA))
    with unit_of_work():
        assert [place.value for place in reach.remember(office.now(row))] == [ANNA["email"]]
    office.take(row, "doubt-identity", "it is not Anna")
    office.identify(row, confirmed=())
    assert office.now(row).subject_id is None
    with unit_of_work():
        assert reach.remember(office.now(row)) == ()


def test_the_last_letter_finds_an_erased_person_where_they_were_reached_before(office: Office) -> None:
    row = office.identify(office.receive(CaseType.RECTIFICATION, words="My name is wrong."))
    with unit_of_work():
        reach.remember(office.now(row))
    anna = office.now(row).subject_id
    assert anna is not None
    with unit_of_work():
        erasure.erase_subject(anna, cause="another request", actor=OPERATOR)
    assert office.steps(row)[-1] == "person_erased"
    with unit_of_work():
        assert [place.value for place in reach.remember(office.now(row))] == [ANNA["email"]]
