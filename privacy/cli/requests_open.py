"""`privacy requests open`: record a request that came by letter, at a counter, or any other way."""

from __future__ import annotations

import sys
from typing import Any

import click

from privacy.cli.output import json_option

#: What a person at a terminal is asked for, one after another; an empty line leaves it out.
_PROMPTS = {
    "email": "E-mail address",
    "phone": "Telephone number",
    "customer_id": "Customer number",
    "name": "Name, for the letter",
    "address": "Postal address, lines separated by semicolons",
    "words": "Their own words",
}
_IDENTIFIERS = ("email", "phone", "customer_id")
#: A request with its words; more than that is no request.
_LARGEST = 200_000


@click.command("open")
@click.option("--type", "case_type", required=True, help="access, erasure, rectification, ... or complaint.")
@click.option("--intake", default="staff", show_default=True, help="How it came: letter, counter, email, ...")
@click.option("--received-at", metavar="TIME", help="When it reached the controller; without it, now.")
@click.option("--locale", help="Language of the answer: pl, en, hr.")
@click.option("--controller", metavar="CODE", help="The controller's code in the programme.")
@click.option("--term", help="What an authority's letter sets: a day, or a period like P14D.")
@json_option
def command(as_json: bool, **options: str | None) -> None:
    """Record a request. Who asks and what they say comes on standard input: as JSON, or asked for at a terminal.

    \b
    echo '{"subject": {"email": "anna.nowak@example.com"}, "words": "..."}' |
      privacy requests open --type access --intake letter

    The JSON has the fields of `POST /api/v1/requests`: subject, name, address, words, agent, corrections, purposes,
    authority, reference, legal_basis.
    """  # noqa: D301  # Click's mark for a paragraph that is not to be wrapped
    import msgspec

    from privacy.authz.actors import OPERATOR
    from privacy.cli import requests_page
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.dsar import service as dsar
    from privacy.dsar.schemas import RequestIn
    from privacy.http.reading import decode
    from privacy.programme import service as programmes

    given = _prompted() if sys.stdin.isatty() else _read()
    body = given | {name: value for name, value in _fields(options).items() if value is not None}
    request = decode(msgspec.json.encode(body), RequestIn)
    with opened():
        with unit_of_work():
            row = dsar.receive(request.received(programmes.current().zone), actor=OPERATOR)
        requests_page.tell(row, as_json=as_json)


def _fields(options: dict[str, str | None]) -> dict[str, str | None]:
    return {"type" if name == "case_type" else name: value for name, value in options.items()}


def _read() -> dict[str, Any]:
    from privacy.errors import Malformed
    from privacy.http.reading import decode_any

    given = decode_any(sys.stdin.buffer.read(_LARGEST))
    if not isinstance(given, dict):
        raise Malformed("Give one JSON object on standard input.")
    return given


def _prompted() -> dict[str, Any]:
    answers = {name: click.prompt(text, default="", show_default=False, err=True) for name, text in _PROMPTS.items()}
    subject = {name: answers.pop(name) for name in _IDENTIFIERS}
    given: dict[str, Any] = {name: value for name, value in answers.items() if value}
    if "address" in given:
        given["address"] = [line.strip() for line in given["address"].split(";") if line.strip()]
    return given | {"subject": {name: value for name, value in subject.items() if value}}
