"""The case of a request: its row, its sealed parts, its steps. The only writer of all three.

Nothing here decides what may follow on what: `workflow` does. Every step stands in the same unit of work as its event
of the log. The row is locked before it is judged, so that two people never decide on the same state.

Everybody locks in one order, so that nobody waits in a circle: requests in the order of their ids, then what hangs on
them (tasks, codes, packages), then people. Whoever needs several requests locks them all before anything else; an
erasure locks those of its person before the person (`requests_of`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor, ActorKind, Realm
from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKey, create_owner_key, load_owner_key
from privacy.db import in_parts, new_id, session
from privacy.dsar import audited, deadlines, workflow
from privacy.dsar.failures import RequestChanged, RequestNotFound
from privacy.dsar.identity.models import RequestCode
from privacy.dsar.matter import Decision, Matter
from privacy.dsar.models import DataSubjectRequest, RequestStep
from privacy.dsar.vocabulary import CaseType, Event, Intake, ProofLevel, Role, State
from privacy.dsar.workflow import Facts
from privacy.errors import NotFound
from privacy.legal_time import days
from privacy.legal_time.periods import Period
from privacy.programme import service as programmes
from privacy.programme.types import Programme, RequestRule
from privacy.subjects import service as subjects

_TABLE = "data_subject_request"
_STEPS = "request_step"
#: The step with which every case begins.
RECEIVED = "received"
#: The step that says that the person was erased: since then nobody of our records stands behind the request.
PERSON_ERASED = "person_erased"
#: The steps with which it is open anew, or known anew, who the person is.
_ANEW = (Event.IDENTIFY, Event.DOUBT_IDENTITY, Event.REOPEN)
#: Whoever gives a number waits for whoever gave the one before, so that none is given twice or left out.
_NUMBERING = 0x6E756D626572
_DIGITS = 6
_Sealed = TypeVar("_Sealed")
_ROLES = {
    ActorKind.CLIENT: Role.PERSON,
    ActorKind.PERSON: Role.PERSON,
    ActorKind.STAFF: Role.STAFF,
    ActorKind.OPERATOR: Role.STAFF,
    ActorKind.SERVICE: Role.SERVICE,
}


@dataclass(frozen=True)
class Opening:
    """A case that begins."""

    case_type: CaseType
    intake: Intake
    matter: Matter = field(repr=False)
    #: BCP 47: the language in which the person is answered.
    locale: str
    #: The controller's code in the programme.
    controller: str
    #: When it reached the controller, in microseconds.
    received_at: int
    realm: Realm = Realm.LIVE
    #: What an authority's own letter sets: a day, or a period from its receipt.
    set_term: date | Period | None = None


def open_case(opening: Opening, *, actor: Actor, reason: str | None = None) -> DataSubjectRequest:
    """Begin a case in the open unit of work: its number, its key, its clock and its first step."""
    programme = programmes.current()
    now, request_id = clock.micros(), new_id()
    key = create_owner_key(session(), keyring.installed(), request_id)
    times = deadlines.for_request(
        opening.received_at, programme, case_type=opening.case_type, set_term=opening.set_term
    )
    row = DataSubjectRequest(
        id=request_id,
        number=_next_number(now, opening.realm, programme),
        realm=opening.realm.value,
        case_type=opening.case_type.value,
        intake=opening.intake.value,
        controller=opening.controller,
        locale=opening.locale,
        state=State.RECEIVED.value,
        outcome=None,
        received_at=opening.received_at,
        recorded_at=now,
        due_on=days.numbered(times.due_on),
        nominal_on=days.numbered(times.nominal_on),
        clock_version=times.version,
        extended_at=None,
        subject_id=None,
        proof_level=ProofLevel.NONE.value,
        identified_at=None,
        granted_by=None,
        approved_by=None,
        cooling_until=None,
        joined_to=None,
        ended_at=None,
        deleted_at=None,
        version=0,
        mail_bidx=None,
        matter_enc=key.seal(_TABLE, "matter_enc", request_id, msgspec.json.encode(opening.matter)),
        decision_enc=None,
        key_version=key.version,
    )
    session().add(row)
    session().flush()  # Its steps refer to it.
    _step(row, RECEIVED, None, role_of(actor), actor, reason)
    return row


def lock(request_id: UUID, *, version: int | None = None) -> DataSubjectRequest:
    """The request, locked in the open unit of work, as it is now.

    Raises `RequestNotFound`; and `RequestChanged` where a version is given and it went on since.
    """
    query = sa.select(DataSubjectRequest).where(DataSubjectRequest.id == request_id).with_for_update()
    row = session().scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise RequestNotFound
    if version is not None and row.version != version:
        raise RequestChanged(f"It is at version {row.version} by now.", version=row.version)
    return row


def lock_person(request_id: UUID, *, version: int | None = None) -> DataSubjectRequest:
    """As `lock`, with every other request of the same person, for a change that may reach them all.

    Nothing may be locked before it.
    """
    while True:
        subject_id = read(request_id).subject_id
        members = _members(subject_id)  # Before the savepoint: it keeps the indexes where they are until the end.
        # Where it was taken for somebody else meanwhile, nobody is held while the rest is looked up.
        with contextlib.suppress(_TakenForAnother), session().begin_nested():
            every = sa.or_(DataSubjectRequest.id == request_id, DataSubjectRequest.id.in_(requests_of(members)))
            query = sa.select(DataSubjectRequest.id).where(every).order_by(DataSubjectRequest.id)
            session().execute(query.with_for_update())
            row = lock(request_id, version=version)
            if row.subject_id != subject_id:
                raise _TakenForAnother
            return row


class _TakenForAnother(Exception):
    """The request was found to be another person's until all of the first one's were locked."""


def requests_of(subject_ids: Collection[UUID]) -> sa.Select[UUID]:
    """The ids of the requests that name these people or sent one of them a code, in the order of locking."""
    sent = sa.select(RequestCode.request_id).where(RequestCode.subject_id.in_(subject_ids))
    theirs = sa.or_(DataSubjectRequest.subject_id.in_(subject_ids), DataSubjectRequest.id.in_(sent))
    return sa.select(DataSubjectRequest.id).where(theirs).order_by(DataSubjectRequest.id)


def with_open_request(subject_ids: Collection[UUID]) -> set[UUID]:
    """Those of these subjects whose request has not ended: nobody else erases what they ask about."""
    found: set[UUID] = set()
    ended = [one.value for one in State if one.ended]
    for part in in_parts(sorted(subject_ids)):
        query = sa.select(DataSubjectRequest.subject_id).where(DataSubjectRequest.subject_id.in_(part))
        found |= {one for one in session().scalars(query.where(DataSubjectRequest.state.not_in(ended))) if one}
    return found


def read(request_id: UUID) -> DataSubjectRequest:
    """The request as it is now; raises `RequestNotFound`."""
    query = sa.select(DataSubjectRequest).where(DataSubjectRequest.id == request_id)
    row = session().scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise RequestNotFound
    return row


def key_of(row: DataSubjectRequest) -> OwnerKey:
    """The case key under which the request's own values stand; raises `KeyDestroyed`."""
    return load_owner_key(session(), keyring.installed(), row.id, row.key_version)


def matter_of(row: DataSubjectRequest) -> Matter:
    """What was asked, opened."""
    return _opened(row, "matter_enc", row.matter_enc, Matter)


def decision_of(row: DataSubjectRequest) -> Decision | None:
    """What was decided, opened; None before that."""
    return None if row.decision_enc is None else _opened(row, "decision_enc", row.decision_enc, Decision)


def put_matter(row: DataSubjectRequest, matter: Matter) -> None:
    """Seal what was asked anew, before the step that tells of it."""
    row.matter_enc = key_of(row).seal(_TABLE, "matter_enc", row.id, msgspec.json.encode(matter))


def put_decision(row: DataSubjectRequest, decision: Decision | None) -> None:
    """Seal what was decided, before the step that tells of it."""
    encoded = None if decision is None else msgspec.json.encode(decision)
    row.decision_enc = None if encoded is None else key_of(row).seal(_TABLE, "decision_enc", row.id, encoded)


def rule_of(row: DataSubjectRequest) -> RequestRule:
    """The rule by which the request is handled: that of the day of its receipt, a later one strands nothing."""
    programme = programmes.current()
    return programme.request_rule(row.case_type, days.day_of(row.received_at, programme.zone))


def advance(
    row: DataSubjectRequest,
    event: Event,
    role: Role,
    *,
    actor: Actor,
    reason: str | None = None,
    reasoned: bool = False,
    finished: bool = False,
    same_person: bool = False,
    **details: Any,
) -> State:
    """Take a locked request to its next state, with the step and the event of the log; returns that state.

    Whoever calls has set on the row what the step brings, such as who grants. `reasoned`: whether there are reasons
    beside `reason`, such as grounds of a refusal; `finished`, `same_person`: see `workflow.Facts`. `details` go into
    the log, without personal data. Raises `workflow.NotPossible` where the event cannot happen now.
    """
    rule = rule_of(row)
    facts = Facts(
        case_type=CaseType(row.case_type),
        state=State(row.state),
        proof=ProofLevel(row.proof_level),
        needed_proof=rule.proof,
        approvals_needed=rule.approvals,
        granted_by=row.granted_by,
        approved_by=row.approved_by,
        cooling_until=row.cooling_until,
        now=clock.micros(),
        reasoned=reasoned or bool(reason),
        finished=finished,
        same_person=same_person,
    )
    state = workflow.next_state(facts, event, role)
    for column, value in workflow.RESETS.get(event, {}).items():
        setattr(row, column, value)
    before, row.state = row.state, state.value
    if state.ended:
        row.ended_at = facts.now
        row.deleted_at = rule.file_kept.after_micros(facts.now, programmes.current().zone)
    _step(row, event.value, before, role, actor, reason, **details)
    return state


def note(row: DataSubjectRequest, word: str, role: Role, *, actor: Actor, reason: str | None, **details: Any) -> None:
    """A step of a locked request that changes no state, such as `extended` or `note`."""
    _step(row, word, row.state, role, actor, reason, **details)


def steps_of(request_id: UUID) -> list[RequestStep]:
    """The steps of a request in their order."""
    query = sa.select(RequestStep).where(RequestStep.request_id == request_id).order_by(RequestStep.number)
    return list(session().scalars(query.execution_options(populate_existing=True)))


def reason_of(step: RequestStep) -> str | None:
    """Why a step was taken, opened."""
    if step.reason_enc is None:
        return None
    key = load_owner_key(session(), keyring.installed(), step.request_id, step.key_version)
    return key.open(_STEPS, "reason_enc", step.id, step.reason_enc).decode()


def is_suspended(row: DataSubjectRequest) -> bool:
    """Whether the clock stands: it was suspended and not resumed since."""
    words = [step.event for step in steps_of(row.id) if step.event in {deadlines.SUSPENDED, deadlines.RESUMED}]
    return words[-1:] == [deadlines.SUSPENDED]


def lost_its_person(row: DataSubjectRequest) -> bool:
    """Whether the person of the request was erased since they were identified."""
    if row.subject_id is not None:
        return False
    words = [step.event for step in steps_of(row.id) if step.event in {*_ANEW, PERSON_ERASED}]
    return words[-1:] == [PERSON_ERASED]


def role_of(actor: Actor) -> Role:
    """In which role an actor moves a request: a client does for the person who uses it."""
    return _ROLES[actor.kind]


def _members(subject_id: UUID | None) -> Collection[UUID]:
    if subject_id is None:
        return ()
    try:
        return subjects.natural_person(subject_id)
    except NotFound:
        return (subject_id,)


def _step(
    row: DataSubjectRequest,
    word: str,
    before: str | None,
    role: Role,
    actor: Actor,
    reason: str | None,
    **details: Any,
) -> None:
    last = session().scalar(sa.select(sa.func.max(RequestStep.number)).where(RequestStep.request_id == row.id))
    step_id, key = new_id(), key_of(row)
    session().add(
        RequestStep(
            id=step_id,
            request_id=row.id,
            number=(last or 0) + 1,
            event=word,
            from_state=before,
            to_state=row.state,
            role=role.value,
            actor_id=actor.id,
            at=clock.micros(),
            reason_enc=key.seal(_STEPS, "reason_enc", step_id, reason.encode()) if reason else None,
            key_version=key.version,
        )
    )
    row.version += 1
    told = {"number": row.number, "case_type": row.case_type, "from": before, "to": row.state, "role": role.value}
    audited.record(f"request.{word}", row, actor=actor, details=told | details)


def _opened(row: DataSubjectRequest, column: str, sealed: bytes, kind: type[_Sealed]) -> _Sealed:
    return msgspec.json.decode(key_of(row).open(_TABLE, column, row.id, sealed), type=kind)


def _next_number(now: int, realm: Realm, programme: Programme) -> str:
    """The next number of the year in which the request is recorded; made-up ones are counted apart.

    SQLite has one writer at a time; on PostgreSQL a lock until the commit makes it so for numbers.
    """
    if session().get_bind().dialect.name == "postgresql":
        session().execute(sa.text(f"SELECT pg_advisory_xact_lock({_NUMBERING})"))
    year = days.day_of(now, programme.zone).year
    prefix = f"{year}/" if realm is Realm.LIVE else f"test/{year}/"
    mine = sa.select(DataSubjectRequest.number).where(DataSubjectRequest.number.startswith(prefix, autoescape=True))
    longest_first = sa.func.length(DataSubjectRequest.number).desc()  # A millionth has a digit more.
    last = session().scalar(mine.order_by(longest_first, DataSubjectRequest.number.desc()).limit(1))
    return f"{prefix}{int((last or '/0').rpartition('/')[2]) + 1:0{_DIGITS}}"
