"""`privacy staff ...`: people who act for the controller."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json
from privacy.cli.person import read_secretly


@click.group("staff")
def command() -> None:
    """People who act for the controller."""


@command.command("create")
@click.argument("name")
@click.option("--email", required=True, callback=read_secretly, help="`-`: the address is read from standard input.")
@click.option("--role", type=click.Choice(("staff", "dpo")), default="staff", show_default=True, help="The member's.")
@click.option("--expires-in-days", default=365, show_default=True, help="How long the key lives.")
@json_option
def create(name: str, email: str, role: str, expires_in_days: int, as_json: bool) -> None:
    """Add a member of staff and print the personal key, once: nobody can see it again."""
    from privacy import clock
    from privacy.access import service as access
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.quarantine import mending

    # In quarantine too: without a data protection officer nobody could end it.
    with opened(), mending(), unit_of_work():
        issued = access.create_staff(name, email, actor=OPERATOR, role=role, expires_in_days=expires_in_days)
    if as_json:
        print_json({"staff": issued.name, "key": issued.key})
        return
    click.echo(issued.key)
    click.echo(
        f"The key of {issued.name}, until {clock.isoformat(issued.expires_at)}. It is not shown again.", err=True
    )
