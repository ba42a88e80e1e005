"""The answer as the last task of every request: a package where one is wanted, then the letter (Art. 12(3))."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa

from privacy.db import end_read, session, unit_of_work
from privacy.dsar import answering, cases
from privacy.dsar.execution import leases, tasks
from privacy.dsar.execution.leases import Held
from privacy.dsar.execution.tasks import OWN_SYSTEM, Result
from privacy.dsar.models import DataSubjectRequest, RequestTask
from privacy.dsar.package import packages
from privacy.dsar.vocabulary import CaseType, State, TaskKind, TaskState
from privacy.dsar.workflow import HANDED_OUT

Context = Callable[[], AbstractContextManager[Any]]


def any_waiting() -> bool:
    """Whether a request is to be answered and nobody is at it."""
    return session().scalar(_waiting().limit(1)) is not None


def begin_waiting() -> None:
    """Add the task of answering to each request that is to be answered, in the open unit of work."""
    for request_id in session().scalars(_waiting().limit(100)).all():
        begin(cases.lock(request_id))


def begin(row: DataSubjectRequest) -> None:
    """Add the task of answering to a locked request that has come to it, in the open unit of work."""
    if row.state != State.ANSWERING:
        return
    earlier = tasks.of_request(row.id, TaskKind.ANSWER)
    if not tasks.unfinished(earlier):
        tasks.add(row, cases.key_of(row), TaskKind.ANSWER, OWN_SYSTEM, round_=len(earlier))


def do_answer(held: Held, context: Context) -> None:
    """Make the package in units of work of its own, then answer in one; again as often as it takes."""
    with context():
        row = cases.read(held.request_id)
        state, wanted = State(row.state), row.granted_by is not None and CaseType(row.case_type) in HANDED_OUT
        end_read()
        lacks = wanted and state is State.ANSWERING and packages.make(held.request_id) is None
        with unit_of_work():
            row = cases.lock(held.request_id)
            task = leases.mine(held)
            if task is None:
                return
            if row.state == State.ANSWERING and lacks:
                tasks.make_due(task)  # It went on meanwhile.
                return
            if row.state == State.ANSWERING:
                answering.answer(held.request_id)
            if row.state == State.ANSWERED:
                tasks.strip(held.request_id)
            tasks.finish(task, Result())  # Else a person looks at the package first, and it is answered after that.


def _waiting() -> sa.Select[Any]:
    unfinished = (
        sa.select(RequestTask.id)
        .where(RequestTask.request_id == DataSubjectRequest.id, RequestTask.kind == TaskKind.ANSWER.value)
        .where(RequestTask.state.not_in([TaskState.DONE.value, TaskState.EXCEPTED.value]))
    )
    to_answer = DataSubjectRequest.state == State.ANSWERING.value
    return sa.select(DataSubjectRequest.id).where(to_answer, ~unfinished.exists()).order_by(DataSubjectRequest.id)
