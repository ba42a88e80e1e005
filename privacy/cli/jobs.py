"""`privacy jobs ...`: where the service's jobs stand. A module for each command."""

from __future__ import annotations

import click

from privacy.cli.lazy import LazyGroup

#: Command -> the module that has it, imported at first use.
_COMMANDS: dict[str, str] = {
    "list": "privacy.cli.jobs_list",
    "show": "privacy.cli.jobs_show",
    "run": "privacy.cli.jobs_run",
}


@click.group("jobs", cls=LazyGroup, modules=_COMMANDS)
def command() -> None:
    """The service's own jobs: heartbeats, last results, and to have one done now."""
