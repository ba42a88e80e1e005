"""The steps of a breach that people take: it is opened, looked at, known for sure, contained, reviewed and closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.authz.actors import Actor, Realm
from privacy.authz.permissions import Permission
from privacy.breach import limits, register, situations, tasks
from privacy.breach.assessment import is_officer
from privacy.breach.clock import check_moments
from privacy.breach.facts import Facts, merged
from privacy.breach.failures import BreachStepNotFound, OfficerNeverDecides
from privacy.breach.models import PersonalDataBreach
from privacy.breach.register import Opening
from privacy.breach.vocabulary import Event, Role
from privacy.errors import InvalidInput
from privacy.programme import service as programmes

NOTE, DETECTION_CORRECTED = "note", "detection_corrected"
_LONGEST = 20_000


@dataclass(frozen=True)
class Report:
    """That something happened, as somebody says it; moments in microseconds."""

    #: When somebody noticed it, a processor too; None for the first of the moments below, or now.
    detected_at: int | None = None
    words: str | None = field(default=None, repr=False)
    #: What is known already (`facts.merged`).
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    #: The controller's code; None for the first of the programme.
    controller: str | None = None
    rehearsal: bool = False
    #: With which processor it happened, when that knew, and when it told the controller.
    processor: str | None = None
    processor_aware_at: int | None = None
    told_at: int | None = None


def open_breach(given: Report, *, actor: Actor) -> PersonalDataBreach:
    """Open a breach in the open unit of work: its number, its first clocks and its first tasks.

    Raises `InvalidInput` naming the field, `NotPermitted`.
    """
    actor.require(Permission.BREACHES_REPORT)
    programme, now = programmes.current(), clock.micros()
    detected_at = _detected(given, now)
    _check(given, detected_at, now)
    row = register.new_row(
        Opening(
            detected_at=detected_at,
            controller=given.controller or next(iter(programme.controllers)),
            facts=merged(Facts(), given.facts),
            realm=Realm(actor.realm),
            rehearsal=given.rehearsal,
            processor=given.processor,
            processor_aware_at=given.processor_aware_at,
            told_at=given.told_at,
            words=given.words,
        )
    )
    clocks = limits.set_clocks(row)
    tasks.open_new(row)
    register.note(row, register.OPENED, register.role_of(actor), actor=actor, clocks=clocks)
    return row


def add_facts(
    breach_id: UUID, patch: Mapping[str, Any], *, actor: Actor, version: int | None = None, reason: str | None = None
) -> PersonalDataBreach:
    """Record what more is known, in the open unit of work; raises `InvalidInput` naming the field."""
    actor.require(Permission.BREACHES_HANDLE)
    row = register.lock_open(breach_id, version=version)
    return register.put_facts(row, patch, actor=actor, reason=reason)


def become_aware(
    breach_id: UUID, *, actor: Actor, reason: str, aware_at: int | None = None, version: int | None = None
) -> PersonalDataBreach:
    """Record since when the controller is aware, and why then; the clocks run from there (Art. 33(1)).

    Without a moment: since its processor told it, or else since now. Raises `BreachStepNotPossible`, `InvalidInput`.
    """
    return _aware(breach_id, Event.BECOME_AWARE, aware_at, actor, reason, version)


def correct_awareness(
    breach_id: UUID, *, actor: Actor, reason: str, aware_at: int, version: int | None = None
) -> PersonalDataBreach:
    """Correct since when the controller is aware. Every clock that moves is told in the log, with its time before.

    Raises `BreachStepNotPossible`, `InvalidInput`.
    """
    return _aware(breach_id, Event.CORRECT_AWARENESS, aware_at, actor, reason, version)


def correct_detection(
    breach_id: UUID, *, actor: Actor, reason: str, detected_at: int, version: int | None = None
) -> PersonalDataBreach:
    """Correct when it was noticed, in the open unit of work; clocks that move are told in the log with their times.

    Raises `BreachEnded`, `InvalidInput`.
    """
    actor.require(Permission.BREACHES_HANDLE)
    row = register.lock_open(breach_id, version=version)
    why = register.ensure_words("reason", reason)
    check_moments(now=clock.micros(), detected_at=detected_at, told_at=row.told_at, aware_at=row.aware_at)
    was, row.detected_at = row.detected_at, detected_at
    told = {"detected_at": clock.isoformat(detected_at), "was": clock.isoformat(was)}
    clocks = limits.set_clocks(row)
    register.note(row, DETECTION_CORRECTED, Role.HANDLER, actor=actor, reason=why, clocks=clocks, **told)
    return row


def communicated(
    breach_id: UUID, *, actor: Actor, role: Role = Role.HANDLER, at: int | None = None, reason: str | None = None
) -> PersonalDataBreach:
    """Record that the persons were told, in the open unit of work (Art. 34); once more adds a step alone."""
    row = register.lock_open(breach_id)
    now = clock.micros()
    told_at = now if at is None else at
    check_moments(now=now, detected_at=row.detected_at, told_at=None, aware_at=told_at)
    if row.communicated_at is None:
        row.communicated_at = told_at
    tasks.follow(row, Event.COMMUNICATE)
    told = {"at": clock.isoformat(told_at)}
    register.advance(row, Event.COMMUNICATE, role, situations.of(row), actor=actor, reason=reason, details=told)
    return row


#: Steps by the names that the API and the command line give them.
_STEPS: Mapping[str, Event] = {
    "triage": Event.START_TRIAGE,
    "dismiss": Event.DISMISS,
    "contain": Event.CONTAIN,
    "communicate": Event.COMMUNICATE,
    "review": Event.START_REVIEW,
    "close": Event.CLOSE,
    "reopen": Event.REOPEN,
}
STEPS = (*_STEPS, NOTE)
#: What only who decides may do, whatever the state.
_DECIDED = frozenset({Event.CLOSE})


def take(
    breach_id: UUID, step: str, *, actor: Actor, version: int | None = None, reason: str | None = None
) -> PersonalDataBreach:
    """Take the step of that name, which brings nothing but a reason, in the open unit of work.

    Raises `BreachStepNotFound`, `BreachStepNotPossible`, `OfficerNeverDecides`, `NotPermitted`.
    """
    actor.require(Permission.BREACHES_HANDLE)
    if step not in STEPS:
        raise BreachStepNotFound(f"There is: {', '.join(STEPS)}.")
    row = register.lock(breach_id, version=version)
    if step == NOTE:
        register.note(row, NOTE, Role.HANDLER, actor=actor, reason=register.ensure_words("reason", reason))
        return row
    event = _STEPS[step]
    if event is Event.COMMUNICATE:
        return communicated(breach_id, actor=actor, reason=reason)
    role = _role(row, event, actor)
    reasoned = bool((reason or "").strip())
    if event is Event.CONTAIN:
        row.contained_at = clock.micros()
    register.take_back(row, event)
    now = situations.of(row, reasoned=reasoned, tasks_done=tasks.all_done(row, event))
    if event is Event.DISMISS:
        tasks.drop_all(row)
    tasks.follow(row, event)
    register.advance(row, event, role, now, actor=actor, reason=reason)
    return row


def _role(row: PersonalDataBreach, event: Event, actor: Actor) -> Role:
    """As whom somebody takes a step: closing one, or saying of a running one that it was none, is a decision."""
    if event in _DECIDED or (event is Event.DISMISS and row.aware_at is not None):
        actor.require(Permission.BREACHES_DECIDE)
        if is_officer(actor):
            raise OfficerNeverDecides
        return Role.CONTROLLER
    return Role.HANDLER


def _aware(
    breach_id: UUID, event: Event, aware_at: int | None, actor: Actor, reason: str, version: int | None
) -> PersonalDataBreach:
    actor.require(Permission.BREACHES_HANDLE)
    row = register.lock(breach_id, version=version)
    now = clock.micros()
    at = aware_at if aware_at is not None else row.told_at or now
    check_moments(now=now, detected_at=row.detected_at, told_at=row.told_at, aware_at=at)
    was, row.aware_at = row.aware_at, at
    situation = situations.of(row, reasoned=bool(reason.strip()))
    clocks = limits.set_clocks(row)
    tasks.follow(row, event)
    tasks.follow_clock(row)
    told = {
        "aware_at": clock.isoformat(at),
        "was": None if was is None else clock.isoformat(was),
        "clocks": clocks,
    }
    register.advance(row, event, Role.HANDLER, situation, actor=actor, reason=reason, details=told)
    return row


def _detected(given: Report, now: int) -> int:
    if given.detected_at is not None:
        return given.detected_at
    return min(at for at in (now, given.told_at, given.processor_aware_at) if at is not None)


def _check(given: Report, detected_at: int, now: int) -> None:
    programme = programmes.current()
    knew, told = given.processor_aware_at, given.told_at
    check_moments(now=now, detected_at=detected_at, processor_aware_at=knew, told_at=told, aware_at=None)
    if given.controller is not None and given.controller not in programme.controllers:
        raise InvalidInput.of("controller", f"Use one of: {', '.join(programme.controllers)}.")
    if given.processor is not None and given.processor not in programme.processors:
        raise InvalidInput.of("processor", "Name a processor of the programme by its code.")
    if (told or knew) and given.processor is None:
        raise InvalidInput.of("processor", "Say which processor told the controller.")
    if told and knew and told < knew:
        raise InvalidInput.of("told_at", "A processor tells of what it knows.")
    if len(given.words or "") > _LONGEST:
        raise InvalidInput.of("words", f"At most {_LONGEST} characters.")
