"""`privacy backup list`: what is there."""

from __future__ import annotations

import click

from privacy.cli.backup import facts_of, show_table
from privacy.cli.output import json_option, print_json


@click.command("list")
@json_option
def command(as_json: bool) -> None:
    """The backups in the folder of backups, the oldest first. Needs neither the database nor a key."""
    from privacy.cli import settings
    from privacy.recovery import service as recovery

    found = recovery.list_backups(settings.load().backups_path)
    if as_json:
        print_json([facts_of(one) for one in found])
    else:
        show_table(found)
