"""`privacy alarms ...`: what a person must look at. A module for each command."""

from __future__ import annotations

import click

from privacy.cli.lazy import LazyGroup

#: Command -> the module that has it, imported at first use.
_COMMANDS: dict[str, str] = {
    "list": "privacy.cli.alarms_list",
    "acknowledge": "privacy.cli.alarms_acknowledge",
}


@click.group("alarms", cls=LazyGroup, modules=_COMMANDS)
def command() -> None:
    """Alarms: told to staff until somebody acknowledges them, and over when their cause is."""
