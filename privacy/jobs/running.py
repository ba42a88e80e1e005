"""Run jobs: one at a time each, by APScheduler with its plan in memory (nothing of it needs to outlive the process)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from privacy import clock
from privacy.db import unit_of_work
from privacy.errors import Unavailable
from privacy.jobs.listing import Job

#: Opens what a job needs to reach the database: the application's context.
Context = Callable[[], AbstractContextManager[Any]]
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


def run_until(stop: threading.Event, jobs: Sequence[Job], context: Context) -> None:
    """Run the jobs by their intervals, each first at once, until `stop`; a run that has begun is finished."""
    # One thread: jobs write, and on SQLite writers would only wait for one another.
    scheduler = BackgroundScheduler(timezone="UTC", executors={"default": ThreadPoolExecutor(1)})
    for job in jobs:
        scheduler.add_job(
            _attempt,
            "interval",
            args=(job, context),
            id=job.name,
            seconds=job.every_seconds,
            jitter=_JITTER,
            next_run_time=clock.now(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    _log.info("worker started", extra={"jobs": len(jobs)})
    stop.wait()
    scheduler.shutdown(wait=True)
    _log.info("worker ended")


def _attempt(job: Job, context: Context) -> None:
    """Run a job for the scheduler. A failure is logged and tried again at the next interval."""
    try:
        run_job(job, context)
    except Unavailable:
        _log.warning("job put off: the database is away", extra={"job": job.name})
    except Exception:
        _log.exception("job failed", extra={"job": job.name})
