"""`privacy worker`: the service's own jobs."""

from __future__ import annotations

import signal
import threading

import click


@click.command("worker")
@click.option("--once", is_flag=True, help="Run each job once and end, for a scheduler of your own such as cron.")
def command(once: bool) -> None:
    """Run the jobs: delete what may not be kept any longer.

    Any number of workers may run: a job that another one is doing, or has done, finds nothing left to do.
    """
    from privacy.app import create_app
    from privacy.cli import lifeline, settings
    from privacy.jobs import service as jobs

    config = settings.load(long_running=True)
    app = create_app(config)
    listed = jobs.listed(idempotency_days=config.idempotency_days)
    if once:
        for job in listed:
            jobs.run_job(job, app.app_context)
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    lifeline.watch()
    jobs.run_until(stop, listed, app.app_context)
