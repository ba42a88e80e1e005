"""Which worker holds a task, and until when: taken with a lease, renewed, and lost when the worker is believed dead.

Each taking has an id of its own, and whatever a worker writes names it: one that lost its task changes nothing any
more.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import new_id, session
from privacy.dsar.execution import tasks
from privacy.dsar.execution.tasks import Work, work_of
from privacy.dsar.models import DataSubjectRequest, RequestTask
from privacy.dsar.vocabulary import State, TaskKind, TaskState
from privacy.errors import VerificationError

#: How long a taking holds without being renewed: a killed worker's task goes on after this.
LEASE = 60 * clock.SECOND
#: Tasks of one table each that one taking may hold, so that a round of a system is two commits.
MOST_TOGETHER = 20
#: Tasks that a worker looks through at a time.
_CANDIDATES = 200

_log = logging.getLogger("privacy.dsar.execution")


@dataclass(frozen=True)
class Held:
    """A task that this worker holds, with all that it needs to do it."""

    id: UUID
    request_id: UUID
    lease: UUID
    kind: TaskKind
    system: str
    place: str
    look: int
    round: int
    attempts: int
    reference: str | None
    work: Work = field(repr=False)


def any_due(busy: Collection[str] = ()) -> bool:
    """Whether it is worth while to open a unit of work for `claim`."""
    query = sa.select(RequestTask.id).join(DataSubjectRequest, DataSubjectRequest.id == RequestTask.request_id)
    return session().scalar(query.where(_due(busy)).limit(1)) is not None


def claim(busy: Collection[str]) -> list[list[Held]]:
    """Take what is due, in the open unit of work: at most one lot for each system that is not busy.

    A lot is one task, or the finds of one request in one system.
    """
    query = (
        sa.select(RequestTask)
        .join(DataSubjectRequest, DataSubjectRequest.id == RequestTask.request_id)
        .where(_due(busy))
        .order_by(RequestTask.next_at, RequestTask.id)
        .limit(_CANDIDATES)
        # What another worker is taking right now is left to it.
        .with_for_update(skip_locked=True, of=RequestTask)
        .execution_options(populate_existing=True)
    )
    lots: dict[str, list[Held]] = {}
    for row in session().scalars(query):
        lot = lots.setdefault(row.system, [])
        if not lot or (_goes_with(row, lot[0]) and len(lot) < MOST_TOGETHER):
            lot += _taken(row, clock.micros())
    return [lot for lot in lots.values() if lot]


def _due(busy: Collection[str]) -> sa.ColumnElement[bool]:
    now = clock.micros()
    free = sa.and_(
        RequestTask.state.in_([TaskState.WAITING.value, TaskState.PENDING.value]), RequestTask.next_at <= now
    )
    lost = sa.and_(RequestTask.state == TaskState.RUNNING.value, RequestTask.lease_until < now)
    # What was begun goes on while a person looks at something else; the person's own data wait for the end of that.
    asking = DataSubjectRequest.state.in_([State.EXECUTING.value, State.REVIEWING.value])
    executed = sa.and_(asking, RequestTask.kind.not_in([TaskKind.OWN.value, TaskKind.ANSWER.value]))
    own = sa.and_(DataSubjectRequest.state == State.EXECUTING.value, RequestTask.kind == TaskKind.OWN.value)
    lifted = sa.and_(DataSubjectRequest.state == State.ANSWERED.value, RequestTask.kind == TaskKind.LIFT.value)
    answered = sa.and_(
        DataSubjectRequest.state.in_([State.ANSWERING.value, State.ANSWERED.value]),
        RequestTask.kind == TaskKind.ANSWER.value,
    )
    return sa.and_(sa.or_(free, lost), sa.or_(executed, own, lifted, answered), RequestTask.system.not_in(list(busy)))


def _goes_with(row: RequestTask, first: Held) -> bool:
    return row.kind == first.kind == TaskKind.FIND and row.request_id == first.request_id


def _taken(row: RequestTask, now: int) -> list[Held]:
    """The task, held; nothing where no worker can read what to do: that keeps no other from its turn."""
    try:
        key = load_owner_key(session(), keyring.installed(), row.request_id, row.key_version)
        work = work_of(row, key)
    except VerificationError as error:
        row.attempts += 1
        tasks.put_off(row, error.code)
        _log.error("task unreadable", extra={"task_id": str(row.id), "reason": error.code})
        return []
    return [_held(row, work, now)]


def _held(row: RequestTask, work: Work, now: int) -> Held:
    row.state, row.worker, row.lease_until = TaskState.RUNNING.value, new_id(), now + LEASE
    row.attempts += 1
    row.started_at = row.started_at or now
    return Held(
        id=row.id,
        request_id=row.request_id,
        lease=row.worker,
        kind=TaskKind(row.kind),
        system=row.system,
        place=row.place,
        look=row.look,
        round=row.round,
        attempts=row.attempts,
        reference=row.reference,
        work=work,
    )


def renew(held: Iterable[Held]) -> None:
    """Hold these longer; one that was lost stays lost."""
    for one in held:
        session().execute(sa.update(RequestTask).where(_is_mine(one)).values(lease_until=clock.micros() + LEASE))


def mine(held: Held) -> RequestTask | None:
    """The task, locked, if it is this worker's yet. The request is locked first, by whoever calls."""
    query = sa.select(RequestTask).where(_is_mine(held)).with_for_update()
    return session().scalar(query.execution_options(populate_existing=True))


def _is_mine(held: Held) -> sa.ColumnElement[bool]:
    return sa.and_(
        RequestTask.id == held.id,
        RequestTask.worker == held.lease,
        RequestTask.state == TaskState.RUNNING.value,
    )
