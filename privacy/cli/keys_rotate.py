"""`privacy keys rotate ...`: new keys in the place of old ones, while the service runs."""

from __future__ import annotations

import click

from privacy.cli.lazy import LazyGroup

#: Which key -> the module that has the command.
_COMMANDS = {
    "wrap": "privacy.cli.keys_rotate_wrap",
    "owners": "privacy.cli.keys_rotate_owners",
    "index": "privacy.cli.keys_rotate_index",
    "backup": "privacy.cli.keys_rotate_backup",
}


@click.group("rotate", cls=LazyGroup, modules=_COMMANDS)
def command() -> None:
    """Put new keys in the place of old ones, while the service runs.

    Nobody is kept waiting and nothing stops: old and new are read side by side until all is moved. Killed anywhere, or
    run twice at once, run it again: it goes on with what is left. The log's own key: privacy audit rotate-key.
    """
