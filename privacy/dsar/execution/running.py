"""A worker's part in the execution of requests: take what is due, ask the systems, write down what came of it.

All systems are asked in parallel, each by a thread of its own and one task at a time; nothing of that happens inside a
unit of work. What a killed worker had taken is taken by another once its lease is over: looking changes nothing, and
a change that is made twice is made once.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from privacy.crypto.owner_keys import OwnerKey
from privacy.db import end_read, unit_of_work
from privacy.dsar import cases
from privacy.dsar.execution import answer_task, changing, course, finding, leases, own_changes, tasks
from privacy.dsar.execution.changing import Change, Changed
from privacy.dsar.execution.finding import Wanted
from privacy.dsar.execution.leases import Held
from privacy.dsar.models import DataSubjectRequest, RequestTask
from privacy.dsar.vocabulary import CaseType, State, TaskKind
from privacy.errors import PrivacyError, Unavailable
from privacy.programme.data_map import ConnectorKind, System, Table
from privacy.programme.types import Programme
from privacy.retention.service import HoldPlaced
from privacy.systems import service as systems
from privacy.systems.connector import (
    Aim,
    Connector,
    Found,
    NotErased,
    SystemFailure,
    SystemRefused,
    SystemUnreachable,
    Task,
)
from privacy.systems.service import ManualAnswer

#: Opens what a thread needs to reach the database: the application's context.
Context = Callable[[], AbstractContextManager[Any]]
#: Opens a connection to a system.
Connect = Callable[[System, Programme], Connector]

#: The code of a failure that no connector foresaw.
FAULT = "fault"
#: How often a worker that waits for systems looks for other work, and holds on to what it has, in seconds.
_LOOK_EVERY, _RENEW_EVERY = 0.2, 15.0
#: How long the answer of one system waits for those of others about the same request, in seconds.
_TOGETHER = 0.05
#: What rows are looked for; of the other types only to be changed.
_AIMS = {CaseType.ACCESS: Aim.DATA, CaseType.PORTABILITY: Aim.PORTABLE}

_log = logging.getLogger("privacy.dsar.execution")


class WorkersLost(Exception):
    """Each worker that held the task ended before it was done: no further one is risked, and a person decides."""


@dataclass(frozen=True)
class _Outcome:
    """What came of one held task: an answer of the system, or why there is none."""

    held: Held
    answer: Found | Changed | None = None
    table: Table | None = None
    failure: Exception | None = None


class _Lane:
    """The one thread by which a system is asked, and the connection that it holds meanwhile."""

    def __init__(self, system: str) -> None:
        self._system = system
        self._connector: Connector | None = None
        self.thread = ThreadPoolExecutor(1, thread_name_prefix=f"system {system}")

    def connector(self, person: Wanted, held: Held, connect: Connect) -> Connector:
        """The open connection, or the form of a system that nothing but a person reaches; raises `SystemFailure`s."""
        system = person.systems.get(self._system)
        if system is None:
            raise SystemRefused(f"The programme has no system {self._system} any more.")
        if system.connector is ConnectorKind.MANUAL:
            form = held.work.form
            filed = None if form is None else ManualAnswer(**msgspec.structs.asdict(form))
            return systems.by_hand(system, lambda _task: filed)
        if self._connector is None:
            try:
                self._connector = connect(system, person.programme)
            finally:
                end_read()
        return self._connector

    def drop(self) -> None:
        """Close the connection; the next use opens a new one."""
        connector, self._connector = self._connector, None
        if connector is not None:
            with contextlib.suppress(SystemFailure):
                connector.close()

    def close(self) -> None:
        """Let go of everything, once nothing runs in the thread."""
        self.thread.submit(self.drop).result()
        self.thread.shutdown()


class Running:
    """The execution of requests in one worker."""

    def __init__(self, connect: Connect = systems.connect) -> None:
        self._connect = connect
        self._look_at = self._renew_at = 0.0

    def run(self, context: Context, stop: threading.Event) -> int:
        """Do every task that is due, until nothing is or `stop`; returns how many lots this worker did.

        Opens contexts and units of work of its own. Raises `Unavailable` where the database is away.
        """
        lanes: dict[str, _Lane] = {}
        busy: dict[Future[Sequence[_Outcome]], Sequence[Held]] = {}
        came: list[_Outcome] = []
        done = 0
        self._renew_at = time.monotonic() + _RENEW_EVERY
        try:
            while True:
                for asked, lot in self._next(context, came, {held[0].system for held in busy.values()}, stop):
                    lane = lanes.setdefault(lot[0].system, _Lane(lot[0].system))
                    busy[lane.thread.submit(self._do, lane, asked, lot, context)] = lot
                if not busy:
                    return done
                came = []
                for future in self._some_of(busy, context):
                    busy.pop(future)
                    came += future.result()
                    done += 1
        finally:
            for lane in lanes.values():
                lane.close()

    def _next(
        self, context: Context, came: Sequence[_Outcome], busy: set[str], stop: threading.Event
    ) -> list[tuple[_Asked | Exception | None, list[Held]]]:
        """Write down what came, and take what is due: what follows on an answer is taken in the same unit of work."""
        by_request: dict[UUID, list[_Outcome]] = {}
        for one in came:
            by_request.setdefault(one.held.request_id, []).append(one)
        known: dict[UUID, Wanted | None] = {}
        lots: list[list[Held]] = []
        *first, last = [*by_request.values()] or [[]]
        with context():
            for some in first:
                with unit_of_work():
                    known[some[0].held.request_id] = _note(some)
            if last:
                goes_on = not stop.is_set()
                with unit_of_work():
                    known[last[0].held.request_id] = person = _note(last)
                    lots = leases.claim(busy) if person is not None and goes_on else []
            if not lots and not stop.is_set():
                self._begin_waiting()
                # The look comes first and apart: it is made often, and writers should not queue behind it.
                if leases.any_due(busy):
                    with unit_of_work():
                        lots = leases.claim(busy)
            asked = {held.request_id: held for lot in lots for held in lot if held.kind in _OF_SYSTEMS}
            told = {request_id: _asked(held, known.get(request_id)) for request_id, held in asked.items()}
        return [(told.get(lot[0].request_id), lot) for lot in lots]

    def _begin_waiting(self) -> None:
        """Now and then see to requests that came to their answer by another way than an execution."""
        if time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + _LOOK_EVERY
            if answer_task.any_waiting():
                with unit_of_work():
                    answer_task.begin_waiting()

    def _some_of(
        self, busy: dict[Future[Sequence[_Outcome]], Sequence[Held]], context: Context
    ) -> set[Future[Sequence[_Outcome]]]:
        """Those that are done by now. Now and then hold on to what this worker has."""
        over, others = wait(busy, timeout=_LOOK_EVERY, return_when=FIRST_COMPLETED)
        if time.monotonic() >= self._renew_at:
            self._renew_at = time.monotonic() + _RENEW_EVERY
            with context(), unit_of_work():
                leases.renew(held for lot in busy.values() for held in lot)
        # Systems that answer at about the same time are written down together.
        requests = {busy[future][0].request_id for future in over}
        if same := [future for future in others if busy[future][0].request_id in requests]:
            over |= wait(same, timeout=_TOGETHER).done
        return over

    def _do(
        self, lane: _Lane, asked: _Asked | Exception | None, lot: Sequence[Held], context: Context
    ) -> Sequence[_Outcome]:
        first = lot[0]
        if first.attempts > tasks.MOST_ATTEMPTS:  # All of a lot were tried together.
            _tell(first, WorkersLost())
            return [_Outcome(held, failure=WorkersLost()) for held in lot]
        if isinstance(asked, Exception):
            _tell(first, asked)
            return [_Outcome(held, failure=asked) for held in lot]
        if asked is not None:
            return list(self._answers(lane, asked, lot, context))
        try:
            _OF_OURS[first.kind](first, context)
        except Unavailable:
            raise
        except Exception as error:
            _tell(first, error)
            return [_Outcome(first, failure=error)]
        return ()

    def _answers(self, lane: _Lane, asked: _Asked, lot: Sequence[Held], context: Context) -> Iterator[_Outcome]:
        """Ask the system, outside any unit of work. Once it cannot be reached, the rest is not tried either."""
        stopped: Exception | None = None
        for held in lot:
            if stopped is None:
                try:
                    with context():
                        table, change = finding.table_of(asked.person, held), asked.change(held)
                        connector = lane.connector(asked.person, held, self._connect)
                    yield _Outcome(held, asked.answer(connector, held, table, change, context), table)
                    continue
                except Unavailable:
                    raise
                except Exception as error:
                    _tell(held, error)
                    lane.drop()
                    stopped, failure = (error if isinstance(error, SystemUnreachable) else None), error
            yield _Outcome(held, failure=stopped or failure)


@dataclass(frozen=True)
class _Asked:
    """What tasks of a request ask of the systems, read before they are asked."""

    person: Wanted
    aim: Aim
    most_rows: int

    def change(self, held: Held) -> Change | None:
        """What a change is to do; None of finds."""
        if held.kind not in _CHANGING:
            return None
        change = changing.prepared(cases.read(held.request_id), held, self.person)
        end_read()
        return change

    def answer(
        self, connector: Connector, held: Held, table: Table, change: Change | None, context: Context
    ) -> Found | Changed:
        """Ask; raises what the connector raises."""
        task = Task(held.id, held.request_id, held.reference, self.aim)
        if change is not None:
            return change.make(connector, task, context)
        limit = held.work.limit or self.most_rows
        return connector.find(task, table, finding.keys_of(held.work), limit=limit)


def _asked(held: Held, person: Wanted | None) -> _Asked | Exception:
    """Whom a task is about, and how much is expected; or why nobody can tell."""
    try:
        row = cases.read(held.request_id)
        aim, most_rows = _AIMS.get(CaseType(row.case_type), Aim.PLACES), cases.rule_of(row).most_rows
        return _Asked(person or finding.wanted(row), aim, most_rows)
    except Unavailable:
        raise
    except Exception as error:
        return error
    finally:
        end_read()


def run_until_idle(context: Context, *, connect: Connect = systems.connect) -> int:
    """Do everything that is due now, for the command line; what is put off stays so. Returns how many lots that is."""
    return Running(connect).run(context, threading.Event())


def _note(outcomes: Sequence[_Outcome]) -> Wanted | None:
    """Write down what came of tasks of one request, and what follows, in the open unit of work.

    Returns whom it is about, looked up in this unit of work; None where the execution is over by this.
    """
    row = cases.lock(outcomes[0].held.request_id)
    key, person = cases.key_of(row), finding.wanted(row)
    for one in outcomes:
        task = leases.mine(one.held)
        if task is None:
            _log.warning("task lost", extra={"task_id": str(one.held.id)})
        elif one.failure is not None:
            _failed(task, one.failure)
        elif one.answer is not None:
            _answered(task, key, one, one.answer)
    course.go_on(row, person=person)
    answer_task.begin(row)
    return person if row.state == State.EXECUTING else None


def _answered(task: RequestTask, key: OwnerKey, outcome: _Outcome, answer: Found | Changed) -> None:
    if answer.pending is not None:
        tasks.wait(task, answer.pending.reference, answer.pending.ask_after)
    elif isinstance(answer, Changed):
        tasks.put_work(task, changing.without_secret(outcome.held.work), key)
        tasks.finish(task, answer.result, key, deleted=answer.deleted, changed=answer.changed)
        if outcome.held.kind is TaskKind.LIFT:
            tasks.forget_marks(task)
    elif outcome.table is not None:
        result = finding.result_of(outcome.held, outcome.table, answer)
        found = finding.fresh(outcome.held, outcome.table, result.rows, key)
        tasks.finish(task, result, key, found=found)


def _failed(task: RequestTask, failure: Exception) -> None:
    match failure:
        case SystemUnreachable():
            tasks.put_off(task, failure.code, retry_after=failure.retry_after)
        case NotErased() | HoldPlaced():  # Tried again, by what is held then.
            tasks.put_off(task, failure.code)
        case PrivacyError():
            tasks.hand_over(task, failure)
        case _:
            tasks.put_off(task, FAULT)


def _tell(held: Held, error: Exception) -> None:
    """For whoever runs the service. A failure's own text names no value; that of a fault might."""
    told = {"task_id": str(held.id), "system": held.system, "fault": type(error).__name__}
    if isinstance(error, PrivacyError):
        _log.warning("task not done", extra=told | {"reason": error.detail})
    else:
        _log.error("task not done", extra=told)


def _do_own(held: Held, context: Context) -> None:
    with context(), unit_of_work():
        own_changes.do_own(held, _go_on)


def _go_on(row: DataSubjectRequest) -> None:
    course.go_on(row)
    answer_task.begin(row)


#: What is asked of systems.
_CHANGING = frozenset({TaskKind.CHANGE, TaskKind.LIFT})
_OF_SYSTEMS = _CHANGING | {TaskKind.FIND}
#: What is done in our own database.
_OF_OURS: Mapping[TaskKind, Callable[[Held, Context], None]] = {
    TaskKind.OWN: _do_own,
    TaskKind.ANSWER: answer_task.do_answer,
}
