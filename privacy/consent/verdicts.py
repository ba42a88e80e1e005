"""What became of one act, found by asking the decision itself. Pure.

No rule stands here a second time: an act is laid before the same `policy.fold` and `Legs` that decide a check, alone,
then beside each "no", then among all acts, and the verdict is what they answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from privacy.consent import policy
from privacy.consent.acts import NOES, UNPROVABLE, Act, ActKind
from privacy.consent.legs import Legs
from privacy.consent.policy import Facts
from privacy.consent.reasons import Reason
from privacy.consent.situation import Decision, Question, Situation
from privacy.programme.types import Programme, ProofGrade


class Effect(StrEnum):
    """What became of an act: a closed list, each with a sentence in `plain_words`."""

    RELIED_ON = "relied_on"
    REPLACED = "replaced"
    OUTWEIGHED = "outweighed"
    UNPROVEN = "unproven"
    NOT_EXPLICIT = "not_explicit"
    WORDING_GONE = "wording_gone"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    UNCONFIRMED = "unconfirmed"
    MINOR = "minor"
    CONTACT_UNKNOWN = "contact_unknown"
    CONTACT_REASSIGNED = "contact_reassigned"
    IDENTIFIERS_DISAGREE = "identifiers_disagree"
    NOT_NEEDED = "not_needed"
    WITHOUT_EFFECT = "without_effect"
    ANNULLED = "annulled"
    MERGE_ENDED = "merge_ended"
    PURPOSE_GONE = "purpose_gone"
    STANDS = "stands"
    OUTLIVED = "outlived"
    CONFIRMS = "confirms"
    CONFIRMS_NOTHING = "confirms_nothing"
    LIFTS = "lifts"
    NOTED = "noted"
    TAKES_OUT = "takes_out"


#: What the decision says of a consent that nothing outweighs.
_OF_REASON = {
    Reason.SUPERSEDED: Effect.SUPERSEDED,
    Reason.EXPIRED: Effect.EXPIRED,
    Reason.REQUESTED: Effect.UNCONFIRMED,
    Reason.MINOR: Effect.MINOR,
}


@dataclass(frozen=True)
class Verdict:
    """What became of an act on one contact, or where no contact plays a part."""

    effect: Effect
    #: Index of the contact; None where none plays a part.
    contact: bytes | None = None
    #: The act that outweighs, replaces or annuls it, or that it confirms.
    by: UUID | None = None
    #: When a consent ends or ended.
    until: int | None = None


#: Acts by subject and row (purpose and channel), as folds take them.
Told = Mapping[UUID, Sequence[Sequence[Act]]]


class Weighing:
    """Weighs consents to one purpose by one channel at one moment."""

    def __init__(self, question: Question, programme: Programme, situation: Situation, told: Told) -> None:
        self.question = question
        self.programme = programme
        self.situation = situation
        self.told = told

    def give(self, subject: UUID, act: Act) -> list[Verdict]:
        """What became of a `give` or `request` in that subject's fold, for each contact that it may cover."""
        if act.no_effect is not None and act.no_effect not in UNPROVABLE:
            return [Verdict(Effect.WITHOUT_EFFECT)]
        channel = self.question.channel
        if channel is None or self.programme.channel(channel).contact_kind is None:
            return [self._on(subject, act, None)]
        if act.contact is not None:
            return [self._named(subject, act)]
        held = {h.index for h in self.situation.holdings if self._is_of_group(h.subject, subject)}
        verdicts = [self._on(subject, act, index) for index in sorted(held)]
        if any(verdict.effect is Effect.IDENTIFIERS_DISAGREE for verdict in verdicts):
            return [Verdict(Effect.IDENTIFIERS_DISAGREE)]  # Whose contacts it might cover is what they disagree on.
        covered = [verdict for verdict in verdicts if verdict.effect is not Effect.CONTACT_UNKNOWN]
        return covered or [Verdict(Effect.CONTACT_UNKNOWN)]

    def confirmed_by(self, subject: UUID, act: Act) -> list[UUID]:
        """The requests and consents that a `confirm` in that subject's fold confirms."""
        confirmed, row = policy.fold([act]).confirmed, self._row(subject, act)
        annulled = _annulled(row)
        gives = [give for each in row if each.id not in annulled for give in policy.fold([each]).gives]
        return [give.act_id for give in gives if policy.is_confirmed(give, confirmed)]

    def _named(self, subject: UUID, act: Act) -> Verdict:
        holding = next((h for h in self.situation.holdings if h.id == act.contact), None)
        if holding is None:
            return Verdict(Effect.CONTACT_UNKNOWN)
        if holding.reassigned:
            return Verdict(Effect.CONTACT_REASSIGNED, holding.index)
        return self._on(subject, act, holding.index)

    def _on(self, subject: UUID, act: Act, contact: bytes | None) -> Verdict:
        confirms = [each for each in self._row(subject, act) if each.kind is ActKind.CONFIRM]
        alone = self._answer(subject, contact, {subject: [[act, *confirms]]})
        if alone.give is None:
            needed = alone.reason is not Reason.OTHER_LEGAL_BASIS
            return Verdict(Effect.IDENTIFIERS_DISAGREE if needed else Effect.NOT_NEEDED, contact)
        if alone.reason is Reason.CONTACT_UNKNOWN:  # It says nothing about this contact, whatever else was said.
            return Verdict(Effect.CONTACT_UNKNOWN, contact)
        if stronger := self._outweighing(subject, act, confirms, contact):
            return Verdict(Effect.OUTWEIGHED, contact, stronger.id)
        if not alone.allowed:
            return Verdict(self._lacking(subject, act, confirms, contact, alone), contact, until=self._end(act))
        chosen = self._answer(subject, contact, self.told).give
        if chosen is not None and chosen.act_id != act.id:
            return Verdict(Effect.REPLACED, contact, chosen.act_id, alone.valid_until)
        return Verdict(Effect.RELIED_ON, contact, until=alone.valid_until)

    def _outweighing(self, subject: UUID, act: Act, confirms: Sequence[Act], contact: bytes | None) -> Act | None:
        """The newest "no" beside which the act does not survive."""
        noes = list(self._noes(subject))
        if not noes or self._survives(subject, act, confirms, contact, noes):
            return None
        newest_first = sorted(noes, key=lambda no: (no[1].latest, no[1].id), reverse=True)
        return next((no[1] for no in newest_first if not self._survives(subject, act, confirms, contact, [no])), None)

    def _survives(
        self,
        subject: UUID,
        act: Act,
        confirms: Sequence[Act],
        contact: bytes | None,
        noes: Iterable[tuple[UUID, Act]],
    ) -> bool:
        told: dict[UUID, list[list[Act]]] = {subject: [[act, *confirms]]}
        for whose, no in noes:
            told.setdefault(whose, []).append([no])
        return self._answer(subject, contact, told).give is not None

    def _noes(self, subject: UUID) -> Iterator[tuple[UUID, Act]]:
        """Every "no" that may stand against the subject's consents, with whose fold it is in."""
        cluster = self.situation.nodes[subject].cluster
        for whose, rows in self.told.items():
            if self.situation.nodes[whose].cluster == cluster:
                for row in rows:
                    annulled = _annulled(row)
                    yield from ((whose, act) for act in row if act.kind in NOES and act.id not in annulled)

    def _lacking(
        self, subject: UUID, act: Act, confirms: Sequence[Act], contact: bytes | None, alone: Decision
    ) -> Effect:
        """What the consent lacks. For want of proof: what, were it there, would have made it count."""
        if alone.reason is not Reason.INSUFFICIENT_PROOF:
            return _OF_REASON[alone.reason]
        if act.no_effect is not None:
            return Effect.WITHOUT_EFFECT
        better = replace(act, proof=ProofGrade.OWN_ACT.value)
        for mended, effect in ((better, Effect.UNPROVEN), (replace(better, explicit=True), Effect.NOT_EXPLICIT)):
            answer = self._answer(subject, contact, {subject: [[mended, *confirms]]})
            if answer.reason is not Reason.INSUFFICIENT_PROOF:
                return effect
        return Effect.WORDING_GONE

    def _end(self, act: Act) -> int | None:
        return self.question.purpose.expires_at(act.earliest, self.programme.zone)

    def _answer(self, subject: UUID, contact: bytes | None, told: Told) -> Decision:
        """The answer of the subject's accounts, were these all the acts."""
        facts: dict[UUID, list[Facts]] = {whose: [policy.fold(row) for row in rows] for whose, rows in told.items()}
        situation = replace(self.situation, facts=facts)
        holding = (h for h in situation.holdings if h.index == contact and not h.reassigned)
        node = situation.nodes[subject]
        ids = None if contact is None else frozenset(h.id for h in holding)
        return Legs(self.question, self.programme, situation).answer(node.group, node.cluster, ids)

    def _row(self, subject: UUID, act: Act) -> Sequence[Act]:
        """The acts of the row that the act stands in."""
        return next((row for row in self.told.get(subject, ()) if any(each.id == act.id for each in row)), ())

    def _is_of_group(self, holder: UUID, subject: UUID) -> bool:
        nodes = self.situation.nodes
        return holder in nodes and nodes[holder].group == nodes[subject].group


def _annulled(row: Iterable[Act]) -> set[UUID | None]:
    return {act.refers_to for act in row if act.kind is ActKind.ANNUL}
