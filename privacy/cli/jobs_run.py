"""`privacy jobs run`: have a job done now."""

from __future__ import annotations

import click


@click.command("run")
@click.argument("name")
def command(name: str) -> None:
    """Have the job NAME done out of turn, by the next worker that looks: within seconds where one runs.

    Without a worker, `privacy worker --once` does every job here and now.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.jobs import service as jobs

    with opened(), unit_of_work():
        jobs.ask(name, actor=OPERATOR)
    click.echo(f"A worker does it soon; see: privacy jobs show {name}")
