"""`privacy requests grant`, `refuse`, `approve`, `answer`: what is decided, and by whom."""

from __future__ import annotations

import sys
from typing import Any

import click

from privacy.cli.output import json_option
from privacy.cli.person import read_secretly
from privacy.cli.requests_page import changed, number_argument, reason_option

_LARGEST = 500_000


@click.command("grant")
@number_argument
@click.option(
    "--decision",
    type=click.Choice(["-"]),
    help="`-`: JSON on standard input with refused, corrections, purposes, answer.",
)
@reason_option
@json_option
def grant(number: str, decision: str | None, reason: str | None, as_json: bool) -> None:
    """Grant the request NUMBER, but for what --decision refuses: by system, table, field or purpose.

    \b
    echo '{"refused": [{"ground": "17_3_b", "what": "billing.invoice", "facts": "tax law"}]}' |
      privacy requests grant 2026/000123 --decision -
    """  # noqa: D301  # Click's mark for a paragraph that is not to be wrapped
    from privacy.authz.actors import OPERATOR
    from privacy.dsar import service as dsar
    from privacy.dsar.schemas import DecisionIn

    given = _read(DecisionIn) if decision else DecisionIn()
    changed(number, lambda one: dsar.grant(one, given.decision(), actor=OPERATOR, reason=reason), as_json=as_json)


@click.command("refuse")
@number_argument
@click.option("--ground", metavar="CODE", help="The provision, like 12_5_excessive or 17_3_e.")
@click.option("--facts", callback=read_secretly, help="`-`: the facts, one line of standard input.")
@click.option("--decision", type=click.Choice(["-"]), help="`-`: JSON on standard input with refused and answer.")
@json_option
def refuse(number: str, ground: str | None, facts: str | None, decision: str | None, as_json: bool) -> None:
    """Refuse the request NUMBER as a whole, on a ground of the law and with the facts (Art. 12(4))."""
    import msgspec

    from privacy.authz.actors import OPERATOR
    from privacy.dsar import service as dsar
    from privacy.dsar.schemas import DecisionIn
    from privacy.http.reading import decode

    if decision is None:
        one = {"ground": ground or "", "facts": facts or ""}
        given = decode(msgspec.json.encode({"refused": [one]}), DecisionIn)
    else:
        given = _read(DecisionIn)
    wanted = given.decision()
    changed(
        number,
        lambda one: dsar.refuse(one, wanted.refused, actor=OPERATOR, answer=wanted.answer),
        as_json=as_json,
    )


@click.command("approve")
@number_argument
@click.option(
    "--key", callback=read_secretly, required=True, help="`-`: a member of staff's own key, on standard input."
)
@reason_option
@json_option
def approve(number: str, key: str, reason: str | None, as_json: bool) -> None:
    """Agree, as a second person, to what another granted in the request NUMBER.

    Whoever runs the command line is one person; the second one is known by their own key.
    """
    from privacy.access import service as access
    from privacy.authz.permissions import Permission
    from privacy.db import Driver, session
    from privacy.dsar import service as dsar

    def change(request_id: Any) -> Any:
        second = access.authenticate(key, Driver.of(session()))
        second.require(Permission.APPROVALS_GIVE)
        return dsar.approve(request_id, actor=second, reason=reason)

    changed(number, change, as_json=as_json)


@click.command("answer")
@number_argument
@reason_option
@json_option
def answer(number: str, reason: str | None, as_json: bool) -> None:
    """End the request NUMBER, which is ready, with its answer now instead of when the worker comes to it."""
    from privacy.authz.actors import OPERATOR
    from privacy.dsar import service as dsar

    changed(number, lambda one: dsar.answer(one, actor=OPERATOR, reason=reason), as_json=as_json)


def _read(kind: Any) -> Any:
    from privacy.http.reading import decode

    return decode(sys.stdin.buffer.read(_LARGEST), kind)
