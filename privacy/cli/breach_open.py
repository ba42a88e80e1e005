"""`privacy breach open`: say that something happened."""

from __future__ import annotations

import click

from privacy.cli.breach_page import read_object, tell
from privacy.cli.output import json_option


@click.command("open")
@click.option(
    "--detected-at", metavar="TIME", help="When it was noticed; without it, when a processor knew or told it, or now."
)
@click.option("--controller", metavar="CODE", help="The controller's code in the programme.")
@click.option("--processor", metavar="CODE", help="With which processor it happened.")
@click.option("--processor-aware-at", metavar="TIME", help="When the processor knew.")
@click.option("--told-at", metavar="TIME", help="When the processor told the controller.")
@click.option("--rehearsal", is_flag=True, help="A rehearsal: marked as one for good, and in no register.")
@json_option
def command(as_json: bool, rehearsal: bool, **options: str | None) -> None:
    """Open a breach. What is known comes on standard input, as JSON; nothing is needed but that something happened.

    \b
    echo '{"words": "A list lies open.", "facts": {"incident": {"systems": ["shop"]}}}' |
      privacy breach open --detected-at 2026-11-20T08:15+01:00

    The JSON has the fields of `POST /api/v1/breaches`: words, facts.
    """  # noqa: D301  # Click's mark for a paragraph that is not to be wrapped
    import msgspec

    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach
    from privacy.breach.schemas import BreachIn
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.http.reading import decode
    from privacy.programme import service as programmes

    given = {name: value for name, value in options.items() if value is not None}
    marked = {"rehearsal": True} if rehearsal else {}
    body = decode(msgspec.json.encode(read_object() | given | marked), BreachIn)
    with opened():
        with unit_of_work():
            row = breach.open_breach(body.report(programmes.current().zone), actor=OPERATOR)
        tell(row, as_json=as_json)
