"""The pages for whoever serves a customer: find her, read aloud, and let her answer for herself wherever she can."""

from __future__ import annotations

import io
from typing import Annotated, Any
from uuid import UUID

import msgspec
import segno
from flask import Response, jsonify, request, url_for
from markupsafe import Markup
from msgspec import Meta

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.consent import service as consent
from privacy.consent.service import ActIn, ActKind, Cited, Source, WrongCode
from privacy.console.blueprint import console
from privacy.console.counter import visits
from privacy.console.counter.lines import Line, Standing, line_of, lines_of
from privacy.console.counter.sayings import REASONS, REFUSALS, kind_names, spoken
from privacy.console.counter.visits import LookFor
from privacy.errors import InvalidInput, NotFound
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import LOCALES, NAMES, lazy_gettext, locale
from privacy.pages.look import look
from privacy.pages.rendering import done, render
from privacy.programme import service as programmes
from privacy.programme.service import Offer
from privacy.programme.types import ContactKind, Programme, ProofGrade, Setting
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName, Naming

_AGENT = needs(
    Permission.SUBJECTS_SEARCH, Permission.CONSENTS_READ, Permission.CONSENTS_WRITE, Permission.SUBJECTS_READ
)
_SYSTEM, _POINT = "console", "counter"
_QUESTION = "/counter/<uuid:ref>/<purpose>/<channel>/<contact>"
_Said = Annotated[str, Meta(min_length=3, max_length=300)]
console.says_after(
    {
        "no-recorded": lazy_gettext("The “no” is recorded and holds from now on. Do not ask again."),
        "code-sent": lazy_gettext("The code is on its way. Ask the customer to read it to you."),
        "confirmed": lazy_gettext("Done: the customer has confirmed it."),
        "said-recorded": lazy_gettext("What was said is recorded."),
    }
)


class _Search(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    value: str
    reason: LookFor


class _Code(msgspec.Struct, forbid_unknown_fields=True):
    code: str = ""


class _Heard(msgspec.Struct, forbid_unknown_fields=True):
    said: _Said
    heard: _Said


@console.page("/counter", guard=_AGENT, endpoint="counter")
def search(errors: FormErrors = NO_ERRORS) -> Response:
    """Where a customer is looked for."""
    programme = programmes.current()
    kinds = kind_names(programme, locale())
    return render("counter/search.html", errors=errors, kinds=kinds, reasons=REASONS)


@console.form("/counter", guard=_AGENT, again=search, endpoint="counter_search")
def find() -> Response:
    """Look for a customer by an identifier; the log says who looked, and why. It never says by what."""
    given, actor, programme = read_form(_Search), current_actor(), programmes.current()
    try:
        found = visits.look_for(programme, actor, given.kind, given.value, given.reason)
    except InvalidInput:
        return _not_found("malformed", 422)
    if len(found) != 1:
        return _not_found("several" if found else "unknown")
    return done("console.counter_customer", ref=visits.admit(actor, found[0]))


def _not_found(what: str, status: int = 200) -> Response:
    response: Response = search(FormErrors({"value": [str(REFUSALS[what])]}, {"kind": [request.form.get("kind", "")]}))
    response.status_code = status
    return response


@console.page("/counter/<uuid:ref>", guard=_AGENT, endpoint="counter_customer")
def customer(ref: UUID) -> Response:
    """One customer's choices."""
    programme, (person, lines) = programmes.current(), _lines(ref)
    language = _language(person.members)
    return render("counter/customer.html", ref=ref, lines=lines, programme=programme, speak=language)


@console.page(_QUESTION, guard=_AGENT, endpoint="counter_question")
def question(
    ref: UUID, purpose: str, channel: str, contact: str, errors: FormErrors = NO_ERRORS, ticket: str = ""
) -> Response:
    """One question: what to read aloud, and the ways in which the customer answers."""
    programme, (person, lines) = programmes.current(), _lines(ref)
    line = line_of(lines, purpose, channel, contact)
    language = _language(person.members)
    offer = _offer(programme, line, language)
    address = {"ref": ref, "purpose": purpose, "channel": channel, "contact": contact}
    return render(
        "counter/question.html",
        line=line,
        address=address,
        offer=offer,
        script=spoken(programme, line, offer) if offer else [],
        speak=language,
        languages=[(code, NAMES[code]) for code in LOCALES],
        code_possible=line.may_have_code(programme),
        qr=_qr(ticket) if ticket else None,
        errors=errors,
        ref=ref,
    )


@console.page(f"{_QUESTION}/standing", guard=_AGENT, endpoint="counter_standing")
def standing(ref: UUID, purpose: str, channel: str, contact: str) -> Response:
    """For the script that waits for the customer: where the question stands."""
    line = line_of(_lines(ref)[1], purpose, channel, contact)
    return jsonify(standing=line.standing.value)


@console.form(f"{_QUESTION}/no", guard=_AGENT, endpoint="counter_no")
def say_no(ref: UUID, purpose: str, channel: str, contact: str) -> Response:
    """Record a "no" at once; it asks for nothing."""
    line, programme, subject_id = _asked(ref, purpose, channel, contact)
    kind = ActKind.WITHDRAW if line.standing is Standing.DONE else ActKind.REFUSE
    _record(programme, line, subject_id, kind, None)
    return done("console.counter_customer", "no-recorded", ref=ref)


@console.form(f"{_QUESTION}/code", guard=_AGENT, endpoint="counter_send")
def send_code(ref: UUID, purpose: str, channel: str, contact: str) -> Response:
    """Send the customer a code, which she reads back or types herself."""
    line, programme, subject_id = _asked(ref, purpose, channel, contact)
    offer = _offer(programme, line, _spoken_now())
    if offer is None or not line.may_have_code(programme) or not _may_ask(line):
        raise NotFound("Nothing can be asked here now.")
    _record(programme, line, subject_id, ActKind.REQUEST, offer)
    return _back("code-sent", ref, purpose, channel, contact)


@console.form(f"{_QUESTION}/confirm", guard=_AGENT, again=question, endpoint="counter_confirm")
def give_code(ref: UUID, purpose: str, channel: str, contact: str) -> Response:
    """Take the code that the customer read out. A wrong one is counted, so this answers and raises nothing."""
    line, programme, subject_id = _asked(ref, purpose, channel, contact)
    given = read_form(_Code)
    act = _act(programme, line, subject_id, ActKind.CONFIRM, None, code=given.code, method="confirmed_code")
    try:
        consent.record(act, actor=current_actor(), programme=programme)
    except WrongCode as error:
        consent.count_wrong_code(error.pending)
        response: Response = question(ref, purpose, channel, contact, FormErrors({"code": [str(REFUSALS["code"])]}))
        response.status_code = 422
        return response
    return done("console.counter_customer", "confirmed", ref=ref)


@console.form(f"{_QUESTION}/qr", guard=_AGENT, endpoint="counter_qr")
def show_qr(ref: UUID, purpose: str, channel: str, contact: str) -> Response:
    """Show the code that the customer opens on her own phone."""
    line, programme, subject_id = _asked(ref, purpose, channel, contact)
    language = _spoken_now()
    if _offer(programme, line, language) is None or not line.may_have_ticket or not _may_ask(line):
        raise NotFound("Nothing can be asked here now.")
    ticket = consent.issue_ticket(
        subject_id, line.contact_id, line.purpose.code, line.channel, system=_SYSTEM, locale=language
    )
    shown: Response = question(ref, purpose, channel, contact, ticket=ticket)
    return shown


@console.form(f"{_QUESTION}/words", guard=_AGENT, again=question, endpoint="counter_words")
def take_words(ref: UUID, purpose: str, channel: str, contact: str) -> Response:
    """Record what was read out and what the customer said: a claim of staff, where nothing better can be had."""
    line, programme, subject_id = _asked(ref, purpose, channel, contact)
    given = read_form(_Heard)
    offer = _offer(programme, line, _spoken_now())
    if offer is None or not line.words_suffice or not _may_ask(line):
        raise NotFound("Nothing can be asked here now.")
    _record(programme, line, subject_id, ActKind.GIVE, offer, evidence={"said": given.said, "heard": given.heard})
    return done("console.counter_customer", "said-recorded", ref=ref)


def _may_ask(line: Line) -> bool:
    return line.standing in {Standing.MAY_ASK, Standing.WAITS}


def _lines(ref: UUID) -> tuple[subjects.SubjectView, list[Line]]:
    actor = current_actor()
    subject_id = visits.admitted(actor, ref)
    return lines_of(subject_id, actor=actor, programme=programmes.current())


def _asked(ref: UUID, purpose: str, channel: str, contact: str) -> tuple[Line, Programme, UUID]:
    return (
        line_of(_lines(ref)[1], purpose, channel, contact),
        programmes.current(),
        visits.admitted(current_actor(), ref),
    )


def _language(members: tuple[UUID, ...]) -> str:
    """The customer's language: as chosen on the page, as she last read a text of ours, or that of the page."""
    known = request.args.get("speak", "") or consent.locale_of(members) or ""
    return known if known in LOCALES else locale()


def _spoken_now() -> str:
    chosen = request.args.get("speak", "")
    return chosen if chosen in LOCALES else locale()


def _offer(programme: Programme, line: Line, language: str) -> Offer | None:
    today = clock.now().astimezone(programme.zone).date()
    return programmes.offer_of(programme, line.purpose.code, today, [language])


def _back(said: str, ref: UUID, purpose: str, channel: str, contact: str) -> Response:
    return done(
        "console.counter_question",
        said,
        ref=ref,
        purpose=purpose,
        channel=channel,
        contact=contact,
        speak=_spoken_now(),
    )


def _record(
    programme: Programme, line: Line, subject_id: UUID, kind: ActKind, offer: Offer | None, **fields: Any
) -> None:
    act = _act(programme, line, subject_id, kind, offer, **fields)
    consent.record(act, actor=current_actor(), programme=programme)


def _act(
    programme: Programme,
    line: Line,
    subject_id: UUID,
    kind: ActKind,
    offer: Offer | None,
    *,
    method: str = "counter",
    **fields: Any,
) -> ActIn:
    notice = offer.notice if offer else None
    proof = ProofGrade.OWN_ACT if kind is ActKind.CONFIRM else ProofGrade.STAFF_CLAIM
    return ActIn(
        naming=Naming(current_actor().realm, ref=subject_id, contacts=_contacts(programme, line)),
        act=kind,
        source=Source(_SYSTEM, _POINT, method, proof=proof, setting=Setting.OFFLINE),
        purpose=line.purpose.code,
        channels=[line.channel] if line.channel else None,
        wording=Cited(offer.wording.code, offer.wording.version, offer.locale) if offer else None,
        notice=Cited(notice.code, notice.version, offer.notice_locale) if offer and notice else None,
        text_sha256=offer.sha256 if offer else None,
        **fields,
    )


def _contacts(programme: Programme, line: Line) -> dict[ContactKind, ContactName]:
    kind = line.kind(programme)
    if kind is None or line.contact_id is None:
        return {}
    value = subjects.reveal_contact(line.contact_id)
    return {kind: subjects.contact_name(programme, current_actor().realm, kind, value)}


def _qr(ticket: str) -> Markup:
    """The address of the page behind the code, as a picture. The ticket stands behind `#`."""
    address = f"{look().base_url}{url_for('collect.own_device')}#{ticket}"
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False, svgns=False, omitsize=False
    )
    return Markup(out.getvalue().decode())  # noqa: S704  # made of our own address and ticket alone
