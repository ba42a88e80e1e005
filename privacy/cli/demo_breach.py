"""`privacy demo breach`: a breach from the first word to its end, over an installation that it makes itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from privacy.cli.output import json_option, print_json, print_lines, print_table

if TYPE_CHECKING:
    from privacy.cli.demo_breach_run import Shown


@click.command("breach")
@click.option(
    "--folder",
    default="demo-breach",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where everything goes. That of an earlier demo is made anew.",
)
@json_option
def command(folder: Path, as_json: bool) -> None:
    """Open a breach, assess it, fill in the authority's form, tell the persons, and close it.

    It makes its own installation, a shop in SQLite and a mailbox that takes every letter. No real person is in it, and
    nothing leaves this machine.
    """
    from privacy.cli import demo_breach_run, demo_folder, settings

    config = settings.load()
    demo_folder.emptied(folder)
    shown = demo_breach_run.run(folder.absolute(), config, tell=lambda text: click.echo(f"  {text}", err=True))
    if as_json:
        print_json(shown.as_json())
        return
    _print(shown, folder)


def _print(shown: Shown, folder: Path) -> None:
    click.echo(f"\nBreach {shown.number}: {shown.state}, risk {shown.risk}; ENISA {shown.score} ({shown.level}).")
    click.echo(f"Aware {shown.aware_at}; the authority was to be notified by {shown.due_at}, and was.\n")
    click.echo(f"Affected: {shown.affected}, each once. Found by:")
    print_table(("FOUND BY", "ROWS", "PEOPLE ADDED", "PEOPLE KNOWN ALREADY", "ROWS OF NOBODY"), shown.sources)
    click.echo("\nWhat became of the letters:")
    print_table(("LETTERS", "COUNT"), [*shown.letters, *((f"  by {way}", count) for way, count in shown.ways)])
    click.echo(f"Mails that were sent: {shown.mails}, in {folder}/mail")
    click.echo("\nDocuments:")
    print_lines(f"  {folder}/{name}" for name in shown.files)
    click.echo("\nThe course of it, as anybody verifies it:")
    print_lines(f"  {line}" for line in ("privacy-verify timeline.zip --key log.key", *shown.verified[1]))
    click.echo(f"\nLook around: PRIVACY_DATA_DIR={folder}/privacy privacy breach show {shown.number}")
