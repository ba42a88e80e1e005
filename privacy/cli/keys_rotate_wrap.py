"""`privacy keys rotate wrap`: a new key encryption key, and every owner's key under it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from privacy.cli.output import json_option, print_json

if TYPE_CHECKING:
    from config import Config
    from privacy.crypto.keyring import Keyring

BROKEN_FOUND = 1


@click.command("wrap")
@json_option
def command(as_json: bool) -> None:
    """Make a new key encryption key and wrap every owner's key under it.

    The values stay as they are; only the keys that seal them are wrapped anew, in units of some milliseconds. Where an
    earlier run was not finished, this one finishes it and makes no further key. The old key stays until
    `privacy keys destroy wrap NUMBER`.

    Exit code 0 where everything is under the new key, 1 where a stored key does not open: docs/keys.md says what to do.
    """
    from privacy.cli import installation, rings
    from privacy.cli.opening import opened
    from privacy.crypto.keyring import KeyUse

    with opened() as config:
        with installation.alone(config.data_dir):
            ring = _begun(config)
        rings.wait_until_noticed()
        rewrapped, broken = _rewrap_all(ring, quiet=as_json)
    number = ring.current(KeyUse.WRAP).number
    if as_json:
        print_json({"number": number, "rewrapped": rewrapped, "broken": [str(owner) for owner in broken]})
    else:
        click.echo(f"{rewrapped} owners' keys were wrapped under key encryption key {number}.")
        for owner in broken:
            click.echo(f"The key of owner {owner} does not open and stays as it is. See docs/keys.md", err=True)
    raise click.exceptions.Exit(BROKEN_FOUND if broken else 0)


def _begun(config: Config) -> Keyring:
    """The ring with the key to go to: a new one, unless an earlier run is not finished."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli import rings
    from privacy.crypto.keyring import KeyUse
    from privacy.db import end_read, unit_of_work
    from privacy.keys import service as keys

    ring = rings.reread(config)
    under = keys.under()
    end_read()
    if set(under) - {ring.current(KeyUse.WRAP).number}:
        return ring

    def open_key(number: int) -> None:
        with unit_of_work():
            keys.open_key(number, actor=OPERATOR)

    return rings.add(config, KeyUse.WRAP, open_key)


def _rewrap_all(ring: Keyring, *, quiet: bool) -> tuple[int, list[str]]:
    """Pass after pass, until nothing is under an older key but what does not open."""
    from privacy.authz.actors import OPERATOR
    from privacy.crypto.keyring import KeyUse
    from privacy.db import end_read, unit_of_work
    from privacy.keys import service as keys

    number, done = ring.current(KeyUse.WRAP).number, 0
    while True:
        under = keys.under()
        end_read()
        old = sum(count for one, count in under.items() if one < number)
        broken: list[str] = []
        last: keys.Place | None = None
        with click.progressbar(length=sum(under.values()), label="Keys", file=sys.stderr, hidden=quiet) as bar:
            while old:
                with unit_of_work():
                    portion = keys.rewrap(ring, last, actor=OPERATOR)
                bar.update(portion.looked)
                done += portion.rewrapped
                broken += [str(owner) for owner in portion.broken]
                last = portion.last
                if last is None:
                    break
        if old <= len(broken):
            return done, broken
