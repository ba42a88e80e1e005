"""`privacy systems connect`: store how a system is reached. Nothing of it is an argument, printed or logged."""

from __future__ import annotations

import json
import sys
from typing import Any

import click


@click.command("connect")
@click.argument("code", metavar="CODE")
def command(code: str) -> None:
    """Store how the system CODE of the programme is reached, or replace it; it is read from standard input.

    Of a database its address, dialect://user:password@host/database, or its parts as JSON, in which a password needs no
    escaping: {"dialect": "postgresql", "host": "...", "user": "...", "password": "...", "database": "..."}. Of an API
    the JSON that its kind of authentication needs. It is sealed, and never shown again.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.systems import service as systems

    secret = _read(sys.stdin.read())
    with opened(), unit_of_work():
        systems.put_connection(code, secret, actor=OPERATOR)
    click.echo(f"Connected. Try it: privacy systems test {code}")


def _read(text: str) -> dict[str, Any]:
    """What was given: a JSON object, or the address of a database."""
    given = text.strip()
    if not given.startswith("{"):
        return {"url": given}
    try:
        read = json.loads(given)
    except (ValueError, RecursionError):
        # The parser's own text quotes what it stumbles over.
        raise click.UsageError("What came on standard input starts like JSON and is none.") from None
    return dict(read)
