"""`privacy keys destroy`: take an old key out of the ring, for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from privacy.cli.output import json_option, print_json

if TYPE_CHECKING:
    from privacy.crypto.keyring import KeyUse
    from privacy.keys.service import Backup

_USES = ("wrap", "backup")


@click.command("destroy")
@click.argument("use", type=click.Choice(_USES))
@click.argument("number", type=click.IntRange(min=1))
@click.option("--yes", is_flag=True, help="Destroy it although there are backups that need it.")
@json_option
def command(use: str, number: int, yes: bool, as_json: bool) -> None:
    """Destroy an older key: what was under it can't be read with it any more, by anybody.

    Refused for the key in use, and while anything is under it. An older index key goes by itself when `privacy keys
    rotate index` is done. Where backups need it they are named, and nothing
    happens without --yes. Killed anywhere, run it again: it finishes what it began.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.cli import installation, rings
    from privacy.cli.keys_status import backups_of
    from privacy.cli.opening import opened
    from privacy.crypto.keyring import KeyUse
    from privacy.db import unit_of_work
    from privacy.keys import service as keys

    wanted = KeyUse(use)
    with opened() as config, installation.alone(config.data_dir):
        ring = rings.reread(config)
        keys.ensure_destroyable(ring, wanted, number)
        needing = [backup for backup in backups_of(config) if backup.needs(wanted, number)]
        if needing and not yes:
            raise keys.BackupsNeedKey(_refusal(wanted, number, needing), backups=[backup.id for backup in needing])
        with unit_of_work():
            keys.close_key(wanted, number, actor=OPERATOR)
        # Whoever read what was under it a moment ago still opens it.
        rings.wait_until_noticed()
        rings.put(config, ring.without(wanted, number))
    if as_json:
        print_json({"use": use, "number": number, "backups": [backup.id for backup in needing]})
    else:
        click.echo(f"The {use} key number {number} is destroyed.")
        for backup in needing:
            click.echo(_line(wanted, backup))


def _refusal(use: KeyUse, number: int, needing: list[Backup]) -> str:
    lines = "".join(f"\n  {_line(use, backup)}" for backup in needing)
    return f"{len(needing)} backups need {use} key number {number}:{lines}\nIf you know what that means, add --yes."


def _line(use: KeyUse, backup: Backup) -> str:
    from privacy import clock
    from privacy.crypto.keyring import KeyUse

    until = clock.isoformat(backup.ends_at)
    if use is KeyUse.BACKUP:
        return f"{backup.id} (data): can't be opened without it; it ends at {until}."
    return f"{backup.id} (keys): holds a copy of it, and keys under it, until it ends at {until}."
