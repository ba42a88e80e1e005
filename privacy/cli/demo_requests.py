"""`privacy demo requests`: an access request and an erasure over systems that it makes itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from privacy.cli.demo_folder import emptied
from privacy.cli.output import json_option, print_json, print_lines, print_table

if TYPE_CHECKING:
    from privacy.cli.demo_requests_run import Shown


@click.command("requests")
@click.option(
    "--folder",
    default="demo-requests",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where everything goes. That of an earlier demo is made anew.",
)
@click.option(
    "--locale", default="en", show_default=True, type=click.Choice(("pl", "en", "hr")), help="Of the answers."
)
@json_option
def command(folder: Path, locale: str, as_json: bool) -> None:
    """Run an access request and an erasure over sample systems, and show what was done in each.

    It makes its own installation, a shop in SQLite, an API, papers that a person looks through, and databases in
    PostgreSQL and MariaDB where a server lets it. What is in a server is dropped at the end; all else stays in the
    folder, to look at. No real person is in it, and nothing leaves this machine.
    """
    from privacy.cli import demo_requests_run, settings

    config = settings.load()
    emptied(folder)
    shown = demo_requests_run.run(
        folder.absolute(), locale, config, tell=lambda text: click.echo(f"  {text}", err=True)
    )
    if as_json:
        print_json(shown.as_json())
        return
    _print(shown, folder)


def _print(shown: Shown, folder: Path) -> None:
    for system, why in shown.absent.items():
        click.echo(f"Left out: {system}; {why}.")
    for ended, what in ((shown.access, "Access"), (shown.erasure, "Erasure")):
        request = ended.request
        click.echo(f"\n{what} {request['number']}: {request['state']}, {request['outcome']}.")
        _print_systems(ended.own["systems"], shown)
    _print_kept(shown)
    click.echo(f"\nRows of everybody else: {shown.others}; changed by this: {shown.others_changed}.")
    click.echo(f"May the shop send her offers? Before: {_yes(shown.before)}. After: {_yes(shown.after)}.")
    click.echo(f"\nThe package, as she fetched it: {folder}/package.zip; open {folder}/package/index.html")
    print_lines(f"  {line}" for line in ("privacy-verify package.zip --key log.key", *shown.verified[1]))
    click.echo(f"Letters that were sent: {shown.letters}, in {folder}/mail")
    click.echo("\nWhat waits, by the day on which it is due:")
    rows = [(one["number"], one["type"], one["received_on"], one["nominal_on"], one["due_on"]) for one in shown.waiting]
    print_table(("NUMBER", "TYPE", "RECEIVED", "NOMINAL", "DUE"), rows)
    click.echo(f"\nLook around: PRIVACY_DATA_DIR={folder}/privacy privacy requests list --all")


def _print_systems(systems: list[dict[str, Any]], shown: Shown) -> None:
    rows = [
        (one["name"], shown.kinds.get(one["system"], ""), one["state"], one["found"], one["deleted"], one["changed"])
        for one in systems
    ]
    print_table(("SYSTEM", "RUNS ON", "STATE", "FOUND", "DELETED", "CHANGED"), rows)


def _print_kept(shown: Shown) -> None:
    click.echo("\nKept, and why:")
    for table, until, statute in shown.kept():
        click.echo(f"  {table}: until {until}, {statute}")


def _yes(allowed: bool) -> str:
    return "yes" if allowed else "no"
