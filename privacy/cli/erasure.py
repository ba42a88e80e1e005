"""`privacy erasure ...`: erase a person, and what is handed out about it. A module for each command."""

from __future__ import annotations

import click

from privacy.cli.lazy import LazyGroup

#: Command -> the module that has it as `command`, imported at first use.
_COMMANDS: dict[str, str] = {
    "erase": "privacy.cli.erasure_erase",
    "show": "privacy.cli.erasure_show",
    "certificate": "privacy.cli.erasure_certificate",
    "letter": "privacy.cli.erasure_letter",
}


@click.group("erasure", cls=LazyGroup, modules=_COMMANDS)
def command() -> None:
    """Erase a person (Art. 17); certificates and letters about it."""
