"""`privacy requests letters`, `letter`: what a person was told."""

from __future__ import annotations

from typing import BinaryIO
from uuid import UUID

import click

from privacy.cli.output import json_option, print_json, print_table
from privacy.cli.requests_page import as_page, number_argument


@click.command("letters")
@number_argument
@json_option
def letters(number: str, as_json: bool) -> None:
    """List the letters of the request NUMBER. Where none went out, somebody hands the letter over."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.dsar import service as dsar
    from privacy.dsar import shown

    with opened():
        row = dsar.named(number, actor=OPERATOR)
        page = as_page(shown.letters(dsar.written(row.id, actor=OPERATOR)))
    if as_json:
        print_json(page)
        return
    rows = [
        (one["created_at"][:16], one["kind"], one["locale"], len(one["messages"]), one["id"]) for one in page["letters"]
    ]
    print_table(("WRITTEN", "KIND", "LANGUAGE", "SENT", "ID"), rows)


@click.command("letter")
@number_argument
@click.argument("letter_id", metavar="ID", type=click.UUID)
@click.option("-o", "--output", type=click.File("wb"), help="Write the PDF for a window envelope there.")
@json_option
def letter(number: str, letter_id: UUID, output: BinaryIO | None, as_json: bool) -> None:
    """Print the letter ID of the request NUMBER, or write it as a PDF. The log tells that it was read."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.dsar import service as dsar
    from privacy.dsar import shown

    with opened():
        with unit_of_work():
            found = dsar.read_letter(dsar.named(number, actor=OPERATOR).id, letter_id, actor=OPERATOR)
        if output is not None:
            output.write(dsar.letter_pdf(found))
    if as_json:
        print_json(as_page(shown.letter(found)))
    elif output is None:
        click.echo(f"{found.subject}\n\n{found.body}")
