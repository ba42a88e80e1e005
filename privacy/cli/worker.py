"""`privacy worker`: the service's own jobs."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask

    from config import Config
    from privacy.jobs.service import Job, LongJob


@click.command("worker")
@click.option("--once", is_flag=True, help="Run each job once and end, for a scheduler of your own such as cron.")
def command(once: bool) -> None:
    """Run the jobs: sequence and publish the audit log, send messages, delete what may not be kept, do the imports.

    Any number of workers may run: a job that another one is doing, or has done, finds nothing left to do.
    """
    from privacy.app import create_app
    from privacy.cli import lifeline, settings
    from privacy.jobs import service as jobs
    from privacy.quarantine import ensure_out

    config = settings.load(long_running=True)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if once:
        # A scheduler of the operator's own shall hear of it.
        app = create_app(config)
        ensure_out()
        _ensure_askable(app, config)
        run_once(app, config, stop)
        return
    lifeline.watch()
    opened = _opened(config, stop)
    if opened is not None:
        _ensure_askable(opened, config)
        listed, long_jobs = _jobs(config)
        jobs.run_until(stop, listed, opened.app_context, long_jobs=long_jobs)


def run_once(app: Flask, config: Config, stop: threading.Event) -> None:
    """Run each job once."""
    from privacy.jobs import service as jobs

    listed, long_jobs = _jobs(config)
    jobs.run_once(stop, listed, app.app_context, long_jobs=long_jobs)


def _ensure_askable(app: Flask, config: Config) -> None:
    """Say at the start, and not by silence, that nobody could be asked by the purpose of the settings."""
    from privacy.retention import service as retention

    with app.app_context():
        retention.ensure_quality_purpose(config.quality_purpose)


def _jobs(config: Config) -> tuple[Sequence[Job], Sequence[LongJob]]:
    """Every job, short and long, as the settings want them."""
    from privacy.app import opendsr_identity_of, ways_of
    from privacy.audit import service as audit
    from privacy.consent import service as consent
    from privacy.dsar import service as dsar
    from privacy.jobs import service as jobs
    from privacy.recovery import service as recovery

    long_jobs = jobs.long(
        consent.ImportStore(config.imports_dir, longest=config.longest_upload),
        audit.Anchor(config.anchor_path),
        audit.sink_of(config.audit_sink),
        recovery.Journaling(config.journal_path),
        recovery.Keeping(config.backups_path, config.journal_path, config.backup_days),
        ways_of(config),
        dsar.Telling(opendsr_identity_of(config)),
    )
    listed = jobs.listed(
        idempotency_days=config.idempotency_days,
        base_url=config.base_url,
        ask_for=config.quality_purpose,
        tell_of_changes=config.tell_of_changes,
    )
    names = [*(job.name for job in listed), *(job.name for job in long_jobs)]
    return listed, (*long_jobs, *_alarm_jobs(config, names))


def _alarm_jobs(config: Config, names: Sequence[str]) -> Sequence[LongJob]:
    """The watch over the jobs of these names, and what tells of it."""
    from privacy import clock
    from privacy.app import alarm_webhook_of
    from privacy.audit import service as audit
    from privacy.jobs import service as jobs

    webhook = alarm_webhook_of(config)
    return jobs.alarm_jobs(
        names,
        jobs.Watched(config.backups_path, config.alarm_backup_hours, audit.sink_of(config.audit_sink)),
        jobs.Staff(config.alarm_addresses, webhook is not None, config.alarm_again_minutes * clock.MINUTE),
        webhook,
    )


def _opened(config: Config, stop: threading.Event) -> Flask | None:
    """The application; where the keys are sealed, waits for them and does nothing until then. None where stopped."""
    from privacy.app import create_app
    from privacy.crypto import unsealing
    from privacy.crypto.providers.service import Sealed

    made: list[Flask] = []
    try:
        return create_app(config)
    except Sealed:
        unsealing.wait(config.data_dir, "worker", lambda: made.append(create_app(config)), stop.is_set)
    return made[0] if made else None
