"""The registers over HTTP, for staff. The name of a file stands in a header, never in an address."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response, request, stream_with_context
from werkzeug.http import parse_options_header

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.db import unit_of_work
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import OCTETS, Blueprint
from privacy.http.failures import UnsupportedMediaType
from privacy.http.unit import writes
from privacy.registers import service
from privacy.registers.schemas import (
    AuthorisationOut,
    AuthorisationsOut,
    RegisterAdviceIn,
    RegisterCancelIn,
    RegisterChangeIn,
    RegisterConsultationIn,
    RegisterDecisionIn,
    RegisterDraftIn,
    RegisteredEntriesOut,
    RegisteredEntryOut,
    RegisterEntryIn,
    RegisterFileAsked,
    RegisterFileOut,
    RegisterQuestionOut,
    RegisterQuestionsAsked,
    RegisterQuestionsOut,
    RegisterReviewIn,
    RegistersAsked,
    RegisterVersionIn,
)
from privacy.registers.service import (
    LARGEST_FILE,
    RULES,
    About,
    Draft,
    EntryKind,
    EntryState,
    EntryView,
    FileView,
    Wanted,
)

registers = Blueprint(
    "registers", __name__, url_prefix="/api/v1/registers", description="Registers of accountability (Art. 5(2), 24)."
)


@registers.post("")
@require(Permission.REGISTERS_HANDLE)
@registers.body(RegisterEntryIn)
@writes
@registers.answers(201, RegisteredEntryOut)
@registers.problems(404)
def begin(body: RegisterEntryIn) -> RegisteredEntryOut:
    """Begin an entry: a training, an audit, an assessment, a check."""
    return _out(service.begin(body.kind, _draft(body), actor=current_actor()))


@registers.get("")
@require(Permission.REGISTERS_READ)
@registers.arguments(RegistersAsked, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@registers.answers(200, RegisteredEntriesOut)
def listed(asked: dict[str, Any]) -> RegisteredEntriesOut:
    """Entries of the registers, in the order in which they began."""
    wanted = Wanted(
        realm=current_actor().realm,
        kind=EntryKind(asked["kind"]) if "kind" in asked else None,
        state=EntryState(asked["state"]) if "state" in asked else None,
        due="due" in asked,
        first=asked.get("first"),
        last=asked.get("last"),
    )
    limit = asked["limit"]
    found = service.listed(wanted, after=asked.get("after"), limit=limit)
    return RegisteredEntriesOut([_out(one) for one in found], str(found[-1].id) if len(found) == limit else None)


@registers.get("/authorisations")
@require(Permission.REGISTERS_READ)
@registers.answers(200, AuthorisationsOut)
def authorisations() -> AuthorisationsOut:
    """Who may process personal data, on whose word and until when (Art. 29, 32(4))."""
    return AuthorisationsOut(
        [
            AuthorisationOut(
                holder=one.holder,
                role=one.role,
                scope=one.scope,
                given_at=clock.isoformat(one.given_at),
                given_by=one.given_by,
                ends_at=_time(one.ends_at),
                revoked_at=_time(one.revoked_at),
            )
            for one in service.authorisations()
        ]
    )


@registers.get("/questions/<string:kind>")
@require(Permission.REGISTERS_READ)
@registers.arguments(RegisterQuestionsAsked, location="query")  # type: ignore[untyped-decorator]  # as above
@registers.answers(200, RegisterQuestionsOut)
def questions(asked: dict[str, Any], kind: str) -> RegisterQuestionsOut:
    """What a kind of entry asks, with what a good answer says, in Polish, English or Croatian."""
    if kind not in set(EntryKind):
        raise InvalidInput.of("kind", f"Use one of: {', '.join(EntryKind)}.")
    one = EntryKind(kind)
    asks = [
        RegisterQuestionOut(q.code, q.text, q.hint, q.required, list(q.choices))
        for q in service.questions(one, asked["locale"])
    ]
    return RegisterQuestionsOut(one, asks, sorted(RULES[one].outcomes))


@registers.get("/<uuid:entry_id>")
@require(Permission.REGISTERS_READ)
@registers.answers(200, RegisteredEntryOut)
def show(entry_id: UUID) -> RegisteredEntryOut:
    """One entry."""
    return _out(service.view(entry_id, realm=current_actor().realm))


@registers.post("/<uuid:entry_id>/change")
@require(Permission.REGISTERS_HANDLE)
@registers.body(RegisterChangeIn)
@writes
@registers.answers(200, RegisteredEntryOut)
def change(body: RegisterChangeIn, entry_id: UUID) -> RegisteredEntryOut:
    """Change what an open entry says. The officer's advice on the earlier text is void then."""
    return _out(service.change(entry_id, body.version, _draft(body), actor=current_actor()))


@registers.post("/<uuid:entry_id>/advise")
@require(Permission.REGISTERS_ADVISE)
@registers.body(RegisterAdviceIn)
@writes
@registers.answers(200, RegisteredEntryOut)
def advise(body: RegisterAdviceIn, entry_id: UUID) -> RegisteredEntryOut:
    """Record the data protection officer's advice (Art. 35(2))."""
    return _out(service.advise(entry_id, body.version, body.advice, actor=current_actor()))


@registers.post("/<uuid:entry_id>/decide")
@require(Permission.REGISTERS_HANDLE)
@registers.body(RegisterDecisionIn)
@writes
@registers.answers(200, RegisteredEntryOut)
def decide(body: RegisterDecisionIn, entry_id: UUID) -> RegisteredEntryOut:
    """Decide an entry; assessments and policies also need `registers:decide`."""
    return _out(service.decide(entry_id, body.version, body.outcome, reason=body.reason, actor=current_actor()))


@registers.post("/<uuid:entry_id>/consultation")
@require(Permission.REGISTERS_HANDLE)
@registers.body(RegisterConsultationIn)
@writes
@registers.answers(200, RegisteredEntryOut)
def consultation(body: RegisterConsultationIn, entry_id: UUID) -> RegisteredEntryOut:
    """Record what the authority answered (Art. 36(2))."""
    return _out(service.note_consultation(entry_id, body.version, body.on, body.answer, actor=current_actor()))


@registers.post("/<uuid:entry_id>/review")
@require(Permission.REGISTERS_HANDLE)
@registers.body(RegisterReviewIn)
@writes
@registers.answers(200, RegisteredEntryOut)
def review(body: RegisterReviewIn, entry_id: UUID) -> RegisteredEntryOut:
    """Say that a decided entry stands, and when it is looked at again."""
    return _out(service.review(entry_id, body.version, body.review_on, reason=body.reason, actor=current_actor()))


@registers.post("/<uuid:entry_id>/renew")
@require(Permission.REGISTERS_HANDLE)
@registers.body(RegisterVersionIn)
@writes
@registers.answers(201, RegisteredEntryOut)
def renew(body: RegisterVersionIn, entry_id: UUID) -> RegisteredEntryOut:
    """Begin a new version of a decided entry; the old one stands until the new one is decided."""
    return _out(service.renew(entry_id, body.version, actor=current_actor()))


@registers.post("/<uuid:entry_id>/cancel")
@require(Permission.REGISTERS_HANDLE)
@registers.body(RegisterCancelIn)
@writes
@registers.answers(200, RegisteredEntryOut)
def cancel(body: RegisterCancelIn, entry_id: UUID) -> RegisteredEntryOut:
    """Give up an entry that is not decided."""
    return _out(service.cancel(entry_id, body.version, reason=body.reason, actor=current_actor()))


@registers.post("/<uuid:entry_id>/files")
@require(Permission.REGISTERS_HANDLE)
@registers.arguments(RegisterFileAsked, location="query")  # type: ignore[untyped-decorator]  # as above
@registers.takes_file("The file as it is: PDF, PNG, JPEG, DOCX, XLSX, ODT, CSV or plain text, at most 20 MB.")
@registers.answers(201, RegisteredEntryOut)
@registers.problems(409)
def add_file(asked: dict[str, Any], entry_id: UUID) -> RegisteredEntryOut:
    """Add a file to an entry. Its name stands in `Content-Disposition: attachment; filename="..."`."""
    if request.mimetype != OCTETS:
        raise UnsupportedMediaType(f"Send {OCTETS}.")
    _, options = parse_options_header(request.headers.get("Content-Disposition", ""))
    request.max_content_length = LARGEST_FILE + 1
    content = request.get_data(cache=False)
    with unit_of_work():
        seen = service.add_file(entry_id, asked["version"], options.get("filename", ""), content, actor=current_actor())
    return _out(seen)


@registers.post("/<uuid:entry_id>/files/<uuid:file_id>/remove")
@require(Permission.REGISTERS_HANDLE)
@registers.body(RegisterVersionIn)
@writes
@registers.answers(200, RegisteredEntryOut)
def remove_file(body: RegisterVersionIn, entry_id: UUID, file_id: UUID) -> RegisteredEntryOut:
    """Take a file from an entry that is not decided."""
    return _out(service.remove_file(entry_id, body.version, file_id, actor=current_actor()))


@registers.get("/<uuid:entry_id>/files/<uuid:file_id>")
@require(Permission.REGISTERS_READ)
@registers.gives_file(OCTETS, "The file, always to be saved and never shown by a browser.")
def download(entry_id: UUID, file_id: UUID) -> Response:
    """One file of an entry."""
    one = service.open_file(entry_id, file_id, realm=current_actor().realm)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(one.name, safe='')}",
        "Content-Length": str(one.size),
        "X-Content-Type-Options": "nosniff",
    }
    return Response(stream_with_context(one.parts), mimetype=one.media_type, headers=headers)


def _draft(body: RegisterDraftIn) -> Draft:
    return Draft(
        title=body.title,
        owner=current_actor().name if body.owner is None else body.owner,
        about=About(tuple(body.activities), tuple(body.purposes), tuple(body.processors)),
        held_on=body.held_on,
        review_on=body.review_on,
        answers=body.answers,
        participants=tuple(body.participants),
    )


def _out(seen: EntryView) -> RegisteredEntryOut:
    said = seen.content
    return RegisteredEntryOut(
        id=str(seen.id),
        number=seen.number,
        kind=seen.kind,
        state=seen.state,
        outcome=seen.outcome,
        title=said.title,
        owner=seen.owner,
        activities=list(seen.about.activities),
        purposes=list(seen.about.purposes),
        processors=list(seen.about.processors),
        held_on=seen.held_on,
        review_on=seen.review_on,
        answers=said.answers,
        participants=said.participants,
        advice=said.advice,
        advised_at=_time(seen.advised_at),
        advised_by=seen.advised_by,
        authority_advice=said.authority_advice,
        consulted_on=seen.consulted_on,
        reason=said.reason,
        created_at=clock.isoformat(seen.created_at),
        created_by=seen.created_by,
        decided_at=_time(seen.decided_at),
        decided_by=seen.decided_by,
        supersedes=str(seen.supersedes_id) if seen.supersedes_id else None,
        version=seen.version,
        files=[_file(one) for one in seen.files],
    )


def _file(one: FileView) -> RegisterFileOut:
    return RegisterFileOut(
        id=str(one.id),
        name=one.name,
        media_type=one.media_type,
        size=one.size,
        sha256=one.sha256,
        added_at=clock.isoformat(one.added_at),
        added_by=one.added_by,
    )


def _time(at: int | None) -> str | None:
    return None if at is None else clock.isoformat(at)
