"""Which worker holds a task, and until when: taken with a lease, renewed, and lost when the worker is believed dead.

Each taking has an id of its own, and whatever a worker writes names it: one that lost its task changes nothing any
more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKey, load_owner_key
from privacy.db import new_id, session
from privacy.dsar.execution.tasks import Work, work_of
from privacy.dsar.models import DataSubjectRequest, RequestTask
from privacy.dsar.vocabulary import State, TaskKind, TaskState

#: How long a taking holds without being renewed: a killed worker's task goes on after this.
LEASE = 60 * clock.SECOND
#: Tasks of one table each that one taking may hold, so that a round of a system is two commits.
MOST_TOGETHER = 20
#: Tasks that a worker looks through at a time.
_CANDIDATES = 200


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
    lots: dict[str, list[RequestTask]] = {}
    for row in session().scalars(query):
        lot = lots.setdefault(row.system, [])
        if not lot or (_goes_with(row, lot[0]) and len(lot) < MOST_TOGETHER):
            lot.append(row)
    return [_taken(lot, clock.micros()) for lot in lots.values()]


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


def _goes_with(row: RequestTask, first: RequestTask) -> bool:
    return row.kind == first.kind == TaskKind.FIND.value and row.request_id == first.request_id


def _taken(lot: Sequence[RequestTask], now: int) -> list[Held]:
    key = load_owner_key(session(), keyring.installed(), lot[0].request_id, lot[0].key_version)
    return [_held(row, key, now) for row in lot]


def _held(row: RequestTask, key: OwnerKey, now: int) -> Held:
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
        work=work_of(row, key),
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
