"""`privacy up`: one command from nothing to a running service."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

from privacy.cli import reachability
from privacy.errors import Conflict

if TYPE_CHECKING:
    from config import Config


#: Sealed, it may take hours until the holders are there, in seconds between looks.
_SEALED_LOOK = 1.0


class PortTaken(Conflict):
    """Something else listens on that port."""

    code = "port-taken"


@click.command("up")
@click.option("--host", help="Address to listen on, instead of PRIVACY_HOST.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on, instead of PRIVACY_PORT.")
@click.option("--demo", is_flag=True, help="Fill in believable people and acts, made up here.")
def command(host: str | None, port: int | None, demo: bool) -> None:
    """Prepare what is missing, then serve: one web and one worker process.

    Ctrl-C or SIGTERM ends it in good order. Nothing acknowledged is lost either way.
    """
    from privacy.cli import example, installation, settings
    from privacy.cli.opening import opened
    from privacy.cli.output import print_lines
    from privacy.crypto.providers.service import Sealed
    from privacy.programme import service as programme

    config = settings.load(long_running=True, host=host, port=port)
    _ensure_port_free(config)
    lines, every = [f"Ready: {reachability.address(config)}"], 0.0
    try:
        print_lines(f"Made: {what}" for what in installation.prepare(config))
        with opened(config):
            if demo:
                from privacy.cli.demo import fill

                fill()
            line = example.curl_line(config, programme.current())
            lines += [f"  {line}"] if line else []
    except Sealed:
        if demo:
            raise
        every = _SEALED_LOOK
        click.echo("Sealed: it starts when the holders give their shares. Elsewhere: privacy keys unseal", err=True)
    if not _supervise(config, lines, every):
        raise click.exceptions.Exit(1)


def _ensure_port_free(config: Config) -> None:
    reason = reachability.why_not_free(config)
    if reason is not None:
        raise PortTaken(f"Cannot listen on {reason}. Choose another with --port.")


def _supervise(config: Config, when_ready: list[str], every: float) -> bool:
    """Run both processes; looks whether they are ready every so many seconds at most."""
    from privacy.cli.output import print_lines
    from privacy.cli.serve import METRICS_VARIABLE, fresh_metrics
    from privacy.cli.supervisor import Child, Supervisor

    environ = os.environ | {
        "PRIVACY_HOST": config.host,
        "PRIVACY_PORT": str(config.port),
        METRICS_VARIABLE: str(fresh_metrics(config.data_dir)),
    }
    children = [Child("web", ("serve",)), Child("worker", ("worker",))]
    looked = time.monotonic() - every

    def is_ready() -> bool:
        nonlocal looked
        if time.monotonic() - looked < every:
            return False
        looked = time.monotonic()
        return reachability.is_ready(config)

    return Supervisor(children, environ).run(is_ready, lambda: print_lines(when_ready))
