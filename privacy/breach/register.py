"""The register of breaches (Art. 33(5)): rows, sealed parts and steps. The only writer of all three.

Nothing here decides what may follow on what: `workflow` does. Every step stands in the same unit of work as its event
of the log. The row is locked before it is judged, so that two people never decide on the same state; it is locked
before anything that hangs on it, and before people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor, ActorKind, Realm
from privacy.breach import audited, facts, workflow
from privacy.breach.facts import Facts
from privacy.breach.failures import BreachChanged, BreachEnded, BreachNotFound
from privacy.breach.models import BreachStep, PersonalDataBreach
from privacy.breach.vocabulary import Event, Role, State
from privacy.breach.workflow import Situation
from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKey, create_owner_key, load_owner_key
from privacy.db import new_id, session
from privacy.errors import InvalidInput
from privacy.legal_time import days
from privacy.programme import service as programmes
from privacy.programme.types import Programme

_TABLE = "personal_data_breach"
_STEPS = "breach_step"
#: The step with which every breach begins, and the one that says that more is known.
OPENED, FACTS = "opened", "facts"
#: Whoever gives a number waits for whoever gave the one before, so that none is given twice or left out.
_NUMBERING = 0x6272656163686E
_DIGITS = 4
#: Of rehearsals, and of what test keys open.
DRILL, TEST = "DRILL-", "TEST-"


@dataclass(frozen=True)
class Opening:
    """A breach that begins; moments in microseconds."""

    detected_at: int
    #: The controller's code in the programme.
    controller: str
    facts: Facts = field(repr=False)
    realm: Realm = Realm.LIVE
    rehearsal: bool = False
    processor: str | None = None
    processor_aware_at: int | None = None
    told_at: int | None = None
    #: In which words it was reported.
    words: str | None = field(default=None, repr=False)


def new_row(opening: Opening) -> PersonalDataBreach:
    """Begin a breach in the open unit of work: its number and its key. Its first step, `note` of `OPENED`, follows."""
    now, breach_id = clock.micros(), new_id()
    key = create_owner_key(session(), keyring.installed(), breach_id)
    words = opening.words
    row = PersonalDataBreach(
        id=breach_id,
        number=_next_number(now, opening, programmes.current()),
        realm=opening.realm.value,
        rehearsal=opening.rehearsal,
        controller=opening.controller,
        state=State.DETECTED.value,
        detected_at=opening.detected_at,
        recorded_at=now,
        processor=opening.processor,
        processor_aware_at=opening.processor_aware_at,
        told_at=opening.told_at,
        aware_at=None,
        assessment_id=None,
        opinion_id=None,
        decision_id=None,
        contained_at=None,
        communicated_at=None,
        ended_at=None,
        version=0,
        facts_enc=key.seal(_TABLE, "facts_enc", breach_id, facts.encoded(opening.facts)),
        report_enc=None if words is None else key.seal(_TABLE, "report_enc", breach_id, words.encode()),
        key_version=key.version,
    )
    session().add(row)
    session().flush()  # What hangs on it refers to it.
    return row


def lock(breach_id: UUID, *, version: int | None = None) -> PersonalDataBreach:
    """The breach, locked in the open unit of work, as it is now.

    Raises `BreachNotFound`; and `BreachChanged` where a version is given and it went on since.
    """
    query = sa.select(PersonalDataBreach).where(PersonalDataBreach.id == breach_id).with_for_update()
    row = session().scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise BreachNotFound
    if version is not None and row.version != version:
        raise BreachChanged(f"It is at version {row.version} by now.", version=row.version)
    return row


def lock_open(breach_id: UUID, *, version: int | None = None) -> PersonalDataBreach:
    """As `lock`, for what only an open breach takes; raises `BreachEnded` too."""
    row = lock(breach_id, version=version)
    if State(row.state).ended:
        raise BreachEnded
    return row


def read(breach_id: UUID) -> PersonalDataBreach:
    """The breach as it is now; raises `BreachNotFound`."""
    query = sa.select(PersonalDataBreach).where(PersonalDataBreach.id == breach_id)
    row = session().scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise BreachNotFound
    return row


def key_of(row: PersonalDataBreach, version: int | None = None) -> OwnerKey:
    """The breach's own key, in the version of its row by default; raises `KeyDestroyed`."""
    return load_owner_key(session(), keyring.installed(), row.id, row.key_version if version is None else version)


def facts_of(row: PersonalDataBreach) -> Facts:
    """What is known, opened."""
    return facts.decoded(key_of(row).open(_TABLE, "facts_enc", row.id, row.facts_enc))


def report_of(row: PersonalDataBreach) -> str | None:
    """In which words it was reported, opened."""
    if row.report_enc is None:
        return None
    return key_of(row).open(_TABLE, "report_enc", row.id, row.report_enc).decode()


def put_facts(
    row: PersonalDataBreach, patch: Mapping[str, Any], *, actor: Actor, reason: str | None = None
) -> PersonalDataBreach:
    """Record what more is known of a locked breach, with a step that names the sections.

    Raises `InvalidInput` naming the field.
    """
    known = facts.merged(facts_of(row), patch)
    row.facts_enc = key_of(row).seal(_TABLE, "facts_enc", row.id, facts.encoded(known))
    note(row, FACTS, Role.HANDLER, actor=actor, reason=reason, sections=sorted(patch))
    return row


def advance(
    row: PersonalDataBreach,
    event: Event,
    role: Role,
    now: Situation,
    *,
    actor: Actor,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> State:
    """Take a locked breach to its next state, with the step and the event of the log; returns that state.

    Whoever calls has set on the row what the step brings, after what `workflow.RESETS` takes back. `details` go into
    the log, without personal data. Raises `BreachStepNotPossible` where the event cannot happen now.
    """
    state = workflow.next_state(now, event, role)
    before, row.state = row.state, state.value
    if state.ended:
        row.ended_at = clock.micros()
    _step(row, event.value, before, role, actor, reason, details or {})
    return state


def take_back(row: PersonalDataBreach, event: Event) -> None:
    """Set on the row what the event takes back, before what it brings."""
    for column, value in workflow.RESETS.get(event, {}).items():
        setattr(row, column, value)


def note(
    row: PersonalDataBreach, word: str, role: Role, *, actor: Actor, reason: str | None = None, **details: Any
) -> None:
    """A step of a locked breach that changes no state, such as `note` or `task_done`."""
    _step(row, word, None if word == OPENED else row.state, role, actor, reason, details)


def ensure_words(field: str, text: str | None) -> str:
    """The text without blanks around it; raises `InvalidInput` naming the field where there is none."""
    stripped = (text or "").strip()
    if not stripped:
        raise InvalidInput.of(field, "Say why.")
    return stripped


def steps_of(breach_id: UUID) -> list[BreachStep]:
    """The steps of a breach in their order."""
    query = sa.select(BreachStep).where(BreachStep.breach_id == breach_id).order_by(BreachStep.number)
    return list(session().scalars(query.execution_options(populate_existing=True)))


def reason_of(step: BreachStep) -> str | None:
    """Why a step was taken, opened."""
    if step.reason_enc is None:
        return None
    key = load_owner_key(session(), keyring.installed(), step.breach_id, step.key_version)
    return key.open(_STEPS, "reason_enc", step.id, step.reason_enc).decode()


def role_of(actor: Actor) -> Role:
    """In which role an actor does what needs no further right: a machine reports, people handle."""
    roles = {ActorKind.CLIENT: Role.REPORTER, ActorKind.PERSON: Role.REPORTER, ActorKind.SERVICE: Role.SERVICE}
    return roles.get(actor.kind, Role.HANDLER)


def _step(
    row: PersonalDataBreach,
    word: str,
    before: str | None,
    role: Role,
    actor: Actor,
    reason: str | None,
    details: Mapping[str, Any],
) -> None:
    last = session().scalar(sa.select(sa.func.max(BreachStep.number)).where(BreachStep.breach_id == row.id))
    step_id, key = new_id(), key_of(row)
    session().add(
        BreachStep(
            id=step_id,
            breach_id=row.id,
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
    told = {"from": before, "to": row.state, "role": role.value}
    audited.record(f"breach.{word}", row, actor=actor, details={**told, **details})


def _next_number(now: int, opening: Opening, programme: Programme) -> str:
    """The next number of the year; rehearsals and made-up ones are counted apart.

    SQLite has one writer at a time; on PostgreSQL a lock until the commit makes it so for numbers.
    """
    if session().get_bind().dialect.name == "postgresql":
        session().execute(sa.text(f"SELECT pg_advisory_xact_lock({_NUMBERING})"))
    marks = (TEST if opening.realm is Realm.TEST else "") + (DRILL if opening.rehearsal else "")
    prefix = f"{marks}N-{days.day_of(now, programme.zone).year}-"
    mine = sa.select(PersonalDataBreach.number).where(PersonalDataBreach.number.startswith(prefix, autoescape=True))
    longest_first = sa.func.length(PersonalDataBreach.number).desc()  # A ten-thousandth has a digit more.
    last = session().scalar(mine.order_by(longest_first, PersonalDataBreach.number.desc()).limit(1))
    return f"{prefix}{int((last or '-0').rpartition('-')[2]) + 1:0{_DIGITS}}"
