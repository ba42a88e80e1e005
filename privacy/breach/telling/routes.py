"""The communication to the affected over HTTP: who they are, what they are told, what became of it (Art. 34)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.breach import service
from privacy.breach.telling.list_schemas import LettersAsked, NoticeAsked
from privacy.breach.telling.schemas import (
    AffectedActsIn,
    AffectedListIn,
    AffectedOut,
    AffectedRowsIn,
    ApproveCommunicationIn,
    CommunicationIn,
    CommunicationOut,
    CommunicationsOut,
    ForAPersonListOut,
    PreviewsOut,
    SourceOut,
    ToldByHandIn,
    affected_out,
    communication_out,
    for_a_person_out,
    preview_out,
    source_out,
)
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import Blueprint
from privacy.http.failures import NotAcceptable
from privacy.http.unit import writes
from privacy.subjects import service as subjects

breach_communications = Blueprint(
    "breach_communications",
    __name__,
    url_prefix="/api/v1/breaches",
    description="The communication of breaches to the persons (Art. 34).",
)

_TEXT, _HTML, _PDF = "text/plain", "text/html", "application/pdf"


@breach_communications.get("/<uuid:breach_id>/affected")
@require(Permission.BREACHES_READ)
@breach_communications.answers(200, AffectedOut)
def affected(breach_id: UUID) -> AffectedOut:
    """How many are affected, and by what they were found. Nobody is named."""
    mine = _mine(breach_id)
    return affected_out(service.affected_counts(mine), service.affected_sources(mine))


@breach_communications.post("/<uuid:breach_id>/affected/list")
@require(Permission.BREACHES_HANDLE)
@breach_communications.body(AffectedListIn)
@writes
@breach_communications.answers(201, SourceOut)
@breach_communications.problems(404)
def affected_by_list(body: AffectedListIn, breach_id: UUID) -> SourceOut:
    """Record people by identifiers, at most 200 in one call. Whom our records do not know is kept by a contact."""
    mine, actor = _mine(breach_id), current_actor()
    source = service.open_source(mine, service.SourceKind.LIST, actor=actor)
    rejected = service.add_lines(source.id, body.lines(), actor=actor)
    service.end_source(source.id, actor=actor)
    return source_out(service.affected_source(mine, source.id), rejected)


@breach_communications.post("/<uuid:breach_id>/affected/acts")
@require(Permission.BREACHES_HANDLE)
@breach_communications.body(AffectedActsIn)
@writes
@breach_communications.answers(202, SourceOut)
@breach_communications.problems(404)
def affected_by_acts(body: AffectedActsIn, breach_id: UUID) -> SourceOut:
    """Have everybody found who has an act from a system, for a purpose or of a kind; a worker does."""
    return source_out(service.ask_acts(_mine(breach_id), body.acts, actor=current_actor()))


@breach_communications.post("/<uuid:breach_id>/affected/data-map")
@require(Permission.BREACHES_HANDLE)
@breach_communications.body(AffectedRowsIn)
@writes
@breach_communications.answers(202, SourceOut)
@breach_communications.problems(404)
def affected_by_rows(body: AffectedRowsIn, breach_id: UUID) -> SourceOut:
    """Have everybody found whom rows of a system are about; a worker asks the system."""
    return source_out(service.ask_rows(_mine(breach_id), body.data_map, actor=current_actor()))


@breach_communications.post("/<uuid:breach_id>/affected/<uuid:source_id>/try-again")
@require(Permission.BREACHES_HANDLE)
@writes
@breach_communications.answers(200, SourceOut)
@breach_communications.problems(404)
def affected_again(breach_id: UUID, source_id: UUID) -> SourceOut:
    """Have a search that failed go on from where it stopped."""
    mine = _mine(breach_id)
    service.try_source_again(mine, source_id, actor=current_actor())
    return source_out(service.affected_source(mine, source_id))


@breach_communications.get("/<uuid:breach_id>/communications")
@require(Permission.BREACHES_READ)
@breach_communications.answers(200, CommunicationsOut)
def listed(breach_id: UUID) -> CommunicationsOut:
    """The communications of a breach, each with what became of its letters."""
    found = service.communications_of(_mine(breach_id))
    return CommunicationsOut([communication_out(one) for one in found])


@breach_communications.post("/<uuid:breach_id>/communications")
@require(Permission.BREACHES_HANDLE)
@breach_communications.body(CommunicationIn)
@writes
@breach_communications.answers(201, CommunicationOut)
@breach_communications.problems(404)
def prepare(body: CommunicationIn, breach_id: UUID) -> CommunicationOut:
    """Write what the persons are told. It goes to nobody before the controller agrees."""
    mine, actor = _mine(breach_id), current_actor()
    made = service.prepare_communication(mine, body.words, actor=actor, page_url=body.page_url, only_new=body.only_new)
    return _shown(mine, made.number)


@breach_communications.post("/<uuid:breach_id>/communications/<int:number>/amend")
@require(Permission.BREACHES_HANDLE)
@breach_communications.body(CommunicationIn)
@writes
@breach_communications.answers(200, CommunicationOut)
@breach_communications.problems(404)
def amend(body: CommunicationIn, breach_id: UUID, number: int) -> CommunicationOut:
    """Say it otherwise, as long as nobody has agreed to it."""
    mine = _mine(breach_id)
    service.amend_communication(mine, number, body.words, actor=current_actor(), page_url=body.page_url)
    return _shown(mine, number)


@breach_communications.get("/<uuid:breach_id>/communications/<int:number>")
@require(Permission.BREACHES_READ)
@breach_communications.answers(200, CommunicationOut)
def show(breach_id: UUID, number: int) -> CommunicationOut:
    """One communication: how many letters are on their way, were sent, or wait for a person."""
    return _shown(_mine(breach_id), number)


@breach_communications.get("/<uuid:breach_id>/communications/<int:number>/preview")
@require(Permission.BREACHES_HANDLE)
@breach_communications.answers(200, PreviewsOut)
def preview(breach_id: UUID, number: int) -> PreviewsOut:
    """The letter in every language, and what it lacks."""
    return PreviewsOut([preview_out(one) for one in service.preview_communication(_mine(breach_id), number)])


@breach_communications.get("/<uuid:breach_id>/communications/<int:number>/notice")
@require(Permission.BREACHES_HANDLE)
@breach_communications.arguments(NoticeAsked, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@breach_communications.gives_file(_TEXT, "The public notice (Art. 34(3)(c)); as text, page or PDF by Accept.")
def notice(asked: dict[str, Any], breach_id: UUID, number: int) -> Response:
    """The public notice with the same words, by Accept as text, HTML or PDF."""
    wanted = request.accept_mimetypes
    form = wanted.best_match([_TEXT, _HTML, _PDF]) if wanted else _TEXT
    if form is None:
        raise NotAcceptable(f"There is: {_TEXT}, {_HTML}, {_PDF}.")
    made = service.public_notice(_mine(breach_id), number, asked["locale"])
    if form == _PDF:
        return Response(made.pdf(clock.micros()), mimetype=_PDF)
    return Response(made.html() if form == _HTML else made.text(), content_type=f"{form}; charset=utf-8")


@breach_communications.post("/<uuid:breach_id>/communications/<int:number>/approve")
@require(Permission.BREACHES_DECIDE)
@breach_communications.body(ApproveCommunicationIn)
@writes
@breach_communications.answers(200, CommunicationOut)
@breach_communications.problems(404)
def approve(body: ApproveCommunicationIn, breach_id: UUID, number: int) -> CommunicationOut:
    """The controller agrees: letters go to everybody who is recorded as affected by now."""
    mine = _mine(breach_id)
    service.approve_communication(mine, number, actor=current_actor(), version=body.version, incomplete=body.incomplete)
    return _shown(mine, number)


@breach_communications.post("/<uuid:breach_id>/communications/<int:number>/cancel")
@require(Permission.BREACHES_HANDLE)
@writes
@breach_communications.answers(200, CommunicationOut)
@breach_communications.problems(404)
def cancel(breach_id: UUID, number: int) -> CommunicationOut:
    """Give a communication up: no further letter is written."""
    mine = _mine(breach_id)
    service.cancel_communication(mine, number, actor=current_actor())
    return _shown(mine, number)


@breach_communications.get("/<uuid:breach_id>/communications/<int:number>/for-a-person")
@require(Permission.BREACHES_HANDLE)
@breach_communications.arguments(LettersAsked, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@breach_communications.answers(200, ForAPersonListOut)
def for_a_person(asked: dict[str, Any], breach_id: UUID, number: int) -> ForAPersonListOut:
    """Those whom no letter reaches, by the actor's own references."""
    actor = current_actor()
    found = service.for_a_person(_mine(breach_id), number, after=asked.get("after"))
    shown = [
        for_a_person_out(one, subjects.hide_subject(actor, one.subject_id) if one.subject_id else None) for one in found
    ]
    return ForAPersonListOut(shown, found[-1].id if len(found) == service.MOST_LETTERS_ON_A_PAGE else None)


@breach_communications.post("/<uuid:breach_id>/communications/<int:number>/letters/<uuid:letter_id>/told")
@require(Permission.BREACHES_HANDLE)
@breach_communications.body(ToldByHandIn)
@writes
@breach_communications.answers(200, CommunicationOut)
@breach_communications.problems(404)
def told(body: ToldByHandIn, breach_id: UUID, number: int, letter_id: UUID) -> CommunicationOut:
    """Record how somebody was told whom no letter reached."""
    mine = _mine(breach_id)
    service.told_by_hand(mine, number, letter_id, actor=current_actor(), how=body.how)
    return _shown(mine, number)


def _mine(breach_id: UUID) -> UUID:
    return service.visible(breach_id, actor=current_actor()).id


def _shown(breach_id: UUID, number: int) -> CommunicationOut:
    return communication_out(service.communication(breach_id, number))
