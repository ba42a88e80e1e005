"""Breaches as the HTTP API and the command line show them."""

from __future__ import annotations

from collections.abc import Iterable

from privacy import clock
from privacy.breach import enisa
from privacy.breach.assessment import Assessment, Decision, Opinion
from privacy.breach.enisa import Inputs
from privacy.breach.limits import Running
from privacy.breach.models import BreachJudgement, BreachNotification, PersonalDataBreach
from privacy.breach.schemas import (
    BreachAssessmentOut,
    BreachClockOut,
    BreachClocksOut,
    BreachDecisionOut,
    BreachDetailOut,
    BreachesOut,
    BreachJudgementOut,
    BreachNoticeOpenedOut,
    BreachNoticeOut,
    BreachOpenedOut,
    BreachOpinionOut,
    BreachOut,
    BreachStepOut,
    BreachStepsOut,
    BreachTaskOut,
    BreachTasksOut,
    SeverityOut,
)
from privacy.breach.tasks import TaskView
from privacy.breach.views import BreachView, JudgementView, Opened, Page, StepView
from privacy.breach.vocabulary import Exception34, Judgement, Notice, Risk, Role, State, TaskCode, TaskState, Way
from privacy.legal_time import days
from privacy.programme.law import AUTHORITY


def summary(view: BreachView) -> BreachOut:
    """A breach as lists show it."""
    row = view.row
    authority = next((one.clock for one in view.clocks if one.clock.code == AUTHORITY), None)
    assessed, decided = view.judgement(row.assessment_id), view.judgement(row.decision_id)
    return BreachOut(
        id=str(row.id),
        number=row.number,
        rehearsal=row.rehearsal,
        controller=row.controller,
        state=State(row.state),
        detected_at=clock.isoformat(row.detected_at),
        recorded_at=clock.isoformat(row.recorded_at),
        aware_at=_time(row.aware_at),
        due_at=_time(authority.due_at if authority else None),
        outer_at=_time(authority.outer_at if authority else None),
        risk=Risk(assessed.risk) if assessed is not None and assessed.risk else None,
        notify=decided.notify if decided is not None else None,
        tell=decided.tell if decided is not None else None,
        contained_at=_time(row.contained_at),
        communicated_at=_time(row.communicated_at),
        ended_at=_time(row.ended_at),
        version=row.version,
    )


def detail(view: BreachView) -> BreachDetailOut:
    """One breach with its clocks, what was judged and what was notified."""
    short, row = summary(view), view.row
    counting = {row.assessment_id, row.opinion_id, row.decision_id}
    return BreachDetailOut(
        **{name: getattr(short, name) for name in short.__struct_fields__},
        processor=row.processor,
        processor_aware_at=_time(row.processor_aware_at),
        told_at=_time(row.told_at),
        clocks=[_clock(one) for one in view.clocks],
        judgements=[_judgement(one, counts=one.id in counting) for one in view.judgements],
        notifications=[notification(one) for one in view.notifications],
    )


def listed(page: Page) -> BreachesOut:
    """A page of breaches."""
    return BreachesOut([summary(view) for view in page.breaches], None if page.next is None else str(page.next))


def clocks(view: BreachView) -> BreachClocksOut:
    """Every time limit of a breach."""
    return BreachClocksOut(view.row.number, view.row.rehearsal, [_clock(one) for one in view.clocks])


def steps(row: PersonalDataBreach, found: Iterable[StepView]) -> BreachStepsOut:
    """The course of a breach."""
    shown = [
        BreachStepOut(
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
    return BreachStepsOut(row.number, row.rehearsal, shown)


def tasks(row: PersonalDataBreach, found: Iterable[TaskView]) -> BreachTasksOut:
    """What is to be done about a breach."""
    shown = [
        BreachTaskOut(
            number=one.task.number,
            code=TaskCode(one.task.code),
            title=one.title,
            state=TaskState(one.task.state),
            owner=str(one.task.owner_id) if one.task.owner_id else None,
            due_at=clock.isoformat(one.task.due_at),
            opened_at=clock.isoformat(one.task.opened_at),
            ended_at=_time(one.task.ended_at),
        )
        for one in found
    ]
    return BreachTasksOut(row.number, row.rehearsal, shown)


def opened(row: PersonalDataBreach, found: Opened) -> BreachOpenedOut:
    """Everything that a breach holds."""
    return BreachOpenedOut(
        number=row.number,
        rehearsal=row.rehearsal,
        facts=found.facts,
        report=found.report,
        assessments=[one for one in map(_assessment, found.judgements) if one is not None],
        opinions=[
            BreachOpinionOut(one.judgement.number, one.content)
            for one in found.judgements
            if isinstance(one.content, Opinion)
        ],
        decisions=[
            BreachDecisionOut(one.judgement.number, one.content)
            for one in found.judgements
            if isinstance(one.content, Decision)
        ],
        notifications=[
            BreachNoticeOpenedOut(one.notification.number, one.reference, one.reasons) for one in found.notifications
        ],
    )


def severity(inputs: Inputs) -> SeverityOut:
    """The aid's result with its parts, exact."""
    found = enisa.severity(inputs)
    return SeverityOut(
        se=enisa.decimal(found.se),
        dpc=str(found.dpc),
        ei=enisa.decimal(found.ei),
        cb=enisa.decimal(found.cb),
        level=found.level.value,
        many_persons=found.many_persons,
        unintelligible=found.unintelligible,
    )


def notification(one: BreachNotification) -> BreachNoticeOut:
    """One record of a notification."""
    return BreachNoticeOut(
        number=one.number,
        clock=one.clock,
        kind=Notice(one.kind),
        follows=one.follows,
        sent_at=clock.isoformat(one.sent_at),
        way=Way(one.way) if one.way else None,
        recorded_at=clock.isoformat(one.recorded_at),
        late=one.late,
        actor=str(one.actor_id),
    )


def _clock(one: Running) -> BreachClockOut:
    kept = one.clock
    return BreachClockOut(
        code=kept.code,
        standing=one.standing,
        hours=kept.hours,
        counted_from=kept.counted_from,
        started_at=clock.isoformat(kept.started_at),
        due_at=clock.isoformat(kept.due_at),
        outer_at=clock.isoformat(kept.outer_at),
        met_at=_time(one.met_at),
        statute=kept.statute,
        rule_from=days.named(kept.rule_from).isoformat() if kept.rule_from else None,
        programme=kept.programme,
        set_at=clock.isoformat(kept.set_at),
        before=[clock.isoformat(old.due_at) for old in one.before],
    )


def _judgement(one: BreachJudgement, *, counts: bool) -> BreachJudgementOut:
    return BreachJudgementOut(
        number=one.number,
        kind=Judgement(one.kind),
        risk=Risk(one.risk) if one.risk else None,
        notify=one.notify,
        tell=one.tell,
        excepted=Exception34(one.excepted) if one.excepted else None,
        actor=str(one.actor_id),
        at=clock.isoformat(one.at),
        counts=counts,
    )


def _assessment(one: JudgementView) -> BreachAssessmentOut | None:
    if not isinstance(one.content, Assessment):
        return None
    given = one.content
    return BreachAssessmentOut(one.judgement.number, given, severity(given.enisa) if given.enisa is not None else None)


def _time(at: int | None) -> str | None:
    return None if at is None else clock.isoformat(at)
