"""`privacy outbox ...`: messages, and letters to be posted. A module for each command."""

from __future__ import annotations

import click

from privacy.cli.lazy import LazyGroup

#: Command -> the module that has it as `command`, imported at first use.
_COMMANDS: dict[str, str] = {
    "list": "privacy.cli.outbox_list",
    "send": "privacy.cli.outbox_send",
    "retry": "privacy.cli.outbox_retry",
    "print": "privacy.cli.outbox_print",
    "posted": "privacy.cli.outbox_posted",
}


@click.group("outbox", cls=LazyGroup, modules=_COMMANDS)
def command() -> None:
    """Messages that were and are to be sent, and letters on paper. No address is ever printed here."""
