"""`privacy keys rotate backup`: a new key that seals backups from now on."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json


@click.command("backup")
@json_option
def command(as_json: bool) -> None:
    """Make a new key that seals backups from now on.

    The older one stays as long as a backup needs it: `privacy keys status` names them.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.cli import installation, rings
    from privacy.cli.opening import opened
    from privacy.crypto.keyring import KeyUse
    from privacy.db import unit_of_work
    from privacy.keys import service as keys

    def tell(number: int) -> None:
        with unit_of_work():
            keys.record_added(KeyUse.BACKUP, number, actor=OPERATOR)

    with opened() as config, installation.alone(config.data_dir):
        number = rings.add(config, KeyUse.BACKUP, tell).current(KeyUse.BACKUP).number
    if as_json:
        print_json({"number": number})
    else:
        click.echo(f"Backups are sealed with backup key {number} from now on.")
