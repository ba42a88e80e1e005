"""Consents over HTTP (design, section 9). Personal data is never in an address: people are named in the body."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Any
from uuid import UUID

from flask import Response, current_app, request, stream_with_context

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.claims import read_claim
from privacy.consent import service, translation
from privacy.consent.answering import CheckEndpoint, undecided
from privacy.consent.answering_lists import ListAnswerer
from privacy.consent.batch import LONGEST_LINE, record_batch
from privacy.consent.schemas import (
    ActOut,
    AnnulIn,
    AnnulOut,
    AskedOut,
    CheckBody,
    CheckListBody,
    CheckListOut,
    ContactEventIn,
    ContactEventOut,
    DecisionOut,
    HistoryOut,
    LiftIn,
    LiftOut,
    MergedOut,
    MergeIn,
    PreferencesIn,
    PreferencesOut,
    PreferencesSet,
    RecordedOut,
    RecordIn,
    RecordOut,
)
from privacy.consent.service import ActIn, ActKind
from privacy.errors import InvalidInput, Unavailable
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import LINES, Blueprint
from privacy.http.failures import UnsupportedMediaType
from privacy.http.handlers import render_problem
from privacy.http.unit import writes
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.subjects import service as subjects

consents = Blueprint("consents", __name__, url_prefix="/api/v1", description="Consent acts and decisions.")

#: Where the application keeps the check and the check of lists, and the names of the views for them.
CHECK = "privacy_check"
CHECK_LIST = "privacy_check_list"
_CHECK_VIEWS = {"consents.check", "consents.check_list"}
_IN_MEMORY = 1_000_000
#: Bytes of one batch, which is read as a stream.
_LONGEST_BATCH = 1_000_000_000
#: Bytes of a list of people to check: 1,000 for each of the most that it may name.
_LONGEST_LIST = 10_000_000


def _unavailable(error: Unavailable) -> Response:
    """Whatever keeps a check from being decided, also before its view: the problem says that it is no "no"."""
    return render_problem(undecided(error) if request.endpoint in _CHECK_VIEWS else error)


consents.register_error_handler(Unavailable, _unavailable)


@consents.post("/consents")
@require(Permission.CONSENTS_WRITE, partners=True)
@consents.body(RecordIn)
@writes
@consents.answers(201, RecordedOut)
@consents.problems(404)
def record(body: RecordIn) -> RecordedOut:
    """Record an act for one subject and purpose over one or more channels."""
    actor, programme = current_actor(), programmes.current()
    given = translation.act_in(body, actor=actor, programme=programme)
    return translation.recorded_out(service.record(given, actor=actor, programme=programme), actor)


@consents.post("/consents/batch")
@require(Permission.CONSENTS_WRITE, partners=True)
@consents.lines(
    body="A line of JSON for each act, as POST /consents takes it, with a `key`.",
    answer="For each line its number, key, status, and the outcome or the problem.",
)
@consents.problems(415)
def batch() -> Response:
    """Record many acts: NDJSON in, NDJSON out. A line is recorded whole or not at all, once for its key."""
    if request.mimetype not in LINES:
        raise UnsupportedMediaType(f"Send {LINES[0]}.")
    request.max_content_length = _LONGEST_BATCH  # None would mean the application's own limit.
    actor = current_actor()
    results = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed when it was sent
    for result in record_batch(_lines(request.stream), actor=actor):
        results.write(result)
    results.seek(0)
    return Response(stream_with_context(_sent(results)), mimetype=LINES[0])


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines of the body; one that is too long is cut, so that it is refused without being held in memory."""
    while line := stream.readline(LONGEST_LINE + 2):
        yield line
        while not line.endswith(b"\n") and len(line) > LONGEST_LINE and (line := stream.readline(LONGEST_LINE + 2)):
            pass


def _sent(results: IO[bytes]) -> Iterator[bytes]:
    with results:
        while portion := results.read(64_000):
            yield portion


@consents.post("/consents/check")
@require(Permission.CONSENTS_CHECK, partners=True)
@consents.described(body=CheckBody, answer=(200, DecisionOut))
@consents.problems(409)
def check() -> Response:
    """May this person be contacted, for this purpose, by this channel, now? What can't be decided is a 503."""
    endpoint: CheckEndpoint = current_app.extensions[CHECK]
    status, headers, content = endpoint.answer(request.get_data(), current_actor(), mimetype=request.mimetype)
    return Response(content, status=status, headers=headers)


@consents.post("/consents/check/batch")
@require(Permission.CONSENTS_CHECK, partners=True)
@consents.body(CheckListBody, max_bytes=_LONGEST_LIST)
@consents.answers(200, CheckListOut)
@consents.problems(409)
def check_list(body: CheckListBody) -> dict[str, Any]:
    """The same for up to 10,000 people, one purpose and channel: answers in their order, as of one moment."""
    actor, programme = current_actor(), programmes.current()
    answerer: ListAnswerer = current_app.extensions[CHECK_LIST]
    return answerer.answer(translation.list_in(body, programme=programme), actor=actor, programme=programme)


@consents.get("/consents/<uuid:consent_id>")
@require(Permission.CONSENTS_READ)
@consents.answers(200, ActOut)
def show(consent_id: UUID) -> ActOut:
    """One recorded act."""
    actor = current_actor()
    view = service.act(service.reveal_act(actor, consent_id), actor=actor)
    return translation.act_out(view, actor)


@consents.post("/consents/annul")
@require(Permission.CONSENTS_ANNUL)
@consents.body(AnnulIn)
@writes
@consents.answers(200, AnnulOut)
@consents.problems(404)
def annul(body: AnnulIn) -> AnnulOut:
    """Annul one act or many. One person asks; another sends the same with the approval's id, and it is done."""
    actor = current_actor()
    wanted = translation.filter_of(body.filter, actor=actor, programme=programmes.current())
    if body.approval is None:
        approval, acts = service.request_annulment(wanted, actor=actor, reason=body.reason)
        return AnnulOut(str(approval), acts, annulled=False)
    approval = translation.uuid_of(body.approval, "approval")
    return AnnulOut(str(approval), service.annul(wanted, approval, actor=actor, reason=body.reason), annulled=True)


@consents.get("/subjects/<uuid:subject_ref>/preferences")
@require(Permission.CONSENTS_READ, partners=True)
@consents.answers(200, PreferencesOut)
def preferences(subject_ref: UUID) -> PreferencesOut:
    """A person's choices: the decision for each purpose and channel that rests on consent."""
    return _preferences(subjects.reveal_subject(current_actor(), str(subject_ref)))


def _preferences(subject_id: UUID) -> PreferencesOut:
    actor = current_actor()
    person, answers = service.preferences(subject_id, actor=actor, programme=programmes.current())
    return translation.preferences_out(subject_id, person.version, answers, actor)


@consents.put("/subjects/<uuid:subject_ref>/preferences")
@require(Permission.CONSENTS_WRITE, partners=True)
@consents.body(PreferencesIn)
@writes
@consents.answers(200, PreferencesSet)
def set_preferences(body: PreferencesIn, subject_ref: UUID) -> PreferencesSet:
    """Set choices; each is recorded as a `give` or `withdraw`."""
    actor, programme = current_actor(), programmes.current()
    subject_id = subjects.reveal_subject(actor, str(subject_ref))
    subjects.view(subject_id, realm=actor.realm.value)
    naming = subjects.Naming(actor.realm, ref=subject_id)
    claim = read_claim(body.occurred_at, programme.zone) if body.occurred_at else None
    records: list[RecordOut] = []
    for choice in body.preferences:
        purpose = programme.purpose(choice.purpose)
        channels = [choice.channel] if choice.channel else sorted(purpose.channels) or None
        given = ActIn(
            naming=naming,
            act=ActKind.GIVE if choice.allowed else ActKind.WITHDRAW,
            source=translation.source_of(body.source, actor),
            purpose=purpose.code,
            channels=channels if choice.allowed or choice.channel else None,
            claim=claim,
            wording=translation.cited(body.wording),
            notice=translation.cited(body.notice),
            text_sha256=body.evidence.text_sha256,
        )
        records += translation.records_out(service.record(given, actor=actor, programme=programme), actor)
    now = _preferences(subject_id)
    return PreferencesSet(now.subject_ref, now.preferences, now.token, records)


@consents.get("/subjects/<uuid:subject_ref>/history")
@require(Permission.CONSENTS_READ)
@consents.answers(200, HistoryOut)
def history(subject_ref: UUID) -> HistoryOut:
    """Every act of a person, newest receipt first."""
    actor = current_actor()
    found = service.history(subjects.reveal_subject(actor, str(subject_ref)), actor=actor)
    return HistoryOut(str(subject_ref), [translation.act_out(view, actor) for view in found])


@consents.get("/subjects/<uuid:subject_ref>/asked")
@require(Permission.SUBJECTS_READ)
@consents.answers(200, AskedOut)
def asked(subject_ref: UUID) -> AskedOut:
    """Who asked about a person in the last 12 months: by system and day, for what, with what answer, how often."""
    actor = current_actor()
    found = service.who_asked(subjects.reveal_subject(actor, str(subject_ref)), actor=actor)
    return translation.asked_out(str(subject_ref), found)


@consents.post("/subjects/merge")
@require(Permission.SUBJECTS_MERGE)
@consents.body(MergeIn)
@writes
@consents.answers(200, MergedOut)
@consents.problems(404)
def merge(body: MergeIn) -> MergedOut:
    """Two subjects are one person: from now on the strictest answer of both holds. Nothing is moved."""
    return _merge(body, service.merge)


@consents.post("/subjects/unmerge")
@require(Permission.SUBJECTS_MERGE)
@consents.body(MergeIn)
@writes
@consents.answers(200, MergedOut)
@consents.problems(404)
def unmerge(body: MergeIn) -> MergedOut:
    """End a merge. Every "no" stays with both, a consent with the one whose identifier it named."""
    return _merge(body, service.unmerge)


def _merge(body: MergeIn, change: Callable[..., int]) -> MergedOut:
    actor, programme = current_actor(), programmes.current()
    one, other = (
        subjects.find(subjects.name_of(programme, actor, named, place=place))[0]
        for place, named in (("subject", body.subject), ("other", body.other))
    )
    version = change(one, other, actor=actor, programme=programme, reason=body.reason)
    return MergedOut(
        subjects.hide_subject(actor, one),
        subjects.hide_subject(actor, other),
        service.token_for(actor, one, version, clock.micros()),
    )


@consents.post("/contacts/events")
@require(Permission.CONTACTS_WRITE)
@consents.body(ContactEventIn)
@writes
@consents.answers(200, ContactEventOut)
def contact_event(body: ContactEventIn) -> ContactEventOut:
    """Bounces, complaints, STOP, reassigned numbers."""
    actor, programme = current_actor(), programmes.current()
    out = service.record_event(
        _contact(body.contact),
        body.event,
        actor=actor,
        programme=programme,
        source=body.source or actor.name,
        claim=read_claim(body.occurred_at, programme.zone) if body.occurred_at else None,
        channel=body.channel,
    )
    return ContactEventOut(out.event, out.suppressed, out.known)


@consents.post("/contacts/lift")
@require(Permission.CONTACTS_WRITE)
@consents.body(LiftIn)
@writes
@consents.answers(200, LiftOut)
def lift(body: LiftIn) -> LiftOut:
    """Staff take a contact off the suppression list, with a reason. Machines can't; the person's own later act can."""
    return LiftOut(service.lift(_contact(body.contact), actor=current_actor(), reason=body.reason))


def _contact(given: dict[str, str]) -> subjects.ContactName:
    programme = programmes.current()
    (kind,) = given
    if kind not in programme.contact_kinds:
        raise InvalidInput.of("contact", f"Known kinds: {', '.join(k.value for k in programme.contact_kinds)}.")
    return subjects.name_of(programme, current_actor(), given, place="contact").contacts[ContactKind(kind)]
