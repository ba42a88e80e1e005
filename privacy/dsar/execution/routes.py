"""Decisions about the tasks of a request over HTTP: forms, doubtful rows, exceptions, recipients who are told."""

from __future__ import annotations

from uuid import UUID

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.dsar import shown, views
from privacy.dsar.execution import decisions, task_views, tasks
from privacy.dsar.execution.schemas import (
    AgainIn,
    ExceptIn,
    FormIn,
    LimitIn,
    RecipientAnswerIn,
    RowsDecidedIn,
    TaskOpenedOut,
    TellIn,
)
from privacy.dsar.schemas import TaskOut
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import Blueprint
from privacy.http.unit import writes

request_tasks = Blueprint(
    "request_tasks",
    __name__,
    url_prefix="/api/v1/requests",
    description="What somebody must decide before the execution of a request goes on.",
)
_TASK = "/<uuid:request_id>/tasks/<uuid:task_id>"


@request_tasks.post(f"{_TASK}/open")
@require(Permission.REQUESTS_SEARCH)
@writes
@request_tasks.answers(200, TaskOpenedOut)
@request_tasks.problems(404)
def open_task(request_id: UUID, task_id: UUID) -> TaskOpenedOut:
    """What a task looks for, and what it found doubtful. That somebody read it is in the log."""
    return shown.opened_task(task_views.open_task(request_id, task_id, actor=current_actor()))


@request_tasks.post(f"{_TASK}/form")
@require(Permission.REQUESTS_HANDLE)
@request_tasks.body(FormIn, max_bytes=20_000_000)
@writes
@request_tasks.answers(200, TaskOut)
@request_tasks.problems(404)
def file_form(body: FormIn, request_id: UUID, task_id: UUID) -> TaskOut:
    """Say what was found or done in a system that only a person can look into."""
    _ours(request_id, task_id)
    actor = current_actor()
    decisions.file_form(task_id, body.filed(actor.id, clock.micros()), actor=actor)
    return _task(task_id)


@request_tasks.post(f"{_TASK}/rows")
@require(Permission.REQUESTS_HANDLE)
@request_tasks.body(RowsDecidedIn)
@writes
@request_tasks.answers(200, TaskOut)
@request_tasks.problems(404)
def decide_rows(body: RowsDecidedIn, request_id: UUID, task_id: UUID) -> TaskOut:
    """Say of each doubtful row whether it is the person's."""
    _ours(request_id, task_id)
    decisions.decide_rows(task_id, body.rows, actor=current_actor(), reason=body.reason)
    return _task(task_id)


@request_tasks.post(f"{_TASK}/limit")
@require(Permission.REQUESTS_HANDLE)
@request_tasks.body(LimitIn)
@writes
@request_tasks.answers(200, TaskOut)
@request_tasks.problems(404)
def allow_rows(body: LimitIn, request_id: UUID, task_id: UUID) -> TaskOut:
    """Agree that one person has so many rows; it goes on once a second person said the same."""
    _ours(request_id, task_id)
    decisions.allow_rows(task_id, body.limit, actor=current_actor(), reason=body.reason)
    return _task(task_id)


@request_tasks.post(f"{_TASK}/try-again")
@require(Permission.REQUESTS_HANDLE)
@request_tasks.body(AgainIn)
@writes
@request_tasks.answers(200, TaskOut)
@request_tasks.problems(404)
def try_again(body: AgainIn, request_id: UUID, task_id: UUID) -> TaskOut:
    """Have a task done again that was given up or refused."""
    _ours(request_id, task_id)
    decisions.try_again(task_id, actor=current_actor(), reason=body.reason)
    return _task(task_id)


@request_tasks.post(f"{_TASK}/except")
@require(Permission.REQUESTS_HANDLE)
@request_tasks.body(ExceptIn)
@writes
@request_tasks.answers(200, TaskOut)
@request_tasks.problems(404)
def except_task(body: ExceptIn, request_id: UUID, task_id: UUID) -> TaskOut:
    """Decide that a task is not done, for a reason that the answer to the person names."""
    _ours(request_id, task_id)
    decisions.except_task(task_id, actor=current_actor(), reason=body.reason)
    return _task(task_id)


@request_tasks.post(f"{_TASK}/tell")
@require(Permission.REQUESTS_HANDLE)
@request_tasks.body(TellIn)
@writes
@request_tasks.answers(200, TaskOut)
@request_tasks.problems(404)
def tell_recipient(body: TellIn, request_id: UUID, task_id: UUID) -> TaskOut:
    """Tell a recipient by letter what was corrected, erased or restricted (Art. 19)."""
    _ours(request_id, task_id)
    decisions.tell_recipient(task_id, body.to, what=body.what, whom=body.whom, actor=current_actor())
    return _task(task_id)


@request_tasks.post(f"{_TASK}/answer")
@require(Permission.REQUESTS_HANDLE)
@request_tasks.body(RecipientAnswerIn)
@writes
@request_tasks.answers(200, TaskOut)
@request_tasks.problems(404)
def record_answer(body: RecipientAnswerIn, request_id: UUID, task_id: UUID) -> TaskOut:
    """Keep what a recipient answered, or how it was told in another way."""
    _ours(request_id, task_id)
    decisions.record_answer(task_id, body.answer, actor=current_actor())
    return _task(task_id)


def _ours(request_id: UUID, task_id: UUID) -> None:
    """The task is one of this request, which the actor may know of; raises `RequestNotFound`, `TaskNotFound`."""
    task_views.task_of(views.visible(request_id, actor=current_actor()), task_id)


def _task(task_id: UUID) -> TaskOut:
    return shown.task(tasks.read(task_id))
