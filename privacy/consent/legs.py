"""What the acts of one group of accounts amount to at a moment: the legal basis, and the consent that is needed.

Two legs, both of which must hold: the purpose's legal basis (GDPR Art. 6) and the law on electronic contact (in Poland
PKE Art. 398), each judged at the moment asked about: expiry, wording periods, least proof, age. Pure. Who is concerned
by a question is `decision.decide`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from privacy import clock
from privacy.consent import policy
from privacy.consent.acts import ActKind
from privacy.consent.policy import Confirmed, Give, No
from privacy.consent.reasons import Reason
from privacy.consent.situation import Decision, Question, Situation
from privacy.programme.types import LegalBasis, Programme, ProofGrade, PurposeClass
from privacy.subjects.types import AgeClass

#: What a "no" is called in an answer. An invalidated consent is one that nobody can rely on.
REASON_OF_NO = {
    ActKind.OBJECT: Reason.OBJECTED,
    ActKind.WITHDRAW: Reason.WITHDRAWN,
    ActKind.REFUSE: Reason.REFUSED,
    ActKind.INVALIDATE: Reason.INSUFFICIENT_PROOF,
}


#: What a consent amounts to that is in force, or once was: an earlier "no" gives way to it.
_COUNTED = frozenset({Reason.GIVEN, Reason.EXPIRED, Reason.SUPERSEDED})


@dataclass
class _Told:
    """What the acts of a group say, and the noes of everybody whom a claim ever joined with it."""

    gives: list[Give] = field(default_factory=list)
    confirmed: list[Confirmed] = field(default_factory=list)
    noes: list[No] = field(default_factory=list)
    lifted: list[int] = field(default_factory=list)
    asked_at: list[int] = field(default_factory=list)

    def newest_no(self) -> No | None:
        """The newest "no" of any kind: no consent as old as it counts."""
        return max(self.noes, key=lambda no: (no.latest, no.act_id), default=None)

    def objection(self) -> No | None:
        """The newest objection, unless it was surely lifted later."""
        newest = _newest(no for no in self.noes if no.kind == ActKind.OBJECT)
        return None if newest is None or any(at > newest.latest for at in self.lifted) else newest

    def standing_no(self) -> No | None:
        """The most protective "no" that stands; an objection that was lifted leaves nothing behind."""
        kinds = {ActKind(no.kind) for no in self.noes if no.kind != ActKind.OBJECT}
        if objection := self.objection():
            return objection
        if not kinds:
            return None
        strictest = min(kinds, key=lambda kind: REASON_OF_NO[kind].rank)
        return _newest(no for no in self.noes if no.kind == strictest)


def _newest(noes: Iterable[No]) -> No | None:
    return max(noes, key=lambda no: (no.latest, no.act_id), default=None)


class Legs:
    """Judges groups of accounts for one question. Exists so that the question need not be handed to every step."""

    def __init__(self, question: Question, programme: Programme, situation: Situation) -> None:
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
        self._expiries: dict[int, int | None] = {}

    def answer(self, group: UUID, cluster: UUID, contact_ids: frozenset[UUID] | None) -> Decision:
        """The answer of accounts that are surely one person's. Claims in doubt still share every "no".

        `contact_ids` are the rows that hold the contact asked about; None where no contact plays a part.
        """
        told = self._told(group, cluster, contact_ids)
        if self.needs_consent:
            return self._consent(told, group, contact_ids)
        if (objection := told.objection()) and self._objection_binds():
            return Decision(Reason.OBJECTED, no=objection)
        return self._said_no(told, group, contact_ids) or Decision(Reason.OTHER_LEGAL_BASIS)

    def unknown(self) -> Decision:
        """The answer for somebody of whom nothing is known: a guest's order goes out, marketing never."""
        if self.needs_consent or self.purpose.purpose_class is PurposeClass.MARKETING:
            return Decision(Reason.NO_RECORD, may_ask=True)
        return Decision(Reason.OTHER_LEGAL_BASIS)

    def _told(self, group: UUID, cluster: UUID, contact_ids: frozenset[UUID] | None) -> _Told:
        told = _Told()
        for subject, rows in self.situation.facts.items():
            node = self.situation.nodes[subject]
            if node.cluster != cluster:
                continue
            for facts in rows:
                told.noes += [no for no in facts.noes if contact_ids is None or no.contact in {None, *contact_ids}]
                told.lifted += [facts.lifted_at] if facts.lifted_at is not None else []
                told.asked_at += [facts.asked_at] if facts.asked_at is not None else []
                if node.group == group:
                    told.gives += facts.gives
                    told.confirmed += facts.confirmed
        return told

    def _said_no(self, told: _Told, group: UUID, contact_ids: frozenset[UUID] | None) -> Decision | None:
        """A plain "no" where no consent is needed counts as the objection it may be meant as: doubt resolves to no."""
        plain = [no for no in told.noes if no.kind != ActKind.OBJECT]
        newest = _newest(plain)
        if not self._objection_binds() or newest is None:
            return None
        later = [give for give in told.gives if give.earliest > newest.latest]
        if any(self._reason(give, told.confirmed, group, contact_ids) in _COUNTED for give in later):
            return None
        return Decision(REASON_OF_NO[ActKind(newest.kind)], no=newest)

    def _objection_binds(self) -> bool:
        """Art. 21(2) against marketing always; Art. 21(1) only against public task and legitimate interests."""
        kind, basis = self.purpose.purpose_class, self.purpose.legal_basis
        if kind is PurposeClass.MARKETING:
            return True
        return kind is PurposeClass.SERVICE and basis in {LegalBasis.PUBLIC_TASK, LegalBasis.LEGITIMATE_INTERESTS}

    # One consent.

    def _consent(self, told: _Told, group: UUID, contact_ids: frozenset[UUID] | None) -> Decision:
        newest_no = told.newest_no()
        best: tuple[Reason, Give] | None = None
        counted = False
        for give in told.gives:
            if newest_no is not None and give.earliest <= newest_no.latest:
                continue
            reason = self._reason(give, told.confirmed, group, contact_ids)
            counted |= reason in _COUNTED
            if reason is not None and (best is None or _better(reason, give, best)):
                best = (reason, give)
        if best is None or best[0] is not Reason.GIVEN:
            return self._denied(best, told, counted=counted)
        # A consent in force is surely newer than every "no" here, an objection too.
        own_basis = self.purpose.legal_basis is LegalBasis.CONSENT  # Otherwise only the channel leg rests on consent.
        reason = Reason.GIVEN if own_basis else Reason.OTHER_LEGAL_BASIS
        return Decision(reason, best[1], valid_until=self._expiry(best[1]))

    def _denied(self, best: tuple[Reason, Give] | None, told: _Told, *, counted: bool) -> Decision:
        """Why there is no consent in force. `counted`: whether one that is surely newer than every "no" ever was."""
        if best is not None and best[0] is Reason.REQUESTED:  # Its message is as good as a question.
            told.asked_at.append(best[1].latest)
        may_ask, stands = self._may_ask(told), told.standing_no()
        # A consent that never counted (no proof, not confirmed, a minor's, on no contact) takes nothing from a "no".
        standing = None if counted else stands
        if best is not None and (standing is None or best[0] is Reason.REQUESTED):
            return Decision(best[0], best[1], standing, may_ask=may_ask and best[0] is not Reason.MINOR)
        if stands is None:
            return Decision(Reason.NO_RECORD, may_ask=may_ask)
        return Decision(REASON_OF_NO[ActKind(stands.kind)], no=stands, may_ask=may_ask)

    def _reason(
        self, give: Give, confirmed: Sequence[Confirmed], group: UUID, contact_ids: frozenset[UUID] | None
    ) -> Reason | None:
        """What a surviving give amounts to today; None where it says nothing about the contact asked about."""
        nodes = self.situation.nodes
        if len({nodes[i].group if i in nodes else i for i in give.named}) > 1:
            return None  # Its account identifiers disagree: without effect until reviewed.
        if give.named and self._in_dispute(give, group):
            return None  # It came through a merge from one with whom only a claim in dispute connects the group.
        if contact_ids is not None and give.contact is not None and give.contact not in contact_ids:
            return None
        if contact_ids is not None and give.contact is None and not self._held(give, group, contact_ids):
            return Reason.CONTACT_UNKNOWN
        return self._doubt(give, confirmed, group) or self._age_of(give) or self._pending(give, confirmed)

    def _in_dispute(self, give: Give, group: UUID) -> bool:
        """Whether the give names an account that claims join with the group, though not as one person for sure."""
        nodes = self.situation.nodes
        named = [nodes[i] for i in give.named if i in nodes]
        clusters = {node.cluster for node in nodes.values() if node.group == group}
        return any(node.group != group and node.cluster in clusters for node in named)

    def _doubt(self, give: Give, confirmed: Sequence[Confirmed], group: UUID) -> Reason | None:
        """Whether the consent was ever good: the person's age, the proof, a wording in force on its day."""
        on = self._day(give.earliest)
        if self._minor(give, group, on):
            return Reason.MINOR
        wording = self.programme.wording(*give.wording) if give.wording else None
        in_force = wording is not None and wording.in_force(on)
        return None if in_force and self._proven(give, confirmed) else Reason.INSUFFICIENT_PROOF

    def _age_of(self, give: Give) -> Reason | None:
        """Whether the consent is still good: not superseded by a wording that demands a fresh one, not expired."""
        if give.wording and self.programme.superseded(*give.wording, self.today):
            return Reason.SUPERSEDED
        expiry = self._expiry(give)
        return Reason.EXPIRED if expiry is not None and self.now >= expiry else None

    def _pending(self, give: Give, confirmed: Sequence[Confirmed]) -> Reason:
        """Whether it still waits for the confirmation that double opt-in demands."""
        pending = give.kind == ActKind.REQUEST or self.purpose.double_opt_in
        return Reason.REQUESTED if pending and not policy.is_confirmed(give, confirmed) else Reason.GIVEN

    def _proven(self, give: Give, confirmed: Iterable[Confirmed]) -> bool:
        """Whether the act can be shown as well as the purpose demands. A confirmation is worth its own proof."""
        grades = [give.proof, *(c.proof for c in confirmed if policy.confirms(c, give))]
        best = max(ProofGrade(grade).rank for grade in grades)
        explicit = give.explicit or not self.purpose.explicit
        return give.provable and explicit and best >= self.purpose.least_proof.rank

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
        classes = [AgeClass(give.age_class)] if give.age_class else []
        classes += [n.age_class for n in self.situation.nodes.values() if n.group == group and n.age_class]
        if not classes:
            return False
        age = self.programme.minimum_age(give.setting, on, rule=self.purpose.minimum_age)
        return any(c.lowest_age < age for c in classes)

    def _expiry(self, give: Give) -> int | None:
        if give.earliest not in self._expiries:  # Asked twice of a consent in force: whether it is, and until when.
            self._expiries[give.earliest] = self.purpose.expires_at(give.earliest, self.programme.zone)
        return self._expiries[give.earliest]

    def _may_ask(self, told: _Told) -> bool:
        """Whether consent may be asked for now: not while an objection stands, not soon after a "no" or a request."""
        if told.objection() is not None:
            return False
        newest_no = told.newest_no()
        recent = [*told.asked_at, *([newest_no.latest] if newest_no else [])]
        zone = self.programme.zone
        return all(
            again is None or again <= self.now for again in (self.purpose.ask_again_at(at, zone) for at in recent)
        )

    def _day(self, micros: int) -> date:
        return clock.from_micros(micros).astimezone(self.programme.zone).date()


def _better(reason: Reason, give: Give, best: tuple[Reason, Give]) -> bool:
    """A consent in force wins; else the most protective reason; of equals the newest."""
    if (reason is Reason.GIVEN) != (best[0] is Reason.GIVEN):
        return reason is Reason.GIVEN
    return (-reason.rank, give.earliest, give.act_id) > (-best[0].rank, best[1].earliest, best[1].act_id)
