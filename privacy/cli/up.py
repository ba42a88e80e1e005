"""`privacy up`: one command from nothing to a running service."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
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
@click.option("--demo", is_flag=True, help="Fill in people, colleagues and a mailbox, made up here.")
def command(host: str | None, port: int | None, demo: bool) -> None:
    """Prepare what is missing, then serve: one web and one worker process.

    Ctrl-C or SIGTERM ends it in good order. Nothing acknowledged is lost either way.

    With --demo there is something to click through: people, colleagues who can sign in, two connected systems, and,
    where no relay is set, a mailbox that takes every letter (`privacy demo letters`).
    """
    from privacy.cli import example, installation, settings
    from privacy.cli.opening import opened
    from privacy.cli.output import print_lines
    from privacy.crypto.providers.service import Sealed
    from privacy.programme import service as programme

    config = settings.load(long_running=True, host=host, port=port)
    _ensure_port_free(config)
    lines, filled, every = [f"Ready: {reachability.address(config)}"], list[str](), 0.0
    try:
        print_lines(f"Made: {what}" for what in installation.prepare(config))
        with opened(config):
            if demo:
                filled = _filled(config)
            line = example.curl_line(config, programme.current())
            lines += [f"  {line}"] if line else []
            lines += filled
    except Sealed:
        if demo:
            raise
        every = _SEALED_LOOK
        click.echo("Sealed: it starts when the holders give their shares. Elsewhere: privacy keys unseal", err=True)
    with _mailbox(config, demo=demo) as own:
        if not _supervise(config, own, lines, every):
            raise click.exceptions.Exit(1)


def _filled(config: Config) -> list[str]:
    """Fill in the demo; returns how to look around."""
    from privacy.cli import demo_office
    from privacy.cli.demo import PEOPLE, fill
    from privacy.cli.demo_people import people

    fill()
    demo_office.open_office(config, people(PEOPLE))
    return [
        f"  Portal:  {config.base_url}/portal/  as anna.nowak@example.com; her code: privacy demo letters",
        f"  Console: {config.base_url}/console/  as ewa, jan or iwona; how: privacy demo colleagues",
    ]


@contextlib.contextmanager
def _mailbox(config: Config, *, demo: bool) -> Iterator[dict[str, str]]:
    """Where no relay is set a demo has a mailbox and a telephone; what the processes are told of them."""
    if not demo or config.smtp_url or config.sms_gateway:
        yield {}
        return
    from config import env_name
    from privacy.cli import demo_office
    from privacy.cli.demo_mailbox import Mailbox, Telephone, serving
    from privacy.cli.installation import write_private

    with serving(box := Mailbox(demo_office.mail_folder(config))), serving(phone := Telephone(box)):
        gateway = demo_office.mail_folder(config).with_name("sms.yml").absolute()
        write_private(gateway, phone.settings())
        sender = config.mail_from or "Jarzębina <rodo@jarzebina.example>"
        told = {"smtp_url": box.url, "mail_from": sender, "sms_gateway": str(gateway)}
        yield {env_name(name): value for name, value in told.items()}


def _ensure_port_free(config: Config) -> None:
    reason = reachability.why_not_free(config)
    if reason is not None:
        raise PortTaken(f"Cannot listen on {reason}. Choose another with --port.")


def _supervise(config: Config, own: dict[str, str], when_ready: list[str], every: float) -> bool:
    """Run both processes, with settings of their `own`; looks whether they are ready every so many seconds at most."""
    from privacy.cli.output import print_lines
    from privacy.cli.serve import METRICS_VARIABLE, fresh_metrics
    from privacy.cli.supervisor import Child, Supervisor

    environ = (
        os.environ
        | own
        | {
            "PRIVACY_HOST": config.host,
            "PRIVACY_PORT": str(config.port),
            METRICS_VARIABLE: str(fresh_metrics(config.data_dir)),
        }
    )
    children = [Child("web", ("serve",)), Child("worker", ("worker",))]
    looked = time.monotonic() - every

    def is_ready() -> bool:
        nonlocal looked
        if time.monotonic() - looked < every:
            return False
        looked = time.monotonic()
        return reachability.is_ready(config)

    return Supervisor(children, environ).run(is_ready, lambda: print_lines(when_ready))
