"""What may follow for the persons: the written assessment, the officer's opinion, the controller's decision (Art. 33).

Three records, never changed; a later one stands beside it. The assessment in words decides, a score only helps. The
data protection officer advises and never decides; another person does (Art. 38(6), 39(1)).
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from msgspec import Meta, Struct

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import Actor, ActorKind
from privacy.authz.permissions import Permission
from privacy.breach import register, situations, tasks
from privacy.breach.enisa import Inputs
from privacy.breach.failures import OfficerNeverDecides
from privacy.breach.models import BreachJudgement, PersonalDataBreach
from privacy.breach.vocabulary import Event, Exception34, Judgement, Risk, Role
from privacy.db import new_id, session

_TABLE = "breach_judgement"
Words = Annotated[str, Meta(max_length=20_000)]


class Assessment(Struct, frozen=True, forbid_unknown_fields=True):
    """The questions that a person answers in words, and what follows from them."""

    risk: Risk
    #: What happened to which data.
    what: Words
    #: Whose they are: how many, and whether children or others who are easily hurt.
    whose: Words
    #: How sensitive they are, alone and together.
    sensitivity: Words
    #: How easily somebody uses them against the persons, or tells who these are.
    ease: Words
    #: What was done, before and since, that helps.
    done: Words
    #: What may follow for the persons, how likely and how grave.
    consequences: Words
    #: The inputs of ENISA's method, where somebody used it.
    enisa: Inputs | None = None


#: What must be answered in words.
QUESTIONS = ("what", "whose", "sensitivity", "ease", "done", "consequences")


class Opinion(Struct, frozen=True, forbid_unknown_fields=True):
    """What the data protection officer thinks of the newest assessment."""

    notify: bool
    tell: bool
    reasons: Words


class BreachDecision(Struct, frozen=True, forbid_unknown_fields=True):
    """What the controller decides: whether the authority is notified and the persons are told, and why."""

    notify: bool
    tell: bool
    reasons: Words
    #: Why the persons are not told although the risk is high.
    excepted: Exception34 | None = None


#: As this room calls it; the description of the API wants a name of its own for each type.
Decision = BreachDecision


def assess(
    breach_id: UUID, given: Assessment, *, actor: Actor, version: int | None = None, reason: str | None = None
) -> PersonalDataBreach:
    """Record a written assessment, in the open unit of work; the opinion and the decision are wanted anew.

    Raises `BreachStepNotPossible`, which says that a question is not answered.
    """
    actor.require(Permission.BREACHES_HANDLE)
    row = register.lock(breach_id, version=version)
    register.take_back(row, Event.ASSESS)
    role = Role.OFFICER if is_officer(actor) else Role.HANDLER
    record = _record(row, Judgement.ASSESSMENT, given, actor, risk=given.risk.value)
    row.assessment_id = record.id
    now = situations.of(row, risk=given.risk, written=is_written(given), reasoned=bool(reason))
    told = {"judgement": record.number, "risk": given.risk.value, "enisa": given.enisa is not None}
    tasks.follow(row, Event.ASSESS)
    register.advance(row, Event.ASSESS, role, now, actor=actor, reason=reason, details=told)
    return row


def opine(breach_id: UUID, given: Opinion, *, actor: Actor, version: int | None = None) -> PersonalDataBreach:
    """Record what the data protection officer thinks, in the open unit of work; raises `access.OfficerOnly`."""
    if not is_officer(actor):
        raise access.OfficerOnly
    row = register.lock(breach_id, version=version)
    now = situations.of(row, reasoned=bool(given.reasons.strip()))
    record = _record(row, Judgement.OPINION, given, actor, notify=given.notify, tell=given.tell)
    row.opinion_id = record.id
    told = {"judgement": record.number, "notify": given.notify, "tell": given.tell}
    tasks.follow(row, Event.OPINE)
    register.advance(row, Event.OPINE, Role.OFFICER, now, actor=actor, details=told)
    return row


def decide(breach_id: UUID, given: Decision, *, actor: Actor, version: int | None = None) -> PersonalDataBreach:
    """Record what the controller decides, in the open unit of work.

    Not notifying wants a risk that is unlikely, and reasons. Raises `OfficerNeverDecides`, `BreachStepNotPossible`.
    """
    actor.require(Permission.BREACHES_DECIDE)
    if is_officer(actor):
        raise OfficerNeverDecides
    row = register.lock(breach_id, version=version)
    publicly = given.excepted is Exception34.DISPROPORTIONATE
    now = situations.of(
        row,
        reasoned=bool(given.reasons.strip()),
        decided_by=actor.id,
        notify=given.notify,
        tell=given.tell,
        excepted=given.excepted is not None,
        publicly=publicly,
    )
    excepted = None if given.excepted is None else given.excepted.value
    record = _record(row, Judgement.DECISION, given, actor, notify=given.notify, tell=given.tell, excepted=excepted)
    row.decision_id = record.id
    told = {"judgement": record.number, "notify": given.notify, "tell": given.tell, "excepted": excepted}
    tasks.follow_decision(row, notify=given.notify, tell=given.tell or publicly)
    register.advance(row, Event.DECIDE, Role.CONTROLLER, now, actor=actor, details=told)
    return row


def is_written(given: Assessment) -> bool:
    """Whether every question is answered in words."""
    return all(getattr(given, name).strip() for name in QUESTIONS)


def is_officer(actor: Actor) -> bool:
    """Whether somebody is the data protection officer; whoever runs the command line is not."""
    return actor.kind is ActorKind.STAFF and access.is_officer(actor.id)


def judgements_of(breach_id: UUID) -> list[BreachJudgement]:
    """Every judgement of a breach in its order."""
    query = sa.select(BreachJudgement).where(BreachJudgement.breach_id == breach_id).order_by(BreachJudgement.number)
    return list(session().scalars(query))


def opened(row: PersonalDataBreach, judgement: BreachJudgement) -> Assessment | Opinion | Decision:
    """A judgement, opened."""
    raw = register.key_of(row, judgement.key_version).open(_TABLE, "content_enc", judgement.id, judgement.content_enc)
    kinds: dict[Judgement, Any] = {
        Judgement.ASSESSMENT: Assessment,
        Judgement.OPINION: Opinion,
        Judgement.DECISION: Decision,
    }
    found: Assessment | Opinion | Decision = msgspec.json.decode(raw, type=kinds[Judgement(judgement.kind)])
    return found


def _record(
    row: PersonalDataBreach, kind: Judgement, given: Assessment | Opinion | Decision, actor: Actor, **plain: Any
) -> BreachJudgement:
    last = session().scalar(sa.select(sa.func.max(BreachJudgement.number)).where(BreachJudgement.breach_id == row.id))
    judgement_id, key = new_id(), register.key_of(row)
    made = BreachJudgement(
        id=judgement_id,
        breach_id=row.id,
        number=(last or 0) + 1,
        kind=kind.value,
        about_id=None if kind is Judgement.ASSESSMENT else row.assessment_id,
        actor_id=actor.id,
        at=clock.micros(),
        content_enc=key.seal(_TABLE, "content_enc", judgement_id, msgspec.json.encode(given)),
        key_version=key.version,
        **{"risk": None, "notify": None, "tell": None, "excepted": None, **plain},
    )
    session().add(made)
    session().flush()  # Later judgements refer to it.
    return made
