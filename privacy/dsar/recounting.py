"""Due days counted anew when holidays or the rules of time change: only ever earlier, and each time in the log.

A day that was told once stays where the new count would be later. The version beside it tells by which rules and lists
it was counted (`WorkingDays.version`).
"""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from privacy.authz.actors import Actor
from privacy.db import session
from privacy.dsar import cases, deadlines
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.one_by_one import OneByOne
from privacy.dsar.vocabulary import CaseType, Role, State
from privacy.legal_time import days
from privacy.programme import service as programmes
from privacy.programme.types import Programme

#: The step and event of a due day that moved.
RECOUNTED = "recounted"
#: How many requests one unit of work deals with, so that it stays short.
_AT_ONCE = 50
_RECOUNTING = OneByOne("recount_due_days")


def recount_due_days(_now: int, *, actor: Actor) -> int:
    """Move due days of open requests forward that were counted by other rules or lists, some at a time.

    Returns how many moved. What an authority set itself is not counted, so it never moves.
    """
    programme = programmes.current()
    version = deadlines.working_days_of(programme).version
    query = sa.select(DataSubjectRequest).where(
        DataSubjectRequest.state.in_([state.value for state in State if not state.ended]),
        DataSubjectRequest.clock_version != version,
        DataSubjectRequest.case_type.in_([case_type.value for case_type in CaseType if case_type.of_a_person]),
    )
    resting = _RECOUNTING.put_off()
    late = [
        row.id
        for row in session().scalars(query.order_by(DataSubjectRequest.id))
        if row.id not in resting and _counted(row, programme) < days.named(row.due_on)
    ]
    some = late[:_AT_ONCE]
    return sum(_RECOUNTING.do(one, partial(_recount, one, programme, version, actor)) for one in some)


def _recount(request_id: UUID, programme: Programme, version: str, actor: Actor) -> None:
    row = cases.lock(request_id)
    before, after = days.named(row.due_on), _counted(row, programme)
    if after < before and not State(row.state).ended:
        row.due_on, row.clock_version = days.numbered(after), version
        told = {"due_before": before.isoformat(), "due_on": after.isoformat(), "version": version}
        cases.note(row, RECOUNTED, Role.SERVICE, actor=actor, reason=None, **told)


def _counted(row: DataSubjectRequest, programme: Programme) -> date:
    """The due day by the rules and lists of today."""
    times = deadlines.for_request(
        row.received_at, programme, case_type=CaseType(row.case_type), extended=row.extended_at is not None
    )
    return times.due_on
