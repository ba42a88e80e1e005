"""`privacy alarms acknowledge`: somebody sees to it."""

from __future__ import annotations

from uuid import UUID

import click


@click.command("acknowledge")
@click.argument("alarm_id", metavar="ID", type=click.UUID)
def command(alarm_id: UUID) -> None:
    """Say that you see to the alarm ID: nobody is told of it again before it is over."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.jobs import service as jobs

    with opened(), unit_of_work():
        jobs.acknowledge(alarm_id, actor=OPERATOR)
    click.echo("It is told no more.")
