"""What the workflow has to know of a breach, as its records say it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from privacy.breach import limits
from privacy.breach.models import BreachJudgement, PersonalDataBreach
from privacy.breach.vocabulary import Exception34, Notice, Risk, State
from privacy.breach.workflow import Situation
from privacy.db import session
from privacy.programme import service as programmes
from privacy.programme.law import AUTHORITY


def of(row: PersonalDataBreach, **step: Any) -> Situation:
    """The situation of a breach, with what the step brings in place of what stands."""
    assessment, opinion, decision = map(_judgement, (row.assessment_id, row.opinion_id, row.decision_id))
    told = limits.told_of(limits.notices_of([row.id]), AUTHORITY)
    found = Situation(
        state=State(row.state),
        aware=row.aware_at is not None,
        risk=Risk(assessment.risk) if assessment is not None and assessment.risk else None,
        written=assessment is not None,
        has_officer=_has_officer(row),
        opined_by=opinion.actor_id if opinion is not None else None,
        decided_by=decision.actor_id if decision is not None else None,
        notify=decision.notify if decision is not None else None,
        tell=decision.tell if decision is not None else None,
        excepted=decision is not None and decision.excepted is not None,
        publicly=decision is not None and decision.excepted == Exception34.DISPROPORTIONATE,
        notified=bool(told),
        completed=any(one.kind == Notice.COMPLETE for one in told),
        contained=row.contained_at is not None,
        communicated=row.communicated_at is not None,
    )
    return replace(found, **step)


def _has_officer(row: PersonalDataBreach) -> bool:
    """Whether the breach's own controller has a data protection officer; another's does not speak for it."""
    officer = programmes.current().dpo
    return officer is not None and row.controller in officer.controllers


def _judgement(judgement_id: UUID | None) -> BreachJudgement | None:
    return None if judgement_id is None else session().get_one(BreachJudgement, judgement_id)
