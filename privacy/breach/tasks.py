"""What is to be done about a breach: a standard set that each step opens, and what people add; each with its time.

Tasks run beside the workflow. Some are done by the step that does them. Who does what, and when it was done, is a step
of the breach and stands in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.breach import limits, register
from privacy.breach.failures import BreachTaskEnded, BreachTaskNotFound
from privacy.breach.models import BreachTask, PersonalDataBreach
from privacy.breach.vocabulary import Event, Role, TaskCode, TaskState
from privacy.db import new_id, session
from privacy.errors import InvalidInput
from privacy.programme.law import AUTHORITY

_TABLE = "breach_task"
_HOUR = 3_600 * clock.SECOND
_LONGEST = 500
_MOST = 500

#: Which step opens what, and within how many hours it is to be done. The law names hours for notifications alone; these
#: leave room before them. `None` takes the authority's clock.
OPENED_BY: Mapping[str, Mapping[TaskCode, int | None]] = {
    register.OPENED: {
        TaskCode.OFFICER_TOLD: 4,
        TaskCode.SOURCE_AND_SCOPE: 24,
        TaskCode.CONTAINMENT: 24,
        TaskCode.EVIDENCE: 24,
    },
    Event.BECOME_AWARE: {TaskCode.ASSESSMENT: 24, TaskCode.NOTIFICATION: None},
    Event.DECIDE: {TaskCode.CAUSE: 14 * 24, TaskCode.PREVENTION: 30 * 24},
    Event.NOTIFY_INITIAL: {TaskCode.COMPLETION: 14 * 24},
    Event.START_REVIEW: {TaskCode.LESSONS: 30 * 24},
    Event.REOPEN: {TaskCode.SOURCE_AND_SCOPE: 24, TaskCode.CONTAINMENT: 24, TaskCode.ASSESSMENT: 24},
}
#: What a decision to tell the persons opens besides: they are informed, and helped.
OPENED_BY_TELLING: Mapping[TaskCode, int] = {TaskCode.COMMUNICATION: 24, TaskCode.HELP: 72}
#: Which step does what.
DONE_BY: Mapping[Event, frozenset[TaskCode]] = {
    Event.CONTAIN: frozenset({TaskCode.CONTAINMENT}),
    Event.ASSESS: frozenset({TaskCode.ASSESSMENT}),
    Event.OPINE: frozenset({TaskCode.OFFICER_TOLD}),
    Event.NOTIFY_INITIAL: frozenset({TaskCode.NOTIFICATION}),
    Event.NOTIFY_COMPLETE: frozenset({TaskCode.NOTIFICATION, TaskCode.COMPLETION}),
    Event.COMMUNICATE: frozenset({TaskCode.COMMUNICATION}),
    Event.CLOSE: frozenset({TaskCode.LESSONS}),
}
#: What each is, in words.
TITLES: Mapping[TaskCode, str] = {
    TaskCode.SOURCE_AND_SCOPE: "Identify the source and the scope: which systems, data and persons",
    TaskCode.CONTAINMENT: "End the breach and limit its effects",
    TaskCode.EVIDENCE: "Secure logs and other evidence",
    TaskCode.OFFICER_TOLD: "Involve the data protection officer",
    TaskCode.ASSESSMENT: "Assess in writing what may follow for the persons",
    TaskCode.NOTIFICATION: "Notify the supervisory authority, or decide with reasons that it is not notified",
    TaskCode.COMPLETION: "Complete the notification to the authority",
    TaskCode.COMMUNICATION: "Tell the persons",
    TaskCode.HELP: "Help those affected: a contact that answers, advice, what the controller pays for",
    TaskCode.CAUSE: "Analyse the cause",
    TaskCode.PREVENTION: "Prevent the next one",
    TaskCode.LESSONS: "Write down what was learnt",
    TaskCode.OWN: "",
}


@dataclass(frozen=True)
class TaskView:
    """One task with its words."""

    task: BreachTask
    title: str = field(repr=False)


def open_new(row: PersonalDataBreach) -> None:
    """Open what a breach begins with, before its first step is recorded."""
    _open(row, OPENED_BY[register.OPENED])


def follow(row: PersonalDataBreach, event: Event) -> None:
    """End what the event does, and open what it wants, before its step is recorded."""
    for code in DONE_BY.get(event, frozenset()):
        _end(row, code, TaskState.DONE)
    _open(row, OPENED_BY.get(event, {}))
    if event is Event.REOPEN and row.aware_at is not None:
        _open_notification(row)


def follow_decision(row: PersonalDataBreach, *, notify: bool, tell: bool) -> None:
    """As `follow`, for what a decision wants and what it makes needless; `tell` them, or the public in their place."""
    follow(row, Event.DECIDE)
    if notify:
        _open_notification(row)
    if tell and row.communicated_at is None:
        _open(row, OPENED_BY_TELLING)
    if not notify:
        _end(row, TaskCode.NOTIFICATION, TaskState.DROPPED)
    if not tell:
        _end(row, TaskCode.COMMUNICATION, TaskState.DROPPED)


def follow_clock(row: PersonalDataBreach) -> None:
    """Give the notification the time of its clock, which was set anew."""
    due = limits.authority_clock(row)
    for task in of_breach(row.id):
        if due is not None and (task.code, task.state) == (TaskCode.NOTIFICATION, TaskState.OPEN):
            task.due_at = due.due_at


def drop_all(row: PersonalDataBreach) -> None:
    """End every open task of a breach that was none."""
    for task in of_breach(row.id):
        if task.state == TaskState.OPEN:
            task.state, task.ended_at = TaskState.DROPPED.value, clock.micros()


def all_done(row: PersonalDataBreach, event: Event) -> bool:
    """Whether nothing is open but what the event does itself."""
    done = DONE_BY.get(event, frozenset())
    return all(task.state != TaskState.OPEN or TaskCode(task.code) in done for task in of_breach(row.id))


def add(
    breach_id: UUID,
    title: str,
    due_at: int,
    *,
    actor: Actor,
    owner: str | None = None,
    version: int | None = None,
) -> PersonalDataBreach:
    """Add a task in somebody's own words, in the open unit of work; `owner` is the name of a member of staff.

    Raises `BreachEnded`, `InvalidInput`, `StaffNotFound`.
    """
    actor.require(Permission.BREACHES_HANDLE)
    row = register.lock_open(breach_id, version=version)
    words = register.ensure_words("title", title)
    if len(words) > _LONGEST or not words.isprintable():
        raise InvalidInput.of("title", f"One line of at most {_LONGEST} characters.")
    if len(of_breach(row.id)) >= _MOST:
        raise InvalidInput.of("title", f"At most {_MOST} tasks of one breach.")
    task = _insert(row, TaskCode.OWN, due_at)
    task.owner_id = None if owner is None else access.member(owner)
    task.title_enc = register.key_of(row).seal(_TABLE, "title_enc", task.id, words.encode())
    session().flush()
    _note(row, "task_added", task, actor)
    return row


def assign(
    breach_id: UUID,
    number: int,
    *,
    actor: Actor,
    owner: str | None = None,
    due_at: int | None = None,
    reason: str | None = None,
    version: int | None = None,
) -> PersonalDataBreach:
    """Name who does a task, or until when; another time wants a reason. In the open unit of work."""
    actor.require(Permission.BREACHES_HANDLE)
    row = register.lock_open(breach_id, version=version)
    task = _open_task(row, number)
    if owner is None and due_at is None:
        raise InvalidInput.of("owner", "Say who does it, or until when.")
    if owner is not None:
        task.owner_id = access.member(owner)
    was = task.due_at
    if due_at is not None:
        reason = register.ensure_words("reason", reason)
        task.due_at = due_at
    _note(row, "task_assigned", task, actor, reason, was=clock.isoformat(was), due_at=clock.isoformat(task.due_at))
    return row


def end(
    breach_id: UUID,
    number: int,
    state: TaskState,
    *,
    actor: Actor,
    reason: str | None = None,
    version: int | None = None,
) -> PersonalDataBreach:
    """A task is done, or is dropped with a reason, in the open unit of work.

    Raises `BreachTaskNotFound`, `BreachTaskEnded`, `BreachEnded`, `InvalidInput`.
    """
    actor.require(Permission.BREACHES_HANDLE)
    row = register.lock_open(breach_id, version=version)
    task = _open_task(row, number)
    if state is TaskState.OPEN:
        raise InvalidInput.of("state", "A task ends as done or dropped.")
    if state is TaskState.DROPPED:
        reason = register.ensure_words("reason", reason)
    task.state, task.ended_at = state.value, clock.micros()
    _note(row, f"task_{state.value}", task, actor, reason)
    return row


def of_breach(breach_id: UUID) -> list[BreachTask]:
    """The tasks of a breach in the order in which they were opened."""
    session().flush()  # What this unit has just opened counts.
    query = sa.select(BreachTask).where(BreachTask.breach_id == breach_id).order_by(BreachTask.number)
    return list(session().scalars(query))


def views(row: PersonalDataBreach) -> list[TaskView]:
    """The tasks of a breach with their words, opened."""
    return [TaskView(task, _title(row, task)) for task in of_breach(row.id)]


def _title(row: PersonalDataBreach, task: BreachTask) -> str:
    if task.title_enc is None:
        return TITLES[TaskCode(task.code)]
    return register.key_of(row, task.key_version).open(_TABLE, "title_enc", task.id, task.title_enc).decode()


def _open(row: PersonalDataBreach, wanted: Mapping[TaskCode, int | None] | Mapping[TaskCode, int]) -> None:
    running = {task.code for task in of_breach(row.id) if task.state == TaskState.OPEN}
    now = clock.micros()
    for code, hours in wanted.items():
        if code.value not in running:
            _insert(row, code, now + hours * _HOUR if hours is not None else _authority_due(row, now))


def _open_notification(row: PersonalDataBreach) -> None:
    """What was dropped, since the breach was none or was not to be notified, is to be done after all."""
    if not limits.told_of(limits.notices_of([row.id]), AUTHORITY):
        _open(row, {TaskCode.NOTIFICATION: None})


def _authority_due(row: PersonalDataBreach, now: int) -> int:
    due = limits.authority_clock(row)
    return now if due is None else due.due_at


def _insert(row: PersonalDataBreach, code: TaskCode, due_at: int) -> BreachTask:
    last = session().scalar(sa.select(sa.func.max(BreachTask.number)).where(BreachTask.breach_id == row.id))
    task = BreachTask(
        id=new_id(),
        breach_id=row.id,
        number=(last or 0) + 1,
        code=code.value,
        state=TaskState.OPEN.value,
        owner_id=None,
        due_at=due_at,
        opened_at=clock.micros(),
        ended_at=None,
        title_enc=None,
        key_version=register.key_of(row).version,
    )
    session().add(task)
    session().flush()  # The next one's number counts it.
    return task


def _end(row: PersonalDataBreach, code: TaskCode, state: TaskState) -> None:
    for task in of_breach(row.id):
        if (task.code, task.state) == (code, TaskState.OPEN):
            task.state, task.ended_at = state.value, clock.micros()


def _open_task(row: PersonalDataBreach, number: int) -> BreachTask:
    found = next((task for task in of_breach(row.id) if task.number == number), None)
    if found is None:
        raise BreachTaskNotFound
    if found.state != TaskState.OPEN:
        raise BreachTaskEnded
    return found


def _note(
    row: PersonalDataBreach, word: str, task: BreachTask, actor: Actor, reason: str | None = None, **details: str
) -> None:
    told = {"task": task.number, "code": task.code, **details}
    register.note(row, word, Role.HANDLER, actor=actor, reason=reason, **told)
