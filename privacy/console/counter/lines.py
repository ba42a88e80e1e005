"""What may be asked of one customer: for each purpose and contact, done, do not ask, may ask, or nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from privacy.authz.actors import Actor
from privacy.consent import service as consent
from privacy.consent.service import CheckOut, Decision, Reason
from privacy.errors import NotFound
from privacy.programme.types import ContactKind, LegalBasis, Programme, ProofGrade, Purpose
from privacy.subjects.service import SubjectView

#: Nobody can say for whom the answer would be.
_UNCLEAR = frozenset({Reason.CONTACT_UNKNOWN, Reason.SHARED_CONTACT})


class Standing(StrEnum):
    """What whoever serves the customer needs to know, in one word."""

    DONE = "done"
    WAITS = "waits"  # asked, and a code is on its way
    DO_NOT_ASK = "do_not_ask"
    MAY_ASK = "may_ask"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class Line:
    """One question, for one contact where the channel has any."""

    purpose: Purpose
    channel: str | None
    contact_id: UUID | None
    #: Enough of it for its holder to recognise.
    masked: str
    standing: Standing
    reason: Reason

    @property
    def key(self) -> tuple[str, str, str]:
        """The parts of its address."""
        return self.purpose.code, self.channel or "-", str(self.contact_id) if self.contact_id else "-"

    def kind(self, programme: Programme) -> ContactKind | None:
        """The kind of contact that its channel goes to."""
        return programme.channel(self.channel).contact_kind if self.channel else None

    def may_have_code(self, programme: Programme) -> bool:
        """Whether a code can be sent to the contact."""
        return self.contact_id is not None and self.kind(programme) in {ContactKind.EMAIL, ContactKind.PHONE}

    @property
    def may_have_ticket(self) -> bool:
        """Whether her own phone will do: where the contact itself must answer, it will not."""
        return not self.purpose.double_opt_in

    @property
    def words_suffice(self) -> bool:
        """Whether what staff say that they heard is proof enough for the purpose."""
        return self.purpose.least_proof is ProofGrade.STAFF_CLAIM and not self.purpose.double_opt_in


def lines_of(subject_id: UUID, *, actor: Actor, programme: Programme) -> tuple[SubjectView, list[Line]]:
    """Every question of the programme that rests on consent; raises `NotFound`, `Unavailable` where nobody can tell."""
    person, answers = consent.preferences(subject_id, actor=actor, programme=programme)
    masked = {contact.id: contact.masked for contact in person.contacts}
    asked = [out for out in answers if out.purpose.legal_basis is LegalBasis.CONSENT]
    return person, [line for out in asked for line in _lines(out, masked)]


def line_of(lines: list[Line], purpose: str, channel: str, contact: str) -> Line:
    """The line of an address; raises `NotFound`."""
    found = next((line for line in lines if line.key == (purpose, channel, contact)), None)
    if found is None:
        raise NotFound("There is no such question for this customer.")
    return found


def _lines(out: CheckOut, masked: dict[UUID, str]) -> Iterator[Line]:
    if not out.decision.contacts:
        yield Line(out.purpose, out.channel, None, "", _standing(out.decision), out.decision.reason)
    for holding, decision in out.decision.contacts:
        shown = masked.get(holding.id, "")
        yield Line(out.purpose, out.channel, holding.id, shown, _standing(decision), decision.reason)


def _standing(decision: Decision) -> Standing:
    if decision.allowed:
        return Standing.DONE
    if decision.reason in _UNCLEAR:
        return Standing.CANNOT_TELL
    if decision.reason is Reason.REQUESTED:
        return Standing.WAITS
    return Standing.MAY_ASK if decision.may_ask else Standing.DO_NOT_ASK
