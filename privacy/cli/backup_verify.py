"""`privacy backup verify`: whether a backup could be restored."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json


@click.command("verify")
@click.argument("backup", metavar="ID")
@json_option
def command(backup: str, as_json: bool) -> None:
    """Read and open all of a backup, and have the database's own tool look at what is in it.

    Needs the keyring and the root key, and no running service. Exit code 8 where the backup was changed or is damaged.
    """
    from privacy.cli import settings
    from privacy.crypto.keyring import Keyring
    from privacy.crypto.providers.service import provider_of
    from privacy.recovery import service as recovery

    config = settings.load()
    folder, provider = config.backups_path, provider_of(config.keys)
    manifest = recovery.find_backup(folder, backup)
    ring = Keyring.load(config.keyring_path, provider)
    checked = recovery.check_backup(folder, manifest, ring=ring, provider=provider)
    if as_json:
        print_json({"id": manifest.id, "ok": True, "holds": checked.holds})
    else:
        what = "keys of owners" if manifest.kind is recovery.BackupKind.KEYS else "tables"
        click.echo(f"{manifest.id} is whole: {checked.holds} {what}.")
