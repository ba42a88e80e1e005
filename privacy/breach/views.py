"""Breaches as they are shown: without the words of anybody, but for those who handle them; that is then in the log."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.breach import assessment, audited, limits, notifying, register
from privacy.breach.assessment import Assessment, Decision, Opinion
from privacy.breach.facts import Facts
from privacy.breach.failures import BreachNotFound
from privacy.breach.limits import Running
from privacy.breach.models import BreachJudgement, BreachNotification, BreachStep, PersonalDataBreach
from privacy.breach.vocabulary import State
from privacy.db import session
from privacy.errors import InvalidInput

MOST_ON_A_PAGE = 500
_NUMBER = re.compile(r"(?:TEST-)?(?:DRILL-)?N-[0-9]{4}-[0-9]{4,9}", re.ASCII)


@dataclass(frozen=True)
class BreachView:
    """One breach with its clocks and what was judged and notified, without words."""

    row: PersonalDataBreach
    clocks: Sequence[Running]
    judgements: Sequence[BreachJudgement]
    notifications: Sequence[BreachNotification]

    def judgement(self, judgement_id: UUID | None) -> BreachJudgement | None:
        """One of its judgements."""
        return next((one for one in self.judgements if one.id == judgement_id), None)


@dataclass(frozen=True)
class Asked:
    """Which breaches a list is of."""

    state: State | None = None
    #: Those that have not ended.
    is_open: bool = False
    #: Rehearsals, which no other list holds.
    rehearsals: bool = False
    #: The id that the page before ended at.
    after: UUID | None = None
    limit: int = 100


@dataclass(frozen=True)
class Page:
    """Breaches, the newest first."""

    breaches: Sequence[BreachView]
    #: Give it as `after` for the next page; None where there is no more.
    next: UUID | None


@dataclass(frozen=True)
class StepView:
    """One step, its reason opened."""

    step: BreachStep
    reason: str | None = field(repr=False)


@dataclass(frozen=True)
class JudgementView:
    """One judgement, opened."""

    judgement: BreachJudgement
    content: Assessment | Opinion | Decision = field(repr=False)


@dataclass(frozen=True)
class NotificationView:
    """One record of a notification, opened."""

    notification: BreachNotification
    reference: str | None = field(repr=False)
    reasons: str | None = field(repr=False)


@dataclass(frozen=True)
class Opened:
    """Everything that a breach holds."""

    facts: Facts = field(repr=False)
    report: str | None = field(repr=False)
    judgements: Sequence[JudgementView] = field(repr=False)
    notifications: Sequence[NotificationView] = field(repr=False)


def visible(breach_id: UUID, *, actor: Actor) -> PersonalDataBreach:
    """The breach, if it is of the actor's realm; raises `BreachNotFound`."""
    row = register.read(breach_id)
    if row.realm != actor.realm.value:
        raise BreachNotFound
    return row


def named(text: str, *, actor: Actor) -> PersonalDataBreach:
    """The breach of a number (`N-2026-0001`) or an id; raises `BreachNotFound`."""
    if _NUMBER.fullmatch(text):
        found = session().scalar(sa.select(PersonalDataBreach.id).where(PersonalDataBreach.number == text))
        if found is None:
            raise BreachNotFound
        return visible(found, actor=actor)
    try:
        return visible(UUID(text), actor=actor)
    except ValueError:
        raise BreachNotFound("A breach is named by its number, like N-2026-0001, or its id.") from None


def view(row: PersonalDataBreach) -> BreachView:
    """One breach as it is shown."""
    notices = limits.notices_of([row.id])
    return BreachView(row, limits.running(row), assessment.judgements_of(row.id), notices)


def page(asked: Asked, *, actor: Actor) -> Page:
    """Breaches of the actor's realm, the newest first: rehearsals or real ones, never both. Raises `InvalidInput`."""
    if not 0 < asked.limit <= MOST_ON_A_PAGE:
        raise InvalidInput.of("limit", f"1 to {MOST_ON_A_PAGE}.")
    query = sa.select(PersonalDataBreach).where(
        PersonalDataBreach.realm == actor.realm.value, PersonalDataBreach.rehearsal.is_(asked.rehearsals)
    )
    if asked.state is not None:
        query = query.where(PersonalDataBreach.state == asked.state.value)
    if asked.is_open:
        query = query.where(PersonalDataBreach.state.in_([state.value for state in State if not state.ended]))
    if asked.after is not None:
        query = query.where(PersonalDataBreach.id < asked.after)
    ordered = query.order_by(PersonalDataBreach.id.desc()).limit(asked.limit + 1)
    rows = list(session().scalars(ordered.execution_options(populate_existing=True)))
    more, rows = len(rows) > asked.limit, rows[: asked.limit]
    return Page([view(row) for row in rows], rows[-1].id if more else None)


def steps(row: PersonalDataBreach, *, actor: Actor) -> list[StepView]:
    """The course of a breach. Reasons are shown to those who handle breaches."""
    shown = Permission.BREACHES_HANDLE in actor.permissions
    return [StepView(step, register.reason_of(step) if shown else None) for step in register.steps_of(row.id)]


def open_breach_file(breach_id: UUID, *, actor: Actor) -> Opened:
    """Everything that a breach holds, opened in the open unit of work; that somebody read it is in the log."""
    actor.require(Permission.BREACHES_HANDLE)
    row = visible(breach_id, actor=actor)
    audited.record("breach.read", row, actor=actor, details={})
    return opened(row)


def opened(row: PersonalDataBreach) -> Opened:
    """Everything that a breach holds, for what is made of it here."""
    judgements = [JudgementView(one, assessment.opened(row, one)) for one in assessment.judgements_of(row.id)]
    notices = [
        NotificationView(one, notifying.reference_of(row, one), notifying.reasons_of(row, one))
        for one in limits.notices_of([row.id])
    ]
    return Opened(register.facts_of(row), register.report_of(row), judgements, notices)
