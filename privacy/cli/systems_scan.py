"""`privacy systems scan`: a first draft of a data map, from a database's own catalogue."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Collection
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from privacy.systems.connector import Connector

#: Values of each column that are looked at: enough to tell a form from chance.
_SAMPLE = 200


@click.command("scan")
@click.argument("code", metavar="[CODE]", default="")
@click.option("--url-from-stdin", is_flag=True, help="Scan a database whose address comes on standard input.")
@click.option(
    "--sample", type=click.IntRange(0, 10_000), default=_SAMPLE, show_default=True, help="Values of each column."
)
def command(code: str, url_from_stdin: bool, sample: int) -> None:
    """Propose a data map for system CODE, or for a database that is not in the programme yet.

    Reads the catalogue and a sample of values, and prints a data set in the form of Fides with the columns that look
    personal, and why. Changes nothing; no value of the database is printed or stored.
    """
    from privacy.cli.opening import opened
    from privacy.programme import service as programmes
    from privacy.systems import service as systems

    if url_from_stdin:
        with contextlib.closing(systems.connect_to({"url": sys.stdin.read().strip()}, code or "database")) as connector:
            _print(connector, code or "database", (), sample)
        return
    if not code:
        raise click.UsageError("Name a system of the programme, or give --url-from-stdin.")
    with opened():
        programme = programmes.current()
        system = systems.system_of(code, programme)
        with contextlib.closing(systems.connect(system, programme)) as connector:
            _print(connector, code, programme.identifier_types, sample)


def _print(connector: Connector, code: str, identifier_types: Collection[str], sample: int) -> None:
    from privacy.systems import service as systems

    click.echo(systems.draft(code, connector.columns(sample=sample), identifier_types), nl=False)
