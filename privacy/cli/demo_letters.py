"""`privacy demo letters`: what the mailbox of a demo took."""

from __future__ import annotations

from itertools import islice

import click

from privacy.cli.output import json_option, print_json


@click.command("letters")
@click.option("--last", default=1, show_default=True, type=click.IntRange(1, 1_000), help="How many, the newest first.")
@json_option
def command(last: int, as_json: bool) -> None:
    """Show the newest letters that `privacy up --demo` sent; they went to a mailbox of the demo and to nobody else."""
    from privacy.cli import demo_mailbox, demo_office, settings

    config = settings.load()
    demo_office.colleagues(config)
    mails = list(islice(reversed(list(demo_mailbox.mails_in(demo_office.mail_folder(config)))), last))
    told = [{"to": str(one["To"]), "subject": str(one["Subject"]), "text": one.get_content()} for one in mails]
    if as_json:
        print_json(told)
        return
    if not told:
        click.echo("No letter came yet. The worker sends each within some seconds.")
    for one in told:
        click.echo(f"To: {one['to']}\nSubject: {one['subject']}\n\n{one['text']}")
