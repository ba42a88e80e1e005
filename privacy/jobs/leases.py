"""Who does a job: one worker at a time, known by a lease, and by a number that tells it from all before it.

A lease alone is no protection: whoever is paused past its end wakes up and goes on. So the number is compared once
more as the last word of the effect's own transaction (`hold`, `mark`): where another worker has taken over
meanwhile, nothing of the effect is committed. Clocks decide only how soon somebody takes over, never who may write.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.db import new_id, session
from privacy.jobs.models import JobState
from privacy.jobs.standing import State

#: How long nobody else begins after the holder's last sign of life.
LEASE = 30 * clock.SECOND
#: A lease that ends later than any could by a clock that is right: somebody's clock was set back.
_NEVER_SO_LATE = 2 * LEASE
#: PostgreSQL ends the transaction of a worker that hangs in it, so that the next one can go on.
_END_WHEN_IDLE = sa.text(f"SET LOCAL idle_in_transaction_session_timeout = '{LEASE // clock.SECOND}s'")


class LeaseLost(Exception):
    """Another worker does the job now; what this one did is taken back."""


class Holder:
    """One worker, as leases name it."""

    def __init__(self) -> None:
        self.id = new_id()


@dataclass(frozen=True)
class Lease:
    """The right to do one job, until somebody else has it."""

    name: str
    holder: UUID
    fence: int


def is_free(state: State, holder: Holder, now: int) -> bool:
    """Whether it is worth while to ask for the lease: nobody else is known to be at work."""
    return state.holder in (None, holder.id) or not now <= state.lease_until <= now + _NEVER_SO_LATE


def own(state: State, holder: Holder, now: int) -> Lease | None:
    """The lease that this worker has, where it is good for a while yet."""
    if state.holder == holder.id and LEASE // 2 <= state.lease_until - now <= _NEVER_SO_LATE:
        return Lease(state.name, holder.id, state.fence)
    return None


def take(name: str, holder: Holder) -> Lease | None:
    """Take the lease of a job, or renew it, in the open unit of work; None where another worker has it."""
    now, mine = clock.micros(), JobState.holder == holder.id
    free = sa.or_(mine, JobState.holder.is_(None), sa.not_(JobState.lease_until.between(now, now + _NEVER_SO_LATE)))
    taken = session().execute(
        sa.update(JobState)
        .where(JobState.name == name, free)
        .values(fence=JobState.fence + sa.case((mine, 0), else_=1), holder=holder.id, lease_until=now + LEASE)
        .returning(JobState.fence)
        .execution_options(synchronize_session=False)
    )
    fence = taken.scalar_one_or_none()
    return None if fence is None else Lease(name, holder.id, fence)


def renew(name: str, holder: Holder) -> None:
    """Have a lease last on while its worker is at work, in the open unit of work. One that was lost stays lost."""
    session().execute(
        sa.update(JobState)
        .where(JobState.name == name, JobState.holder == holder.id)
        .values(lease_until=clock.micros() + LEASE)
        .execution_options(synchronize_session=False)
    )


def begin() -> None:
    """Begin an effect: on PostgreSQL, one that hangs does not keep its locks for ever."""
    if session().get_bind().dialect.name == "postgresql":
        session().execute(_END_WHEN_IDLE)


def hold(lease: Lease, **changes: object) -> None:
    """See that the lease is still held, and renew it, as the last statement of an effect's unit of work.

    `changes`: what else is to be written on the job. Raises `LeaseLost`; then the unit of work must not be committed.
    """
    if not _written(lease, sa.true(), changes):
        raise LeaseLost(lease.name)


def mark(lease: Lease, period: int, **changes: object) -> None:
    """As `hold`, and the period is done; raises `LeaseLost` where it was done already, too."""
    undone = sa.or_(JobState.period.is_(None), JobState.period < period)
    if not _written(lease, undone, {"period": period, **changes}):
        raise LeaseLost(lease.name)


def release(holder: Holder) -> None:
    """Give up every lease of a worker that ends, in the open unit of work, so that others may begin at once."""
    session().execute(
        sa.update(JobState)
        .where(JobState.holder == holder.id)
        .values(holder=None, lease_until=0)
        .execution_options(synchronize_session=False)
    )


def _written(lease: Lease, condition: sa.ColumnElement[bool], changes: dict[str, object]) -> bool:
    now = clock.micros()
    written = session().execute(
        sa.update(JobState)
        .where(
            JobState.name == lease.name,
            JobState.holder == lease.holder,
            JobState.fence == lease.fence,
            condition,
        )
        .values(lease_until=now + LEASE, beat_at=now, **changes)
        .returning(JobState.name)
        .execution_options(synchronize_session=False)
    )
    return written.one_or_none() is not None
