"""Run jobs: one at a time each, by APScheduler with its plan in memory (nothing of it needs to outlive the process)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from privacy import clock
from privacy.db import unit_of_work
from privacy.errors import Unavailable
from privacy.jobs.listing import Context, Job, LongJob
from privacy.quarantine import InQuarantine, quarantined

#: Workers that start together should not come to the same rows together, in seconds.
_JITTER = 10

_log = logging.getLogger("privacy.jobs")


def run_job(job: Job, context: Context) -> int:
    """Run a job until nothing is left and return how many rows it dealt with; raises what its portion raises."""
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


def run_until(
    stop: threading.Event, jobs: Sequence[Job], context: Context, *, long_jobs: Sequence[LongJob] = ()
) -> None:
    """Run the jobs by their intervals, each first at once, until `stop`.

    A run that has begun is finished; a long one is told to stop.
    """
    # One thread for the short ones: jobs write, and on SQLite writers would only wait for one another.
    scheduler = BackgroundScheduler(timezone="UTC", executors={"default": ThreadPoolExecutor(1)})
    for job in jobs:
        scheduler.add_job(
            _attempt,
            "interval",
            args=(job.name, partial(run_job, job, context)),
            id=job.name,
            seconds=job.every_seconds,
            jitter=_JITTER,
            next_run_time=clock.now(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    threads = [threading.Thread(target=_repeat, args=(job, context, stop), name=job.name) for job in long_jobs]
    scheduler.start()
    for thread in threads:
        thread.start()
    _log.info("worker started", extra={"jobs": len(jobs) + len(long_jobs)})
    stop.wait()
    scheduler.shutdown(wait=True)
    for thread in threads:
        thread.join()
    _log.info("worker ended")


def _repeat(job: LongJob, context: Context, stop: threading.Event) -> None:
    """Run a long job again and again. Not by the scheduler, which would complain each time that it still runs."""
    while not stop.is_set():
        _attempt(job.name, lambda: job.run(context, stop))
        stop.wait(job.every_seconds)
    if (close := job.close) is not None:
        _attempt(job.name, lambda: close(context))


def _attempt(name: str, run: Callable[[], object]) -> None:
    """Run a job for the scheduler. A failure is logged and tried again at the next interval."""
    if quarantined():
        return  # Nothing leaves, and nobody is changed, before what came after the backup is replayed.
    try:
        run()
    except InQuarantine:
        _log.warning("job put off: the database is in quarantine", extra={"job": name})
    except Unavailable:
        _log.warning("job put off: the database is away", extra={"job": name})
    except Exception:
        _log.exception("job failed", extra={"job": name})
