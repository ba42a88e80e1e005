"""`privacy up`: one command from nothing to a running service."""

from __future__ import annotations

import http.client
import os
import socket
from typing import TYPE_CHECKING

import click

from privacy.errors import Conflict

if TYPE_CHECKING:
    from config import Config


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
    from privacy.programme import service as programme

    config = settings.load(long_running=True, host=host, port=port)
    _ensure_port_free(config)
    print_lines(f"Made: {what}" for what in installation.prepare(config))
    with opened(config):
        if demo:
            from privacy.cli.demo import fill

            fill()
        line = example.curl_line(config, programme.current())
    if not _supervise(config, [f"Ready: {example.address(config)}", *([f"  {line}"] if line else [])]):
        raise click.exceptions.Exit(1)


def _ensure_port_free(config: Config) -> None:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            raise PortTaken(
                f"Cannot listen on {config.host} port {config.port} ({os.strerror(error.errno or 0)}). "
                "Choose another with --port."
            ) from None


def _supervise(config: Config, when_ready: list[str]) -> bool:
    from privacy.cli.output import print_lines
    from privacy.cli.serve import METRICS_VARIABLE, fresh_metrics
    from privacy.cli.supervisor import Child, Supervisor

    environ = os.environ | {
        "PRIVACY_HOST": config.host,
        "PRIVACY_PORT": str(config.port),
        METRICS_VARIABLE: str(fresh_metrics(config.data_dir)),
    }
    children = [Child("web", ("serve",)), Child("worker", ("worker",))]
    return Supervisor(children, environ).run(lambda: _is_ready(config), lambda: print_lines(when_ready))


def _is_ready(config: Config) -> bool:
    from privacy.cli.example import connect_host

    connection = http.client.HTTPConnection(connect_host(config), config.port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
