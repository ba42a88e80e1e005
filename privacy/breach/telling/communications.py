"""The communication to the affected (Art. 34): written by the officer, agreed to by the controller, then sent.

Whom it goes to is frozen with the agreement. The worker writes the letters (`telling`); nothing is sent from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor, Realm
from privacy.authz.permissions import Permission
from privacy.breach import register
from privacy.breach.models import PersonalDataBreach
from privacy.breach.telling import affected, telling_audited
from privacy.breach.telling.failures import (
    AffectedNotKnown,
    CommunicationNotFound,
    CommunicationNotPossible,
    LetterNotForAPerson,
    WordsMissing,
)
from privacy.breach.telling.models import BreachAffected, BreachCommunication, BreachLetter
from privacy.breach.telling.public_notice import PublicNotice
from privacy.breach.telling.vocabulary import LeftWhy, LetterState, TellingState
from privacy.breach.telling.wording import OwnWords, Wording, wordings
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import new_id, session
from privacy.errors import InvalidInput
from privacy.outbox import service as outbox
from privacy.programme import service as programmes

_TABLE = "breach_communication"
MOST_LETTERS_ON_A_PAGE = 200


@dataclass(frozen=True)
class CommunicationView:
    """One communication, with what became of its letters so far."""

    id: UUID
    breach_id: UUID
    number: int
    state: TellingState
    rehearsal: bool
    only_new: bool
    page_url: str | None
    locales: tuple[str, ...]
    #: How many it goes to at most, once it is agreed to.
    up_to: int | None
    written_to: int
    #: How many letters are in each state.
    letters: Mapping[LetterState, int]
    #: How many of those that were sent went by which way.
    ways: Mapping[str, int]
    version: int
    created_at: int
    approved_at: int | None
    ended_at: int | None


@dataclass(frozen=True)
class Preview:
    """What a letter says in one language."""

    locale: str
    subject: str = field(repr=False)
    body: str = field(repr=False)
    #: Of a text message that points to it.
    sms: str = field(repr=False)
    #: Parts without which it cannot be sent.
    missing: tuple[str, ...]


@dataclass(frozen=True)
class ForAPerson:
    """A letter that somebody has to see to."""

    id: UUID
    #: None for somebody whom our records do not know.
    subject_id: UUID | None
    #: Of somebody whom our records do not know, masked; by kind.
    contact: Mapping[str, str] | None
    why: LeftWhy
    created_at: int


def prepare(
    breach_id: UUID,
    words: Mapping[str, OwnWords],
    *,
    actor: Actor,
    page_url: str | None = None,
    only_new: bool = False,
) -> BreachCommunication:
    """Begin a communication of an open breach, in the open unit of work. It goes to nobody before it is agreed to."""
    actor.require(Permission.BREACHES_HANDLE)
    breach = register.lock_open(breach_id)
    _ensure_words(words)
    last = sa.select(sa.func.max(BreachCommunication.number)).where(BreachCommunication.breach_id == breach.id)
    row_id, key = new_id(), register.key_of(breach)
    row = BreachCommunication(
        id=row_id,
        breach_id=breach.id,
        number=(session().scalar(last) or 0) + 1,
        state=TellingState.DRAFT.value,
        only_new=only_new,
        words_enc=key.seal(_TABLE, "words_enc", row_id, msgspec.json.encode(words)),
        key_version=key.version,
        page_url=page_url,
        up_to=None,
        written_to=0,
        prepared_by=actor.id,
        approved_by=None,
        created_at=clock.micros(),
        approved_at=None,
        ended_at=None,
        version=1,
    )
    session().add(row)
    telling_audited.record_communication("breach.communication_prepared", row, actor)
    return row


def amend(
    breach_id: UUID, number: int, words: Mapping[str, OwnWords], *, actor: Actor, page_url: str | None = None
) -> BreachCommunication:
    """Say it otherwise, in the open unit of work, as long as nobody has agreed to it."""
    actor.require(Permission.BREACHES_HANDLE)
    _ensure_words(words)
    register.lock_open(breach_id)
    row = _locked(breach_id, number, {TellingState.DRAFT})
    key = load_owner_key(session(), keyring.installed(), row.breach_id)
    row.words_enc, row.key_version = key.seal(_TABLE, "words_enc", row.id, msgspec.json.encode(words)), key.version
    row.page_url = page_url
    _changed("breach.communication_amended", row, actor)
    return row


def preview(breach_id: UUID, number: int) -> list[Preview]:
    """What the letters say, by language, and what is missing for them to be sent. A rehearsal's are marked."""
    breach, row = register.read(breach_id), _read(breach_id, number)
    found = []
    for locale, wording in wordings(breach, words_of(row), programmes.current()).items():
        text = outbox.render(wording.letter())
        sms = outbox.render(wording.pointer(row.page_url))
        found.append(Preview(locale, text.subject, text.body, sms.body, tuple(wording.missing())))
    return found


def words_said(breach_id: UUID, number: int) -> Mapping[str, OwnWords]:
    """The officer's own words of a communication by locale, as they were given."""
    return words_of(_read(breach_id, number))


def notice(breach_id: UUID, number: int, locale: str) -> PublicNotice:
    """The public notice with the same words (Art. 34(3)(c)), in a language in which they are written.

    Raises `InvalidInput` for another one.
    """
    breach, row = register.read(breach_id), _read(breach_id, number)
    made = wordings(breach, words_of(row), programmes.current())
    if locale not in made:
        raise InvalidInput.of("locale", f"It is written in: {', '.join(sorted(made))}.")
    return PublicNotice.of(made[locale], breach.number, rehearsal=breach.rehearsal)


def approve(
    breach_id: UUID, number: int, *, actor: Actor, version: int | None = None, incomplete: bool = False
) -> BreachCommunication:
    """The controller agrees, in the open unit of work: from now on letters go to everybody who is recorded by now.

    `incomplete`: also while a selection is not complete, so that a system that is gone keeps nobody from being told.
    Raises `WordsMissing` naming the parts; `AffectedNotKnown` where there is nobody, or a selection is not complete.
    """
    actor.require(Permission.BREACHES_DECIDE)
    breach = register.lock_open(breach_id)
    row = _locked(breach_id, number, {TellingState.DRAFT}, version)
    _ensure_complete(wordings(breach, words_of(row), programmes.current()))
    counts = affected.counts_of(breach_id)
    if not counts.affected or (counts.open_sources and not incomplete):
        raise AffectedNotKnown
    last = sa.select(sa.func.max(BreachAffected.number)).where(BreachAffected.breach_id == breach_id)
    row.up_to = session().scalar(last)
    row.state, row.approved_by, row.approved_at = TellingState.APPROVED.value, actor.id, clock.micros()
    _changed("breach.communication_approved", row, actor, affected=counts.affected, open_sources=counts.open_sources)
    return row


def cancel(breach_id: UUID, number: int, *, actor: Actor) -> BreachCommunication:
    """Give it up, in the open unit of work: no further letter is written; what was enqueued by then still goes."""
    actor.require(Permission.BREACHES_HANDLE)
    register.lock(breach_id)
    row = _locked(breach_id, number, {TellingState.DRAFT, TellingState.APPROVED})
    row.state, row.ended_at = TellingState.CANCELLED.value, clock.micros()
    _changed("breach.communication_cancelled", row, actor)
    return row


def told_by_hand(breach_id: UUID, number: int, letter_id: UUID, *, actor: Actor, how: str) -> None:
    """Record that somebody told an affected person whom no letter reached, in the open unit of work, and how."""
    actor.require(Permission.BREACHES_HANDLE)
    breach = register.lock(breach_id)
    row = _locked(breach_id, number, set(TellingState))
    query = sa.select(BreachLetter).where(BreachLetter.id == letter_id, BreachLetter.communication_id == row.id)
    letter = session().scalar(query.with_for_update().execution_options(populate_existing=True))
    if letter is None:
        raise CommunicationNotFound
    if letter.state != LetterState.FOR_A_PERSON:
        raise LetterNotForAPerson
    if not how.strip():
        raise InvalidInput.of("how", "Say how they were told.")
    letter.state, letter.ended_at = LetterState.TOLD_BY_HAND.value, clock.micros()
    _changed("breach.affected_told_by_hand", row, actor, letter=str(letter.id))
    register.note(breach, "told_by_hand", register.role_of(actor), actor=actor, reason=how, letter=str(letter.id))


def communications_of(breach_id: UUID) -> list[CommunicationView]:
    """The communications of a breach, in their order; raises `BreachNotFound`."""
    breach = register.read(breach_id)
    query = sa.select(BreachCommunication).where(BreachCommunication.breach_id == breach_id)
    rows = session().scalars(query.order_by(BreachCommunication.number).execution_options(populate_existing=True))
    return [_view(row, breach) for row in rows]


def communication(breach_id: UUID, number: int) -> CommunicationView:
    """One communication; raises `BreachNotFound`, `CommunicationNotFound`."""
    return _view(_read(breach_id, number), register.read(breach_id))


def for_a_person(breach_id: UUID, number: int, *, after: UUID | None = None) -> list[ForAPerson]:
    """Those whom no letter reaches by itself, some at a time."""
    row, realm = _read(breach_id, number), Realm(register.read(breach_id).realm)
    query = (
        sa.select(BreachLetter, BreachAffected)
        .join(BreachAffected, BreachAffected.id == BreachLetter.affected_id)
        .where(BreachLetter.communication_id == row.id, BreachLetter.state == LetterState.FOR_A_PERSON.value)
        .order_by(BreachLetter.id)
        .limit(MOST_LETTERS_ON_A_PAGE)
    )
    if after is not None:
        query = query.where(BreachLetter.id > after)
    return [
        ForAPerson(
            letter.id, to.subject_id, affected.masked_contact_of(to, realm), LeftWhy(str(letter.why)), letter.created_at
        )
        for letter, to in session().execute(query)
    ]


def words_of(row: BreachCommunication) -> Mapping[str, OwnWords]:
    """The officer's words by locale, opened."""
    key = load_owner_key(session(), keyring.installed(), row.breach_id, row.key_version)
    return msgspec.json.decode(key.open(_TABLE, "words_enc", row.id, row.words_enc), type=dict[str, OwnWords])


def _ensure_words(words: Mapping[str, OwnWords]) -> None:
    known = programmes.current().jurisdiction.locales
    if not words:
        raise InvalidInput.of("words", f"Say it in at least one of: {', '.join(known)}.")
    for locale in words:
        if locale not in known:
            raise InvalidInput.of("words", f"The programme has the languages: {', '.join(known)}.")


def _ensure_complete(made: Mapping[str, Wording]) -> None:
    """Every language of the programme is there, and each says what the law asks for."""
    texts = {
        f"words.{locale}.{part}": [f"Art. 34(2) asks for it; say it in the language {locale}."]
        for locale in programmes.current().jurisdiction.locales
        for part in (made[locale].missing() if locale in made else ["happened"])
    }
    if texts:
        raise WordsMissing(errors=texts)


def _locked(breach_id: UUID, number: int, states: set[TellingState], version: int | None = None) -> BreachCommunication:
    """One communication, locked after its breach, in one of these states."""
    row = _found(_one(breach_id, number).with_for_update())
    if TellingState(row.state) not in states or version not in {None, row.version}:
        raise CommunicationNotPossible(f"It is {row.state}, at version {row.version}.", state=row.state)
    return row


def _read(breach_id: UUID, number: int) -> BreachCommunication:
    return _found(_one(breach_id, number))


def _one(breach_id: UUID, number: int) -> sa.Select[BreachCommunication]:
    query = sa.select(BreachCommunication).where(BreachCommunication.breach_id == breach_id)
    return query.where(BreachCommunication.number == number)


def _found(query: sa.Select[BreachCommunication]) -> BreachCommunication:
    row = session().scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise CommunicationNotFound
    return row


def _changed(action: str, row: BreachCommunication, actor: Actor, **details: object) -> None:
    row.version += 1
    telling_audited.record_communication(action, row, actor, **details)


def _view(row: BreachCommunication, breach: PersonalDataBreach) -> CommunicationView:
    count = sa.func.count()
    by_state = sa.select(BreachLetter.state, count).where(BreachLetter.communication_id == row.id)
    by_way = sa.select(BreachLetter.way, count).where(
        BreachLetter.communication_id == row.id, BreachLetter.state == LetterState.SENT.value
    )
    return CommunicationView(
        id=row.id,
        breach_id=row.breach_id,
        number=row.number,
        state=TellingState(row.state),
        rehearsal=breach.rehearsal,
        only_new=row.only_new,
        page_url=row.page_url,
        locales=tuple(words_of(row)),
        up_to=row.up_to,
        written_to=row.written_to,
        letters={LetterState(s): n for s, n in session().execute(by_state.group_by(BreachLetter.state))},
        ways={str(way): n for way, n in session().execute(by_way.group_by(BreachLetter.way))},
        version=row.version,
        created_at=row.created_at,
        approved_at=row.approved_at,
        ended_at=row.ended_at,
    )
