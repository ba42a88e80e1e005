"""What is to be done about a breach: by whom, until when; done, dropped with a reason, or added."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from flask import Response, url_for
from msgspec import Meta

from privacy import clock
from privacy.access import service as access
from privacy.authz.permissions import Permission
from privacy.breach import service as breach
from privacy.breach.service import PersonalDataBreach, TaskCode, TaskState, TaskView
from privacy.console.blueprint import console
from privacy.console.breaches import case
from privacy.console.breaches.words import TASK_STATES, TASKS
from privacy.errors import InvalidInput, NotFound
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import gettext, lazy_gettext
from privacy.pages.rendering import done
from privacy.pages.tables import Choice, Column, Kind, as_csv, table

_HANDLE = needs(Permission.BREACHES_HANDLE)
_Reason = Annotated[str, Meta(max_length=4_000)]


class _Added(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    title: Annotated[str, Meta(max_length=500)]
    due_at: str
    owner: str | None = None


class _Assigned(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    owner: str | None = None
    due_at: str | None = None
    reason: _Reason | None = None


class _Ended(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    state: TaskState
    reason: _Reason | None = None


def title(one: TaskView) -> str:
    """What is to be done, in the language of the page; what somebody added stands in their words."""
    code = TaskCode(one.task.code)
    return one.title if code is TaskCode.OWN else str(TASKS[code])


def _sign(one: TaskView) -> str:
    late = one.task.state == TaskState.OPEN and one.task.due_at < clock.micros()
    return "late" if late else TASK_STATES[TaskState(one.task.state)][1]


def _columns(row: PersonalDataBreach, names: dict[UUID, str]) -> tuple[Column[TaskView], ...]:
    return (
        Column(
            "what",
            lazy_gettext("Task"),
            title,
            link=lambda one: url_for("console.breaches_task", breach_id=row.id, task_number=one.task.number),
        ),
        Column(
            "state",
            lazy_gettext("State"),
            lambda one: TASK_STATES[TaskState(one.task.state)][0],
            order=lambda one: one.task.state,
            sign=_sign,
        ),
        Column(
            "owner", lazy_gettext("By whom"), lambda one: names.get(one.task.owner_id) if one.task.owner_id else None
        ),
        Column("due", lazy_gettext("Until"), lambda one: one.task.due_at, Kind.MOMENT),
        Column("ended", lazy_gettext("Ended at"), lambda one: one.task.ended_at, Kind.MOMENT),
    )


@console.page("/breaches/<uuid:breach_id>/tasks", guard=_HANDLE)
def breaches_tasks(breach_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """Every task, and a form for another one."""
    row = case.found(breach_id)
    found = breach.tasks(row)
    names = case.named({one.task.owner_id for one in found if one.task.owner_id})
    states = Choice[TaskView](
        "state",
        lazy_gettext("State"),
        [(state.value, TASK_STATES[state][0]) for state in TaskState],
        lambda one, wanted: one.task.state == wanted,
    )
    made = table(gettext("Tasks"), _columns(row, names), found, choices=[states], breach_id=row.id)
    return as_csv(made, f"{row.number}-tasks") or case.shown("tasks", row, table=made, errors=errors, staff=_staff())


@console.form("/breaches/<uuid:breach_id>/tasks", guard=_HANDLE, again=breaches_tasks)
def breaches_task_add(breach_id: UUID) -> Response:
    """Add something else that is to be done."""
    row, given = case.found(breach_id), read_form(_Added)
    due_at = case.moment(given.due_at, "due_at")
    if due_at is None:
        raise InvalidInput.of("due_at", "This field is required.")
    with case.told_beside_the_form():
        breach.add_task(row.id, given.title, due_at, actor=current_actor(), owner=given.owner, version=given.version)
    return done("console.breaches_tasks", "breach-step-taken", breach_id=row.id)


@console.page("/breaches/<uuid:breach_id>/tasks/<int:task_number>", guard=_HANDLE)
def breaches_task(breach_id: UUID, task_number: int, errors: FormErrors = NO_ERRORS) -> Response:
    """One task."""
    row, one = _task(breach_id, task_number)
    state, _ = TASK_STATES[TaskState(one.task.state)]
    owner = case.named({one.task.owner_id}).get(one.task.owner_id) if one.task.owner_id else None
    return case.shown(
        "task",
        row,
        errors=errors,
        task=one.task,
        title=title(one),
        state=state,
        sign=_sign(one),
        owner=owner,
        staff=_staff(),
        is_open=one.task.state == TaskState.OPEN and row.ended_at is None,
        reason=case.suggested(row, breach.story.WHY["task"]),
        due_at=case.as_filled(one.task.due_at),
    )


@console.form("/breaches/<uuid:breach_id>/tasks/<int:task_number>/assign", guard=_HANDLE, again=breaches_task)
def breaches_task_assign(breach_id: UUID, task_number: int) -> Response:
    """Say who does it, or until when."""
    (row, one), given = _task(breach_id, task_number), read_form(_Assigned)
    due_at = case.moment(given.due_at, "due_at")
    # A form shows times to the minute: the same minute is the same time.
    if due_at is not None and due_at // clock.MINUTE == one.task.due_at // clock.MINUTE:
        due_at = None
    with case.told_beside_the_form():
        breach.assign_task(
            row.id,
            task_number,
            actor=current_actor(),
            owner=given.owner,
            due_at=due_at,
            reason=given.reason,
            version=given.version,
        )
    return done("console.breaches_tasks", "breach-step-taken", breach_id=row.id)


@console.form("/breaches/<uuid:breach_id>/tasks/<int:task_number>/end", guard=_HANDLE, again=breaches_task)
def breaches_task_end(breach_id: UUID, task_number: int) -> Response:
    """It is done, or dropped with a reason."""
    (row, _), given = _task(breach_id, task_number), read_form(_Ended)
    with case.told_beside_the_form():
        breach.end_task(
            row.id, task_number, given.state, actor=current_actor(), reason=given.reason, version=given.version
        )
    return done("console.breaches_tasks", "breach-step-taken", breach_id=row.id)


def _task(breach_id: UUID, number: int) -> tuple[PersonalDataBreach, TaskView]:
    row = case.found(breach_id)
    one = next((one for one in breach.tasks(row) if one.task.number == number), None)
    if one is None:
        raise NotFound
    return row, one


def _staff() -> list[tuple[str, str]]:
    """Those who may be named, by name."""
    return [("", ""), *((one.name, one.name) for one in access.list_staff() if one.disabled_at is None)]
