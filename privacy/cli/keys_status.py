"""`privacy keys status`: what is under which key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from privacy.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from config import Config
    from privacy.crypto.keyring import Keyring
    from privacy.keys.service import Backup, Status


@click.command("status")
@json_option
def command(as_json: bool) -> None:
    """Show every key of the service, what is under it, and which backups need it."""
    from privacy.cli import rings
    from privacy.cli.opening import opened

    with opened() as config:
        found = status_of(config, rings.reread(config))
    if as_json:
        print_json(found.as_json())
        return
    print_table(
        ("use", "number", "made", "state", "under it", "backups"),
        (
            (
                key.use.value,
                key.number,
                key.created_at,
                "in use" if key.current else "half destroyed" if key.ended else "older",
                "-" if key.under is None else key.under,
                len(key.backups) or "-",
            )
            for key in found.keys
        ),
    )
    click.echo(f"Ring {found.ring}, wrapped by the provider {found.provider}.")
    click.echo(f"Superseded keys of owners: {found.superseded}.")
    click.echo(f"A destroyed key is in no backup any more after {found.shred_days} days.")
    for warning in found.warnings:
        click.echo(f"note     {warning}")


def status_of(config: Config, ring: Keyring) -> Status:
    """The status, for this command and for the doctor."""
    from privacy.keys import service as keys

    return keys.status(ring, backups_of(config), indexed=indexed_under(), shred_days=config.key_backup_days)


def backups_of(config: Config) -> list[Backup]:
    """Every backup in the folder of backups, as far as keys are concerned."""
    from privacy.keys import service as keys
    from privacy.recovery import service as recovery

    return [
        keys.Backup(one.id, one.kind.value, one.ends_at, one.numbers, one.sealed_by.number)
        for one in recovery.list_backups(config.backups_path)
    ]


def indexed_under() -> dict[int, int]:
    """How many rows are indexed under each index key."""
    from privacy.subjects import service as subjects

    return subjects.indexed_under()
