"""What pages offer is what can be done: each step is tried wherever a request stands, and undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask

from privacy.authz.actors import Actor
from privacy.db import db, unit_of_work
from privacy.dsar import cases
from privacy.dsar import service as dsar
from privacy.dsar.execution import course, tasks
from privacy.dsar.execution.recipients import TO_BE_TOLD
from privacy.dsar.failures import AnswerNotReady
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.service import STEPS, Asked, CaseType, Decision, Ground, ProofLevel, Refused, Role, State, TaskKind
from privacy.errors import Conflict, InvalidInput
from privacy.systems.connector import TooManyRows
from tests.dsar.office import ANNA, Office, an_office

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class _Undone(Exception):
    """It could be done, and is not."""


@pytest.fixture
def office(context: Flask, in_force: None) -> Office:
    assert context
    made = an_office()
    made.put(ANNA)
    return made


def _bringing(row: DataSubjectRequest, who: Actor) -> dict[str, Callable[[], Any]]:
    """The steps that bring more than a reason."""
    refused = (Refused(dsar.grounds_for(CaseType(row.case_type))[0], None, "facts"),)
    decision = Decision(answer="What we found.")
    return {
        "identify": lambda: dsar.identify(row.id, ProofLevel.DECIDED, Role.STAFF, actor=who, reason="looked at"),
        "grant": lambda: dsar.grant(row.id, decision, actor=who),
        "refuse": lambda: dsar.refuse(row.id, refused, actor=who),
        "approve": lambda: dsar.approve(row.id, actor=who),
        "withdraw": lambda: dsar.withdraw(row.id, Role.STAFF, actor=who, reason="said so"),
        "answer": lambda: dsar.answer(row.id, actor=who),
    }


def _goes(change: Callable[[], Any]) -> bool:
    try:
        with unit_of_work():
            change()
            raise _Undone
    except (_Undone, AnswerNotReady):  # The package is made by a worker, who is not here.
        return True
    except (Conflict, InvalidInput):
        return False


def _ensure_offered_is_possible(row: DataSubjectRequest, who: Actor) -> None:
    db.session.rollback()
    offered = dsar.possible(cases.read(row.id), actor=who)
    changes = {step: lambda step=step: dsar.take(row.id, step, actor=who, reason="x") for step in STEPS}
    found = {step for step, change in {**changes, **_bringing(row, who)}.items() if _goes(change)}
    assert found == offered - {"join"}, cases.read(row.id).state
    assert ("join" in offered) == (cases.read(row.id).state == State.ASSESSING)


@pytest.mark.parametrize("case_type", [CaseType.ACCESS, CaseType.ERASURE, CaseType.RESTRICTION, CaseType.COMPLAINT])
def test_what_is_offered_is_possible_and_nothing_else(
    office: Office, case_type: CaseType, frozen: time_machine.Traveller
) -> None:
    row = office.receive(case_type, words="Please.")
    for step in ("ask-identity", "suspend"):
        _ensure_offered_is_possible(row, office.ewa)
        office.take(row, step, "x")
    office.identify(row)
    _ensure_offered_is_possible(row, office.ewa)
    office.take(row, "ask-clarification", "Which shop?")
    _ensure_offered_is_possible(row, office.ewa)
    office.take(row, "clarify")
    frozen.shift(40 * 86_400)
    _ensure_offered_is_possible(row, office.ewa)
    office.grant(row, answer="We looked." if case_type is CaseType.COMPLAINT else None)
    for who in (office.ewa, office.jan):
        _ensure_offered_is_possible(row, who)
    if case_type is CaseType.RESTRICTION:
        office.take(row, "tell-of-lifting", "it was checked")
        frozen.shift(9 * 86_400)
        _ensure_offered_is_possible(row, office.ewa)


def test_a_task_offers_what_can_be_decided_about_it(office: Office) -> None:
    row = office.identify(office.receive(CaseType.ACCESS))
    office.grant(row)
    known = {one.system: one for one in dsar.tasks(row)}
    assert dsar.decisions_about(row, known["paper"]) == {"form", "except"}
    assert dsar.decisions_about(row, known["shop"]) == {"except"}
    wanted = {
        "system-refused": (TaskKind.FIND, {"try-again", "except"}),
        course.DOUBTFUL: (TaskKind.FIND, {"rows", "except"}),
        TooManyRows.code: (TaskKind.FIND, {"limit", "except"}),
        TO_BE_TOLD: (TaskKind.TELL, {"tell", "answer", "except"}),
    }
    for look, (failure, (kind, offered)) in enumerate(wanted.items(), 1):
        with unit_of_work():
            locked = cases.lock(row.id)
            task = tasks.add(locked, cases.key_of(locked), kind, "shop", place="shop.customer", look=look)
            tasks.hand_over(task, failure)
        assert dsar.decisions_about(locked, task) == offered, failure
    assert not dsar.waits_for_second(row)
    [halted] = [one for one in dsar.tasks(row) if one.failure == TooManyRows.code]
    office.do(lambda: dsar.allow_rows(halted.id, 60_000, actor=office.ewa, reason="a wholesaler"))
    assert dsar.waits_for_second(row)


def test_lists_are_of_a_controller_and_of_what_has_ended(office: Office) -> None:
    kept, ended = office.receive(CaseType.ACCESS), office.receive(CaseType.ERASURE)
    office.do(lambda: dsar.withdraw(ended.id, Role.STAFF, actor=office.ewa, reason="said so"))

    def listed(**asked: Any) -> set[str]:
        return {one.row.number for one in dsar.page(Asked(**asked), actor=office.ewa).requests}

    assert listed(is_ended=True) == {ended.number}
    assert listed(is_open=True) == {kept.number}
    assert listed(controller=kept.controller) == {kept.number, ended.number}
    assert listed(controller="nobody") == set()


def test_grounds_and_parts_are_those_of_the_right(office: Office) -> None:
    assert Ground.LEGAL_CLAIMS in dsar.grounds_for(CaseType.ERASURE)
    assert Ground.LEGAL_CLAIMS not in dsar.grounds_for(CaseType.ACCESS)
    assert {"shop", "shop.customer", "contacts"} <= set(dsar.parts_for(CaseType.ACCESS))
    assert dsar.parts_for(CaseType.COMPLAINT) == []
    row = office.receive(CaseType.ACCESS, words="Everything.")
    office.identify(row)
    opened = office.do(lambda: dsar.open_matter(row.id, actor=office.ewa))
    assert [one.reason for one in opened.steps] == [None, "signature compared"]
