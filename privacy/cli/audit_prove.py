"""`privacy audit prove`: evidence files, for `privacy-verify`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from privacy.cli.audit_checkpoint import SETTLE_SECONDS

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_LARGEST = 2**63 - 1


class _Number(click.ParamType[int]):
    """An index or a size in its one spelling: Python would also take `+7`, `07` and `1_0`."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; a text that is none is wrong usage."""
        text = str(value)
        if not _NUMBER.fullmatch(text) or int(text) > _LARGEST:
            self.fail("use a whole number up to 2^63 - 1, digits only, without leading zeros", param, ctx)
        return int(text)


def _event_id(_ctx: click.Context, _param: click.Parameter, value: str | None) -> UUID | None:
    if value is None:
        return None
    try:
        found = UUID(value)
    except ValueError:
        found = None
    if found is None or str(found) != value:
        raise click.BadParameter("use the event's id as it is shown: lower-case, with hyphens")
    return found


@click.command("prove")
@click.argument("event_id", required=False, callback=_event_id)
@click.option("--index", type=_Number(), help="The event at this place in the log, instead of its id.")
@click.option("--old", type=_Number(), metavar="SIZE", help="Prove that the log of SIZE leaves was only added to.")
@click.option(
    "-o",
    "output",
    type=click.Path(dir_okay=False, writable=True, allow_dash=True, path_type=Path),
    default="-",
    help="File to write; without it, standard output.",
)
def command(event_id: UUID | None, index: int | None, old: int | None, output: Path) -> None:
    """Write an evidence file: that an event stands in the log (EVENT_ID or --index), or that the log only grew (--old).

    `privacy-verify FILE --key KEY` verifies it on any machine. What is recorded by now is published first, if no
    worker does it.
    """
    from privacy.audit import service as audit
    from privacy.cli.opening import opened

    if [event_id, index, old].count(None) != 2:
        raise click.UsageError("Name one thing to prove: EVENT_ID, --index N or --old SIZE.")
    with opened() as config:
        audit.settle(audit.Anchor(config.anchor_path), seconds=SETTLE_SECONDS)
        if old is not None:
            evidence = audit.consistency_proof(old)
        else:
            evidence = audit.inclusion_proof(event_id or audit.event_at(index or 0))
    text = json.dumps(evidence, ensure_ascii=False, indent=1) + "\n"
    if output == Path("-"):
        click.echo(text, nl=False)
    else:
        output.write_text(text)
