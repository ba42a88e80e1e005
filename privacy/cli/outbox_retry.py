"""`privacy outbox retry`: try a message once more."""

from __future__ import annotations

from uuid import UUID

import click


@click.command("retry")
@click.argument("message_id", metavar="ID", type=click.UUID)
def command(message_id: UUID) -> None:
    """Have the message ID sent again: one that was refused, put off, or of which nobody knows whether it went.

    It keeps its Message-ID, so that a mailbox that has it already may know the second for the same.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.outbox import service as outbox

    with opened(), unit_of_work():
        outbox.try_again(message_id, actor=OPERATOR)
    click.echo("It is due now.")
