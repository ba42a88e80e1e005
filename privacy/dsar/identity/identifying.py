"""Who is meant: the person of a request, and by which proof (Art. 11(2), 12(2), 12(6)).

An identifier that the request names is a claim. Once the person is known, only those stay in the request that are the
person's by our own records, or that whoever decides says the proof covers: with another's address in it, a request
would otherwise collect another's data.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

import msgspec

from privacy import clock
from privacy.authz.actors import Actor, ActorKind, Realm
from privacy.dsar import cases, standings
from privacy.dsar.correspondence import reach, receipts
from privacy.dsar.matter import Matter, Named
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, Event, Intake, ProofLevel, Role
from privacy.erasure import service as erasure
from privacy.erasure.service import SeveralPeople
from privacy.errors import InvalidInput, NotFound, NotPermitted
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming

#: Agents, and other controllers, whose clients send requests of people.
_SENT_BY_OTHERS = frozenset({Intake.AGENT, Intake.DRP, Intake.OPENDSR})
#: What a machine may report, and a person's own session: that they signed in. A decision about proof is for staff.
_REPORTED = frozenset({ProofLevel.CONTROL, ProofLevel.ACCOUNT})
_REPORT_ONLY = frozenset({ActorKind.CLIENT, ActorKind.PERSON})


def identify(
    row: DataSubjectRequest,
    proof: ProofLevel,
    role: Role,
    *,
    actor: Actor,
    subject: Naming | None = None,
    confirmed: Collection[str] | None = None,
    reason: str | None = None,
) -> DataSubjectRequest:
    """The person of a locked request is known, with this proof; their standings bind from the commit on.

    `subject`: who it is; None where the request's own identifiers say so. `confirmed`: the kinds of those identifiers
    that the proof covers although our records do not hold them for the person. `reason`: what was looked at.
    Raises `SeveralPeople`, `NotFound`, `InvalidInput`, `NotPermitted`, `workflow.NotPossible`.
    """
    _ensure_may_prove(proof, actor, reason)
    matter, told = cases.matter_of(row), reach.remember(row)
    row.subject_id = _person(row, subject, matter, actor)
    row.proof_level, row.identified_at = proof.value, clock.micros()
    if CaseType(row.case_type).of_a_person:
        kept = _surely_theirs(row, matter, proof, confirmed, actor)
        if kept != matter.named:
            cases.put_matter(row, msgspec.structs.replace(matter, named=kept))
        if row.subject_id is None and row.case_type == CaseType.RESTRICTION and kept:
            row.subject_id = _made(kept, row, actor)
    cases.advance(row, Event.IDENTIFY, role, actor=actor, reason=reason, proof=proof.value)
    if CaseType(row.case_type).of_a_person:
        receipts.write_to_others(row, told)
    standings.settle(row, actor=actor)
    return row


def ensure_not_its_sender(row: DataSubjectRequest, actor: Actor) -> None:
    """Raise `NotPermitted` where whoever sent the request for the person would say who the person is."""
    sent_by = cases.steps_of(row.id)[0].actor_id
    if actor.kind is ActorKind.CLIENT and row.intake in _SENT_BY_OTHERS and actor.id == sent_by:
        raise NotPermitted("Who sends a request for a person does not prove the person, who does it themselves.")


def names_another(row: DataSubjectRequest, subject_id: UUID, actor: Actor) -> bool:
    """Whether an identifier that the request names is, by our records, somebody else's and not this subject's."""
    theirs = subjects.natural_person(subject_id)
    each = namings(cases.matter_of(row).named, actor, Realm(row.realm))
    return any(found and theirs.isdisjoint(found) for found in map(subjects.find_ids, each))


def take_at_its_word(row: DataSubjectRequest, role: Role, *, actor: Actor) -> None:
    """Go on with a request for which the rules want no proof; who is meant is known if it is one person alone."""
    with contextlib.suppress(SeveralPeople):
        row.subject_id = _person(row, None, cases.matter_of(row), actor)
    cases.advance(row, Event.IDENTIFY, role, actor=actor)
    standings.settle(row, actor=actor)


def namings(named: Sequence[Named], actor: Actor, realm: Realm) -> list[Naming]:
    """Each identifier by itself, as the people's room reads it; raises `BadIdentifier` or `InvalidInput`."""
    programme, whose = programmes.current(), replace(actor, realm=realm)
    return [subjects.name_of(programme, whose, {one.kind: one.value}) for one in named]


def _ensure_may_prove(proof: ProofLevel, actor: Actor, reason: str | None) -> None:
    if actor.kind in _REPORT_ONLY and proof not in _REPORTED:
        raise NotPermitted("A sign-in or a code is reported; any other proof is a decision of staff.")
    if proof is ProofLevel.DECIDED and not reason:
        raise InvalidInput.of("reason", "Say what was looked at and why it is enough, without copying it.")


def _person(row: DataSubjectRequest, subject: Naming | None, matter: Matter, actor: Actor) -> UUID | None:
    """The subject that is meant; None where our records do not know the person."""
    if subject is not None:
        return erasure.the_one(subject, actor=actor)
    found: list[UUID] = []
    for naming in namings(matter.named, actor, Realm(row.realm)):
        with contextlib.suppress(NotFound):
            found.append(erasure.the_one(naming, actor=actor))
    if len({subjects.natural_person(one) for one in found}) > 1:
        raise SeveralPeople("The identifiers of this request are of several people; say which one is meant.")
    return found[0] if found else None


def _surely_theirs(
    row: DataSubjectRequest, matter: Matter, proof: ProofLevel, confirmed: Collection[str] | None, actor: Actor
) -> tuple[Named, ...]:
    """The identifiers that are the person's: by our records, or by the proof."""
    kinds = {one.kind for one in matter.named}
    if unknown := sorted(set(confirmed or ()) - kinds):
        raise InvalidInput.of("confirmed", f"The request names no such identifier: {', '.join(unknown)}.")
    if proof is ProofLevel.NONE:
        return matter.named  # Nothing is handed out or destroyed by it: the rules want no proof.
    if row.subject_id is None and confirmed is None and matter.named:
        raise InvalidInput.of("confirmed", "Our records do not know the person: name the identifiers that were proven.")
    theirs = subjects.natural_person(row.subject_id) if row.subject_id is not None else frozenset()
    each = zip(matter.named, namings(matter.named, actor, Realm(row.realm)), strict=True)
    return tuple(
        one for one, naming in each if one.kind in (confirmed or ()) or not theirs.isdisjoint(subjects.find_ids(naming))
    )


def _made(named: Sequence[Named], row: DataSubjectRequest, actor: Actor) -> UUID:
    """Somebody new in our records, because a restriction must bind whatever comes in about them later."""
    whose = replace(actor, realm=Realm(row.realm))
    given = {one.kind: one.value for one in reversed(named)}
    programme = programmes.current()
    naming = subjects.name_of(programme, whose, given)
    return subjects.put_subject(naming, actor=actor, programme=programme, source=standings.SOURCE)[0]
