"""Letters: written in the unit of work of what they tell, kept under the case key, sent by the outbox.

A letter goes to contacts that were on file before the request, by e-mail where there is one, else by post; never by a
way that only the request named, unless it is on paper and says nothing of the person.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Realm
from privacy.consent.service import Place
from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKey, load_owner_key
from privacy.db import new_id, session
from privacy.dsar import cases
from privacy.dsar.correspondence import reach, values
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.correspondence.models import RequestLetter
from privacy.dsar.correspondence.values import Facts
from privacy.dsar.correspondence.words import Words, words
from privacy.dsar.failures import LetterNotFound
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType
from privacy.legal_time import days
from privacy.outbox import service as outbox
from privacy.outbox.service import Letterhead, MessageKind, Paper
from privacy.pdf.envelope import EnvelopeLetter
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind, Programme

_TABLE = "request_letter"
#: What a line does not end with: the number of an article stands with its word.
_ABBREVIATED = re.compile(r"\b((?:[Aa]rt|ust|lit|godz|čl|st|t|br)\.|nr) (?=[\w(])")
#: After this a letter that was not sent is not news any more.
_WORTH_SENDING = 60 * clock.DAY
#: Codes, and what stands in their place in the copy that is kept.
_CODES = {"code", "cancel_code"}
_NO_CODE = "********"
#: Text messages beside a letter that nobody else may make unnoticed.
_BY_SMS = {
    LetterKind.BEFORE_ERASURE: "letter_before_erasure_sms",
    LetterKind.RECEIPT: "letter_notice_sms",
    LetterKind.APPROVED: "letter_approved_sms",
    LetterKind.CODE: "letter_code_sms",
}


class _Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is sealed of a letter."""

    subject: str
    body: str
    head: Letterhead
    to: tuple[str, ...] = ()
    messages: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class LetterView:
    """A letter as it is listed."""

    id: UUID
    kind: LetterKind
    #: BCP 47.
    locale: str
    created_at: int
    #: By which messages it went; none where there was nowhere to send it, and somebody hands it over.
    messages: tuple[UUID, ...]


@dataclass(frozen=True)
class Letter:
    """A letter as it was written."""

    view: LetterView
    subject: str = field(repr=False)
    body: str = field(repr=False)
    #: Name and address for the window, where they are known.
    to: tuple[str, ...] = field(repr=False)
    head: Letterhead = field(repr=False)


@dataclass(frozen=True)
class _Going:
    """One message of a letter: by which way, where to, and with which text."""

    kind: MessageKind
    to: tuple[str, ...] = field(repr=False)
    template: str


def write(
    row: DataSubjectRequest,
    kind: LetterKind,
    *,
    facts: Facts | None = None,
    but_for: Collection[Place] = (),
    locale: str | None = None,
) -> UUID:
    """Write a letter of a locked request in the open unit of work and return its id; where it goes is found here.

    `facts`: see `letter_values`. `but_for`: contacts of the person to which it does not go. `locale`: of a letter to
    somebody else, which is in the programme's first where nothing is said; the person's is in the request's. Raises
    ValueError where a fact is missing.
    """
    programme, given = programmes.current(), facts or {}
    spoken = words(row.locale if kind.of_the_person else locale or programme.jurisdiction.locales[0])
    template = values.template_of(kind, row)
    message = values.message_of(template, row, given, programme, spoken)
    text, key, letter_id, now = outbox.render(message), cases.key_of(row), new_id(), clock.micros()
    if secret := dict.fromkeys(_CODES & given.keys(), _NO_CODE):
        # Who reads the file must not be able to pass for the person.
        text = outbox.render(values.message_of(template, row, {**given, **secret}, programme, spoken))
    head = _head(row, programme, spoken, now)
    going = list(_going(row, kind, given, template, programme, but_for))
    sent: list[UUID] = []
    for number, one in enumerate(going):
        put = message if one.template == template else values.message_of(one.template, row, given, programme, spoken)
        cause = uuid5(letter_id, str(number))
        message_id = _enqueue(one, put, head, key, cause, _not_after(kind, row, given, now), Realm(row.realm))
        sent += [message_id] if message_id is not None else []
    address = next((one.to for one in going if one.kind is MessageKind.POST), ())
    kept = _Kept(text.subject, text.body, head, address or _for_window(row, kind), tuple(sent))
    session().add(
        RequestLetter(
            id=letter_id,
            request_id=row.id,
            kind=kind.value,
            locale=text.locale,
            created_at=now,
            body_enc=key.seal(_TABLE, "body_enc", letter_id, msgspec.json.encode(kept)),
            key_version=key.version,
        )
    )
    return letter_id


def letters_of(request_id: UUID) -> list[LetterView]:
    """The letters of a request, the oldest first."""
    query = sa.select(RequestLetter).where(RequestLetter.request_id == request_id)
    return [_opened(row).view for row in session().scalars(query.order_by(RequestLetter.created_at, RequestLetter.id))]


def letter(request_id: UUID, letter_id: UUID) -> Letter:
    """One letter of a request, opened; raises `LetterNotFound`."""
    row = session().get(RequestLetter, letter_id)
    if row is None or row.request_id != request_id:
        raise LetterNotFound
    return _opened(row)


def pdf_of(written: Letter) -> bytes:
    """The letter for a window envelope; opens no database."""
    view = written.view
    return paper_pdf(Paper(view.locale, view.created_at, written.head, written.to, written.subject, written.body))


def paper_pdf(letter: Paper) -> bytes:
    """A letter of the outbox for a window envelope; opens no database."""
    spoken, head = words(letter.locale), letter.head
    parts = (part.strip() for part in letter.body.split("\n\n"))
    return EnvelopeLetter(
        sender=head.sender,
        to=letter.to,
        facts=((spoken.phrase("number"), head.number), (spoken.phrase("dated"), head.dated)),
        subject=letter.subject,
        paragraphs=[_ABBREVIATED.sub("\\1\u00a0", part) for part in parts if part],
        language=letter.locale,
        at=letter.written_at,
        pages=spoken.phrases["pages"],
    ).render()


def _going(
    row: DataSubjectRequest,
    kind: LetterKind,
    facts: Facts,
    template: str,
    programme: Programme,
    but_for: Collection[Place],
) -> Iterator[_Going]:
    if kind is LetterKind.RECIPIENT:
        to = (facts["to"],) if isinstance(facts["to"], str) else tuple(facts["to"])
        yield _Going(MessageKind.EMAIL if len(to) == 1 else MessageKind.POST, to, template)
    elif kind is LetterKind.REMINDER:
        yield _Going(MessageKind.EMAIL, (values.email_of(row, programme),), template)
    elif not CaseType(row.case_type).of_a_person:
        # Whoever asks for somebody's data says where the answer goes; it is no address of the person's.
        if address := reach.given_address(row):
            yield _Going(MessageKind.POST, address, template)
    else:
        yield from _to_the_person(row, kind, template, but_for)


def _to_the_person(
    row: DataSubjectRequest, kind: LetterKind, template: str, but_for: Collection[Place]
) -> Iterator[_Going]:
    places = reach.remember(row)
    by_kind = {one: [place for place in places if place.kind is one] for one in ContactKind}
    mails, phones, post = (by_kind[one] for one in ContactKind)
    for place in mails if kind.to_everywhere else mails[:1]:
        if place not in but_for:
            yield _Going(MessageKind.EMAIL, (place.value,), template)
    if phones and kind in _BY_SMS and (not mails or kind.to_everywhere):
        for place in phones if kind.to_everywhere else phones[:1]:
            if place not in but_for:
                yield _Going(MessageKind.SMS, (place.value,), _BY_SMS[kind])
    if kind is LetterKind.CODE:
        return
    address = reach.given_address(row) if _says_nothing(row, kind) else ()
    # Until somebody is identified, also where mail goes to somebody on file: a paper that does not come would tell.
    if address and (row.identified_at is None or not (mails or post)):
        yield _Going(MessageKind.POST, address, template)
    if post and not mails and post[0] not in but_for:
        yield _Going(MessageKind.POST, (*_name(row), *post[0].lines), template)


def _says_nothing(row: DataSubjectRequest, kind: LetterKind) -> bool:
    """A refusal to somebody whom nobody identified holds no more than the request itself."""
    return kind.says_nothing or (kind is LetterKind.REFUSAL and row.subject_id is None and row.identified_at is None)


def _name(row: DataSubjectRequest) -> tuple[str, ...]:
    name = cases.matter_of(row).name
    return (name,) if name else ()


def _for_window(row: DataSubjectRequest, kind: LetterKind) -> tuple[str, ...]:
    """The name at least, for a letter that somebody hands over."""
    return _name(row) if kind.of_the_person else ()


def _enqueue(
    one: _Going, message: outbox.Message, head: Letterhead, key: OwnerKey, cause: UUID, not_after: int, realm: Realm
) -> UUID | None:
    if one.kind is MessageKind.POST:
        return outbox.enqueue_post(
            message, key=key, to=one.to, head=head, cause=cause, not_after=not_after, realm=realm
        )
    return outbox.enqueue(message, key=key, to=one.to[0], cause=cause, not_after=not_after, realm=realm, kind=one.kind)


def _not_after(kind: LetterKind, row: DataSubjectRequest, facts: Mapping[str, object], now: int) -> int:
    """When a letter is worth nothing any more: a code ends, and what was to be stopped has begun."""
    if kind is LetterKind.CODE:
        until = datetime.fromisoformat(str(facts["valid_until"]))
        return clock.to_micros(until if until.tzinfo else until.replace(tzinfo=programmes.current().zone))
    if kind is LetterKind.BEFORE_ERASURE and row.cooling_until is not None:
        return row.cooling_until
    return now + _WORTH_SENDING


def _head(row: DataSubjectRequest, programme: Programme, spoken: Words, now: int) -> Letterhead:
    controller = values.controller_of(row, programme)
    dated = spoken.day(days.day_of(now, programme.zone))
    return Letterhead((controller.name, controller.address), row.number, dated)


def _opened(row: RequestLetter) -> Letter:
    key = load_owner_key(session(), keyring.installed(), row.request_id, row.key_version)
    kept = msgspec.json.decode(key.open(_TABLE, "body_enc", row.id, row.body_enc), type=_Kept)
    view = LetterView(row.id, LetterKind(row.kind), row.locale, row.created_at, kept.messages)
    return Letter(view, kept.subject, kept.body, kept.to, kept.head)
