"""`privacy serve`: the web server alone, with as many processes as the machine is worth."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from config import Config

#: Where the processes of one server keep their figures (prometheus_client reads it at its first import).
METRICS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
#: How long a process may take to finish its requests, in seconds: less than the supervisor waits for all of them.
_WORKER_GRACE = 20


@click.command("serve")
@click.option("--host", help="Address to listen on, instead of PRIVACY_HOST.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on, instead of PRIVACY_PORT.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes, instead of PRIVACY_WORKERS.")
def command(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the API without a worker beside it.

    For one server or many, with `privacy worker` started on its own. The installation must exist: `privacy init`.
    Any WSGI server will do instead, such as: gunicorn --threads 4 privacy.wsgi:app
    """
    from privacy.cli import lifeline, settings

    config = settings.load(long_running=True, host=host, port=port, workers=workers)
    _ensure_usable(config)
    lifeline.watch()
    if METRICS_VARIABLE not in os.environ:
        os.environ[METRICS_VARIABLE] = str(fresh_metrics(config.data_dir))
    # The server's processes read the environment, not this object.
    os.environ |= {"PRIVACY_HOST": config.host, "PRIVACY_PORT": str(config.port)}
    _granian(config)


def fresh_metrics(data_dir: Path) -> Path:
    """An empty folder for the figures of this run: those of dead processes would be counted again."""
    folder = data_dir.absolute() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def _ensure_usable(config: Config) -> None:
    """Say what is missing here, in one line, rather than from every process of the server."""
    from privacy import schema
    from privacy.cli.opening import engine_of
    from privacy.crypto.keyring import Keyring
    from privacy.crypto.providers.service import Sealed, provider_of

    with contextlib.suppress(Sealed):  # Each process of the server waits for the shares.
        Keyring.load(config.keyring_path, provider_of(config.keys))
    with engine_of(config) as engine:
        schema.ensure_current(engine)


def _granian(config: Config) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from privacy.cli.lifeline import load_watched

    Granian(
        "privacy.wsgi:app",
        address=config.host,
        port=config.port,
        interface=Interfaces.WSGI,
        workers=config.workers,
        blocking_threads=config.threads,
        respawn_failed_workers=True,
        workers_kill_timeout=_WORKER_GRACE,
        log_level=LogLevels.warning,
        # Into our own log instead of the server's format on standard output.
        log_dictconfig={"formatters": {}, "handlers": {}, "loggers": {"_granian": {"propagate": True}}},
    ).serve(target_loader=load_watched)
