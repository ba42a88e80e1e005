"""One task for whoever has to decide about it: what is looked for, what is doubtful, who looks and how.

It names the person, so that it was read is in the log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.dsar import audited, views
from privacy.dsar.execution import course, own_changes, tasks
from privacy.dsar.execution.decisions import DoubtfulRow, doubtful_rows
from privacy.dsar.execution.tasks import FOR_SOMEBODY
from privacy.dsar.failures import TaskNotFound
from privacy.dsar.models import DataSubjectRequest, RequestTask
from privacy.dsar.vocabulary import State, TaskKind, TaskState
from privacy.programme import service as programmes
from privacy.programme.connector_settings import manual_settings
from privacy.programme.data_map import ConnectorKind
from privacy.systems.connector import TooManyRows


@dataclass(frozen=True)
class OpenedTask:
    """A task with what is needed to decide about it."""

    task: RequestTask
    #: By which values it looks, by field or kind of identifier.
    asked: Mapping[str, Sequence[str | int]] = field(repr=False)
    #: Rows that may be somebody else's.
    doubtful: Sequence[DoubtfulRow] = field(repr=False)
    #: More rows than are expected of one person, which somebody has proposed to allow.
    proposed_limit: int | None
    #: Of a system that only a person can look into: who does it, and how, in the first language of the programme.
    who: str | None
    instructions: str | None


def task_of(row: DataSubjectRequest, task_id: UUID) -> RequestTask:
    """A task of this very request; raises `TaskNotFound`."""
    task = tasks.read(task_id)
    if task.request_id != row.id:
        raise TaskNotFound
    return task


def open_task(request_id: UUID, task_id: UUID, *, actor: Actor) -> OpenedTask:
    """A task with what it looks for and what it found doubtful, opened in the open unit of work.

    That somebody read it is in the log. Raises `RequestNotFound`, `TaskNotFound`, `NotPermitted`.
    """
    actor.require(Permission.REQUESTS_SEARCH)
    row = views.visible(request_id, actor=actor)
    task = task_of(row, task_id)
    told = {"number": row.number, "task": str(task.id), "kind": task.kind, "system": task.system}
    audited.record("request.task_opened", row, actor=actor, details=told)
    work = tasks.work_of(task)
    who, instructions = _by_hand(task.system)
    return OpenedTask(
        task,
        {key.name: key.values for key in work.keys},
        doubtful_rows(task.id),
        work.proposed_limit,
        who,
        instructions,
    )


def waits_for_second(row: DataSubjectRequest) -> bool:
    """Whether one person has proposed that somebody has more rows than expected, and another has to agree."""
    halted = (task for task in tasks.of_request(row.id) if task.failure == TooManyRows.code)
    return any(tasks.work_of(task).proposed_by is not None for task in halted if TaskState(task.state) in FOR_SOMEBODY)


def decisions_about(row: DataSubjectRequest, task: RequestTask) -> frozenset[str]:
    """What somebody may decide about a task now, by the names of the addresses of `decisions`.

    For pages, which offer nothing that is refused anyway.
    """
    state, told = TaskState(task.state), task.kind == TaskKind.TELL
    found = {"answer"} if told else set[str]()
    later = row.state == State.ANSWERED and task.kind in {TaskKind.TELL, TaskKind.LIFT}
    if row.state not in {State.EXECUTING, State.REVIEWING} and not later:
        return frozenset(found)
    by_hand = _by_hand(task.system)[0] is not None
    if state in FOR_SOMEBODY:
        return frozenset({*found, "except", *_of_a_waiting(task, by_hand=by_hand)})
    if state in {TaskState.PENDING, TaskState.WAITING}:
        return frozenset({*found, "except", *({"form"} if by_hand and not told else ())})
    return frozenset(found)


def _of_a_waiting(task: RequestTask, *, by_hand: bool) -> set[str]:
    if task.kind == TaskKind.TELL:
        return {"tell"}
    if task.failure == course.DOUBTFUL:
        return {"rows"}
    if task.failure == TooManyRows.code:
        return {"limit"}
    return {"try-again", *({"form"} if by_hand and task.failure != own_changes.NOBODY else ())}


def _by_hand(code: str) -> tuple[str | None, str | None]:
    programme = programmes.current()
    system = programme.systems.get(code)
    if system is None or system.connector is not ConnectorKind.MANUAL:
        return None, None
    settings = manual_settings(system.settings)
    return settings.who, settings.instructions.get(programme.jurisdiction.locales[0])
