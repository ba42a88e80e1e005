"""Requests as the HTTP API and the command line show them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from privacy import clock
from privacy.dsar import cases, views
from privacy.dsar.correspondence.letters import Letter, LetterView
from privacy.dsar.execution.schemas import DoubtfulRowOut, TaskOpenedOut
from privacy.dsar.execution.task_views import OpenedTask
from privacy.dsar.models import DataSubjectRequest, RequestTask
from privacy.dsar.schemas import (
    LetterOut,
    LettersOut,
    LetterTextOut,
    RequestDetailOut,
    RequestOpenedOut,
    RequestOut,
    RequestsOut,
    StepOut,
    StepsOut,
    TaskOut,
    TasksOut,
)
from privacy.dsar.views import Opened, Page, RequestView, StepView
from privacy.dsar.vocabulary import CaseType, Intake, Outcome, ProofLevel, Role, State, TaskKind, TaskState


def summary(view: RequestView) -> RequestOut:
    """A request as lists show it."""
    row = view.row
    return RequestOut(
        id=str(row.id),
        number=row.number,
        type=CaseType(row.case_type),
        intake=Intake(row.intake),
        controller=row.controller,
        locale=row.locale,
        state=State(row.state),
        outcome=Outcome(row.outcome) if row.outcome else None,
        received_at=clock.isoformat(row.received_at),
        received_on=view.received_on.isoformat(),
        recorded_at=clock.isoformat(row.recorded_at),
        due_on=view.due_on.isoformat(),
        nominal_on=view.nominal_on.isoformat(),
        days_left=view.days_left,
        extended_at=_time(row.extended_at),
        identified_at=_time(row.identified_at),
        proof=ProofLevel(row.proof_level),
        ended_at=_time(row.ended_at),
        joined_to=str(row.joined_to) if row.joined_to else None,
        version=row.version,
    )


def detail(row: DataSubjectRequest) -> RequestDetailOut:
    """One request with every day that matters."""
    short, times = summary(views.view(row)), views.times(row)
    return RequestDetailOut(
        **{name: getattr(short, name) for name in short.__struct_fields__},
        tell_by_on=_day(times.tell_by_on),
        extended_a_on=_day(times.extended_a_on),
        extended_b_on=_day(times.extended_b_on),
        suspended_due_on=_day(times.suspended_due_on),
        suspended=cases.is_suspended(row),
        basis=times.basis,
        clock_version=row.clock_version,
        cooling_until=_time(row.cooling_until),
    )


def listed(page: Page) -> RequestsOut:
    """A page of requests."""
    return RequestsOut([summary(view) for view in page.requests], page.next)


def steps(found: Iterable[StepView]) -> StepsOut:
    """The course of a request."""
    return StepsOut(
        [
            StepOut(
                number=one.step.number,
                event=one.step.event,
                from_state=State(one.step.from_state) if one.step.from_state else None,
                to_state=State(one.step.to_state),
                role=Role(one.step.role),
                actor=str(one.step.actor_id),
                at=clock.isoformat(one.step.at),
                reason=one.reason,
            )
            for one in found
        ]
    )


def tasks(found: Iterable[RequestTask]) -> TasksOut:
    """What is asked of each system."""
    return TasksOut([task(one) for one in found])


def task(one: RequestTask) -> TaskOut:
    """One task."""
    return TaskOut(
        id=str(one.id),
        kind=TaskKind(one.kind),
        system=one.system,
        place=one.place,
        round=one.round,
        state=TaskState(one.state),
        attempts=one.attempts,
        found=one.found,
        deleted=one.deleted,
        changed=one.changed,
        failure=one.failure,
        started_at=_time(one.started_at),
        done_at=_time(one.done_at),
    )


def opened_task(found: OpenedTask) -> TaskOpenedOut:
    """A task with what is needed to decide about it."""
    return TaskOpenedOut(
        task(found.task),
        {name: list(values) for name, values in found.asked.items()},
        [DoubtfulRowOut(one.id, dict(one.row)) for one in found.doubtful],
        found.proposed_limit,
        found.who,
        found.instructions,
    )


def letters(found: Iterable[LetterView]) -> LettersOut:
    """The letters of a request."""
    return LettersOut([_letter(one) for one in found])


def letter(found: Letter) -> LetterTextOut:
    """One letter as it was written."""
    short = _letter(found.view)
    known = {name: getattr(short, name) for name in short.__struct_fields__}
    return LetterTextOut(**known, subject=found.subject, body=found.body, to=list(found.to))


def opened(found: Opened) -> RequestOpenedOut:
    """What a request holds."""
    decision = found.decision
    return RequestOpenedOut(
        found.matter,
        list(decision.refused) if decision is not None else [],
        decision.answer if decision is not None else None,
    )


def _letter(one: LetterView) -> LetterOut:
    sent = [str(message) for message in one.messages]
    return LetterOut(str(one.id), one.kind.value, one.locale, clock.isoformat(one.created_at), sent)


def _time(value: int | None) -> str | None:
    return None if value is None else clock.isoformat(value)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
