"""What the commands of requests share: how a request is found, changed and printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import print_json
from privacy.cli.person import read_either

if TYPE_CHECKING:
    from uuid import UUID


number_argument = click.argument("number", metavar="NUMBER")
reason_option = click.option(
    "--reason",
    callback=read_either,
    help="Why; sealed. `-`: one line of standard input, for words that name somebody.",
)


def changed(number: str, change: Callable[[UUID], Any], *, as_json: bool) -> None:
    """Change the request of a number in one unit of work, and print how it then stands."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.dsar import service as dsar

    with opened():
        with unit_of_work():
            row = change(dsar.named(number, actor=OPERATOR).id)
        tell(row, as_json=as_json)


def tell(row: Any, *, as_json: bool) -> None:
    """Print how a request stands."""
    from privacy.dsar import shown

    page = as_page(shown.detail(row))
    if as_json:
        print_json(page)
        return
    left = "" if page["days_left"] is None else f", {days_left(page['days_left'])}"
    click.echo(f"{page['number']}: {page['type']}, {page['state']}; due {page['due_on']}{left}.")


def as_page(value: Any) -> Any:
    """What the HTTP API would answer, as plain values."""
    import msgspec

    return msgspec.to_builtins(value)


def days_left(days: int | None) -> str:
    """How many days are left, in words."""
    if days is None:
        return "ended"
    if days == 0:
        return "today"
    unit = "day" if abs(days) == 1 else "days"
    return f"{days} {unit} left" if days > 0 else f"{-days} {unit} over"
