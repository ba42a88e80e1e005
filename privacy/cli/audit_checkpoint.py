"""`privacy audit checkpoint`: the newest state of the log, signed."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json

#: How long a command waits for what is recorded to be published, in seconds.
SETTLE_SECONDS = 15


@click.command("checkpoint")
@json_option
def command(as_json: bool) -> None:
    """Print the newest checkpoint: a signed note, with the cosignatures of the witnesses that are required.

    What is recorded by now is published first, if no worker does it.
    """
    from privacy.audit import service as audit
    from privacy.cli.opening import opened

    with opened() as config:
        audit.settle(audit.Anchor(config.anchor_path), seconds=SETTLE_SECONDS)
        facts = audit.checkpoint_facts()
    if as_json:
        print_json(facts)
    else:
        click.echo(facts["note"], nl=False)
