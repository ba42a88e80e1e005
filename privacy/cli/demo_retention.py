"""`privacy demo retention`: what is due in two sample systems, what is held, what goes, and its certificate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from privacy.cli.demo_folder import emptied
from privacy.cli.output import json_option, print_json, print_lines, print_table

if TYPE_CHECKING:
    from privacy.cli.demo_retention_run import Shown


@click.command("retention")
@click.option(
    "--folder",
    default="demo-retention",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where everything goes. That of an earlier demo is made anew.",
)
@json_option
def command(folder: Path, as_json: bool) -> None:
    """Dispose of what is due in sample systems, and show what went, what stays and why.

    It makes its own installation, and a shop and a club in SQLite with some two thousand rows: orders that a tax rule
    keeps in part, orders under a legal hold, orders without a day, and members who are warned before their data go. All
    of it stays in the folder, to look at. No real person is in it, and nothing leaves this machine.
    """
    from privacy.cli import demo_retention_run, settings

    config = settings.load()
    emptied(folder)
    shown = demo_retention_run.run(folder.absolute(), config, tell=lambda text: click.echo(f"  {text}", err=True))
    if as_json:
        print_json(shown.as_json())
        return
    _print(shown, folder)


def _print(shown: Shown, folder: Path) -> None:
    click.echo("\nDue before, by rule:")
    _print_forecast(shown.forecast_before)
    run = shown.run
    click.echo(f"\nRun {run['number']}: {run['state']}. What went and what stays:")
    rows = [(part["place"], _told(part["done"]["actions"]), _told(part["done"]["stays"])) for part in run["parts"]]
    print_table(("TABLE", "DONE", "STAYS"), rows)
    click.echo(f"Orders of which the tax rule keeps what it needs, and nothing else: {shown.partly}.")
    click.echo(f"Orders without a day, which stay until somebody says since when: {shown.undated}.")
    held = run["done"]["holds"].get(shown.hold["number"], 0)
    click.echo(f"Rows that the legal hold {shown.hold['number']} ({shown.hold['reference']}) keeps: {held}.")
    click.echo(
        f"The same once more, run {shown.again['number']}: {_told(shown.again['done']['actions']) or 'nothing'}."
    )
    click.echo("\nDue after, by rule:")
    _print_forecast(shown.forecast_after)
    click.echo(f"\nRun {shown.waiting['number']}: {shown.waiting['state']}. Warned before their data go:")
    told = [(one["number"], one["state"], one["way"] or "-", one["goes_on"] or "-") for one in shown.warnings]
    print_table(("WARNING", "STATE", "BY", "NOT BEFORE"), told)
    click.echo(f"\nMails: {shown.mails}, in {folder}/mail. The certificate: {folder}/certificate.pdf")
    print_lines(f"  {line}" for line in ("privacy-verify certificate.json --key log.key", *shown.verified[1]))
    click.echo(f"\nLook around: PRIVACY_DATA_DIR={folder}/privacy privacy retention run list")


def _print_forecast(forecast: dict[str, Any]) -> None:
    rows = []
    for place in forecast["places"]:
        name = f"{place['system']}:{place['place']}"
        rows += [(name, rule, counts["past"], counts["year"]) for rule, counts in place["goes"].items()]
        rows += [(name, f"held back: {why}", counts["past"], counts["year"]) for why, counts in place["stays"].items()]
    print_table(("WHERE", "RULE", "PAST ITS DATE", "WITHIN A YEAR"), rows)


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count)
