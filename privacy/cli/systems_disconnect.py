"""`privacy systems disconnect`: forget how a system is reached."""

from __future__ import annotations

import click


@click.command("disconnect")
@click.argument("code", metavar="CODE")
def command(code: str) -> None:
    """Forget how the system CODE is reached. Requests that need it wait for a person from then on."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.systems import service as systems

    with opened(), unit_of_work():
        systems.disconnect(code, actor=OPERATOR)
    click.echo(f"{code} is not connected any more.")
