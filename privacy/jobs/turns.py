"""One turn of a short job: whether it is due, whether it is this worker's, and its effect under the lease."""

from __future__ import annotations

import logging

import sqlalchemy as sa

from privacy import clock
from privacy.db import end_read, unit_of_work
from privacy.errors import Unavailable
from privacy.jobs import leases, standing
from privacy.jobs.leases import Holder, Lease
from privacy.jobs.listing import Context, Job
from privacy.jobs.standing import State

#: One turn goes on no longer; what is left comes with the next, so that the other jobs have theirs.
_TURN = 60 * clock.SECOND
#: A job that never rests writes down that it found nothing no more often than this.
_WRITE_EVERY = 60 * clock.SECOND

_log = logging.getLogger("privacy.jobs")


def run_if_due(job: Job, holder: Holder, context: Context) -> int:
    """Run a job if it is due, or wanted, and nobody else does it; returns how many rows it dealt with.

    Raises what its portion raises, and `LeaseLost` where another worker took over meanwhile.
    """
    with context():
        state = _state_of(job)
        if not _is_due(job, state, clock.micros()) or not leases.is_free(state, holder, clock.micros()):
            return 0
        lease = leases.own(state, holder, clock.micros())
        if lease is None:
            with unit_of_work():
                lease = leases.take(job.name, holder)
            if lease is None:
                return 0
            state = _state_of(job)
        done = _periods(job, state, lease) if job.whole else _portions(job, state, lease)
    if done:
        _log.info("job done", extra={"job": job.name, "rows": done})
    return done


def _state_of(job: Job) -> State:
    """Where the job stands. No read stays open: on SQLite it would keep others from writing."""
    try:
        state = standing.state_of(job.name)
    except (sa.exc.OperationalError, sa.exc.TimeoutError) as error:
        raise Unavailable("The database cannot be read now; try again.") from error
    finally:
        end_read()
    if state is not None:
        return state
    with unit_of_work():
        standing.ensure_known([job.name])
        return standing.view(job.name)


def _is_due(job: Job, state: State, now: int) -> bool:
    if state.asked_at is not None:
        return True
    if job.whole:
        return state.period is None or state.period < job.period_at(now)
    # A clock that was set back is no reason to wait: a portion may be repeated.
    return state.ended_at is None or not 0 <= now - state.ended_at < job.every_seconds * clock.SECOND


def _portions(job: Job, state: State, lease: Lease) -> int:
    """Portion after portion, until nothing is left or the turn is over."""
    done, until = 0, clock.micros() + _TURN
    before = state.ended_at
    worth_writing = state.failures > 0 or state.asked_at is not None or before is None
    while True:
        with unit_of_work():
            leases.begin()
            portion = job.portion(clock.micros())
            done += portion
            if portion:
                leases.hold(lease)
            elif done or worth_writing or not 0 <= clock.micros() - (before or 0) < _WRITE_EVERY:
                leases.hold(lease, **standing.ended_well(done))
        if not portion or clock.micros() > until:
            return done


def _periods(job: Job, state: State, lease: Lease) -> int:
    """The effect of each period that is due, each marked in its own transaction."""
    done, newest, last = 0, job.period_at(clock.micros()), state.period
    if last is not None and last >= newest:
        return _out_of_turn(job, lease) if state.asked_at is not None else 0
    until = clock.micros() + _TURN
    period = newest if last is None or not job.one_by_one else last + 1
    while period <= newest and clock.micros() <= until:
        with unit_of_work():
            leases.begin()
            rows = job.portion(job.began_at(period) if job.one_by_one else clock.micros())
            leases.mark(lease, period, **standing.ended_well(rows))
        done, period = done + rows, period + 1
    return done


def _out_of_turn(job: Job, lease: Lease) -> int:
    """An effect that belongs to no period, because somebody wants it."""
    with unit_of_work():
        leases.begin()
        rows = job.portion(clock.micros())
        leases.hold(lease, **standing.ended_well(rows))
    return rows
