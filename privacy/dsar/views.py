"""Requests as they are shown: lists without personal data, one request with its days, its steps, its tasks.

What a request holds about a person is opened for those who handle it alone, and that is in the log.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor, ActorKind, Realm
from privacy.authz.permissions import Permission
from privacy.db import session
from privacy.dsar import audited, cases, timing
from privacy.dsar.correspondence import letters
from privacy.dsar.correspondence.letters import Letter, LetterView
from privacy.dsar.deadlines import Deadlines
from privacy.dsar.failures import RequestNotFound
from privacy.dsar.matter import Decision, Matter
from privacy.dsar.models import DataSubjectRequest, RequestStep, RequestTask
from privacy.dsar.vocabulary import CaseType, State
from privacy.errors import InvalidInput
from privacy.legal_time import days
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming

MOST_ON_A_PAGE = 500
_NUMBER = re.compile(r"(?:test/)?[0-9]{4}/[0-9]{6}", re.ASCII)
#: Who sees nothing of what others opened.
_OWN_ONLY = frozenset({ActorKind.CLIENT, ActorKind.PERSON})
_PLACE = re.compile(r"(-?[0-9]{1,7})\.([0-9a-f-]{36})", re.ASCII)


@dataclass(frozen=True)
class RequestView:
    """One request without personal data."""

    row: DataSubjectRequest
    #: Days from today until it is due; negative once it is overdue, None once it has ended.
    days_left: int | None
    due_on: date
    nominal_on: date
    #: The day of receipt where the controller is.
    received_on: date


@dataclass(frozen=True)
class Asked:
    """Which requests a list is of."""

    state: State | None = None
    case_type: CaseType | None = None
    #: Due before this day.
    due_before: date | None = None
    #: Those that nobody has ended.
    is_open: bool = False
    #: Those that have ended.
    is_ended: bool = False
    #: The controller's code.
    controller: str | None = None
    #: The place that the page before ended at.
    after: str | None = None
    limit: int = 100


@dataclass(frozen=True)
class Page:
    """Requests by the day on which they are due."""

    requests: Sequence[RequestView]
    #: Give it as `after` for the next page; None where there is no more.
    next: str | None


@dataclass(frozen=True)
class StepView:
    """One step, its reason opened."""

    step: RequestStep
    reason: str | None = field(repr=False)


@dataclass(frozen=True)
class Opened:
    """What a request holds."""

    matter: Matter = field(repr=False)
    decision: Decision | None = field(repr=False)
    #: Its course with every reason, what the person wrote among them.
    steps: Sequence[StepView] = field(repr=False)


def visible(request_id: UUID, *, actor: Actor) -> DataSubjectRequest:
    """The request, if this actor may know of it; raises `RequestNotFound`.

    Staff see those of their realm, a machine those that it opened itself, and a person those of the same session.
    """
    row = cases.read(request_id)
    if row.realm != actor.realm.value or (actor.kind in _OWN_ONLY and not _opened_by(row, actor)):
        raise RequestNotFound
    return row


def named(text: str, *, actor: Actor) -> DataSubjectRequest:
    """The request of a number (`2026/000123`) or an id; raises `RequestNotFound`."""
    if _NUMBER.fullmatch(text):
        found = session().scalar(sa.select(DataSubjectRequest.id).where(DataSubjectRequest.number == text))
        if found is not None:
            return visible(found, actor=actor)
        raise RequestNotFound
    try:
        return visible(UUID(text), actor=actor)
    except ValueError:
        raise RequestNotFound("A request is named by its number, like 2026/000123, or its id.") from None


def view(row: DataSubjectRequest) -> RequestView:
    """A request as lists show it."""
    zone = programmes.current().zone
    today = days.day_of(clock.micros(), zone)
    due_on = days.named(row.due_on)
    left = None if State(row.state).ended else (due_on - today).days
    return RequestView(row, left, due_on, days.named(row.nominal_on), days.day_of(row.received_at, zone))


def times(row: DataSubjectRequest) -> Deadlines:
    """Every day that matters for a request, both where the law is open."""
    return timing.times_of(row)


def page(asked: Asked, *, actor: Actor) -> Page:
    """Requests that the actor may know of, soonest due first. Raises `InvalidInput` for a wrong place."""
    query = sa.select(DataSubjectRequest).where(DataSubjectRequest.realm == actor.realm.value)
    if asked.state is not None:
        query = query.where(DataSubjectRequest.state == asked.state.value)
    if asked.is_open != asked.is_ended:
        query = query.where(DataSubjectRequest.state.in_([one.value for one in State if one.ended is asked.is_ended]))
    if asked.controller is not None:
        query = query.where(DataSubjectRequest.controller == asked.controller)
    if asked.case_type is not None:
        query = query.where(DataSubjectRequest.case_type == asked.case_type.value)
    if asked.due_before is not None:
        query = query.where(DataSubjectRequest.due_on < days.numbered(asked.due_before))
    if actor.kind in _OWN_ONLY:
        query = query.where(DataSubjectRequest.id.in_(_opened_by_actor(actor)))
    if asked.after is not None:
        query = query.where(_behind(asked.after))
    ordered = query.order_by(DataSubjectRequest.due_on, DataSubjectRequest.id).limit(asked.limit + 1)
    rows = list(session().scalars(ordered.execution_options(populate_existing=True)))
    more = len(rows) > asked.limit
    rows = rows[: asked.limit]
    return Page([view(row) for row in rows], f"{rows[-1].due_on}.{rows[-1].id}" if more else None)


def steps(row: DataSubjectRequest, *, actor: Actor) -> list[StepView]:
    """The course of a request. Reasons are shown to those who handle requests."""
    shown = Permission.REQUESTS_HANDLE in actor.permissions
    return [StepView(step, cases.reason_of(step) if shown else None) for step in cases.steps_of(row.id)]


def tasks(row: DataSubjectRequest) -> list[RequestTask]:
    """Every step of its execution, system by system, in the order in which they were made."""
    query = sa.select(RequestTask).where(RequestTask.request_id == row.id).order_by(RequestTask.id)
    return list(session().scalars(query.execution_options(populate_existing=True)))


def written(request_id: UUID, *, actor: Actor) -> list[LetterView]:
    """The letters of a request, the oldest first, without what they say."""
    return letters.letters_of(visible(request_id, actor=actor).id)


def read_letter(request_id: UUID, letter_id: UUID, *, actor: Actor) -> Letter:
    """One letter, opened in the open unit of work; that somebody read it is in the log. Raises `LetterNotFound`."""
    actor.require(Permission.REQUESTS_SEARCH)
    row = visible(request_id, actor=actor)
    found = letters.letter(row.id, letter_id)
    told = {"number": row.number, "letter": str(letter_id), "kind": found.view.kind.value}
    audited.record("request.letter_opened", row, actor=actor, details=told)
    return found


def open_matter(request_id: UUID, *, actor: Actor) -> Opened:
    """What a request holds, opened in the open unit of work; that somebody read it is in the log."""
    actor.require(Permission.REQUESTS_SEARCH)
    row = visible(request_id, actor=actor)
    audited.record("request.opened", row, actor=actor, details={"number": row.number})
    course = [StepView(step, cases.reason_of(step)) for step in cases.steps_of(row.id)]
    return Opened(cases.matter_of(row), cases.decision_of(row), course)


def search(naming: Naming, *, actor: Actor) -> list[RequestView]:
    """The requests of whoever a name may mean, in the open unit of work; that somebody looked is in the log."""
    actor.require(Permission.REQUESTS_SEARCH)
    found: set[UUID] = set()
    for subject_id in subjects.find_ids(naming):
        found |= subjects.natural_person(subject_id)
    query = sa.select(DataSubjectRequest).where(
        DataSubjectRequest.subject_id.in_(sorted(found)), DataSubjectRequest.realm == Realm(actor.realm).value
    )
    rows = list(session().scalars(query.order_by(DataSubjectRequest.received_at)))
    audited.record_search([row.number for row in rows], actor=actor)
    return [view(row) for row in rows]


def _behind(place: str) -> sa.ColumnElement[bool]:
    match = _PLACE.fullmatch(place)
    try:
        due_on, request_id = (int(match[1]), UUID(match[2])) if match else (None, None)
    except ValueError:
        due_on, request_id = None, None
    if due_on is None or request_id is None:
        raise InvalidInput.of("after", "Give what the page before called `next`.")
    later = DataSubjectRequest.due_on > due_on
    return sa.or_(later, sa.and_(DataSubjectRequest.due_on == due_on, DataSubjectRequest.id > request_id))


def _opened_by(row: DataSubjectRequest, actor: Actor) -> bool:
    first = sa.select(RequestStep.actor_id).where(RequestStep.request_id == row.id, RequestStep.number == 1)
    return session().scalar(first) == actor.id


def _opened_by_actor(actor: Actor) -> sa.Select[Any]:
    return sa.select(RequestStep.request_id).where(RequestStep.number == 1, RequestStep.actor_id == actor.id)
