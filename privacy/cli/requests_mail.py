"""`privacy requests import-mail`: requests that came by e-mail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from privacy.cli.output import json_option, print_json


@click.command("import-mail")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--type", "case_type", required=True, help="What is asked in all of these mails: access, erasure, ...")
@click.option("--locale", help="Language of the answers: pl, en, hr.")
@click.option("--controller", metavar="CODE", help="The controller's code in the programme.")
@json_option
def command(path: Path, case_type: str, locale: str | None, controller: str | None, as_json: bool) -> None:
    """Record a request for each mail at PATH: an .eml file, an mbox file, or a folder of these.

    The sender's address is a claim and proves nothing. Attachments are listed in the words, not opened. Each mail is
    recorded by itself, and once: a second run over the same mails says how many it knew, and records the new ones.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.dsar import mail
    from privacy.dsar import service as dsar
    from privacy.errors import InvalidInput

    try:
        asked = dsar.CaseType(case_type)
    except ValueError:
        raise InvalidInput.of("type", f"Use one of: {', '.join(dsar.CaseType)}.") from None
    recorded: list[dict[str, Any]] = []
    known: list[dict[str, Any]] = []
    left: list[dict[str, str]] = []
    with opened():
        for place, content in mail.mails_at(path):
            try:
                read = mail.read_mail(content)
                with unit_of_work():
                    one = mail.record(read, asked, locale=locale, controller=controller, actor=OPERATOR)
                    told = {"mail": place, "number": one.request.number, "id": str(one.request.id)}
                (known if one.known else recorded).append(told)
            except InvalidInput as error:
                left.append({"mail": place, "why": error.detail})
    if as_json:
        print_json({"recorded": recorded, "known": known, "left": left})
    else:
        for entry in recorded:
            click.echo(f"{entry['number']}  {entry['mail']}")
        if known:
            click.echo(f"Recorded before: {len(known)}")
        for entry in left:
            click.echo(f"Left out: {entry['mail']}: {entry['why']}", err=True)
    if left:
        click.get_current_context().exit(1)
