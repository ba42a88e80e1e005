"""`privacy erasure show`: one erasure, without personal data."""

from __future__ import annotations

from uuid import UUID

import click

from privacy.cli.output import json_option, print_json, print_lines


@click.command("show")
@click.argument("erasure_id", metavar="ID", type=click.UUID)
@json_option
def command(erasure_id: UUID, as_json: bool) -> None:
    """Show the erasure ID: when, what was deleted, what remains, why and until when."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli import erasure_page
    from privacy.cli.opening import opened
    from privacy.erasure import service as erasure

    with opened():
        page = erasure_page.page(erasure.view(erasure_id, realm=OPERATOR.realm))
    if as_json:
        print_json(page)
        return
    click.echo(f"Erased at {page['erased_at']}. No copy of the keys exists after {page['shred_by']}.")
    print_lines(erasure_page.account_lines(page["deleted"], page["remains"]))
