"""Which worker holds a part of a run, and until when. Each taking has an id, and whatever a worker writes names it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from privacy import clock
from privacy.db import new_id, session
from privacy.errors import Conflict
from privacy.retention.runs import runs
from privacy.retention.runs.models import DisposalBatch, DisposalPart, DisposalRun
from privacy.retention.runs.vocabulary import BatchState, PartState, RunState, Way

#: How long a taking holds without being renewed: what a killed worker left goes on after this.
LEASE = 90 * clock.SECOND
#: A run in which no batch begins; what became of the last one is found out all the same.
_HALTED = frozenset({RunState.STOPPED, RunState.EXCEEDED})
#: Waits before a failed part is tried again, in seconds, and after how many attempts a person looks.
_FIRST_WAIT, _LONGEST_WAIT, MOST_ATTEMPTS = 15, 3_600, 12


class PartLost(Conflict):
    """Another worker has the part by now, or the run is not to go on."""

    code = "disposal-part-lost"


@dataclass(frozen=True)
class Held:
    """A part that this worker holds."""

    id: UUID
    run_id: UUID
    lease: UUID
    state: PartState
    way: Way
    system: str
    place: str


def any_due() -> bool:
    """Whether it is worth while to open a unit of work for `claim`."""
    return session().scalar(_due().limit(1)) is not None


def claim() -> Held | None:
    """Take a part that is due, in the open unit of work."""
    query = _due().order_by(DisposalPart.next_at, DisposalPart.run_id, DisposalPart.position).limit(1)
    part_id = session().scalar(query)
    if part_id is None:
        return None
    # What another worker is taking right now is left to it.
    again = sa.select(DisposalPart).where(DisposalPart.id == part_id, DisposalPart.id.in_(_due()))
    part = session().scalar(
        again.with_for_update(skip_locked=True, of=DisposalPart).execution_options(populate_existing=True)
    )
    if part is None:
        return None
    part.worker, part.lease_until = new_id(), clock.micros() + LEASE
    return Held(part.id, part.run_id, part.worker, PartState(part.state), Way(part.way), part.system, part.place)


def mine(held: Held, *, settling: bool = False) -> tuple[DisposalRun, DisposalPart]:
    """The run and the part, locked, if it is this worker's yet and the run goes on; it is held longer by this.

    `settling`: what became of a batch is written down of a run that was stopped, too. Raises `PartLost`.
    """
    run = runs.lock(held.run_id)
    part = runs.lock_part(held.run_id, held.id)
    wanted = {RunState.PREVIEWING if held.state is PartState.COUNTING else RunState.RUNNING}
    if settling:
        wanted |= _HALTED
    if part.worker != held.lease or part.state != held.state or RunState(run.state) not in wanted:
        raise PartLost
    part.lease_until = clock.micros() + LEASE
    return run, part


def let_go(part: DisposalPart) -> None:
    """Anybody may take it."""
    part.worker, part.lease_until = None, None


def put_off(run: DisposalRun, part: DisposalPart, why: str, *, retry_after: float | None = None) -> None:
    """Try it again later; after many attempts a person looks."""
    part.attempts += 1
    if part.attempts >= MOST_ATTEMPTS:
        runs.for_a_person(run, part, why)
        return
    wait = max(min(_FIRST_WAIT * 2 ** (part.attempts - 1), _LONGEST_WAIT), retry_after or 0.0)
    part.next_at, part.failure = clock.micros() + int(wait * clock.SECOND), why
    let_go(part)


def _due() -> sa.Select[UUID]:
    now = clock.micros()
    earlier = aliased(DisposalPart)
    # Of a system, tables that refer come first, as long as they do not wait for something.
    waits = sa.exists().where(
        earlier.run_id == DisposalPart.run_id,
        earlier.system == DisposalPart.system,
        earlier.position < DisposalPart.position,
        earlier.state == PartState.RUNNING.value,
    )
    counting = sa.and_(DisposalRun.state == RunState.PREVIEWING.value, DisposalPart.state == PartState.COUNTING.value)
    working = [PartState.RUNNING.value, PartState.WAITING.value, PartState.CHECKING.value]
    running = sa.and_(DisposalRun.state == RunState.RUNNING.value, DisposalPart.state.in_(working), ~waits)
    unknown = sa.exists().where(
        DisposalBatch.part_id == DisposalPart.id, DisposalBatch.state == BatchState.CONFIRMED.value
    )
    halted = sa.and_(DisposalRun.state.in_(_HALTED), DisposalPart.state == PartState.RUNNING.value, unknown)
    return (
        sa.select(DisposalPart.id)
        .join(DisposalRun, DisposalRun.id == DisposalPart.run_id)
        .where(sa.or_(counting, running, halted), DisposalPart.next_at <= now)
        .where(sa.or_(DisposalPart.lease_until.is_(None), DisposalPart.lease_until < now))
    )
