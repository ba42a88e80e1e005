"""`privacy worker`: the service's own jobs."""

from __future__ import annotations

import signal
import threading

import click


@click.command("worker")
@click.option("--once", is_flag=True, help="Run each job once and end, for a scheduler of your own such as cron.")
def command(once: bool) -> None:
    """Run the jobs: delete what may not be kept any longer, and do the imports that were asked for over the API.

    Any number of workers may run: a job that another one is doing, or has done, finds nothing left to do.
    """
    from privacy.app import create_app
    from privacy.cli import lifeline, settings
    from privacy.consent import service as consent
    from privacy.jobs import service as jobs

    config = settings.load(long_running=True)
    app = create_app(config)
    listed = jobs.listed(idempotency_days=config.idempotency_days)
    long_jobs = jobs.long(consent.ImportStore(config.imports_dir, longest=config.longest_upload))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if once:
        for job in listed:
            jobs.run_job(job, app.app_context)
        for long_job in long_jobs:
            long_job.run(app.app_context, stop)
        return
    lifeline.watch()
    jobs.run_until(stop, listed, app.app_context, long_jobs=long_jobs)
