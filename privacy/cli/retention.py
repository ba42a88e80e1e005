"""`privacy retention ...`: how long data are kept, what keeps them longer, and what goes. A module for each command."""

from __future__ import annotations

import click

from privacy.cli.lazy import LazyGroup

#: Command -> the module that has it as `command`, imported at first use.
_COMMANDS: dict[str, str] = {
    "rules": "privacy.cli.retention_rules",
    "forecast": "privacy.cli.retention_forecast",
    "findings": "privacy.cli.retention_findings",
    "run": "privacy.cli.retention_run",
    "hold": "privacy.cli.retention_hold",
    "warning": "privacy.cli.retention_warning",
    "quality": "privacy.cli.retention_quality",
}


@click.group("retention", cls=LazyGroup, modules=_COMMANDS)
def command() -> None:
    """Retention: rules, what is due by them and what was kept too long."""
