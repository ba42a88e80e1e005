"""Steps by the names that the API and the command line give them, for those that bring nothing but a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from privacy import clock
from privacy.authz.actors import Actor
from privacy.dsar import answering, cases, deciding, handling, standings, timing, workflow
from privacy.dsar.execution import tasks
from privacy.dsar.failures import StepNotFound
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, Event, ProofLevel, Role, State
from privacy.dsar.workflow import Facts
from privacy.legal_time import days
from privacy.programme import service as programmes


class _Change(Protocol):
    def __call__(
        self, request_id: UUID, /, *, actor: Actor, reason: str, version: int | None
    ) -> DataSubjectRequest: ...


#: Steps of the workflow that bring nothing but themselves.
_EVENTS: Mapping[str, Event] = {
    "ask-identity": Event.ASK_IDENTITY,
    "doubt-identity": Event.DOUBT_IDENTITY,
    "give-up-identity": Event.GIVE_UP_IDENTITY,
    "ask-clarification": Event.ASK_CLARIFICATION,
    "clarify": Event.CLARIFY,
    "execute-again": Event.EXECUTE_AGAIN,
    "finish-review": Event.FINISH_REVIEW,
    "reopen": Event.REOPEN,
}
_OTHERS: Mapping[str, _Change] = {
    "disapprove": deciding.disapprove,
    "extend": timing.extend,
    "suspend": timing.suspend,
    "resume": timing.resume,
    "note": handling.note,
    "tell-of-lifting": handling.tell_of_lifting,
    "lift-restriction": handling.lift_restriction,
}
#: Every one, as help lists them.
STEPS = (*_EVENTS, *_OTHERS)
#: Steps that have doors of their own, because they bring more or are for others.
_BRINGING: Mapping[str, Event] = {
    "identify": Event.IDENTIFY,
    "grant": Event.GRANT,
    "refuse": Event.REFUSE,
    "approve": Event.APPROVE,
    "disapprove": Event.DISAPPROVE,
    "answer": Event.ANSWER,
    "withdraw": Event.WITHDRAW,
    "join": Event.JOIN,
}
_NOTE = "note"


def take(
    request_id: UUID, step: str, *, actor: Actor, version: int | None = None, reason: str | None = None
) -> DataSubjectRequest:
    """Take the step of that name, in the open unit of work; raises `StepNotFound`, and what the step raises."""
    if step in _EVENTS:
        return handling.move(request_id, _EVENTS[step], actor=actor, version=version, reason=reason)
    if step not in _OTHERS:
        raise StepNotFound(f"There is: {', '.join(STEPS)}.")
    return _OTHERS[step](request_id, actor=actor, version=version, reason=(reason or "").strip())


def possible(row: DataSubjectRequest, *, actor: Actor) -> frozenset[str]:
    """The names of the steps that somebody could take now, were all given that they ask for.

    For pages, which offer nothing that is refused anyway. What the actor is permitted is not looked at.
    """
    events = {name for name, event in {**_EVENTS, **_BRINGING}.items() if _could(row, event, actor)}
    return frozenset({_NOTE, *events, *_of_the_time(row), *_of_a_restriction(row)})


def _could(row: DataSubjectRequest, event: Event, actor: Actor) -> bool:
    roles = {cases.role_of(actor)} | ({Role.SECOND} if row.granted_by not in {None, actor.id} else set())
    facts = _facts_after(row, event, actor)
    found = (one for one in workflow.TRANSITIONS if one.event is event and facts.state in one.sources)
    return any(one.roles & roles and not one.unmet(facts) for one in found)


def _facts_after(row: DataSubjectRequest, event: Event, actor: Actor) -> Facts:
    """The request as the step would leave it at best."""
    rule, decides = cases.rule_of(row), event in {Event.GRANT, Event.APPROVE}
    return Facts(
        case_type=CaseType(row.case_type),
        state=State(row.state),
        proof=ProofLevel.DECIDED if event is Event.IDENTIFY else ProofLevel(row.proof_level),
        needed_proof=rule.proof,
        approvals_needed=rule.approvals,
        granted_by=actor.id if event is Event.GRANT else row.granted_by,
        approved_by=actor.id if event is Event.APPROVE else row.approved_by,
        cooling_until=None if decides else row.cooling_until,
        now=clock.micros(),
        reasoned=True,
        finished=not tasks.unfinished(tasks.of_request(row.id)),
        same_person=True,
    )


def _of_the_time(row: DataSubjectRequest) -> set[str]:
    if State(row.state).ended:
        return set()
    found = {"resume" if cases.is_suspended(row) else "suspend"}
    tell_by_on = timing.times_of(row).tell_by_on
    today = days.day_of(clock.micros(), programmes.current().zone)
    if row.extended_at is None and tell_by_on is not None and today <= tell_by_on:
        found.add("extend")
    return found


def _of_a_restriction(row: DataSubjectRequest) -> set[str]:
    if not standings.is_restricting(row):
        return set()
    told_at = answering.lifting_told_at(row)
    over = told_at is not None and clock.micros() >= told_at + answering.NOTICE
    return {"tell-of-lifting", "lift-restriction"} if over else {"tell-of-lifting"}
