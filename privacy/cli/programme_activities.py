"""`privacy programme activities ...`: the record of processing activities as a workbook (Art. 30)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from privacy.cli.output import json_option, print_json


@click.group("activities")
def command() -> None:
    """The record of processing activities (Art. 30(1), 30(2)) as a workbook."""


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--locale", type=click.Choice(["pl", "en", "hr"]), default="pl", show_default=True, help="Its language.")
def export(file: Path, locale: str) -> None:
    """Write the record of the programme in force to FILE, an XLSX workbook with a sheet for each record."""
    from privacy.cli.opening import opened
    from privacy.programme import service as programme

    with opened():
        file.write_bytes(programme.activities_workbook(programme.current(), locale))


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("proposal", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@json_option
def import_(file: Path, proposal: Path, as_json: bool) -> None:
    """Make a proposed programme of FILE, a record as XLSX or CSV, and write it to PROPOSAL.

    Nothing is applied: look through the findings, complete the proposal, then run `privacy programme plan PROPOSAL`.
    """
    from privacy.cli.opening import opened
    from privacy.programme import service as programme

    with opened():
        made = programme.propose_activities(file.read_bytes(), programme.document(programme.current_number()))
    proposal.write_text(made.yaml, "utf-8")
    if as_json:
        print_json({"findings": [asdict(one) for one in made.findings]})
    else:
        for one in made.findings:
            place = ": ".join(str(part) for part in (one.sheet, one.row, one.column.split("\n")[0]) if part)
            click.echo(f"{place}: {one.text}" if place else one.text)
        click.echo(f"{len(made.findings)} findings. Next: privacy programme plan {proposal}")
