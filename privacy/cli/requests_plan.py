"""`privacy requests plan`: the dry run."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json, print_table
from privacy.cli.requests_page import number_argument


@click.command("plan")
@number_argument
@json_option
def command(number: str, as_json: bool) -> None:
    """Count what the execution of the request NUMBER would find in each table now. Changes and stores nothing.

    Systems that are asked as a whole, or by hand, cannot be counted. Doubtful rows would wait for a person.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.dsar import service as dsar

    with opened():
        row = dsar.named(number, actor=OPERATOR)
        identified, tables = row.identified_at is not None, dsar.plan(row.id)
    if as_json:
        told = [
            {"system": t.system, "table": f"{t.data_set}.{t.table}", "rows": t.rows, "doubtful": t.doubtful}
            for t in tables
        ]
        print_json({"identified": identified, "tables": told})
        return
    if not identified:
        click.echo("Nobody is identified yet, so nothing would be looked for: privacy requests identify", err=True)
    print_table(
        ("SYSTEM", "TABLE", "ROWS", "DOUBTFUL"),
        [(t.system, f"{t.data_set}.{t.table}", t.rows, t.doubtful) for t in tables],
    )
