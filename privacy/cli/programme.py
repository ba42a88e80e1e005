"""`privacy programme ...`: the privacy programme as code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from privacy.cli.output import json_option, print_json, print_lines
from privacy.cli.programme_activities import command as activities

if TYPE_CHECKING:
    from privacy.programme.service import Plan

_path = click.argument("path", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))

_data_maps = click.option(
    "--data-map",
    "data_maps",
    metavar="FILE",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Data sets as Fides keeps them (dataset: ...), added to the programme's own. May be given several times.",
)


@click.group("programme")
def command() -> None:
    """What is processed, why and by whom: the privacy programme."""


command.add_command(activities)


@command.command("plan")
@_path
@_data_maps
@json_option
def plan(path: Path | None, data_maps: tuple[Path, ...], as_json: bool) -> None:
    """Show what applying a programme file would change. PATH is PRIVACY_PROGRAMME by default."""
    from privacy.cli.opening import opened
    from privacy.programme import service as programme

    with opened() as config:
        document = programme.read((path or config.programme).read_bytes(), data_maps)
        _print(programme.plan(document), as_json)


@command.command("apply")
@_path
@_data_maps
@json_option
def apply(path: Path | None, data_maps: tuple[Path, ...], as_json: bool) -> None:
    """Make a programme file the programme in force, in one transaction. PATH is PRIVACY_PROGRAMME by default."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.consent import service as consent
    from privacy.db import unit_of_work
    from privacy.programme import service as programme

    with opened() as config:
        document = programme.read((path or config.programme).read_bytes(), data_maps)
        with unit_of_work():
            applied = programme.apply(document, actor=OPERATOR, purpose_in_use=consent.purpose_in_use)
    _print(applied, as_json)


@command.command("export")
@click.argument("path", required=False, type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--number", type=click.IntRange(min=1), help="A version, instead of the one in force.")
def export(path: Path | None, number: int | None) -> None:
    """Write the programme as YAML, to PATH or to standard output."""
    from privacy.cli.opening import opened
    from privacy.programme import service as programme

    with opened():
        text = programme.export(number)
    if path is None:
        click.echo(text, nl=False)
    else:
        path.write_text(text)


def _print(planned: Plan, as_json: bool) -> None:
    if as_json:
        changes = [change.as_json() for change in planned.changes]
        found = {"refusals": list(planned.refusals), "untranslated": list(planned.untranslated)}
        print_json({"from_number": planned.from_number, "changes": changes, **found})
    else:
        print_lines(planned.lines())
