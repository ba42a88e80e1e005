"""`privacy systems ...`: the systems that hold personal data, and how they are reached. A module for each command."""

from __future__ import annotations

import click

from privacy.cli.lazy import LazyGroup

#: Command -> the module that has it as `command`, imported at first use.
_COMMANDS: dict[str, str] = {
    "list": "privacy.cli.systems_list",
    "connect": "privacy.cli.systems_connect",
    "disconnect": "privacy.cli.systems_disconnect",
    "test": "privacy.cli.systems_test",
    "scan": "privacy.cli.systems_scan",
    "lint": "privacy.cli.systems_lint",
}


@click.group("systems", cls=LazyGroup, modules=_COMMANDS)
def command() -> None:
    """Systems that hold personal data: databases, APIs, processors, people with a folder."""
