"""What the commands of breaches share: how a breach is found, changed and printed, and how words come in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import print_json
from privacy.cli.person import read_either

if TYPE_CHECKING:
    from uuid import UUID

#: A breach with everything that is known of it.
_LARGEST = 600_000
number_argument = click.argument("number", metavar="NUMBER")
reason_option = click.option(
    "--reason",
    callback=read_either,
    help="Why; sealed. `-`: one line of standard input, for words that name somebody.",
)


def changed(number: str, change: Callable[[UUID], Any], *, as_json: bool) -> None:
    """Change the breach of a number in one unit of work, and print how it then stands."""
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work

    with opened():
        with unit_of_work():
            row = breach.named(number, actor=OPERATOR)
            change(row.id)
        tell(breach.named(number, actor=OPERATOR), as_json=as_json)


def tell(row: Any, *, as_json: bool) -> None:
    """Print how a breach stands."""
    from privacy.breach import service as breach
    from privacy.breach import shown

    page = as_page(shown.detail(breach.view(row)))
    if as_json:
        print_json(page)
        return
    due = f"; notify by {page['due_at']}" if page["due_at"] and not page["ended_at"] else ""
    click.echo(f"{marked(page)}{page['number']}: {page['state']}{due}.")


def marked(page: dict[str, Any]) -> str:
    """The mark of a rehearsal before each line that tells of it."""
    return "REHEARSAL " if page["rehearsal"] else ""


def as_page(value: Any) -> Any:
    """What the HTTP API would answer, as plain values."""
    import msgspec

    return msgspec.to_builtins(value)


def moment(text: str | None, name: str) -> int | None:
    """A time that an option gives, in the programme's zone where it has no offset; raises `InvalidInput`."""
    from privacy.breach import service as breach
    from privacy.programme import service as programmes

    return None if text is None else breach.read_moment(text, programmes.current().zone, name)


def read_object() -> dict[str, Any]:
    """One JSON object from standard input; nothing there is an empty one."""
    from privacy.errors import Malformed
    from privacy.http.reading import decode_any

    raw = b"" if sys.stdin.isatty() else sys.stdin.buffer.read(_LARGEST)
    if not raw.strip():
        return {}
    given = decode_any(raw)
    if not isinstance(given, dict):
        raise Malformed("Give one JSON object on standard input.")
    return given
