"""`privacy outbox posted`: a letter was posted."""

from __future__ import annotations

from uuid import UUID

import click

from privacy.cli.person import read_secretly


@click.command("posted")
@click.argument("message_id", metavar="ID", type=click.UUID)
@click.option(
    "--tracking-number",
    callback=read_secretly,
    metavar="NUMBER",
    help="`-`: the number of the receipt is read from standard input; it is sealed.",
)
def command(message_id: UUID, tracking_number: str | None) -> None:
    """Record that the letter ID was posted, now."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.outbox import service as outbox

    with opened(), unit_of_work():
        outbox.mark_posted(message_id, actor=OPERATOR, tracking_number=tracking_number)
    click.echo("Recorded.")
