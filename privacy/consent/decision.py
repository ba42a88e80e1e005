"""The decision: may this person be contacted for this purpose by this channel at this moment? Pure, never cached.

Here it is settled whom a question concerns: the one asked about, whoever shares the contact, those merged with them,
and what their standing stops. `legs` judges what each of them agreed to; `service.check` loads the facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from privacy.consent.legs import Legs
from privacy.consent.reasons import Reason
from privacy.consent.situation import Decision, Holding, Node, Question, Situation, Suppressed
from privacy.programme.types import LegalBasis, Programme, PurposeClass
from privacy.subjects.types import NO_STANDING, Standing

__all__ = ["Decision", "Holding", "Node", "Question", "Reason", "Situation", "Suppressed", "decide"]

#: Another person behind the same contact stops everybody who shares it only by these.
_STOPS_OTHERS = frozenset(
    {Reason.OBJECTED, Reason.RESTRICTED, Reason.ERASURE_PENDING, Reason.WITHDRAWN, Reason.REFUSED}
)
#: Nothing is known either way: neutral where others have an opinion.
_SILENT = frozenset({Reason.NO_RECORD, Reason.CONTACT_UNKNOWN})


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
    """Finds out whom one question concerns and joins their answers."""

    def __init__(self, question: Question, programme: Programme, situation: Situation) -> None:
        self.question = question
        self.purpose = question.purpose
        self.situation = situation
        self.legs = Legs(question, programme, situation)

    # Who is concerned.

    def without_contact(self) -> Decision:
        """The answer where the account itself is reached, or nobody is: contacts play no part."""
        asked = [self.situation.nodes[i] for i in self.question.accounts]
        if not asked:
            holders = {h.subject for h in self.situation.holdings if h.index == self.question.contact}
            asked = [self.situation.nodes[holder] for holder in sorted(holders)]
        return self._agreed(asked, None) or self.legs.unknown()

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
        if not self.legs.needs_consent and any(answer.allowed for _, answer in answers):
            return Decision(Reason.OTHER_LEGAL_BASIS, contacts=answers)
        strictest = min((answer for _, answer in answers), key=lambda answer: answer.reason.rank)
        some = any(answer.allowed for _, answer in answers)
        if strictest.allowed or (some and strictest.reason in _SILENT):  # Which of them is meant?
            return Decision(Reason.CONTACT_UNKNOWN, contacts=answers)
        return Decision(strictest.reason, None, strictest.no, None, strictest.may_ask, answers)

    def _no_contact(self) -> Decision:
        asked = [self.situation.nodes[i] for i in self.question.accounts]
        return self._agreed(asked, frozenset()) or self.legs.unknown()

    def contact(self, index: bytes) -> Decision:
        """The answer for one contact: nobody behind it may have a "no", and the one asked about must have agreed.

        Who held it before it became somebody else's is not behind it any more.
        """
        behind = [h for h in self.situation.holdings if h.index == index and not h.reassigned]
        ids = frozenset(h.id for h in behind)
        asked, others = self._divide(behind)
        decision = self._agreed(asked, ids) or self.legs.unknown()
        reasons = [decision.reason]
        if self._suppressed(index, asked, behind):
            reasons.append(Reason.SUPPRESSED)
        if any(self._stops_others(node, ids) for node in others):
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
        asked = {i: nodes[i] for i in self.question.accounts} | {i: node for i, node in holders.items() if node.alone}
        others = [node for i, node in holders.items() if i not in asked and node.person not in people]
        return list(asked.values()), others

    def _agreed(self, asked: Sequence[Node], contact_ids: frozenset[UUID] | None) -> Decision | None:
        """The answer of those asked about: nobody's "no" may stand, and one of them must have agreed.

        Accounts that are named together and not known to be one person's must each have agreed.
        """
        answers = [(node, self._person(node, contact_ids)) for node in asked]
        named = [(node.group, answer) for node, answer in answers if node.id in self.question.accounts]
        stopped = [answer for _, answer in answers if answer.reason.rank <= Reason.MINOR.rank or answer.no is not None]
        if len({group for group, _ in named}) > 1:
            stopped += [answer for _, answer in named if not answer.allowed]
        if stopped:
            return _strictest(stopped)
        return _strictest([a for _, a in answers if a.allowed]) or _strictest([answer for _, answer in answers])

    def _suppressed(self, index: bytes, asked: Iterable[Node], behind: Iterable[Holding]) -> bool:
        """Whether an entry stands that the own later act of somebody asked about does not outweigh."""
        asked_ids = {node.id for node in asked}
        own_acts = [h.own_act_at for h in behind if h.subject in asked_ids and h.own_act_at is not None]
        own_act = max(own_acts, default=None)
        marketing = self.purpose.purpose_class is PurposeClass.MARKETING
        return any(
            (entry.everything or marketing) and (own_act is None or own_act <= entry.at)
            for entry in self.situation.suppressed.get(index, ())
        )

    # One person.

    def _stops_others(self, node: Node, contact_ids: frozenset[UUID]) -> bool:
        """Whether somebody who shares a contact stands against its use: by a "no" even while asked anew."""
        answer = self._person(node, contact_ids, heed_death=False)
        return answer.reason in _STOPS_OTHERS or (answer.reason is Reason.REQUESTED and answer.no is not None)

    def _person(self, node: Node, contact_ids: frozenset[UUID] | None, *, heed_death: bool = True) -> Decision:
        """A person's answer: the meet over those that staff merged with the one asked about.

        `contact_ids` are the rows that hold the contact asked about; None where no contact plays a part.
        """
        family = [n for n in self.situation.nodes.values() if n.person == node.person]
        standing = NO_STANDING
        for member in family:
            standing |= member.standing
        if stopped := self._stopped_by(standing if heed_death else standing & ~Standing.DECEASED):
            return Decision(stopped)
        joined = (n for n in family if n.cluster != node.cluster or (n.merged is not None and n.merged == node.merged))
        groups = {node.group: node.cluster} | {n.group: n.cluster for n in joined}
        answers = [self.legs.answer(group, cluster, contact_ids) for group, cluster in groups.items()]
        return _strictest([answer for answer in answers if answer.reason not in _SILENT] or answers) or answers[0]

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


def _strictest(answers: Iterable[Decision]) -> Decision | None:
    """The most protective answer."""
    return min(answers, key=lambda answer: answer.reason.rank, default=None)
