"""`privacy backup prune`: what is expired goes."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json


@click.command("prune")
@json_option
def command(as_json: bool) -> None:
    """Delete the backups whose time is over, and the files of the journal that no backup needs any more.

    The worker does it once an hour, and every `privacy backup` too: this is for a machine that runs neither.
    """
    from privacy import clock
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.recovery import service as recovery

    with opened() as config:
        keeper, now = recovery.Keeper(config.backups_path, actor=OPERATOR), clock.micros()
        backups = [one.id for one in keeper.delete_expired(now)]
        before = now - config.backup_days * clock.DAY
        files = [one.path.name for one in keeper.shorten_journal(config.journal_path, before)]
    if as_json:
        print_json({"backups": backups, "journal": files})
    else:
        for name in (*backups, *files):
            click.echo(f"Deleted {name}.")
