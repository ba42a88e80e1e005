"""Requests over HTTP. Nothing of a person is in an address; what a request holds is opened by a POST, for the log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from privacy.authz.permissions import Permission
from privacy.dsar import service, shown
from privacy.dsar.list_schemas import RequestsAsked
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.schemas import (
    ActionIn,
    GrantIn,
    IdentifyIn,
    JoinIn,
    LettersOut,
    LetterTextOut,
    RefuseIn,
    RequestDetailOut,
    RequestIn,
    RequestOpenedOut,
    RequestOut,
    RequestSearchIn,
    RequestsOut,
    StepsOut,
    TasksOut,
)
from privacy.dsar.service import Asked, CaseType, State
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import Blueprint
from privacy.http.failures import NotAcceptable
from privacy.http.unit import writes
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming

requests = Blueprint(
    "requests", __name__, url_prefix="/api/v1/requests", description="Requests of data subjects (Art. 12, 15-22)."
)

_JSON, _PDF = "application/json", "application/pdf"


@requests.post("")
@require(Permission.REQUESTS_WRITE)
@requests.body(RequestIn)
@writes
@requests.answers(201, RequestOut)
@requests.problems(404)
def receive(body: RequestIn) -> RequestOut:
    """Record a request as it came. The answer is the same whether or not the person is known."""
    return _summary(service.receive(body.received(programmes.current().zone), actor=current_actor()))


@requests.get("")
@require(Permission.REQUESTS_READ)
@requests.arguments(RequestsAsked, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@requests.answers(200, RequestsOut)
def listed(asked: dict[str, Any]) -> RequestsOut:
    """Requests by the day on which they are due: a client's own, for staff everybody's."""
    wanted = Asked(
        state=State(asked["state"]) if "state" in asked else None,
        case_type=CaseType(asked["type"]) if "type" in asked else None,
        due_before=asked.get("due_before"),
        is_open="open" in asked,
        after=asked.get("after"),
        limit=asked["limit"],
    )
    return shown.listed(service.page(wanted, actor=current_actor()))


@requests.post("/search")
@require(Permission.REQUESTS_SEARCH)
@requests.body(RequestSearchIn)
@writes
@requests.answers(200, RequestsOut)
def search(body: RequestSearchIn) -> RequestsOut:
    """The requests of an identified person. That somebody looked is in the log."""
    found = service.search(_naming(body.subject), actor=current_actor())
    return RequestsOut([shown.summary(view) for view in found], None)


@requests.get("/calendar")
@require(Permission.REQUESTS_HANDLE)
@requests.gives_file(service.CALENDAR_TYPE.partition(";")[0], "iCalendar (RFC 5545).")
def calendar() -> Response:
    """The days of open requests for a calendar program: numbers and days, no personal data."""
    return Response(service.calendar_of(current_actor().realm), content_type=service.CALENDAR_TYPE)


@requests.get("/<uuid:request_id>")
@require(Permission.REQUESTS_READ)
@requests.answers(200, RequestDetailOut)
def show(request_id: UUID) -> RequestDetailOut:
    """One request with every day that matters, both where the law is open."""
    return shown.detail(service.visible(request_id, actor=current_actor()))


@requests.get("/<uuid:request_id>/steps")
@require(Permission.REQUESTS_READ)
@requests.answers(200, StepsOut)
def steps(request_id: UUID) -> StepsOut:
    """The course of a request."""
    actor = current_actor()
    return shown.steps(service.steps(service.visible(request_id, actor=actor), actor=actor))


@requests.get("/<uuid:request_id>/tasks")
@require(Permission.REQUESTS_HANDLE)
@requests.answers(200, TasksOut)
def tasks(request_id: UUID) -> TasksOut:
    """What is asked of each system, and how far that is."""
    return shown.tasks(service.tasks(service.visible(request_id, actor=current_actor())))


@requests.get("/<uuid:request_id>/letters")
@require(Permission.REQUESTS_HANDLE)
@requests.answers(200, LettersOut)
def letters(request_id: UUID) -> LettersOut:
    """What letters were written, and by which messages they went."""
    return shown.letters(service.written(request_id, actor=current_actor()))


@requests.post("/<uuid:request_id>/letters/<uuid:letter_id>/open")
@require(Permission.REQUESTS_SEARCH)
@writes
@requests.answers(200, LetterTextOut)
@requests.gives_file(_PDF, "For a window envelope.")
@requests.problems(404, 406)
def open_letter(request_id: UUID, letter_id: UUID) -> Response | LetterTextOut:
    """One letter as it was written, by Accept as JSON or PDF. That somebody read it is in the log."""
    wanted = request.accept_mimetypes
    form = wanted.best_match([_JSON, _PDF]) if wanted else _JSON
    if form is None:
        raise NotAcceptable(f"There is: {_JSON}, {_PDF}.")
    found = service.read_letter(request_id, letter_id, actor=current_actor())
    if form == _JSON:
        return shown.letter(found)
    headers = {"Content-Disposition": f'attachment; filename="letter-{letter_id}.pdf"'}
    return Response(service.letter_pdf(found), mimetype=_PDF, headers=headers)


@requests.post("/<uuid:request_id>/open")
@require(Permission.REQUESTS_SEARCH)
@writes
@requests.answers(200, RequestOpenedOut)
@requests.problems(404)
def open_matter(request_id: UUID) -> RequestOpenedOut:
    """What a request holds: who asks, by which identifiers, in which words. That somebody read it is in the log."""
    return shown.opened(service.open_matter(request_id, actor=current_actor()))


@requests.post("/<uuid:request_id>/identify")
@require(Permission.REQUESTS_IDENTIFY)
@requests.body(IdentifyIn)
@writes
@requests.answers(200, RequestOut)
@requests.problems(404)
def identify(body: IdentifyIn, request_id: UUID) -> RequestOut:
    """Say who is meant, and by which proof."""
    row = _mine(request_id)
    naming = _naming(body.subject) if body.subject is not None else None
    confirmed = frozenset(body.confirmed) if body.confirmed is not None else None
    return _summary(
        service.identify(
            row.id,
            body.proof,
            service.role_of(current_actor()),
            actor=current_actor(),
            version=body.version,
            subject=naming,
            confirmed=confirmed,
            reason=body.reason,
        )
    )


@requests.post("/<uuid:request_id>/withdraw")
@require(Permission.REQUESTS_WRITE)
@requests.body(ActionIn)
@writes
@requests.answers(200, RequestOut)
@requests.problems(404)
def withdraw(body: ActionIn, request_id: UUID) -> RequestOut:
    """The person takes the request back, before anything is executed."""
    actor, row = current_actor(), _mine(request_id)
    role = service.role_of(actor)
    return _summary(service.withdraw(row.id, role, actor=actor, version=body.version, reason=body.reason))


@requests.post("/<uuid:request_id>/grant")
@require(Permission.REQUESTS_DECIDE)
@requests.body(GrantIn)
@writes
@requests.answers(200, RequestOut)
@requests.problems(404)
def grant(body: GrantIn, request_id: UUID) -> RequestOut:
    """Grant a request, but for what is refused on grounds of the law."""
    row = _mine(request_id)
    return _summary(
        service.grant(row.id, body.decision(), actor=current_actor(), version=body.version, reason=body.reason)
    )


@requests.post("/<uuid:request_id>/refuse")
@require(Permission.REQUESTS_DECIDE)
@requests.body(RefuseIn)
@writes
@requests.answers(200, RequestOut)
@requests.problems(404)
def refuse(body: RefuseIn, request_id: UUID) -> RequestOut:
    """Refuse a request as a whole, on grounds of the law (Art. 12(4))."""
    row = _mine(request_id)
    actor = current_actor()
    return _summary(service.refuse(row.id, body.grounds(), actor=actor, version=body.version, answer=body.answer))


@requests.post("/<uuid:request_id>/approve")
@require(Permission.APPROVALS_GIVE)
@requests.body(ActionIn)
@writes
@requests.answers(200, RequestOut)
@requests.problems(404)
def approve(body: ActionIn, request_id: UUID) -> RequestOut:
    """Agree, as a second person, to what another granted."""
    row = _mine(request_id)
    return _summary(service.approve(row.id, actor=current_actor(), version=body.version, reason=body.reason))


@requests.post("/<uuid:request_id>/answer")
@require(Permission.REQUESTS_DECIDE)
@requests.body(ActionIn)
@writes
@requests.answers(200, RequestOut)
@requests.problems(404)
def answer(body: ActionIn, request_id: UUID) -> RequestOut:
    """End a request that is ready with its answer, at once instead of when the worker comes to it."""
    row = _mine(request_id)
    return _summary(service.answer(row.id, actor=current_actor(), version=body.version, reason=body.reason))


@requests.post("/<uuid:request_id>/join")
@require(Permission.REQUESTS_HANDLE)
@requests.body(JoinIn)
@writes
@requests.answers(200, RequestOut)
@requests.problems(404)
def join(body: JoinIn, request_id: UUID) -> RequestOut:
    """End a request because the same person asked the same before; the earlier one goes on."""
    actor, row = current_actor(), _mine(request_id)
    earlier = service.named(body.earlier, actor=actor)
    return _summary(service.join(row.id, earlier.id, actor=actor, version=body.version, reason=body.reason))


@requests.post("/<uuid:request_id>/<string:step>")
@require(Permission.REQUESTS_HANDLE)
@requests.body(ActionIn)
@writes
@requests.answers(200, RequestOut)
@requests.problems(404)
def take(body: ActionIn, request_id: UUID, step: str) -> RequestOut:
    """Take a step that brings nothing but a reason.

    ask-identity, doubt-identity, give-up-identity, ask-clarification, clarify, execute-again, finish-review, reopen,
    disapprove, extend, suspend, resume, note, tell-of-lifting, lift-restriction.
    """
    row = _mine(request_id)
    return _summary(service.take(row.id, step, actor=current_actor(), version=body.version, reason=body.reason))


def _mine(request_id: UUID) -> DataSubjectRequest:
    return service.visible(request_id, actor=current_actor())


def _naming(given: dict[str, str]) -> Naming:
    return subjects.name_of(programmes.current(), current_actor(), given)


def _summary(row: DataSubjectRequest) -> RequestOut:
    return shown.summary(service.view(row))
