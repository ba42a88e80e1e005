"""What a person decided about rows that a rule wants reviewed: they go with the run, or stay until a day.

A decision is about all such rows of one part of a run, as they were counted. Who must stay for a reason of their own is
put under a legal hold before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from privacy.db import session
from privacy.legal_time import days
from privacy.retention.runs.models import DisposalPart, DisposalRun
from privacy.retention.runs.vocabulary import Stays


class ReviewChoice(StrEnum):
    """What a person decides."""

    ERASE = "erase"
    KEEP = "keep"


@dataclass(frozen=True)
class Review:
    """A decision."""

    choice: ReviewChoice
    reason: str = field(repr=False)
    #: Of `KEEP` the last day for which it holds.
    until: date | None = None


@dataclass(frozen=True)
class Reviewed:
    """What was decided of one place."""

    #: Whether what is to be reviewed goes with this run.
    erases: bool = False
    #: What was over before this day stays.
    kept_before: date | None = None

    def stays(self, until: date | None) -> Stays | None:
        """Why a row stays that a rule wants reviewed, by the last day of its term; None where it goes."""
        if until is not None and self.kept_before is not None and until < self.kept_before:
            return Stays.KEPT
        return None if self.erases else Stays.REVIEW


#: Of a place of which nobody decided anything.
NOTHING = Reviewed()


def of_run(run: DisposalRun, system: str) -> Mapping[str, Reviewed]:
    """Place -> what was decided of it, for a run in a system."""
    query = sa.select(DisposalPart.place).where(DisposalPart.run_id == run.id, DisposalPart.system == system)
    erased = set(session().scalars(query.where(DisposalPart.review == ReviewChoice.ERASE.value)))
    kept = _kept(system, run.as_of)
    return {place: Reviewed(place in erased, kept.get(place)) for place in erased | kept.keys()}


def kept_in(system: str, today: date) -> Mapping[str, Reviewed]:
    """Place -> what stays there on that day."""
    return {place: Reviewed(kept_before=before) for place, before in _kept(system, days.numbered(today)).items()}


def _kept(system: str, on: int) -> Mapping[str, date]:
    """Place -> the day before which everything was over that stays on that day yet, as somebody decided."""
    query = (
        sa.select(DisposalPart.place, sa.func.max(DisposalRun.as_of))
        .join(DisposalRun, DisposalRun.id == DisposalPart.run_id)
        .where(DisposalPart.system == system, DisposalPart.review == ReviewChoice.KEEP.value)
        .where(DisposalPart.review_until >= on)
        .group_by(DisposalPart.place)
    )
    return {place: days.named(as_of) for place, as_of in session().execute(query)}
