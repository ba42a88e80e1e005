"""A restriction that has ended is lifted in the systems too: exactly the rows that were marked, as they were before.

Nothing is searched for it. A system that is told who is meant, and does the rest itself, is told anew.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from privacy.db import session
from privacy.dsar import cases, standings
from privacy.dsar.execution import finding, tasks
from privacy.dsar.execution.tasks import Work
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, TaskKind, TaskState
from privacy.subjects import service as subjects


def begin(row: DataSubjectRequest, *, subject_id: UUID | None = None) -> None:
    """Add the tasks by which systems follow the end of a locked request's restriction, in the open unit of work.

    While another request restricts the same person nothing is lifted; with the last one every mark of theirs goes.
    `subject_id`: whose the request was taken for until now, where it is nobody's any more.
    """
    whose = subject_id or row.subject_id
    if row.case_type != CaseType.RESTRICTION or whose is None:
        return
    session().flush()
    every = _restrictions(whose)
    if any(standings.is_restricting(one) for one in every):
        return
    for one in every:
        if not tasks.of_request(one.id, TaskKind.LIFT):
            _lift(one)


def _restrictions(subject_id: UUID) -> list[DataSubjectRequest]:
    """The requests for restriction of a person."""
    query = sa.select(DataSubjectRequest).where(
        DataSubjectRequest.subject_id.in_(subjects.natural_person(subject_id)),
        DataSubjectRequest.case_type == CaseType.RESTRICTION.value,
    )
    return list(session().scalars(query.order_by(DataSubjectRequest.id).with_for_update()))


def _lift(row: DataSubjectRequest) -> None:
    key, person = cases.key_of(row), finding.wanted(row)
    named, whole = finding.by_kind(person.identifiers), {system.code for system in person.whole_systems}
    for task in tasks.of_request(row.id, TaskKind.CHANGE):
        marks = tasks.result_of(task, key).marks
        if task.state == TaskState.DONE and (marks or (named and task.system in whole)):
            work = Work(marks=marks) if marks else Work(keys=named)
            tasks.add(row, key, TaskKind.LIFT, task.system, look=task.look, work=work)
