"""Run jobs: one at a time each, by APScheduler with its plan in memory; what must outlive the process is in the table.

APScheduler says when to look at a job, the job's row whether it is due, and its lease who does it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from privacy import clock
from privacy.db import unit_of_work
from privacy.errors import Unavailable
from privacy.jobs import beats as heartbeats
from privacy.jobs import leases, standing
from privacy.jobs.beats import Beats
from privacy.jobs.leases import Holder, LeaseLost
from privacy.jobs.listing import Context, Job, LongJob
from privacy.jobs.turns import run_if_due
from privacy.quarantine import InQuarantine, quarantined

#: Workers that start together should not come to the same rows together, in seconds.
_JITTER = 10
#: A job is looked at so often at least, in seconds: somebody may want it now, and its heart beats.
_LOOK_EVERY = 60
#: Seconds between two looks of the worker after its own: wishes, heartbeats, the clock.
_TICK = 1.0
#: Seconds between two renewals of the lease of a short job that is at work: a portion may outlast a lease.
_RENEW = 10.0
#: Seconds after which a portion hangs: its lease ends, and somebody else may try.
_LONGEST = 600.0
#: A clock that moved so many seconds against the machine's own count was set.
_CLOCK_SET = 5.0

_log = logging.getLogger("privacy.jobs")


def run_job(job: Job, context: Context) -> int:
    """Run a job until nothing is left, due or not, and return how many rows it dealt with; raises what it raises."""
    done = 0
    with context():
        while True:
            with unit_of_work():
                portion = job.portion(clock.micros())
            done += portion
            if job.whole or not portion:
                break
    if done:
        _log.info("job done", extra={"job": job.name, "rows": done})
    return done


def run_once(stop: threading.Event, jobs: Sequence[Job], context: Context, *, long_jobs: Sequence[LongJob]) -> None:
    """Run each job once, for a scheduler of the operator's own; raises what a job raises, after all had their turn."""
    holder, beats = Holder(), Beats()
    failures: list[Exception] = []

    def attempt(name: str, run: Callable[[], object]) -> None:
        try:
            run()
        except Unavailable:
            raise  # There is no database for the others either.
        except Exception as error:
            # One that always fails must not keep the others from their work.
            _log.exception("job failed", extra={"job": name})
            beats.failed(name, error)
            failures.append(error)

    for job in jobs:
        attempt(job.name, partial(_do, job, holder, beats, context))
    for long_job in long_jobs:
        attempt(long_job.name, partial(_do_long, long_job, beats, context, stop))
    with context():
        beats.write()
        with unit_of_work():
            leases.release(holder)
    if failures:
        raise failures[0]


def _do(job: Job, holder: Holder, beats: Beats, context: Context) -> None:
    if job.whole:
        run_if_due(job, holder, context)
        beats.seen(job.name)
    else:
        beats.ended(job.name, run_job(job, context))


def _do_long(job: LongJob, beats: Beats, context: Context, stop: threading.Event) -> None:
    beats.ended(job.name, job.run(context, stop))
    if job.close is not None:
        job.close(context)


def run_until(
    stop: threading.Event, jobs: Sequence[Job], context: Context, *, long_jobs: Sequence[LongJob] = ()
) -> None:
    """Run the jobs by their intervals, each first at once, until `stop`.

    A run that has begun is finished; a long one is told to stop.
    """
    _Worker(stop, jobs, context, long_jobs).run()


class _Worker:
    """One process that does jobs."""

    def __init__(
        self, stop: threading.Event, jobs: Sequence[Job], context: Context, long_jobs: Sequence[LongJob]
    ) -> None:
        self._stop = stop
        self._context = context
        self._jobs = {job.name: job for job in jobs}
        self._long_jobs = {job.name: job for job in long_jobs}
        self._wakes = {job.name: threading.Event() for job in long_jobs}
        self._holder, self._beats = Holder(), Beats()
        # One thread for the short ones: jobs write, and on SQLite writers would only wait for one another.
        self._scheduler = BackgroundScheduler(timezone="UTC", executors={"default": ThreadPoolExecutor(1)})
        self._written = 0.0
        #: The short job that is at work and since when, by the machine's own count; and when its lease was renewed.
        self._at_work: tuple[str, float] | None = None
        self._renewed = 0.0
        self._offset = clock.micros() / clock.SECOND - time.monotonic()

    def run(self) -> None:
        for job in self._jobs.values():
            seconds = min(job.every_seconds, _LOOK_EVERY)
            self._scheduler.add_job(
                self._look,
                "interval",
                args=(job,),
                id=job.name,
                seconds=seconds,
                jitter=min(_JITTER, seconds),
                next_run_time=clock.now(),
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )
        threads = [
            threading.Thread(target=self._repeat, args=(job,), name=job.name) for job in self._long_jobs.values()
        ]
        self._scheduler.start()
        for thread in threads:
            thread.start()
        _log.info("worker started", extra={"jobs": len(self._jobs) + len(self._long_jobs)})
        while not self._stop.wait(_TICK):
            _attempt("heartbeats", self._tick)
        self._scheduler.shutdown(wait=True)
        for wake in self._wakes.values():
            wake.set()
        for thread in threads:
            thread.join()
        _attempt("heartbeats", self._end)
        _log.info("worker ended")

    def _look(self, job: Job) -> None:
        """Run a short job if it is due."""

        def run() -> None:
            self._beats.seen(job.name)
            self._at_work = job.name, time.monotonic()
            try:
                run_if_due(job, self._holder, self._context)
            finally:
                self._at_work = None

        _attempt(job.name, run, failed=partial(self._note_failure, job.name))

    def _note_failure(self, name: str, error: BaseException) -> None:
        """Write down at once that a short job failed: its next look may be a while off."""

        def write() -> None:
            with self._context(), unit_of_work():
                standing.note(name, **standing.failed(error))

        _attempt(name, write)

    def _repeat(self, job: LongJob) -> None:
        """Run a long job again and again. Not by the scheduler, which would complain each time that it still runs."""
        wake = self._wakes[job.name]

        def run() -> None:
            self._beats.began(job.name, may_take=job.may_take)
            try:
                self._beats.ended(job.name, job.run(self._context, self._stop))
            finally:
                self._beats.put_off(job.name)

        while not self._stop.is_set():
            _attempt(job.name, run, failed=partial(self._beats.failed, job.name))
            self._rest(job, wake)
            wake.clear()
        if (close := job.close) is not None:
            _attempt(job.name, lambda: close(self._context))

    def _rest(self, job: LongJob, wake: threading.Event) -> None:
        """Until the next run of a long job, or until it is woken. One that rests is not silent meanwhile."""
        until = time.monotonic() + job.every_seconds
        while (left := until - time.monotonic()) > 0 and not wake.wait(min(left, heartbeats.EVERY)):
            self._beats.seen(job.name)

    def _tick(self) -> None:
        if self._clock_was_set():
            # APScheduler waits for times of the clock: one that was set back would have it wait as long.
            self._look_soon(self._jobs)
        with self._context():
            self._renew()
            self._look_soon(self._wishes())
            if time.monotonic() - self._written >= heartbeats.EVERY:
                self._written = time.monotonic()
                self._beats.write()

    def _renew(self) -> None:
        """Keep the lease of what is at work: were it to end in every portion, no worker would ever come to an end."""
        at_work, now = self._at_work, time.monotonic()
        if at_work is None or now - self._renewed < _RENEW or not _RENEW <= now - at_work[1] < _LONGEST:
            return
        self._renewed = now
        with unit_of_work():
            leases.renew(at_work[0], self._holder)

    def _end(self) -> None:
        with self._context():
            self._beats.write()
            with unit_of_work():
                leases.release(self._holder)

    def _clock_was_set(self) -> bool:
        offset = clock.micros() / clock.SECOND - time.monotonic()
        was_set = abs(offset - self._offset) > _CLOCK_SET
        self._offset = offset
        return was_set

    def _wishes(self) -> Sequence[str]:
        """The jobs that somebody wants done now. A long one is done by whichever worker comes first."""
        asked = standing.asked({*self._jobs, *self._long_jobs})
        for name in asked.keys() & self._long_jobs.keys():
            with unit_of_work():
                mine = standing.answer(name, asked[name])
            if mine:
                self._wakes[name].set()
        return [name for name in asked if name in self._jobs]

    def _look_soon(self, names: Sequence[str] | Mapping[str, Job]) -> None:
        for name in names:
            self._scheduler.modify_job(name, next_run_time=clock.now())


def _attempt(name: str, run: Callable[[], object], *, failed: Callable[[BaseException], None] | None = None) -> None:
    """Run a job for the scheduler. A failure is logged and tried again at the next interval."""
    if quarantined():
        return  # Nothing leaves, and nobody is changed, before what came after the backup is replayed.
    try:
        run()
    except InQuarantine:
        _log.warning("job put off: the database is in quarantine", extra={"job": name})
    except LeaseLost:
        _log.warning("job put off: another worker has taken it over", extra={"job": name})
    except Unavailable as error:
        _log.warning("job put off: the database is away", extra={"job": name})
        if failed is not None:
            failed(error)
    except Exception as error:
        _log.exception("job failed", extra={"job": name})
        if failed is not None:
            failed(error)
