"""Disposal runs as they are shown: one with its parts and how far they are, and lists. Without personal data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy.db import session
from privacy.retention.runs import runs
from privacy.retention.runs.failures import RunNotFound
from privacy.retention.runs.models import DisposalPart, DisposalRun
from privacy.retention.runs.vocabulary import RunState

MOST_ON_A_PAGE = 200
_NUMBER = re.compile(r"D-[0-9]{4}-[0-9]{4,}", re.ASCII)


@dataclass(frozen=True)
class RunView:
    """One run with its parts."""

    row: DisposalRun
    parts: Sequence[DisposalPart]


def view(run_id: UUID) -> RunView:
    """One run; raises `RunNotFound`."""
    row = session().get(DisposalRun, run_id, populate_existing=True)
    if row is None:
        raise RunNotFound
    return RunView(row, runs.parts_of(run_id))


def named(text: str) -> UUID:
    """The run of that number or id; raises `RunNotFound`."""
    if _NUMBER.fullmatch(text):
        found = session().scalar(sa.select(DisposalRun.id).where(DisposalRun.number == text))
        if found is not None:
            return found
        raise RunNotFound
    try:
        run_id = UUID(text)
    except ValueError:
        raise RunNotFound from None
    return view(run_id).row.id


def listed(*, before: UUID | None = None, limit: int = MOST_ON_A_PAGE) -> Sequence[DisposalRun]:
    """Runs, the newest first, from before that one."""
    query = sa.select(DisposalRun).order_by(DisposalRun.id.desc()).limit(min(limit, MOST_ON_A_PAGE))
    if before is not None:
        query = query.where(DisposalRun.id < before)
    return list(session().scalars(query))


def to_approve() -> Sequence[DisposalRun]:
    """Runs that were counted and wait for those who must agree, the oldest first."""
    query = sa.select(DisposalRun).where(DisposalRun.state == RunState.PREVIEWED.value).order_by(DisposalRun.id)
    return list(session().scalars(query.limit(MOST_ON_A_PAGE)))
