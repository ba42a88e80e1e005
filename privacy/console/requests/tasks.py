"""One task of an execution: what it is, and what somebody decides about it so that the execution goes on."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from flask import Response, request
from msgspec import Meta

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.counter.sayings import kind_names
from privacy.console.requests import words
from privacy.console.requests.actions import plainly
from privacy.console.requests.listing import READ, SEARCH
from privacy.console.requests.one import ONE, Nothing, head, task_line
from privacy.dsar import service as dsar
from privacy.dsar.service import Form, OpenedTask
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import locale
from privacy.pages.rendering import done, render
from privacy.programme import service as programmes

_HANDLE = needs(Permission.REQUESTS_HANDLE)
_GRAVE = needs(Permission.REQUESTS_HANDLE, fresh=True)
_TASK = "/requests/<uuid:request_id>/tasks/<uuid:task_id>"
_DECIDED = "task-decided"
#: Scans and exports, together.
_LARGEST, _MOST_FILES, _LONGEST_FILE_NAME = 20_000_000, 50, 200
_Wanted = Annotated[str, Meta(min_length=1, max_length=4_000)]
_Text = Annotated[str, Meta(max_length=20_000)]
_Number = Annotated[int, Meta(ge=0, le=1_000_000)]
#: What was done by hand is counted in rows, sheets or whatever there is: one word for them all.
_COUNTED = "rows"


class _Filed(msgspec.Struct, forbid_unknown_fields=True):
    statement: _Text = ""
    could_not: bool = False
    deleted: _Number = 0
    changed: _Number = 0


class _Rows(msgspec.Struct, forbid_unknown_fields=True):
    reason: _Wanted
    every: list[str] = []
    theirs: list[str] = []


class _Limit(msgspec.Struct, forbid_unknown_fields=True):
    limit: Annotated[int, Meta(ge=1, le=10_000_000)]
    why: _Wanted


class _Again(msgspec.Struct, forbid_unknown_fields=True):
    note: Annotated[str, Meta(max_length=4_000)] = ""


class _Excepted(msgspec.Struct, forbid_unknown_fields=True):
    because: _Wanted


class _Told(msgspec.Struct, forbid_unknown_fields=True):
    to: Annotated[str, Meta(min_length=3, max_length=320)]
    what: _Wanted
    whom: Annotated[str, Meta(min_length=1, max_length=512)]


class _Answered(msgspec.Struct, forbid_unknown_fields=True):
    answer: _Wanted


@console.page(_TASK, guard=READ)
def requests_task(request_id: UUID, task_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """One task, without what it looks for."""
    return _page(request_id, task_id, errors, None)


@console.form(f"{_TASK}/open", guard=SEARCH)
def requests_task_open(request_id: UUID, task_id: UUID) -> Response:
    """The same with what it looks for, and what it found doubtful. That somebody read it is in the log."""
    read_form(Nothing)
    return _page(request_id, task_id, NO_ERRORS, dsar.open_task(request_id, task_id, actor=current_actor()))


@console.form(f"{_TASK}/form", guard=_HANDLE, again=requests_task, largest_file=_LARGEST)
def requests_task_form(request_id: UUID, task_id: UUID) -> Response:
    """Say what was found or done in a system that only a person can look into."""
    given, actor = read_form(_Filed), current_actor()
    form = Form(
        actor.id,
        clock.micros(),
        given.statement,
        not given.could_not,
        files=_files(),
        deleted={_COUNTED: given.deleted} if given.deleted else {},
        changed={_COUNTED: given.changed} if given.changed else {},
    )
    with plainly():
        dsar.file_form(_ours(request_id, task_id), form, actor=actor)
    return done(ONE, _DECIDED, request_id=request_id)


@console.form(f"{_TASK}/rows", guard=_HANDLE, again=requests_task)
def requests_task_rows(request_id: UUID, task_id: UUID) -> Response:
    """Say of every doubtful row whether it is the person's."""
    given = read_form(_Rows)
    verdicts = {row: row in given.theirs for row in given.every}
    with plainly():
        dsar.decide_rows(_ours(request_id, task_id), verdicts, actor=current_actor(), reason=given.reason)
    return done(ONE, _DECIDED, request_id=request_id)


@console.form(f"{_TASK}/limit", guard=_GRAVE, again=requests_task)
def requests_task_limit(request_id: UUID, task_id: UUID) -> Response:
    """Agree that one person has so many rows; it goes on once a second person said the same."""
    given = read_form(_Limit)
    with plainly():
        both = dsar.allow_rows(_ours(request_id, task_id), given.limit, actor=current_actor(), reason=given.why)
    return done(ONE, _DECIDED if both else "rows-proposed", request_id=request_id)


@console.form(f"{_TASK}/try-again", guard=_HANDLE, again=requests_task)
def requests_task_again(request_id: UUID, task_id: UUID) -> Response:
    """Have it done again."""
    given = read_form(_Again)
    with plainly():
        dsar.try_again(_ours(request_id, task_id), actor=current_actor(), reason=given.note or None)
    return done(ONE, _DECIDED, request_id=request_id)


@console.form(f"{_TASK}/except", guard=_HANDLE, again=requests_task)
def requests_task_except(request_id: UUID, task_id: UUID) -> Response:
    """Decide that it is not done, for a reason that the answer names."""
    given = read_form(_Excepted)
    with plainly():
        dsar.except_task(_ours(request_id, task_id), actor=current_actor(), reason=given.because)
    return done(ONE, _DECIDED, request_id=request_id)


@console.form(f"{_TASK}/tell", guard=_HANDLE, again=requests_task)
def requests_task_tell(request_id: UUID, task_id: UUID) -> Response:
    """Tell a recipient by letter what was corrected, erased or restricted (Art. 19)."""
    given = read_form(_Told)
    with plainly():
        task = _ours(request_id, task_id)
        dsar.tell_recipient(task, given.to, what=given.what, whom=given.whom, actor=current_actor())
    return done(ONE, _DECIDED, request_id=request_id)


@console.form(f"{_TASK}/answer", guard=_HANDLE, again=requests_task)
def requests_task_answer(request_id: UUID, task_id: UUID) -> Response:
    """Keep what a recipient answered, or how it was told in another way."""
    given = read_form(_Answered)
    with plainly():
        dsar.record_answer(_ours(request_id, task_id), given.answer, actor=current_actor())
    return done(ONE, _DECIDED, request_id=request_id)


def _ours(request_id: UUID, task_id: UUID) -> UUID:
    """The task, if it is one of this request, which this member of staff may know of."""
    return dsar.task_of(dsar.visible(request_id, actor=current_actor()), task_id).id


def _page(request_id: UUID, task_id: UUID, errors: FormErrors, opened: OpenedTask | None) -> Response:
    shown, programme, permissions = head(request_id), programmes.current(), current_actor().permissions
    task = dsar.task_of(shown["row"], task_id)
    handles = Permission.REQUESTS_HANDLE in permissions
    return render(
        "requests/task.html",
        **shown,
        errors=errors,
        task=task,
        line=task_line(task, programme),
        opened=opened,
        kinds=dict(kind_names(programme, locale())),
        offered=dsar.decisions_about(shown["row"], task) if handles else frozenset(),
        may_read_more=Permission.REQUESTS_SEARCH in permissions,
        where=words.system(task.system, programme),
    )


def _files() -> tuple[tuple[str, bytes], ...]:
    given = [one for one in request.files.getlist("files") if one.filename]
    if len(given) > _MOST_FILES:
        raise InvalidInput.of("files", "At most 50 files at once.")
    return tuple(((one.filename or "")[:_LONGEST_FILE_NAME], one.stream.read()) for one in given)
