"""The steps by which staff bring a request to its decision, and the end of a restriction (Art. 12(2), 12(6), 18(3))."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from privacy import clock
from privacy.authz.actors import Actor
from privacy.dsar import answering, cases, deciding, standings
from privacy.dsar.correspondence import letters
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.execution import lifting, tasks
from privacy.dsar.failures import NotRestricted, NotToldYet
from privacy.dsar.identity import identifying
from privacy.dsar.matter import Decision, Refused
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import Event, Ground, ProofLevel, Role
from privacy.errors import InvalidInput
from privacy.subjects.service import Naming

_NOTE = "note"
#: What the person is told with a step.
_LETTERS = {
    Event.ASK_IDENTITY: LetterKind.IDENTITY,
    Event.ASK_CLARIFICATION: LetterKind.CLARIFICATION,
    Event.GIVE_UP_IDENTITY: LetterKind.REFUSAL,
}


def identify(
    request_id: UUID,
    proof: ProofLevel,
    role: Role,
    *,
    actor: Actor,
    version: int | None = None,
    subject: Naming | None = None,
    confirmed: Collection[str] | None = None,
    reason: str | None = None,
) -> DataSubjectRequest:
    """The person of a request is known, in the open unit of work: see `identifying.identify`."""
    row = cases.lock(request_id, version=version)
    identifying.ensure_not_its_sender(row, actor)
    return identifying.identify(row, proof, role, actor=actor, subject=subject, confirmed=confirmed, reason=reason)


def move(
    request_id: UUID, event: Event, *, actor: Actor, version: int | None = None, reason: str | None = None
) -> DataSubjectRequest:
    """Take a step that brings nothing but itself, in the open unit of work; see `workflow` for who may, and when.

    Raises `workflow.NotPossible`, `RequestNotFound`, `RequestChanged`.
    """
    if event is Event.DOUBT_IDENTITY:
        return deciding.doubt_identity(request_id, cases.role_of(actor), actor=actor, version=version, reason=reason)
    if event is Event.EXECUTE_AGAIN:
        return deciding.execute_again(request_id, actor=actor, version=version, reason=reason)
    row = cases.lock(request_id, version=version)
    if event is Event.ASK_CLARIFICATION:
        _wanted(reason or "")
    if event is Event.GIVE_UP_IDENTITY:
        refused = Refused(Ground.NOT_IDENTIFIABLE, None, reason)
        cases.put_decision(row, Decision(refused=(refused,), wholly=True))
    finished = not tasks.unfinished(tasks.of_request(row.id))
    cases.advance(row, event, cases.role_of(actor), actor=actor, reason=reason, finished=finished)
    if event in _LETTERS:
        letters.write(row, _LETTERS[event], facts={"questions": [reason or ""]})
    return row


def note(request_id: UUID, *, actor: Actor, reason: str, version: int | None = None) -> DataSubjectRequest:
    """Write something down beside the request, in the open unit of work."""
    row = cases.lock(request_id, version=version)
    cases.note(row, _NOTE, cases.role_of(actor), actor=actor, reason=_wanted(reason))
    return row


def tell_of_lifting(request_id: UUID, *, actor: Actor, reason: str, version: int | None = None) -> DataSubjectRequest:
    """Tell the person that their restriction will end, and why, before it does (Art. 18(3))."""
    row = cases.lock(request_id, version=version)
    if not standings.is_restricting(row):
        raise NotRestricted
    answering.tell_of_lifting(row, _wanted(reason), actor=actor)
    return row


def lift_restriction(
    request_id: UUID, *, actor: Actor, version: int | None = None, reason: str | None = None
) -> DataSubjectRequest:
    """End a restriction, in the open unit of work; the systems follow.

    Raises `NotRestricted`, and `NotToldYet` until the time that the letter gave the person is over.
    """
    row = cases.lock_person(request_id, version=version)  # The marks of all their restrictions may go with it.
    if not standings.is_restricting(row):
        raise NotRestricted
    told_at = answering.lifting_told_at(row)
    if told_at is None or clock.micros() < told_at + answering.NOTICE:
        raise NotToldYet
    standings.lift(row, actor=actor, reason=reason)
    lifting.begin(row)
    return row


def _wanted(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput.of("reason", "Say why.")
    return reason.strip()
