"""The decision: may this person be contacted for this purpose by this channel at this moment? Pure, never cached.

Facts say what happened; here they are judged by the programme and the person's standing at time t: classes, both legs
(GDPR Art. 6 and the law on electronic contact, in Poland PKE Art. 398), expiry, wording periods, least proof.
`policy.fold` made the facts; `service.check` loads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from privacy import clock
from privacy.consent import policy
from privacy.consent.acts import ActKind
from privacy.consent.policy import Facts, Give, No
from privacy.programme.types import LegalBasis, Programme, ProofGrade, Purpose, PurposeClass
from privacy.subjects.types import NO_STANDING, AgeClass, Standing


class Reason(StrEnum):
    """Why. A closed list; where several hold the most protective is named, in this order."""

    CHANNEL_NOT_ALLOWED = "channel_not_allowed"
    DECEASED = "deceased"
    SUPPRESSED = "suppressed"
    OBJECTED = "objected"
    RESTRICTED = "restricted"
    ERASURE_PENDING = "erasure_pending"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    MINOR = "minor"
    SHARED_CONTACT = "shared_contact"
    INSUFFICIENT_PROOF = "insufficient_proof"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    REQUESTED = "requested"
    CONTACT_UNKNOWN = "contact_unknown"
    NO_RECORD = "no_record"
    OTHER_LEGAL_BASIS = "other_legal_basis"
    GIVEN = "given"

    @property
    def allows(self) -> bool:
        """Whether this reason is a yes."""
        return self in {Reason.GIVEN, Reason.OTHER_LEGAL_BASIS}

    @property
    def rank(self) -> int:
        """Lower is more protective."""
        return _RANKS[self]


_RANKS = {reason: rank for rank, reason in enumerate(Reason)}

#: Another person behind the same contact stops everybody who shares it only by these.
_STOPS_OTHERS = frozenset(
    {Reason.OBJECTED, Reason.RESTRICTED, Reason.ERASURE_PENDING, Reason.WITHDRAWN, Reason.REFUSED}
)
_NO_REASONS = {
    ActKind.OBJECT: Reason.OBJECTED,
    ActKind.WITHDRAW: Reason.WITHDRAWN,
    ActKind.REFUSE: Reason.REFUSED,
    ActKind.INVALIDATE: Reason.INSUFFICIENT_PROOF,
}


@dataclass(frozen=True)
class Node:
    """A data subject and where it belongs (see `subjects.models.DataSubject`)."""

    id: UUID
    person: UUID
    cluster: UUID
    group: UUID
    standing: Standing = NO_STANDING
    age_class: AgeClass | None = None
    alone: bool = False


@dataclass(frozen=True)
class Holding:
    """A contact as one subject holds or held it. Equal `index`, equal contact."""

    id: UUID
    subject: UUID
    index: bytes
    held_from: int
    held_until: int | None = None
    reassigned: bool = False
    own_act_at: int | None = None


@dataclass(frozen=True)
class Suppressed:
    """An entry on the suppression list for the contact asked about."""

    at: int
    everything: bool  # False: marketing only


@dataclass(frozen=True)
class Situation:
    """What is known about the people whom a question may concern."""

    nodes: Mapping[UUID, Node]
    #: Facts by subject: those of the pair asked about and of `*`.
    facts: Mapping[UUID, Sequence[Facts]]
    holdings: Sequence[Holding] = ()
    #: By the index of the contact.
    suppressed: Mapping[bytes, Sequence[Suppressed]] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """Who is asked about, for what, by which channel, when."""

    purpose: Purpose
    channel: str | None
    at: int
    #: Subjects named by account identifiers or references.
    accounts: frozenset[UUID] = frozenset()
    #: Index of the contact named.
    contact: bytes | None = None
    #: Whether anybody was named by an account, known or not.
    account_named: bool = False


@dataclass(frozen=True)
class Decision:
    """The answer for one contact, or for a person where the purpose contacts nobody."""

    reason: Reason
    give: Give | None = None
    no: No | None = None
    valid_until: int | None = None
    may_ask: bool = False
    #: For a question without a contact: the answer for each that the person holds.
    contacts: tuple[tuple[Holding, Decision], ...] = ()

    @property
    def allowed(self) -> bool:
        """The answer in one word."""
        return self.reason.allows


def decide(question: Question, programme: Programme, situation: Situation) -> Decision:
    """Answer a question. Errors never come from here: what is known suffices for a yes, or the answer is no."""
    purpose, channel = question.purpose, question.channel
    if (channel is None) != (not purpose.channels) or (channel is not None and channel not in purpose.channels):
        return Decision(Reason.CHANNEL_NOT_ALLOWED)
    judge = _Judge(question, programme, situation)
    needs_contact = channel is not None and programme.channel(channel).contact_kind is not None
    if not needs_contact:
        return judge.without_contact()
    if question.contact is not None:
        return judge.contact(question.contact)
    return judge.every_contact()


class _Judge:
    """Judges one question. Exists so that the question need not be handed to every step."""

    def __init__(self, question: Question, programme: Programme, situation: Situation) -> None:
        self.question = question
        self.purpose = question.purpose
        self.programme = programme
        self.situation = situation
        self.now = question.at
        self.today = self._day(question.at)
        consent = question.purpose.legal_basis is LegalBasis.CONSENT
        channel_leg = question.channel is not None and programme.needs_channel_consent(
            question.purpose, question.channel, self.today
        )
        self.needs_consent = consent or channel_leg

    # Who is concerned.

    def without_contact(self) -> Decision:
        """The answer where the account itself is reached, or nobody is: contacts play no part."""
        asked = [self.situation.nodes[i] for i in self.question.accounts]
        if not asked:
            held = [h for h in self.situation.holdings if h.index == self.question.contact]
            asked = [self.situation.nodes[h.subject] for h in held]
        return self._strictest([self._person(node, None) for node in asked]) or self._unknown()

    def every_contact(self) -> Decision:
        """The answer for each contact that the person holds; yes only where there is one and it is allowed."""
        people = {self.situation.nodes[i].person for i in self.question.accounts}
        held: dict[bytes, Holding] = {}
        for holding in self.situation.holdings:
            if self.situation.nodes[holding.subject].person in people and holding.held_until is None:
                held.setdefault(holding.index, holding)
        answers = tuple((holding, self.contact(index)) for index, holding in held.items())
        if not answers:
            return self._no_contact()
        if len(answers) == 1:
            only = answers[0][1]
            return Decision(only.reason, only.give, only.no, only.valid_until, only.may_ask, answers)
        if not self.needs_consent and any(answer.allowed for _, answer in answers):
            return Decision(Reason.OTHER_LEGAL_BASIS, contacts=answers)
        strictest = min((answer for _, answer in answers), key=lambda answer: answer.reason.rank)
        if strictest.allowed:  # Each is allowed, but which one is meant?
            return Decision(Reason.CONTACT_UNKNOWN, contacts=answers)
        return Decision(strictest.reason, None, strictest.no, None, strictest.may_ask, answers)

    def _no_contact(self) -> Decision:
        asked = [self.situation.nodes[i] for i in self.question.accounts]
        found = self._strictest([self._person(node, frozenset()) for node in asked]) or self._unknown()
        return Decision(Reason.CONTACT_UNKNOWN) if found.reason is Reason.GIVEN else found

    def contact(self, index: bytes) -> Decision:
        """The answer for one contact: nobody behind it may have a "no", and the one asked about must have agreed."""
        holdings = [h for h in self.situation.holdings if h.index == index]
        ids = frozenset(h.id for h in holdings)
        behind = [h for h in holdings if not h.reassigned]
        asked, others = self._divide(behind)
        answers = [self._person(node, ids) for node in asked]
        decision = self._agreed(asked, answers) or self._unknown()
        reasons = [decision.reason]
        if self._suppressed(index, holdings):
            reasons.append(Reason.SUPPRESSED)
        if any(self._person(node, ids).reason in _STOPS_OTHERS for node in others):
            reasons.append(Reason.SHARED_CONTACT)
        reason = min(reasons, key=lambda r: r.rank)
        if reason is decision.reason:
            return decision
        return Decision(reason, None, decision.no, None, may_ask=False)

    def _divide(self, behind: Iterable[Holding]) -> tuple[list[Node], list[Node]]:
        """Who is asked about and who merely shares the contact. Where no account is named all are asked about."""
        nodes = self.situation.nodes
        holders = {h.subject: nodes[h.subject] for h in behind}
        if not self.question.account_named:
            return list(holders.values()), []
        people = {nodes[i].person for i in self.question.accounts}
        asked = {i: nodes[i] for i in self.question.accounts}
        asked |= {i: node for i, node in holders.items() if node.alone or node.person in people}
        return list(asked.values()), [node for i, node in holders.items() if i not in asked]

    def _agreed(self, asked: Sequence[Node], answers: Sequence[Decision]) -> Decision | None:
        """The meet of those asked about. `no_record` is neutral, but for two accounts named as one person."""
        named = {node.group for node in asked if node.id in self.question.accounts}
        if len(named) > 1:
            strict = [a for node, a in zip(asked, answers, strict=True) if node.id in self.question.accounts]
            if any(a.reason in {Reason.NO_RECORD, Reason.CONTACT_UNKNOWN} for a in strict):
                return min(strict, key=lambda a: a.reason.rank)
        return self._strictest(answers)

    def _strictest(self, answers: Sequence[Decision]) -> Decision | None:
        """The most protective answer; people of whom nothing is known do not count against the others."""
        telling = [a for a in answers if a.reason not in {Reason.NO_RECORD, Reason.CONTACT_UNKNOWN}] or answers
        return min(telling, key=lambda a: a.reason.rank, default=None)

    def _suppressed(self, index: bytes, holdings: Iterable[Holding]) -> bool:
        own_act = max((h.own_act_at for h in holdings if h.own_act_at is not None), default=None)
        marketing = self.purpose.purpose_class is PurposeClass.MARKETING
        return any(
            (entry.everything or marketing) and (own_act is None or own_act <= entry.at)
            for entry in self.situation.suppressed.get(index, ())
        )

    # One person.

    def _person(self, node: Node, contact_ids: frozenset[UUID] | None) -> Decision:
        """A person's answer: the meet over those that staff merged with the one asked about.

        `contact_ids` are the rows that hold the contact asked about; None where no contact plays a part.
        """
        family = [n for n in self.situation.nodes.values() if n.person == node.person]
        standing = Standing(0)
        for member in family:
            standing |= member.standing
        if stopped := self._stopped_by(standing):
            return Decision(stopped)
        groups = {node.group: node.cluster} | {n.group: n.cluster for n in family if n.cluster != node.cluster}
        answers = [self._group(group, cluster, contact_ids) for group, cluster in groups.items()]
        return self._strictest(answers) or self._unknown()

    def _stopped_by(self, standing: Standing) -> Reason | None:
        """Which standing stops this class of purpose (design: the table of standings)."""
        kind, basis = self.purpose.purpose_class, self.purpose.legal_basis
        if Standing.DECEASED in standing:  # A legal message goes to the estate, by a person.
            return Reason.DECEASED
        if kind in {PurposeClass.LEGAL, PurposeClass.SAFETY}:
            return None
        if kind is PurposeClass.SERVICE and basis in {LegalBasis.CONTRACT, LegalBasis.LEGAL_OBLIGATION}:
            return None  # Needed for the contract or for claims (Art. 18(2)).
        if Standing.RESTRICTED in standing:
            return Reason.RESTRICTED
        return Reason.ERASURE_PENDING if Standing.ERASURE_PENDING in standing else None

    def _group(self, group: UUID, cluster: UUID, contact_ids: frozenset[UUID] | None) -> Decision:
        """The answer of accounts that are surely one person's. Claims in doubt still share every "no"."""
        nodes = self.situation.nodes
        noes: list[No] = []
        gives: list[Give] = []
        confirmed: list[policy.Confirmed] = []
        lifted: list[int] = []
        asked_at: list[int] = []
        for subject, rows in self.situation.facts.items():
            node = nodes[subject]
            if node.cluster != cluster:
                continue
            for facts in rows:
                noes += [no for no in facts.noes if no.contact is None or no.contact in (contact_ids or ())]
                lifted += [facts.lifted_at] if facts.lifted_at is not None else []
                asked_at += [facts.asked_at] if facts.asked_at is not None else []
                if node.group == group:
                    gives += facts.gives
                    confirmed += facts.confirmed
        standing_objection = self._objection(noes, lifted)
        if not self.needs_consent:
            if standing_objection and self._objection_binds():
                return Decision(Reason.OBJECTED, no=standing_objection)
            return self._said_no(gives, noes) or Decision(Reason.OTHER_LEGAL_BASIS)
        return self._consent(gives, noes, confirmed, standing_objection, asked_at, group, contact_ids)

    def _said_no(self, gives: Sequence[Give], noes: Sequence[No]) -> Decision | None:
        """Marketing without consent still heeds a plain "no" that is no formal objection: doubt resolves to no."""
        if self.purpose.purpose_class is not PurposeClass.MARKETING:
            return None
        plain = [no for no in noes if no.kind != ActKind.OBJECT]
        newest = max(plain, key=lambda no: no.latest, default=None)
        if newest is None or any(give.earliest > newest.latest for give in gives):
            return None
        return Decision(_NO_REASONS[ActKind(newest.kind)], no=newest)

    def _objection(self, noes: Iterable[No], lifted: Iterable[int]) -> No | None:
        newest = max((no for no in noes if no.kind == ActKind.OBJECT), key=lambda no: no.latest, default=None)
        return None if newest is None or any(at > newest.latest for at in lifted) else newest

    def _objection_binds(self) -> bool:
        """Art. 21(2) against marketing always; Art. 21(1) only against public task and legitimate interests."""
        kind, basis = self.purpose.purpose_class, self.purpose.legal_basis
        if kind is PurposeClass.MARKETING:
            return True
        return kind is PurposeClass.SERVICE and basis in {LegalBasis.PUBLIC_TASK, LegalBasis.LEGITIMATE_INTERESTS}

    # One consent.

    def _consent(
        self,
        gives: Sequence[Give],
        noes: Sequence[No],
        confirmed: Sequence[policy.Confirmed],
        objection: No | None,
        asked_at: Sequence[int],
        group: UUID,
        contact_ids: frozenset[UUID] | None,
    ) -> Decision:
        newest_no = max(noes, key=lambda no: no.latest, default=None)
        best: tuple[Reason, Give] | None = None
        for give in gives:
            # A "no" covers this give if it stands for the contact asked about, which the give must cover too.
            if newest_no is not None and give.earliest <= newest_no.latest:
                continue
            reason = self._reason(give, confirmed, group, contact_ids)
            if reason is None:
                continue
            if best is None or _better(reason, give, best):
                best = (reason, give)
        if best is not None and best[0] is Reason.GIVEN:
            give = best[1]
            if self.purpose.legal_basis is not LegalBasis.CONSENT:  # Only the channel leg rests on consent.
                if objection and objection.latest >= give.earliest:
                    return Decision(Reason.OBJECTED, no=objection)
                return Decision(Reason.OTHER_LEGAL_BASIS, give, valid_until=self._expiry(give))
            return Decision(Reason.GIVEN, give, valid_until=self._expiry(give))
        return self._denied(best, newest_no, objection, asked_at)

    def _denied(
        self, best: tuple[Reason, Give] | None, newest_no: No | None, objection: No | None, asked_at: Sequence[int]
    ) -> Decision:
        may_ask = self._may_ask(newest_no, objection, asked_at)
        if best is not None:
            return Decision(best[0], best[1], may_ask=may_ask and best[0] is not Reason.MINOR)
        if objection is not None:
            return Decision(Reason.OBJECTED, no=objection)
        if newest_no is None or newest_no.kind == ActKind.OBJECT:  # An objection that was lifted leaves nothing behind.
            return Decision(Reason.NO_RECORD, may_ask=may_ask)
        return Decision(_NO_REASONS[ActKind(newest_no.kind)], no=newest_no, may_ask=may_ask)

    def _reason(
        self, give: Give, confirmed: Sequence[policy.Confirmed], group: UUID, contact_ids: frozenset[UUID] | None
    ) -> Reason | None:
        """What a surviving give amounts to today; None where it says nothing about the contact asked about."""
        nodes = self.situation.nodes
        if any(other not in nodes or nodes[other].group != group for other in give.named):
            return None  # Its account identifiers disagree: without effect until reviewed.
        if contact_ids is not None and give.contact is not None and give.contact not in contact_ids:
            return None
        if contact_ids is not None and give.contact is None and not self._held(give, group, contact_ids):
            return Reason.CONTACT_UNKNOWN
        on = self._day(give.earliest)
        wording = self.programme.wording(*give.wording) if give.wording else None
        if self._minor(give, group, on):
            return Reason.MINOR
        if (
            not give.provable
            or wording is None
            or not wording.in_force(on)
            or ProofGrade(give.proof).rank < self.purpose.least_proof.rank
            or (self.purpose.explicit and not give.explicit)
        ):
            return Reason.INSUFFICIENT_PROOF
        if self.programme.superseded(wording.code, wording.version, self.today):
            return Reason.SUPERSEDED
        expiry = self._expiry(give)
        if expiry is not None and self.now >= expiry:
            return Reason.EXPIRED
        pending = give.kind == ActKind.REQUEST or self.purpose.double_opt_in
        if pending and not policy.is_confirmed(give, confirmed):
            return Reason.REQUESTED
        return Reason.GIVEN

    def _held(self, give: Give, group: UUID, contact_ids: frozenset[UUID]) -> bool:
        """Whether the account held the contact when it gave consent without naming one."""
        return any(
            h.id in contact_ids
            and self.situation.nodes[h.subject].group == group
            and h.held_from <= give.latest
            and (h.held_until is None or h.held_until > give.earliest)
            for h in self.situation.holdings
        )

    def _minor(self, give: Give, group: UUID, on: date) -> bool:
        """Whether the person was too young to consent alone, and no parent did (Art. 8; KC for tills and paper)."""
        if give.represented or self.purpose.minimum_age is None:
            return False
        age = self.programme.minimum_age(give.setting, on, rule=self.purpose.minimum_age)
        classes = [AgeClass(give.age_class)] if give.age_class else []
        classes += [n.age_class for n in self.situation.nodes.values() if n.group == group and n.age_class]
        return any(c.lowest_age < age for c in classes)

    def _expiry(self, give: Give) -> int | None:
        return self.purpose.expires_at(give.earliest, self.programme.zone)

    def _may_ask(self, newest_no: No | None, objection: No | None, asked_at: Sequence[int]) -> bool:
        """Whether consent may be asked for now: not while an objection stands, not soon after a "no" or a request."""
        if objection is not None:
            return False
        recent = [*asked_at, *([newest_no.latest] if newest_no else [])]
        zone = self.programme.zone
        return all(
            again is None or again <= self.now for again in (self.purpose.ask_again_at(at, zone) for at in recent)
        )

    def _unknown(self) -> Decision:
        """The answer for somebody of whom nothing is known."""
        if self.needs_consent:
            return Decision(Reason.NO_RECORD, may_ask=True)
        return Decision(Reason.OTHER_LEGAL_BASIS)

    def _day(self, micros: int) -> date:
        return clock.from_micros(micros).astimezone(self.programme.zone).date()


def _better(reason: Reason, give: Give, best: tuple[Reason, Give]) -> bool:
    """A consent in force wins; else the most protective reason; of equals the newest."""
    if (reason is Reason.GIVEN) != (best[0] is Reason.GIVEN):
        return reason is Reason.GIVEN
    return (-reason.rank, give.earliest, give.act_id) > (-best[0].rank, best[1].earliest, best[1].act_id)
