"""Whatever a person decides about a task, its request goes on to an honest end, and nothing is lifted or left by it."""

from __future__ import annotations

import itertools
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
from privacy.db import session, unit_of_work
from privacy.dsar import service as dsar
from privacy.dsar.execution import course, decisions, own_changes, results
from privacy.dsar.execution.tasks import Form
from privacy.dsar.failures import NotForAPerson, NotToldYet
from privacy.dsar.models import RequestTask
from privacy.dsar.service import CaseType, Ground, Refused, State
from privacy.dsar.vocabulary import TaskKind, TaskState
from privacy.errors import InvalidInput
from privacy.programme.data_map import System
from privacy.programme.types import Programme
from privacy.subjects.models import AccountIdentifier
from privacy.systems import service as systems
from privacy.systems.connector import Connector, Done
from tests.dsar.office import Office, an_office
from tests.dsar.shops import ANNA, DATA_SETS, Shops, Tables, a_person, connected, granted, system_of

#: The service's own database plays no part.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
_DAY = 86_400


@pytest.fixture
def shops(context: Flask, tmp_path: Path) -> Shops:
    return connected(context, tmp_path)


def waiting(shops: Shops, request_id: UUID) -> list[RequestTask]:
    return [task for task in shops.tasks(request_id) if task.state == TaskState.FOR_A_PERSON]


def decide(shops: Shops, change: Callable[..., object], *given: object, **more: object) -> None:
    """A change in a unit of work of its own."""
    with shops.app.app_context(), unit_of_work():
        change(*given, **more)


class _Followed:
    """A system in which something happens after each change."""

    def __init__(self, real: Connector, after: Callable[[], None]) -> None:
        self._real, self._after = real, after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def change(self, *asked: Any, **named: Any) -> Done:
        done = self._real.change(*asked, **named)
        self._after()
        return done


def test_an_erasure_behind_which_data_keep_arriving_ends_once_a_person_excepts_it(shops: Shops) -> None:
    numbers = itertools.count(20)

    def write_on() -> None:
        shops.put("crm", {"member": [(next(numbers), ANNA["email"], "again", 0)]})

    def connect(system: System, programme: Programme) -> Connector:
        real = systems.connect(system, programme)
        return _Followed(real, write_on) if system.code == "crm" else real

    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    shops.run(connect=connect)
    [task] = waiting(shops, request_id)
    assert (task.system, task.failure) == ("crm", course.NO_END)
    decide(shops, decisions.except_task, task.id, actor=OPERATOR, reason="the till writes on")
    shops.run(connect=connect)
    row = shops.request(request_id)
    assert (row.state, row.outcome) == (State.ANSWERED, "partly")


@pytest.mark.parametrize("case_type", [CaseType.ACCESS, CaseType.ERASURE])
def test_somebody_known_by_nothing_is_not_called_searched_when_it_is_tried_again(
    shops: Shops, case_type: CaseType
) -> None:
    def know(until: int | None) -> None:
        known = sa.update(AccountIdentifier).values(retired_at=until)
        decide(shops, lambda: session().execute(known))

    subject_id = a_person(shops, {"customer_id": ANNA["customer_id"]})
    know(until=clock.micros())
    request_id = granted(shops, case_type, subject_id)
    for _ in range(2):
        shops.run()
        [task] = waiting(shops, request_id)
        assert (task.kind, task.failure) == (TaskKind.OWN, own_changes.NOBODY)
        decide(shops, decisions.try_again, task.id, actor=OPERATOR)
    # Their number is found, and now the systems are searched by it.
    know(until=None)
    [task] = waiting(shops, request_id)
    decide(shops, decisions.try_again, task.id, actor=OPERATOR)
    shops.run_but_answer()
    assert shops.request(request_id).state in {State.ANSWERING, State.EXECUTING}
    with shops.app.app_context():
        assert {one.system for one in course.outcomes(request_id) if one.found} == {"shop", "crm"}
    shops.run()
    assert shops.request(request_id).state == State.ANSWERED


def test_rows_that_two_rounds_found_are_decided_once(context: Flask, tmp_path: Path) -> None:
    """The person's own row spells the address that two people share in another way, so it is asked for twice."""
    shared = {"email": "p0@example.com"}
    people: dict[str, Tables] = {
        "shop": {"customer": [(1, "C-1", "P0@Example.com", "A", None, 0), (5, "C-9", shared["email"], "B", None, 0)]},
        "crm": {"member": [(7, shared["email"], "x", 0)]},
    }
    shops = connected(context, tmp_path, people)
    a_person(shops, {"customer_id": "X-1", **shared})
    request_id = granted(shops, CaseType.ACCESS, a_person(shops, {"customer_id": "C-1", **shared}))
    shops.run()
    assert sorted((task.place, task.round) for task in waiting(shops, request_id)) == [
        ("crm.member", 0),
        ("crm.member", 1),
        ("shop.customer", 0),
        ("shop.customer", 1),
    ]
    while some := waiting(shops, request_id):
        with shops.app.app_context():
            rows = decisions.doubtful_rows(some[0].id)
        assert rows
        theirs = {one.id: False for one in rows}
        decide(shops, decisions.decide_rows, some[0].id, theirs, actor=OPERATOR, reason="the note says so")
    shops.run_but_answer()
    with shops.app.app_context():
        found = {(one.table, row["id"]) for one in results.found_tables(request_id) for row in one.rows if "id" in row}
    assert found == {("customer", 1)}


def test_what_is_to_be_decided_or_told_is_neither_tried_again_nor_filed(shops: Shops) -> None:
    a_person(shops, {"customer_id": "X-1", "email": ANNA["email"]})
    request_id = granted(shops, CaseType.ACCESS, a_person(shops))
    shops.run()
    form = Form(OPERATOR.id, clock.micros(), "Looked through it.")
    tasks_ = waiting(shops, request_id)
    assert {task.failure for task in tasks_} == {course.DOUBTFUL}
    for task in tasks_:
        with pytest.raises(NotForAPerson):
            decide(shops, decisions.try_again, task.id, actor=OPERATOR)
        with pytest.raises(NotForAPerson):
            decide(shops, decisions.file_form, task.id, form, actor=OPERATOR)


@pytest.fixture
def office(context: Flask, tmp_path: Path) -> tuple[Office, Shops]:
    """Two databases that serve different purposes, and Anna in both."""
    made = an_office()
    served = [system_of("shop", ["analytics"]), system_of("crm", ["fraud_prevention"])]
    shops = connected(context, tmp_path, data_sets=DATA_SETS, systems=served, processing_activities=[])
    made.put(ANNA)
    return made, shops


def marks(shops: Shops) -> dict[str, int]:
    """Whether Anna's row is marked in each."""
    return {"shop": shops.rows("shop", "customer")[0][-1], "crm": shops.rows("crm", "member")[0][-1]}


def test_a_purpose_that_was_refused_goes_on_in_the_systems(office: tuple[Office, Shops]) -> None:
    desk, shops = office
    row = desk.receive(CaseType.OBJECTION, given=ANNA, purposes=("analytics", "fraud_prevention"))
    desk.grant(row, refused=(Refused(Ground.COMPELLING_GROUNDS, "fraud_prevention", "a fraud is looked into"),))
    shops.run()
    row = desk.now(row)
    assert (row.state, row.outcome, marks(shops)) == (State.ANSWERED, "partly", {"shop": 1, "crm": 0})


@pytest.mark.parametrize("what", [None, "shop.custmer", "crm.member.phon", "members"])
@pytest.mark.parametrize(
    ("case_type", "ground"),
    [(CaseType.ACCESS, Ground.RIGHTS_OF_OTHERS), (CaseType.ERASURE, Ground.LEGAL_CLAIMS)],
)
def test_a_part_that_no_map_knows_is_not_refused_by_mistake_and_nothing_is_granted(
    office: tuple[Office, Shops], case_type: CaseType, ground: Ground, what: str | None
) -> None:
    desk, _ = office
    row = desk.identify(desk.receive(case_type, given=ANNA))
    with pytest.raises(InvalidInput) as wrong:
        desk.grant(row, refused=(Refused(ground, what, "a claim of somebody else is pending"),))
    assert list(wrong.value.extensions["errors"]) == ["refused[0].what"]
    assert desk.now(row).state == State.ASSESSING


@pytest.mark.parametrize("end", ["refused", "withdrawn", "doubted"])
def test_a_restriction_is_lifted_in_the_systems_when_the_last_that_held_it_up_ends_undecided(
    office: tuple[Office, Shops], frozen: time_machine.Traveller, end: str
) -> None:
    desk, shops = office
    first = desk.identify(desk.receive(CaseType.RESTRICTION, given=ANNA))
    desk.grant(first)
    shops.run()
    desk.take(first, "tell-of-lifting", "the accuracy was confirmed")
    second = desk.identify(desk.receive(CaseType.RESTRICTION, given=ANNA))
    frozen.shift(9 * _DAY)
    desk.take(first, "lift-restriction")
    shops.run()
    assert marks(shops) == {"shop": 1, "crm": 1}
    if end == "refused":
        ground = Refused(Ground.NO_GROUND_TO_RESTRICT, None, "nothing is contested")
        desk.do(lambda: dsar.refuse(second.id, (ground,), actor=desk.ewa))
    elif end == "withdrawn":
        desk.do(lambda: dsar.withdraw(second.id, dsar.Role.STAFF, actor=desk.ewa, reason="by letter"))
    else:
        desk.take(second, "doubt-identity", "the signature is another")
    shops.run()
    assert marks(shops) == {"shop": 0, "crm": 0}


def test_who_is_restricted_anew_is_told_anew_before_it_ends(
    office: tuple[Office, Shops], frozen: time_machine.Traveller
) -> None:
    desk, shops = office
    row = desk.identify(desk.receive(CaseType.RESTRICTION, given=ANNA))
    desk.grant(row)
    shops.run()
    desk.take(row, "tell-of-lifting", "the accuracy was confirmed")
    frozen.shift(9 * _DAY)
    desk.take(row, "lift-restriction")
    shops.run()
    desk.take(row, "reopen", "it is contested again")
    desk.identify(row)
    desk.grant(row)
    shops.run()
    with pytest.raises(NotToldYet):
        desk.take(row, "lift-restriction")


def test_the_file_of_a_restriction_stays_until_it_has_ended_in_every_system(
    office: tuple[Office, Shops], frozen: time_machine.Traveller
) -> None:
    desk, shops = office
    row = desk.identify(desk.receive(CaseType.RESTRICTION, given=ANNA))
    desk.grant(row)
    shops.run()
    deleted_at = desk.now(row).deleted_at
    assert deleted_at is not None
    frozen.shift((deleted_at - clock.micros()) // clock.SECOND + _DAY)

    def deleted() -> int:
        return desk.do(lambda: dsar.delete_ended_files(clock.micros(), actor=OPERATOR))

    assert deleted() == 0
    desk.take(row, "tell-of-lifting", "the accuracy was confirmed")
    frozen.shift(9 * _DAY)
    desk.take(row, "lift-restriction")
    assert deleted() == 0
    shops.run()
    assert marks(shops) == {"shop": 0, "crm": 0}
    assert deleted() == 1
