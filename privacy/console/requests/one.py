"""One request on one page: its days, what was decided, every system, letters, course. It reads without a script.

What it says of a person is shown by a form alone, since the log tells who read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from flask import Response, jsonify

from privacy import clock
from privacy.access import service as access
from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.consent_charts import purpose_name
from privacy.console.counter.sayings import kind_names
from privacy.console.requests import actions, words
from privacy.console.requests.listing import READ, SEARCH
from privacy.db import end_read
from privacy.dsar import service as dsar
from privacy.dsar.service import (
    CaseType,
    Intake,
    LetterView,
    Opened,
    ProofLevel,
    RequestView,
    Role,
    State,
    StepView,
    TaskKind,
    TaskState,
)
from privacy.http.auth import current_actor
from privacy.legal_time import days
from privacy.pages.forms import read_form
from privacy.pages.languages import lazy_gettext, locale
from privacy.pages.rendering import download, render
from privacy.programme import service as programmes
from privacy.programme.types import Programme

ONE = "console.requests_one"
#: While it stands so, its tasks move by themselves.
_MOVING = frozenset({State.EXECUTING, State.REVIEWING, State.ANSWERING})


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """A form that brings nothing but itself."""


@dataclass(frozen=True)
class TaskLine:
    """A task in a line."""

    id: UUID
    kind: Any
    system: str
    place: str
    state: str
    sign: str
    failure: str
    found: int
    deleted: int
    changed: int
    attempts: int


@dataclass(frozen=True)
class CourseLine:
    """A step of the course in a line."""

    at: int
    text: str
    #: Who took it, by name where somebody of ours did.
    who: str
    reason: str | None = field(repr=False)
    #: Whether the person wrote it.
    of_the_person: bool


@console.page("/requests/<uuid:request_id>", guard=READ)
def requests_one(request_id: UUID) -> Response:
    """One request."""
    return _page(request_id, None)


@console.form("/requests/<uuid:request_id>/open", guard=SEARCH)
def requests_open(request_id: UUID) -> Response:
    """The same with who asks and what they say. That somebody read it is in the log."""
    read_form(Nothing)
    return _page(request_id, dsar.open_matter(request_id, actor=current_actor()))


@console.page("/requests/<uuid:request_id>/now", guard=READ)
def requests_now(request_id: UUID) -> Response:
    """For the script of the page: how far it is, and nothing of anybody."""
    row = dsar.visible(request_id, actor=current_actor())
    state, sign = words.state(row.state, row.outcome)
    tasks = [
        {
            "id": str(one.id),
            "state": one.state,
            "sign": one.sign,
            "found": one.found,
            "deleted": one.deleted,
            "changed": one.changed,
        }
        for one in _tasks(row, programmes.current())
    ]
    moving = State(row.state) in _MOVING
    end_read()
    return jsonify(version=row.version, state=state, sign=sign, moving=moving, tasks=tasks)


@console.form("/requests/<uuid:request_id>/letters/<uuid:letter_id>", guard=SEARCH)
def requests_letter(request_id: UUID, letter_id: UUID) -> Response:
    """A letter as it was written. That somebody read it is in the log."""
    read_form(Nothing)
    found = dsar.read_letter(request_id, letter_id, actor=current_actor())
    row = dsar.visible(request_id, actor=current_actor())
    title = words.LETTERS[found.view.kind]
    return render("requests/letter.html", letter=found, title=title, row=row)


@console.form("/requests/<uuid:request_id>/letters/<uuid:letter_id>/pdf", guard=SEARCH)
def requests_letter_pdf(request_id: UUID, letter_id: UUID) -> Response:
    """The same for a window envelope."""
    read_form(Nothing)
    found = dsar.read_letter(request_id, letter_id, actor=current_actor())
    return download(dsar.letter_pdf(found), "application/pdf", f"letter-{letter_id}.pdf")


def head(request_id: UUID) -> Mapping[str, Any]:
    """What every page about a request says first; raises `RequestNotFound`."""
    actor, programme = current_actor(), programmes.current()
    row = dsar.visible(request_id, actor=actor)
    view = dsar.view(row)
    state, sign = words.state(row.state, row.outcome)
    left, left_sign = words.left(view.days_left)
    return {
        "row": row,
        "view": view,
        "title": words.KINDS[CaseType(row.case_type)],
        "state_text": state,
        "state_sign": sign,
        "left": left,
        "left_sign": left_sign,
        "controller": words.controller(row.controller, programme),
        "possible": actions.possible(row, actor),
        "purpose_name": purpose_name,
    }


def _page(request_id: UUID, opened: Opened | None) -> Response:
    actor, programme = current_actor(), programmes.current()
    row = dsar.visible(request_id, actor=actor)
    view, package = dsar.view(row), dsar.package_of(row.id)
    steps = opened.steps if opened is not None else dsar.steps(row, actor=actor)
    review = package is None and row.state == State.REVIEWING and CaseType(row.case_type) in actions.HANDED_OUT
    return render(
        "requests/one.html",
        **head(request_id),
        opened=opened,
        intake=words.INTAKES[Intake(row.intake)],
        proof=words.PROOFS[ProofLevel(row.proof_level)],
        times=dsar.times(row),
        rule=programme.request_rule(row.case_type, days.day_of(row.received_at, programme.zone)),
        now=clock.micros(),
        due_at=days.end_of(view.due_on, programme.zone),
        tasks=_tasks(row, programme),
        moving=State(row.state) in _MOVING,
        course=_course(steps),
        letters=_letters(request_id),
        package=package,
        review=review,
        kinds=dict(kind_names(programme, locale())),
        grounds=words.GROUNDS,
        joined=_joined(view),
        sections=actions.sections(row, actor),
        may_read_more=Permission.REQUESTS_SEARCH in actor.permissions,
    )


def _tasks(row: Any, programme: Programme) -> list[TaskLine]:
    return [task_line(one, programme) for one in dsar.tasks(row) if one.look >= 0]


def task_line(one: Any, programme: Programme) -> TaskLine:
    """A task as tables show it."""
    text, sign = words.TASK_STATES[TaskState(one.state)]
    return TaskLine(
        one.id,
        words.TASK_KINDS[TaskKind(one.kind)],
        words.system(one.system, programme),
        one.place,
        str(text),
        sign,
        words.failure(one.failure),
        one.found,
        one.deleted,
        one.changed,
        one.attempts,
    )


def _course(steps: Sequence[StepView]) -> list[CourseLine]:
    names = access.principals({one.step.actor_id for one in steps})
    found = []
    for one in steps:
        step, role = one.step, Role(one.step.role)
        known = names.get(step.actor_id)
        told = role in {Role.STAFF, Role.SECOND} and known is not None
        who = known.name if told and known is not None else str(words.ROLES[role])
        found.append(CourseLine(step.at, words.step(step.event), who, one.reason, role is Role.PERSON))
    return found


def _letters(request_id: UUID) -> list[tuple[LetterView, Any]]:
    return [(one, words.LETTERS[one.kind]) for one in dsar.written(request_id, actor=current_actor())]


def _joined(view: RequestView) -> RequestView | None:
    """The earlier request that goes on in place of this one."""
    if view.row.joined_to is None:
        return None
    return dsar.view(dsar.visible(view.row.joined_to, actor=current_actor()))


console.says_after(
    {
        "request-opened": lazy_gettext("The request is recorded. Its clock runs from the day of receipt."),
        "request-moved": lazy_gettext("Done. Below you see where the request stands now."),
        "request-decided": lazy_gettext("The decision is recorded."),
        "task-decided": lazy_gettext("Recorded. The execution goes on by itself once nothing waits for a person."),
        "rows-proposed": lazy_gettext("Recorded. A second person has to say the same number."),
        "review-decided": lazy_gettext("Recorded."),
    }
)
