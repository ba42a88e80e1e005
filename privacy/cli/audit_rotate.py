"""`privacy audit rotate-key`: a new key for the log, endorsed in it by the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from privacy.cli.audit_checkpoint import SETTLE_SECONDS
from privacy.cli.output import json_option, print_json

if TYPE_CHECKING:
    from config import Config


@click.command("rotate-key")
@click.option("--prepare", is_flag=True, help="Only make the key and print it, so that others can know it beforehand.")
@json_option
def command(prepare: bool, as_json: bool) -> None:
    """Let a new key sign the log. The old one endorses it, in a statement and in the log.

    Whoever pinned the old key need not do anything: evidence carries the endorsement. A running service changes over by
    itself. With witnesses, or with servers that have the keyring each in a folder of its own, run it with --prepare
    first, have the witnesses trust the new key, copy the keyring to the servers, and run it again without. Killed
    anywhere, run it again: it finishes what it began.
    """
    from privacy.audit import service as audit
    from privacy.authz.actors import OPERATOR
    from privacy.cli import installation
    from privacy.cli.opening import opened
    from privacy.crypto import keyring
    from privacy.crypto.keyring import Keyring
    from privacy.crypto.providers.service import provider_of
    from privacy.db import unit_of_work

    with opened() as config, installation.alone(config.data_dir):
        # As it is now that nobody else changes it.
        keyring.install(Keyring.load(config.keyring_path, provider_of(config.keys)))
        if audit.next_key() is None and _is_finished():
            _add_key(config)
        if not prepare:
            with unit_of_work():
                audit.endorse_newest(actor=OPERATOR)
            audit.settle(audit.Anchor(config.anchor_path), seconds=SETTLE_SECONDS)
        *_, old, new = [*(key.verifier for key in audit.log_keys()), *filter(None, [audit.next_key()])]
    facts = {"old": str(old), "new": str(new), "endorsed": not prepare}
    if as_json:
        print_json(facts)
    else:
        click.echo(facts["new"])
        then = "is made and signs nothing yet." if prepare else "signs the log from now on."
        click.echo(f"The key {then}", err=True)


def _is_finished() -> bool:
    """Whether the last change of keys is in the log; one that is not is brought there before another begins."""
    from privacy.audit import service as audit

    _first, *others = audit.log_keys()
    return not others or others[-1].index is not None


def _add_key(config: Config) -> None:
    """The key is on the disk before anything names it: one that the log names and nobody has would end the log."""
    from privacy.cli import installation
    from privacy.crypto import keyring
    from privacy.crypto.keyring import Keyring, KeyUse
    from privacy.crypto.providers.service import provider_of

    provider = provider_of(config.keys)
    ring = Keyring.load(config.keyring_path, provider).with_new(KeyUse.SIGN)
    installation.replace_keyring(ring, config.keyring_path)
    keyring.install(Keyring.load(config.keyring_path, provider))
