"""Twelve ways in which a system fails, at every step of an erasure: nothing is called done that is not, and what is
done is done once.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.db import new_id, unit_of_work
from privacy.dsar.execution import course, decisions, tasks
from privacy.dsar.vocabulary import CaseType, State, TaskState
from privacy.programme.data_map import System, Table
from privacy.programme.types import Programme
from privacy.systems import service as systems
from privacy.systems.connector import (
    Connector,
    Done,
    Found,
    Key,
    NotErased,
    Pending,
    SystemRefused,
    SystemUnreachable,
    TableChange,
    Task,
    TooManyRows,
    Verb,
)
from tests.dsar.shops import PEOPLE, Shops, a_person, connected, granted
from tests.sizes import size

OTHER = Actor(ActorKind.STAFF, new_id(), "somebody else", OPERATOR.permissions)


class Fault(StrEnum):
    UNREACHABLE = "unreachable"
    UNREACHABLE_AFTERWARDS = "unreachable_afterwards"  # it was done, and the answer was lost
    BUSY = "busy"  # it says when to come again
    REFUSED = "refused"
    NOT_ERASED = "not_erased"
    TOO_MANY = "too_many"
    FAULT = "fault"  # of the connector itself
    FAULT_AFTERWARDS = "fault_afterwards"
    BEGUN = "begun"  # it is done later
    NO_CONNECTION = "no_connection"
    SLOW = "slow"  # so slow that another worker has the task meanwhile
    TOO_MUCH = "too_much"  # it answers with other people's rows too


_BEFORE = {
    Fault.UNREACHABLE: SystemUnreachable("The connection was reset."),
    Fault.BUSY: SystemUnreachable("It is busy.", retry_after=90.0),
    Fault.REFUSED: SystemRefused("It may not."),
    Fault.NOT_ERASED: NotErased("Something is still there."),
    Fault.TOO_MANY: TooManyRows("Too many.", table="customer", found=20_000),
    Fault.FAULT: RuntimeError("anna@example.com"),
}
_AFTERWARDS = {
    Fault.UNREACHABLE_AFTERWARDS: SystemUnreachable("The answer was lost."),
    Fault.FAULT_AFTERWARDS: RuntimeError("anna@example.com"),
}
_SOMEBODY_ELSES = {"id": -1, "no": "C-x", "email": "x@example.com", "customer_id": -1, "order_id": -1, "member_id": -1}
#: The steps of an erasure of somebody in both systems: finds by tables, two changes, and all finds once more.
STEPS = 12


@dataclass
class Faults:
    """Connectors to real systems, of whose calls one fails."""

    fault: Fault
    at: int
    shops: Shops
    calls: Iterator[int] = field(default_factory=itertools.count)
    lock: threading.Lock = field(default_factory=threading.Lock)
    happened: bool = False

    def connect(self, system: System, programme: Programme) -> Connector:
        if self.fault is Fault.NO_CONNECTION and self._is_it():
            raise SystemUnreachable("The name cannot be resolved.")
        return _Failing(systems.connect(system, programme), self)

    def __call__(self, work: Callable[[], Any], empty: Any, task: Task) -> Any:
        if self.fault is Fault.NO_CONNECTION or not self._is_it():
            return work()
        if self.fault in _BEFORE:
            raise _BEFORE[self.fault]
        if self.fault is Fault.BEGUN:
            return empty(Pending(f"ticket {task.id}", 60))
        answer = work()
        if self.fault in _AFTERWARDS:
            raise _AFTERWARDS[self.fault]
        if self.fault is Fault.SLOW:
            self.shops.let_time_pass()
            self.shops.run()  # Another worker takes what this one is believed to have lost.
        elif isinstance(answer, Found):
            return Found((*answer.rows, *(row | _SOMEBODY_ELSES for row in answer.rows)))
        return answer

    def _is_it(self) -> bool:
        with self.lock:
            it = not self.happened and next(self.calls) == self.at
            self.happened |= it
            return it


class _Failing:
    """A connector whose calls may fail."""

    def __init__(self, connector: Connector, faults: Faults) -> None:
        self._connector, self._faults = connector, faults

    def find(self, task: Task, table: Table, keys: Sequence[Key], *, limit: int) -> Found:
        found: Found = self._faults(
            lambda: self._connector.find(task, table, keys, limit=limit), lambda p: Found((), pending=p), task
        )
        return found

    def change(
        self, task: Task, verb: Verb, tables: Sequence[Table], changes: Sequence[TableChange], **named: Any
    ) -> Done:
        done: Done = self._faults(
            lambda: self._connector.change(task, verb, tables, changes, **named), lambda p: Done(pending=p), task
        )
        return done

    def close(self) -> None:
        self._connector.close()


@pytest.fixture
def shops(context: Flask, tmp_path: Path) -> Shops:
    return connected(context, tmp_path)


def somebody(shops: Shops, number: int) -> UUID:
    """A new person in both systems."""
    mail, no = f"p{number}@example.com", f"C-{number}"
    shops.put(
        "shop",
        {
            "customer": [(number, no, mail, "P", None, 0)],
            "orders": [(number * 10, number, "2026-05-01", "Lipowa", 0)],
            "line": [(number * 100, number * 10, "tea")],
        },
    )
    shops.put("crm", {"member": [(number, mail, "note", 0)], "talk": [(number * 10, number, "hello")]})
    return a_person(shops, {"customer_id": no, "email": mail})


def is_erased(shops: Shops, number: int) -> bool:
    customer = next(row for row in shops.rows("shop", "customer") if row[0] == number)
    order = next(row for row in shops.rows("shop", "orders") if row[0] == number * 10)
    gone = all(row[0] != number for row in shops.rows("crm", "member"))
    return gone and customer == (number, None, None, "-", None, 1) and order[-1] == 1


def resolve(shops: Shops, request_id: UUID) -> None:
    """What people do about the tasks that wait for them."""
    for task in shops.tasks(request_id):
        if task.state not in {TaskState.FOR_A_PERSON, TaskState.FAILED}:
            continue
        for actor in (OPERATOR, OTHER):
            with shops.app.app_context(), unit_of_work():
                if task.failure != TooManyRows.code:
                    decisions.try_again(task.id, actor=actor, reason="it works again")
                    break
                decisions.allow_rows(task.id, 30_000, actor=actor, reason="a company with many orders")


def combinations() -> Iterator[tuple[Fault, int]]:
    every = [(fault, at) for at in range(STEPS) for fault in Fault]
    wanted = min(size("connector_faults"), len(every))
    # Every fault and every step, whatever the number.
    return (every[(number * 13) % len(every)] for number in range(wanted))


def test_no_fault_makes_an_erasure_done_that_is_not_or_has_an_effect_twice(shops: Shops) -> None:
    others = {place: list(rows) for place, rows in shops.everything().items()}
    for number, (fault, at) in enumerate(combinations(), 1_000):
        request_id = granted(shops, CaseType.ERASURE, somebody(shops, number))
        faults = Faults(fault, at, shops)
        for _ in range(8):
            shops.run(connect=faults.connect)
            if shops.request(request_id).state == State.ANSWERED:
                break
            assert shops.request(request_id).state in {State.EXECUTING, State.REVIEWING}, (fault, at)
            assert shops.request(request_id).subject_id is not None, (fault, at)
            resolve(shops, request_id)
            shops.let_time_pass()
        assert shops.request(request_id).state == State.ANSWERED, (fault, at)
        assert is_erased(shops, number), (fault, at)
        with shops.app.app_context():
            done = {one.system: (one.found, one.deleted, one.changed) for one in course.outcomes(request_id)}
        assert done["shop"] == (3, 0, 2), (fault, at)
        assert done["crm"] == (2, 2, 0), (fault, at)
    now = shops.everything()
    assert all(row in now[place] for place, rows in others.items() for row in rows)


def test_a_system_that_is_down_leaves_the_request_open_until_a_person_excepts_it(shops: Shops) -> None:
    def connect(system: System, programme: Programme) -> Connector:
        if system.code == "crm":
            raise SystemUnreachable("It is down.")
        return systems.connect(system, programme)

    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    before = shops.everything()
    for _ in range(tasks.MOST_ATTEMPTS):
        shops.run(connect=connect)
        shops.let_time_pass()
    assert shops.request(request_id).state == State.REVIEWING
    assert shops.everything() == before  # Nothing is changed before all was found.
    failed = [task for task in shops.tasks(request_id) if task.state == TaskState.FAILED]
    assert [(task.system, task.failure) for task in failed] == [("crm", "system-unreachable")]
    with shops.app.app_context(), unit_of_work():
        decisions.except_task(failed[0].id, actor=OPERATOR, reason="it was switched off for good")
    shops.run(connect=connect)
    assert shops.request(request_id).state == State.ANSWERED
    with shops.app.app_context():
        crm = next(one for one in course.outcomes(request_id) if one.system == "crm")
    assert (crm.state, crm.reason) == (TaskState.EXCEPTED, "it was switched off for good")


def test_what_arrives_while_an_erasure_runs_is_erased_too(shops: Shops) -> None:
    class Late:
        """A shop that takes a new order while the erasure runs."""

        def __init__(self) -> None:
            self.came = False

        def connect(self, system: System, programme: Programme) -> Connector:
            return _Failing(systems.connect(system, programme), self)  # type: ignore[arg-type]

        def __call__(self, work: Callable[[], Any], _empty: Any, _task: Task) -> Any:
            answer = work()
            if isinstance(answer, Done) and not self.came:
                self.came = True
                shops.put("crm", {"member": [(9, "anna@example.com", "came back", 0)], "talk": [(90, 9, "again")]})
            return answer

    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    shops.run(connect=Late().connect)
    assert shops.request(request_id).state == State.ANSWERED
    assert shops.rows("crm", "member") == [PEOPLE["crm"]["member"][1]]
    assert shops.rows("crm", "talk") == [PEOPLE["crm"]["talk"][1]]
