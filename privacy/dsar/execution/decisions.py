"""What a person decides about a task: whose a row is, that it is tried again, that it is not done, what a form says.

Each is a step of the request, with its event. Once no task waits for anybody, the execution goes on by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from privacy.authz.actors import Actor
from privacy.dsar import cases, deciding
from privacy.dsar.correspondence import letters
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.execution import course, finding, own_changes, recipients, tasks
from privacy.dsar.execution.tasks import FOR_SOMEBODY, Form, Result
from privacy.dsar.failures import NotForAPerson, SecondPersonNeeded
from privacy.dsar.models import DataSubjectRequest, RequestTask
from privacy.dsar.vocabulary import State, TaskKind, TaskState
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.systems.connector import Row, TooManyRows


@dataclass(frozen=True)
class DoubtfulRow:
    """A row that may be somebody else's."""

    #: What a decision names it by.
    id: str
    row: Row = field(repr=False)


def doubtful_rows(task_id: UUID) -> list[DoubtfulRow]:
    """The rows that the task found and that wait for a decision; raises `TaskNotFound`."""
    task = tasks.read(task_id)
    row = cases.read(task.request_id)
    key, person = cases.key_of(row), finding.wanted(row)
    seen = finding.picture(person, tasks.of_request(row.id, TaskKind.FIND), key)
    node = finding.node_of(task)
    if node not in person.graph.tables:
        return []
    mine = set(finding.ids_of(person, node, tasks.result_of(task, key).rows))
    doubted = seen.searched.doubtful.get(node, ())
    found = zip(finding.ids_of(person, node, doubted), doubted, strict=True)
    return [DoubtfulRow(id_, one) for id_, one in found if id_ in mine]


def decide_rows(task_id: UUID, verdicts: Mapping[str, bool], *, actor: Actor, reason: str) -> None:
    """Say of every doubtful row of a task whether it is the person's, in the open unit of work.

    Raises `TaskNotFound`, `NotForAPerson`, `InvalidInput` where a row is missing or is none of the task's.
    """
    row, task = _locked(task_id)
    if task.failure != course.DOUBTFUL:
        raise NotForAPerson
    if {one.id for one in doubtful_rows(task_id)} != verdicts.keys():
        raise InvalidInput.of("rows", "Say of each doubtful row of the task, and of no other, whose it is.")
    result = tasks.result_of(task)
    tasks.put_result(task, msgspec.structs.replace(result, decided={**result.decided, **verdicts}))
    tasks.end(task, TaskState.DONE)
    _end_decided(row)
    taken = sum(verdicts.values())
    _go_on(row, task, "rows_decided", actor, reason, taken=taken, left=len(verdicts) - taken)


def allow_rows(task_id: UUID, limit: int, *, actor: Actor, reason: str) -> bool:
    """Agree that one person has so many rows, in the open unit of work; says whether two people have by now.

    Raises `TaskNotFound`, `NotForAPerson`, and `SecondPersonNeeded` where the same person says it again.
    """
    row, task = _locked(task_id)
    if task.failure != TooManyRows.code:
        raise NotForAPerson
    if limit <= cases.rule_of(row).most_rows:
        raise InvalidInput.of("limit", "More than the programme expects of one person anyway.")
    work = tasks.work_of(task)
    agreed = work.proposed_by is not None and work.proposed_limit == limit
    if agreed and work.proposed_by == actor.id:
        raise SecondPersonNeeded
    if not agreed:
        tasks.put_work(task, msgspec.structs.replace(work, proposed_limit=limit, proposed_by=actor.id))
        cases.note(row, "rows_proposed", cases.role_of(actor), actor=actor, reason=reason, **_told(task), limit=limit)
        return False
    tasks.put_work(task, msgspec.structs.replace(work, limit=limit, proposed_limit=None, proposed_by=None))
    tasks.make_due(task)
    _go_on(row, task, "rows_allowed", actor, reason, limit=limit)
    return True


def try_again(task_id: UUID, *, actor: Actor, reason: str | None = None) -> None:
    """Have a task done again that was given up or refused; raises `TaskNotFound`, `NotForAPerson`."""
    row, task = _locked(task_id)
    _ensure_asks(task)
    if task.failure == own_changes.NOBODY:
        course.look_again(row, task)
    else:
        tasks.make_due(task)
    _go_on(row, task, "task_tried_again", actor, reason)


def except_task(task_id: UUID, *, actor: Actor, reason: str) -> None:
    """Decide that a task is not done, for a reason that the answer names; raises `TaskNotFound`, `NotForAPerson`.

    Also of one that waits for a system which never ends, or which is away and tried again.
    """
    row, task = _locked(task_id, TaskState.PENDING, TaskState.WAITING)
    if not reason.strip():
        raise InvalidInput.of("reason", "Say why: the person is told.")
    tasks.put_result(task, msgspec.structs.replace(tasks.result_of(task), rows=(), files=(), reason=reason))
    tasks.end(task, TaskState.EXCEPTED, failure=task.failure)
    _go_on(row, task, "task_excepted", actor, reason)


def tell_recipient(task_id: UUID, to: str, *, what: str, whom: str, actor: Actor) -> None:
    """Write to a recipient that data were corrected, erased or restricted (Art. 19), in the open unit of work.

    `to`: its e-mail address; `what` is to be done there; `whom`: by what it knows the person. Raises `TaskNotFound`,
    `NotForAPerson`.
    """
    row, task = _locked(task_id)
    if task.kind != TaskKind.TELL:
        raise NotForAPerson
    facts, locale = {"to": to, "what": what, "whom": whom}, recipients.locale_of(task.system, programmes.current())
    task.reference = str(letters.write(row, LetterKind.RECIPIENT, facts=facts, locale=locale))
    tasks.finish(task, Result())
    _go_on(row, task, "recipient_told", actor, None)


def record_answer(task_id: UUID, answer: str, *, actor: Actor) -> None:
    """Keep what a recipient answered, or how it was told in another way, in the open unit of work.

    Raises `TaskNotFound`, `NotForAPerson`, `InvalidInput`.
    """
    row = cases.lock(tasks.read(task_id).request_id)
    task = tasks.lock(task_id)
    if task.kind != TaskKind.TELL:
        raise NotForAPerson
    if not answer.strip():
        raise InvalidInput.of("answer", "Say what the recipient answered, or how it was told.")
    tasks.finish(task, msgspec.structs.replace(tasks.result_of(task), said=answer))
    _go_on(row, task, "recipient_answered", actor, None)


def file_form(task_id: UUID, form: Form, *, actor: Actor) -> None:
    """File what somebody found or did in a system that nothing but a person reaches; the worker takes it up at once.

    Raises `TaskNotFound`, `NotForAPerson`, `InvalidInput` for a form that states nothing.
    """
    row, task = _locked(task_id, TaskState.PENDING, TaskState.WAITING)
    _ensure_asks(task)
    if task.failure == own_changes.NOBODY:
        raise NotForAPerson
    if not form.statement.strip():
        raise InvalidInput.of("statement", "Say what was looked at or done, and how.")
    tasks.put_work(task, msgspec.structs.replace(tasks.work_of(task), form=form))
    tasks.make_due(task)
    _go_on(row, task, "form_filed", actor, None)


def _locked(task_id: UUID, *others: TaskState) -> tuple[DataSubjectRequest, RequestTask]:
    """The request first, then the task; raises `NotForAPerson` where it waits for nobody."""
    row = cases.lock(tasks.read(task_id).request_id)
    task = tasks.lock(task_id)
    later = row.state == State.ANSWERED and task.kind in {TaskKind.TELL, TaskKind.LIFT}
    if row.state not in {State.EXECUTING, State.REVIEWING} and not later:
        raise NotForAPerson("The request is not under execution.")
    if TaskState(task.state) not in FOR_SOMEBODY | set(others):
        raise NotForAPerson
    return row, task


def _ensure_asks(task: RequestTask) -> None:
    """The task is a worker's to do: nothing is to be decided first, and no recipient to be told by a person."""
    if task.kind == TaskKind.TELL:
        raise NotForAPerson("Tell the recipient, or say how it was told.")
    if task.failure in {course.DOUBTFUL, TooManyRows.code}:
        raise NotForAPerson("It is to be decided, not to be tried again.")


def _end_decided(row: DataSubjectRequest) -> None:
    """Let go of tasks that found the same rows as another, by another spelling, and wait for no row any more."""
    for task in tasks.of_request(row.id, TaskKind.FIND):
        waits = task.state == TaskState.FOR_A_PERSON and task.failure == course.DOUBTFUL
        if waits and not doubtful_rows(task.id):
            tasks.end(task, TaskState.DONE)


def _go_on(
    row: DataSubjectRequest, task: RequestTask, word: str, actor: Actor, reason: str | None, **details: object
) -> None:
    cases.note(row, word, cases.role_of(actor), actor=actor, reason=reason, **_told(task), **details)
    every = tasks.of_request(row.id)
    if row.state == State.REVIEWING and not _for_somebody(every):
        deciding.execute_again(row.id, actor=actor, reason=reason)
    else:
        course.go_on(row)


def _for_somebody(every: Sequence[RequestTask]) -> bool:
    return any(TaskState(task.state) in FOR_SOMEBODY for task in every)


def _told(task: RequestTask) -> dict[str, str]:
    return {"task": str(task.id), "kind": task.kind, "system": task.system, "place": task.place}
