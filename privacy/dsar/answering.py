"""The answer: the letter goes out, the request ends, and its outcome stands (Art. 12(3), 12(4))."""

from __future__ import annotations

from uuid import UUID

from privacy import clock
from privacy.authz.actors import SERVICE, Actor
from privacy.dsar import cases, standings
from privacy.dsar.correspondence import letters, outcomes
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.correspondence.words import words
from privacy.dsar.execution import course
from privacy.dsar.failures import AnswerNotReady
from privacy.dsar.matter import Decision
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, Event, Outcome, State
from privacy.dsar.workflow import HANDED_OUT
from privacy.legal_time import days
from privacy.programme import service as programmes

#: The step by which the person was told that the restriction will end.
LIFTING_TOLD = "lifting_told"
#: From the letter until the restriction ends: it has come by then, by post too, and the person can object.
NOTICE = 8 * clock.DAY
#: Whose restriction was for the time of the decision alone (Art. 18(1)(a), (d)).
ENDS_RESTRICTION = frozenset({CaseType.RECTIFICATION, CaseType.OBJECTION})
_LETTERS = {
    Outcome.GRANTED: LetterKind.ANSWER,
    Outcome.PARTLY: LetterKind.PARTLY,
    Outcome.REFUSED: LetterKind.REFUSAL,
}


def answer(
    request_id: UUID, *, actor: Actor = SERVICE, version: int | None = None, reason: str | None = None
) -> DataSubjectRequest:
    """End a request with its answer, in the open unit of work: the letter is written with it.

    A request that was answered stays as it is. Raises `workflow.NotPossible` where it is not ready for an answer.
    """
    row = cases.lock(request_id, version=version)
    if row.state == State.ANSWERED:
        return row
    outcome = outcome_of(row, cases.decision_of(row))
    row.outcome = outcome.value
    cases.advance(row, Event.ANSWER, cases.role_of(actor), actor=actor, reason=reason, outcome=outcome.value)
    facts = outcomes.facts_of(row)
    if outcome is not Outcome.REFUSED and CaseType(row.case_type) in HANDED_OUT and "fetch_until" not in facts:
        raise AnswerNotReady
    letters.write(row, _LETTERS[outcome], facts=facts)
    if CaseType(row.case_type) in ENDS_RESTRICTION and standings.is_restricting(row):
        tell_of_lifting(row, words(row.locale).phrases[f"outcome.{outcome.value}"], actor=actor)
    standings.settle(row, actor=actor)
    return row


def tell_of_lifting(row: DataSubjectRequest, reason: str, *, actor: Actor) -> None:
    """Tell the person, in a letter, that the restriction will end, and from when on at the earliest (Art. 18(3))."""
    from_on = days.day_of(clock.micros() + NOTICE, programmes.current().zone)
    letters.write(row, LetterKind.BEFORE_LIFTING, facts={"lifted_on": from_on.isoformat(), "reasons": [reason]})
    cases.note(row, LIFTING_TOLD, cases.role_of(actor), actor=actor, reason=reason, lifted_on=from_on.isoformat())


def lifting_told_at(row: DataSubjectRequest) -> int | None:
    """When the person was told that the restriction which holds now will end, in microseconds; None before that."""
    told: int | None = None
    for step in cases.steps_of(row.id):
        if step.event == LIFTING_TOLD:
            told = step.at
        elif step.event == Event.REOPEN:
            told = None  # What follows is another restriction.
    return told


def outcome_of(row: DataSubjectRequest, decision: Decision | None) -> Outcome:
    """How the request is answered: without anybody who granted it, it is a refusal.

    What was refused, what a law keeps (Art. 17(3)), what a person decided not to do, and what a system has no way to do
    make it a part. An objection binds by our register, whatever a system can mark.
    """
    if row.granted_by is None or (decision is not None and decision.wholly):
        return Outcome.REFUSED
    if decision is not None and decision.refused:
        return Outcome.PARTLY
    objects = row.case_type == CaseType.OBJECTION
    told = course.outcomes(row.id)
    left = any(one.reason is not None or one.keeps or (one.unable and not objects) for one in told)
    return Outcome.PARTLY if left else Outcome.GRANTED
