"""`privacy keys unseal`: give a sealed service the root key that enough shares make."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from privacy.cli.output import json_option, print_json

if TYPE_CHECKING:
    from pathlib import Path

    from privacy.crypto.providers.shares import Ceremony, Root
    from privacy.crypto.unsealing import Opened

REFUSED = 1
_LOOK_SECONDS = 0.2


@click.command("unseal", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option(
    "--wait",
    "seconds",
    type=click.FloatRange(0, 600),
    default=3.0,
    show_default=True,
    help="How long to look for further processes that wait, in seconds.",
)
@json_option
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def command(seconds: float, as_json: bool, command: tuple[str, ...]) -> None:
    """Open the service: ask for the shares, and give the root key to every process of it that waits.

    Shares are read from the terminal, where they are not shown, or one on each line from standard input; the first four
    letters of a word will do. The root key stays in the memory of those processes: one that starts again is sealed
    again. With a COMMAND of `privacy` behind it, that command alone runs with the keys open:

    \b
    privacy keys unseal backup
    """  # noqa: D301  # Click's mark for a paragraph that is not to be wrapped
    from privacy.cli import settings, shares
    from privacy.cli.root import main
    from privacy.crypto.providers.shares import forgetting, hold
    from privacy.errors import Conflict

    config = settings.load()
    ceremony = _ceremony(config.keyring_path)
    if not command and not _anybody_waits(config.data_dir, seconds):
        raise Conflict("Nobody waits to be unsealed: the service is not running, or is open already.")
    root = shares.gather(ceremony, config.keyring_path)
    if command:
        with forgetting():
            hold(root)
            raise click.exceptions.Exit(main.main(list(command), prog_name="privacy", standalone_mode=False) or 0)
    told = _hand_over(config.data_dir, root, seconds)
    if as_json:
        print_json({"processes": [{"name": one.name, "refusal": one.refusal} for one in told]})
    else:
        for one in told:
            click.echo(f"Opened: {one.name}" if one.refusal is None else f"Not opened: {one.name}. {one.refusal}")
    if not told or any(one.refusal is not None for one in told):
        raise click.exceptions.Exit(REFUSED)


def _ceremony(path: Path) -> Ceremony:
    from privacy.crypto.keyring import KeyringUnusable
    from privacy.crypto.ring_file import RingFile
    from privacy.errors import InvalidInput

    found = RingFile.read(path)
    if found is None:
        raise KeyringUnusable(f"{path} is missing. A ceremony makes it: privacy keys init --shares 5 --threshold 3")
    if found.ceremony is None:
        raise InvalidInput(f"There is nothing to unseal: the root key is kept by {found.provider}, not in shares.")
    return found.ceremony


def _anybody_waits(folder: Path, seconds: float) -> bool:
    """Before anybody types a share; a service that was just started gets the time to come up."""
    from privacy.crypto import unsealing

    deadline = time.monotonic() + seconds
    while not unsealing.waiting(folder):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def _hand_over(folder: Path, root: Root, seconds: float) -> list[Opened]:
    """To all that wait, and to those that come to wait a little later."""
    from privacy.crypto import unsealing

    told: dict[Path, Opened] = {}
    deadline = time.monotonic() + seconds
    while True:
        for path in unsealing.waiting(folder):
            if path not in told:
                told[path] = unsealing.hand_over(path, root)
        if time.monotonic() >= deadline:
            return list(told.values())
        time.sleep(_LOOK_SECONDS)
