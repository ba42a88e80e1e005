"""Answer "may this person be contacted?" from the database, for the API, the command line and pages alike.

Nothing stands between the question and the committed rows: a withdrawal binds the very next check. What cannot be
decided raises `Unavailable`, which is never "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.authz.actors import Actor
from privacy.consent import history, loading
from privacy.consent.asked import CheckIn
from privacy.consent.decision import Decision, Question, Reason, Situation, decide
from privacy.consent.loading import Loaded, Wanted
from privacy.crypto import keyring, tokens
from privacy.crypto.pairwise import Pairwise
from privacy.db import Driver, Statement
from privacy.errors import InvalidInput, Unavailable
from privacy.programme.types import ContactKind, Programme, Purpose
from privacy.quarantine import ensure_out
from privacy.subjects import service as subjects

_ACT = "act"
#: What is answered about somebody unknown.
_SILENT = frozenset({Reason.NO_RECORD, Reason.OTHER_LEGAL_BASIS})
#: Whom the token of an answer about somebody unknown, or about many, names.
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class CheckOut:
    """The answer and how new the data behind it are."""

    decision: Decision
    purpose: Purpose
    channel: str | None
    #: Everything committed up to here is included, maybe more (microseconds).
    as_of: int
    #: The subject and version that the answer's token names.
    subject_id: UUID
    version: int
    #: A subject of each person asked about.
    about: tuple[UUID, ...]
    #: The moment asked about (microseconds); None for now.
    at: int | None = None


def purpose_of(programme: Programme, purpose: str | None, message_type: str | None) -> Purpose:
    """The purpose asked about, directly or by the type of message; raises `InvalidInput`."""
    if (purpose is None) == (message_type is None):
        raise InvalidInput.of("purpose", "Name either a purpose or a message_type.")
    return programme.purpose(purpose or programme.message_type(message_type or "").purpose)


def check(asked: CheckIn, *, actor: Actor, programme: Programme, driver: Driver) -> CheckOut:
    """Decide from what is committed. Raises `InvalidInput`, or `Unavailable` where a token is newer than the data."""

    def read(by: Driver) -> CheckOut:
        one = Check(asked, actor=actor, programme=programme)
        return one.conclude(by.rows_of(one.questions), by)

    # A question about the past reads by the session.
    return subjects.steadily(None if asked.at is not None else subjects.apart(driver), read)


class Check:
    """One check, apart from its read: what it asks the database, and what follows from the rows.

    So that a caller can ask more in the same round trip, and sees to it that no index moves between question and
    rows. Raises `InvalidInput`.
    """

    def __init__(self, asked: CheckIn, *, actor: Actor, programme: Programme) -> None:
        self.actor = actor
        self.programme = programme
        self._asked = asked
        self._as_of = clock.micros()
        self._kind = kind = contact_kind(programme, asked)
        naming = asked.naming
        self._contact = naming.contacts.get(kind) if kind else None
        self._contact_index = self._contact.index if self._contact else None
        alone = self._contact or (None if naming.by_account else next(iter(naming.contacts.values()), None))
        self._wanted = Wanted(
            asked.purpose,
            asked.channel,
            kind.value if kind else None,
            tuple(a.index for a in naming.accounts),
            naming.ref,
            alone.index if alone else None,
        )
        #: In this order: what is written between two of them can only make the answer stricter.
        self.questions: list[tuple[Statement, Mapping[str, Any]]] = []
        if asked.at is None:
            self.questions.append((loading.statement(self._wanted.shape()), self._wanted.binds()))
            if self._contact is not None:
                index = subjects.suppression_index(naming.realm, self._contact)
                self.questions.append((loading.SUPPRESSIONS, {"contact_index": index}))

    def conclude(self, rows: Sequence[Sequence[tuple[Any, ...]]], driver: Driver) -> CheckOut:
        """The answer from the rows of `questions`; reads more only where a token or each contact needs it.

        Raises `Unavailable` where a token is newer than the data, `InQuarantine` in quarantine.
        """
        ensure_out()
        asked = self._asked
        loaded = _own_realm(self._loaded(rows, driver), self.actor)
        _require_version(asked.token, loaded, self.actor, driver)
        question = Question(
            asked.purpose,
            asked.channel,
            self._as_of if asked.at is None else asked.at,
            accounts=loaded.accounts,
            contact=self._contact_index,
            account_named=asked.naming.by_account,
        )
        decision = decide(question, self.programme, loaded.situation)
        subject_id, version = _leading(loaded)
        about = asked_about(question, loaded.situation)
        return CheckOut(decision, asked.purpose, asked.channel, self._as_of, subject_id, version, about, asked.at)

    def _loaded(self, rows: Sequence[Sequence[tuple[Any, ...]]], driver: Driver) -> Loaded:
        asked, kind = self._asked, self._kind
        if asked.at is not None:
            return history.as_known_at(asked, kind, actor=self.actor, programme=self.programme)
        loaded = loading.situation_of(rows[0], self._wanted)
        if self._contact_index is None:
            if kind and asked.naming.by_account:
                return _each_contact(loaded, asked, kind, self.programme, driver)
            return loaded
        if found := loading.suppressed(rows[1]):
            situation = loaded.situation
            suppressed = {self._contact_index: found}
            loaded.situation = Situation(situation.nodes, situation.facts, situation.holdings, suppressed)
        return loaded


def contact_kind(programme: Programme, asked: CheckIn) -> ContactKind | None:
    """The kind of contact that matters: the channel's, or, for a contact alone, its own. Raises `InvalidInput`."""
    if asked.channel is not None:
        kind = programme.channel(asked.channel).contact_kind
    elif asked.purpose.channels:
        raise InvalidInput.of("channel", f"Name one of: {', '.join(sorted(asked.purpose.channels))}.")
    else:
        kind = None
    if kind is None and not asked.naming.by_account and asked.naming.contacts:
        return next(iter(asked.naming.contacts))
    return kind


def _each_contact(loaded: Loaded, asked: CheckIn, kind: ContactKind, programme: Programme, driver: Driver) -> Loaded:
    """For a person asked about without a contact: who shares each contact, and its suppression entries."""
    situation = loaded.situation
    people = {situation.nodes[i].person for i in loaded.accounts}
    mine = [h for h in situation.holdings if situation.nodes[h.subject].person in people and h.held_until is None]
    nodes, facts = dict(situation.nodes), dict(situation.facts)
    holdings = {h.id: h for h in situation.holdings}
    suppressed = {}
    for holding in {h.index: h for h in mine}.values():
        other = loading.load(driver, Wanted(asked.purpose, asked.channel, kind.value, contact=holding.index))
        nodes |= other.situation.nodes
        facts |= other.situation.facts
        holdings |= {h.id: h for h in other.situation.holdings}
        loaded.realms |= other.realms
        loaded.versions |= other.versions
        index = subjects.suppression_index_of(driver, programme, asked.naming.realm, holding.id)
        suppressed[holding.index] = loading.suppressed(driver.rows(loading.SUPPRESSIONS, {"contact_index": index}))
    loaded.situation = Situation(nodes, facts, list(holdings.values()), suppressed)
    return loaded


def _own_realm(loaded: Loaded, actor: Actor) -> Loaded:
    """Somebody of the other realm, named by a forged reference, is nobody."""
    strange = {subject for subject, realm in loaded.realms.items() if realm != actor.realm.value}
    if not strange:
        return loaded
    return Loaded(Situation({}, {}), frozenset())


def asked_about(question: Question, situation: Situation) -> tuple[UUID, ...]:
    """A subject of each person whom a question is about: of the accounts named, or else whoever has the contact.

    Who merely shares the contact of an account that is named was not asked about.
    """
    nodes = situation.nodes
    asked: Iterable[UUID] = question.accounts or {
        holding.subject
        for holding in situation.holdings
        if holding.index == question.contact and not holding.reassigned
    }
    people: dict[UUID, UUID] = {}
    for subject_id in sorted(asked):
        people.setdefault(nodes[subject_id].person, subject_id)
    return tuple(people.values())


def _leading(loaded: Loaded) -> tuple[UUID, int]:
    """The subject whose version the token carries. For somebody unknown it names nobody, and looks the same."""
    nodes = loaded.situation.nodes
    asked = loaded.accounts or {s for s, node in nodes.items() if node.alone} or set(nodes)
    if not asked:
        return NOBODY, 0
    subject_id = min(asked)
    return subject_id, loaded.versions.get(nodes[subject_id].person, 0)


# Tokens and ids of one client.


def token_for(actor: Actor, subject_id: UUID, version: int, committed_at: int) -> str:
    """A consistency token: a check that gets it answers from data at least that new, or not at all."""
    return tokens.issue(keyring.installed(), actor.id, subject_id, version, committed_at)


def _require_version(token: str | None, loaded: Loaded, actor: Actor, driver: Driver) -> None:
    if token is None:
        return
    subject_id, version, _ = tokens.read(keyring.installed(), actor.id, token)
    if version == 0:
        return
    node = loaded.situation.nodes.get(subject_id)
    known = loaded.versions.get(node.person) if node else None
    if known is None:
        rows = driver.rows(loading.VERSION_OF, {"subject_id": subject_id})
        known = rows[0][0] if rows else -1
    if known < version:
        raise Unavailable("The data here are older than the token. Ask the primary, or try again.")


def hide_act(actor: Actor, act_id: UUID) -> str:
    """The client's own id of an act."""
    return str(Pairwise(keyring.installed(), actor.id).hide(_ACT, act_id))


def reveal_act(actor: Actor, reference: UUID) -> UUID:
    """The act behind a client's id, which may not exist."""
    return Pairwise(keyring.installed(), actor.id).reveal(_ACT, reference)


def answer(out: CheckOut, actor: Actor, driver: Driver) -> dict[str, Any]:
    """The answer as JSON. A partner learns yes or no and nothing else."""
    decision = out.decision
    if actor.partner:
        return {
            "allowed": decision.allowed,
            "purpose": out.purpose.code,
            "channel": out.channel,
            "as_of": clock.moment(out.as_of),
        }
    act_id = decision.give.act_id if decision.give else decision.no.act_id if decision.no else None
    wording = decision.give.wording if decision.give else None
    body: dict[str, Any] = {
        "allowed": decision.allowed,
        "reason": decision.reason.value,
        "purpose": out.purpose.code,
        "channel": out.channel,
        "legal_basis": out.purpose.legal_basis.value,
        "consent_id": hide_act(actor, act_id) if act_id else None,
        "wording": {"code": wording[0], "version": wording[1]} if wording else None,
        "valid_until": clock.isoformat(decision.valid_until) if decision.valid_until is not None else None,
        "may_ask": decision.may_ask,
        "as_of": clock.moment(out.as_of),
        "token": token_for(actor, out.subject_id, out.version, out.as_of),
    }
    # Where nobody has said anything the contacts are not listed: it would tell who is a customer, and where.
    if any(each.reason not in _SILENT for _, each in decision.contacts):
        body["contacts"] = [
            {
                "contact": subjects.masked_value(driver, holding.id),
                "allowed": each.allowed,
                "reason": each.reason.value,
                "valid_until": clock.isoformat(each.valid_until) if each.valid_until is not None else None,
            }
            for holding, each in decision.contacts
        ]
    return body
