"""What a person decides about a request, and what follows at once: granted, refused, approved, taken back.

Whether an event may happen is for `workflow`; what each brings is set on the row before it is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import SERVICE, Actor
from privacy.db import session
from privacy.dsar import cases, objecting, standings
from privacy.dsar.correspondence import letters
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.execution import course, lifting, own_data
from privacy.dsar.execution.tasks import OWN_SYSTEM
from privacy.dsar.failures import WrongRequestCode
from privacy.dsar.identity import stop_code
from privacy.dsar.matter import Decision, Refused
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, Event, Ground, ProofLevel, Role, State
from privacy.dsar.workflow import HANDED_OUT, IN_WORDS
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.programme.types import Programme

_HOUR = 3_600 * clock.SECOND
_LONGEST_TEXT = 20_000
_LONGEST_WHAT = 200
_MOST_REFUSED = 100

_EXCESS = frozenset({Ground.MANIFESTLY_UNFOUNDED, Ground.EXCESSIVE, Ground.NOT_IDENTIFIABLE, Ground.NO_DATA})
#: Whoever asks for somebody else's data exercises no right of Art. 12 to 22, and is refused on other grounds.
_OF_OTHERS: Mapping[CaseType, Collection[Ground]] = {
    CaseType.AUTHORITY_LETTER: {Ground.NOT_COMPETENT, Ground.SECRECY, Ground.NO_DATA},
    CaseType.DISCLOSURE: {
        *(Ground.NO_BASIS_TO_DISCLOSE, Ground.MORE_THAN_NECESSARY, Ground.THIRD_COUNTRY),
        *(Ground.NOT_COMPETENT, Ground.SECRECY, Ground.NO_DATA),
    },
}
_OF_PEOPLE = frozenset(Ground) - {ground for grounds in _OF_OTHERS.values() for ground in grounds}
#: Which grounds the law knows for which right; each right knows those of Art. 11 and 12.
_GROUNDS: Mapping[CaseType, Collection[Ground]] = {
    CaseType.ACCESS: {Ground.RIGHTS_OF_OTHERS},
    CaseType.RECTIFICATION: {Ground.ACCURATE},
    CaseType.ERASURE: {
        *(Ground.FREEDOM_OF_EXPRESSION, Ground.LEGAL_OBLIGATION, Ground.PUBLIC_HEALTH, Ground.ARCHIVING),
        *(Ground.LEGAL_CLAIMS, Ground.NO_GROUND_TO_ERASE),
    },
    CaseType.RESTRICTION: {Ground.NO_GROUND_TO_RESTRICT},
    CaseType.PORTABILITY: {Ground.PORTABILITY_RIGHTS_OF_OTHERS, Ground.NOT_PORTABLE},
    CaseType.OBJECTION: {Ground.COMPELLING_GROUNDS, Ground.LEGAL_CLAIMS},
}


#: Of which parts may be refused.
_IN_PARTS = frozenset(
    {
        *(CaseType.ACCESS, CaseType.PORTABILITY, CaseType.RECTIFICATION, CaseType.ERASURE, CaseType.RESTRICTION),
        CaseType.OBJECTION,
    }
)


def grounds_for(case_type: CaseType) -> list[Ground]:
    """The grounds on which such a request may be refused, in the order of the law."""
    known = _OF_OTHERS.get(case_type) or {*_GROUNDS.get(case_type, _OF_PEOPLE), *_EXCESS}
    return [ground for ground in Ground if ground in known]


def parts_for(case_type: CaseType) -> list[str]:
    """The parts of such a request that may be refused by themselves, in order; none where it is answered as a whole."""
    if case_type not in _IN_PARTS:
        return []
    return sorted(_parts(programmes.current(), named_alone=case_type in HANDED_OUT))


def grant(
    request_id: UUID, decision: Decision, *, actor: Actor, version: int | None = None, reason: str | None = None
) -> DataSubjectRequest:
    """Grant a request, whole or but for what the decision refuses, in the open unit of work.

    Raises `InvalidInput` for a decision that does not fit the request, `workflow.NotPossible`, `RequestNotFound`,
    `RequestChanged`.
    """
    row = cases.lock(request_id, version=version)
    _check(row, decision)
    if decision.wholly:
        raise InvalidInput.of("refused", "What is refused as a whole is not granted.")
    _check_parts(row, decision)
    case_type = CaseType(row.case_type)
    if case_type in IN_WORDS and not decision.answer:
        raise InvalidInput.of("answer", "Such a case is answered in words: write what the letter says.")
    if case_type is CaseType.RECTIFICATION and not decision.corrections:
        decision = msgspec.structs.replace(decision, corrections=cases.matter_of(row).corrections)
        if not decision.corrections:
            raise InvalidInput.of("corrections", "Say which of the data are corrected, and to what.")
    _grant(row, decision, Role.STAFF, actor, reason)
    return row


def grant_unweighed(row: DataSubjectRequest, *, actor: Actor = SERVICE) -> None:
    """Grant an objection to direct marketing, about which nobody decides (Art. 21(3))."""
    _grant(row, Decision(), Role.SERVICE, actor, None)


def refuse(
    request_id: UUID,
    refused: tuple[Refused, ...],
    *,
    actor: Actor,
    version: int | None = None,
    answer: str | None = None,
) -> DataSubjectRequest:
    """Refuse a request as a whole, on grounds that the letter names (Art. 12(4)), in the open unit of work.

    Raises as `grant` does.
    """
    row = cases.lock(request_id, version=version)
    if not refused:
        raise InvalidInput.of("refused", "Name at least one ground of the law, and the facts.")
    decision = Decision(refused=refused, wholly=True, answer=answer)
    _check(row, decision)
    cases.put_decision(row, decision)
    grounds = sorted({one.ground.value for one in refused})
    cases.advance(row, Event.REFUSE, Role.STAFF, actor=actor, reasoned=True, grounds=grounds)
    _end_standings(row, actor)
    return row


def approve(
    request_id: UUID, *, actor: Actor, version: int | None = None, reason: str | None = None
) -> DataSubjectRequest:
    """Agree, as a second person, to what another granted; raises `workflow.NotPossible` for the same one."""
    row = cases.lock(request_id, version=version)
    row.approved_by = actor.id
    _cool(row)
    _follow(row, cases.advance(row, Event.APPROVE, Role.SECOND, actor=actor, reason=reason), actor)
    return row


def disapprove(request_id: UUID, *, actor: Actor, reason: str, version: int | None = None) -> DataSubjectRequest:
    """Send a granted request back to be assessed again, while nothing has been done."""
    row = cases.lock(request_id, version=version)
    role = Role.STAFF if actor.id == row.granted_by else Role.SECOND
    cases.advance(row, Event.DISAPPROVE, role, actor=actor, reason=reason)
    return row


def end_cooling_off(row: DataSubjectRequest, *, actor: Actor = SERVICE) -> None:
    """Begin what was granted, of a locked request whose cooling-off is over."""
    _follow(row, cases.advance(row, Event.END_COOLING_OFF, Role.SERVICE, actor=actor), actor)


def withdraw(
    request_id: UUID, role: Role, *, actor: Actor, version: int | None = None, reason: str | None = None
) -> DataSubjectRequest:
    """End a request because the person takes it back, before anything is executed. Staff say why."""
    row = cases.lock(request_id, version=version)
    cases.advance(row, Event.WITHDRAW, role, actor=actor, reason=reason)
    _end_standings(row, actor)
    # Before an identification a client would learn from the time of its answer whether somebody is known.
    if CaseType(row.case_type).of_a_person and (row.identified_at is not None or role is Role.STAFF):
        letters.write(row, LetterKind.WITHDRAWN)
    return row


def stop(number: str, code: str) -> DataSubjectRequest:
    """End a request that is cooling off, by the code that went to every contact on file, in the open unit of work.

    Raises `WrongRequestCode`, the same for a number that nothing has.
    """
    query = sa.select(DataSubjectRequest.id).where(DataSubjectRequest.number == number)
    request_id = session().scalar(query)
    if request_id is None or not stop_code.stops(cases.lock(request_id), code):
        raise WrongRequestCode
    return withdraw(request_id, Role.PERSON, actor=SERVICE)


def doubt_identity(
    request_id: UUID, role: Role, *, actor: Actor, version: int | None = None, reason: str | None = None
) -> DataSubjectRequest:
    """Take an identification back: who asks must be shown again, and what stood for the person ends."""
    row = cases.lock(request_id, version=version)
    was = row.subject_id
    cases.advance(row, Event.DOUBT_IDENTITY, role, actor=actor, reason=reason)
    _end_standings(row, actor, was)
    return row


def execute_again(
    request_id: UUID, *, actor: Actor, version: int | None = None, reason: str | None = None
) -> DataSubjectRequest:
    """Let the execution go on after somebody looked."""
    row = cases.lock(request_id, version=version)
    role = Role.SECOND if row.granted_by is not None and actor.id != row.granted_by else Role.STAFF
    _follow(row, cases.advance(row, Event.EXECUTE_AGAIN, role, actor=actor, reason=reason), actor)
    return row


def _grant(row: DataSubjectRequest, decision: Decision, role: Role, actor: Actor, reason: str | None) -> None:
    cases.put_decision(row, decision)
    row.granted_by, row.approved_by, row.cooling_until = actor.id, None, None
    if cases.rule_of(row).approvals < 2:
        _cool(row)
    grounds = sorted({one.ground.value for one in decision.refused})
    _follow(row, cases.advance(row, Event.GRANT, role, actor=actor, reason=reason, grounds=grounds), actor)


def _cool(row: DataSubjectRequest) -> None:
    """From the agreement on the person has some time to stop it."""
    hours = cases.rule_of(row).cooling_off_hours
    row.cooling_until = clock.micros() + hours * _HOUR if hours else None


def _follow(row: DataSubjectRequest, state: State, actor: Actor) -> None:
    """What follows at once from where the request came to; the person hears of it before anything is destroyed."""
    if state is State.COOLING_OFF:
        letters.write(row, LetterKind.BEFORE_ERASURE, facts={"cancel_code": stop_code.code_of(row)})
    if state is State.EXECUTING:
        begins = cases.steps_of(row.id)[-1].event != Event.EXECUTE_AGAIN
        if begins and row.proof_level != ProofLevel.NONE and row.cooling_until is None:
            letters.write(row, LetterKind.APPROVED)
        if row.case_type == CaseType.OBJECTION:
            _object(row, actor)
        course.begin(row, actor=actor)
    standings.settle(row, actor=actor)


def _end_standings(row: DataSubjectRequest, actor: Actor, subject_id: UUID | None = None) -> None:
    """What the request stood for ends; of a restriction also what an earlier one has left in the systems for it."""
    standings.settle(row, actor=actor, subject_id=subject_id)
    lifting.begin(row, subject_id=subject_id)


def _object(row: DataSubjectRequest, actor: Actor) -> None:
    decision, matter = cases.decision_of(row), cases.matter_of(row)
    refused = {one.what for one in decision.refused} if decision is not None else set()
    named = decision.purposes if decision is not None and decision.purposes else matter.purposes
    granted = [code for code in named if code not in refused and not objecting.is_marketing(code)]
    objecting.object_as_decided(row, matter, granted, actor=actor)


def _check_parts(row: DataSubjectRequest, decision: Decision) -> None:
    """What is refused of a grant must be there: a slip of the pen would hand out or delete what was to stay."""
    case_type = CaseType(row.case_type)
    if case_type not in _IN_PARTS:
        return
    known = set(parts_for(case_type))
    for place, one in enumerate(decision.refused):
        if one.what is None:
            raise InvalidInput.of(f"refused[{place}].what", "Name the part; what is refused as a whole is not granted.")
        if one.what not in known:
            mend = "Name a system, a table (data set.table), a field (data set.table.field) or a purpose."
            raise InvalidInput.of(f"refused[{place}].what", mend)


def _parts(programme: Programme, *, named_alone: bool) -> set[str]:
    """What may be refused of a request. `named_alone`: fields also by their own name, and this service's tables."""
    found = {*programme.purposes, *programme.systems, OWN_SYSTEM}
    if named_alone:
        found |= own_data.NAMES
    for data_set in programme.data_sets.values():
        for table in data_set.tables.values():
            place = f"{data_set.code}.{table.name}"
            fields = {name for name, _ in table.walk()}
            found |= {place, *(f"{place}.{name}" for name in fields), *(fields if named_alone else ())}
    return found


def _check(row: DataSubjectRequest, decision: Decision) -> None:
    known = grounds_for(CaseType(row.case_type))
    if len(decision.refused) > _MOST_REFUSED:
        raise InvalidInput.of("refused", f"At most {_MOST_REFUSED} refusals in one decision.")
    for place, one in enumerate(decision.refused):
        if one.ground not in known:
            grounds = ", ".join(sorted(known))
            raise InvalidInput.of(f"refused[{place}].ground", f"For such a request use one of: {grounds}.")
        if not one.facts:
            raise InvalidInput.of(f"refused[{place}].facts", "Say why: a ground without facts is no reason.")
        if len(one.what or "") > _LONGEST_WHAT or len(one.facts) > _LONGEST_TEXT:
            raise InvalidInput.of(f"refused[{place}]", "Shorter, please.")
    if len(decision.answer or "") > _LONGEST_TEXT:
        raise InvalidInput.of("answer", f"At most {_LONGEST_TEXT} characters.")
    if unknown := set(decision.purposes) - programmes.current().purposes.keys():
        raise InvalidInput.of("purposes", f"The programme has no such purpose ({len(unknown)} of those named).")
