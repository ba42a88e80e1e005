"""`privacy keys ...`: the service's own keys, a module for each command."""

from __future__ import annotations

import click

from privacy.cli.lazy import LazyGroup

#: Command -> the module that has it as `command`, imported at first use.
_COMMANDS: dict[str, str] = {
    "init": "privacy.cli.keys_init",
    "unseal": "privacy.cli.keys_unseal",
    "move": "privacy.cli.keys_move",
    "status": "privacy.cli.keys_status",
    "rotate": "privacy.cli.keys_rotate",
    "destroy": "privacy.cli.keys_destroy",
}


@click.group("keys", cls=LazyGroup, modules=_COMMANDS)
def command() -> None:
    """The service's own keys: where they are, rotate them, destroy them, open a sealed service."""
