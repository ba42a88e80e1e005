"""`privacy audit ...`: the log from the command line, a module for each group of commands."""

from __future__ import annotations

import click

from privacy.cli.lazy import LazyGroup

#: Command -> the module that has it as `command`, imported at first use.
_COMMANDS = {
    "verify": "privacy.cli.audit_verify",
    "checkpoint": "privacy.cli.audit_checkpoint",
    "prove": "privacy.cli.audit_prove",
    "export": "privacy.cli.audit_export",
    "events": "privacy.cli.audit_events",
    "rotate-key": "privacy.cli.audit_rotate",
}


@click.group("audit", cls=LazyGroup, modules=_COMMANDS)
def command() -> None:
    """The audit log: verify it, prove what is in it, hand evidence out."""
