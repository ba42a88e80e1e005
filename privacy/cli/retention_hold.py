"""`privacy retention hold ...`: legal holds. Placing waits for a deletion that is being made final."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import json_option, print_json
from privacy.cli.person import read_either, read_secretly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from privacy.authz.actors import Actor
    from privacy.programme.types import Programme
    from privacy.retention.service import HoldView
    from privacy.subjects.service import Naming

_LARGEST = 500_000
_number = click.argument("number", metavar="NUMBER")
_day = click.option("--review-on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="When to look at it again.")
_reason = click.option("--reason", callback=read_either, required=True, help="Why; sealed. `-`: one line of input.")


@click.group("hold")
def command() -> None:
    """Legal holds: what must not be deleted, by which case or statute, and who answers for it."""


@command.command("place")
@click.option("--reference", default="", help="The case, as the court or office calls it. Name no person in it.")
@click.option("--statute", default="", help="The statute that asks for it, instead of a case or beside it.")
@click.option("--owner", required=True, help="The colleague who answers for it, as `privacy staff create` knows them.")
@_day
@_reason
@click.option("--system", "systems", multiple=True, help="Everything in this system; `privacy` is this service.")
@click.option("--category", "categories", multiple=True, help="Everything with data of this category.")
@click.option("--people", type=click.Choice(["-"]), help='`-`: a line of JSON for each on input: {"email": "..."}.')
@json_option
def place(  # what a hold must say, each by its own option
    *,
    reference: str,
    statute: str,
    owner: str,
    review_on: datetime,
    reason: str,
    systems: tuple[str, ...],
    categories: tuple[str, ...],
    people: str | None,
    as_json: bool,
) -> None:
    """Place a legal hold: from the answer on nothing that it holds is deleted.

    \b
    echo '{"email": "anna.nowak@example.com"}' | privacy retention hold place --reference "I C 7/27" \\
      --owner ewa --review-on 2027-05-31 --reason "a claim for damages" --people -
    """  # noqa: D301  # Click's mark for a paragraph that is not to be wrapped
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.programme import service as programmes
    from privacy.retention import service as retention

    lines = sys.stdin.buffer.read(_LARGEST) if people else b""
    with opened():
        wanted = retention.WantedHold(
            reference=reference,
            statute=statute,
            owner=owner,
            review_on=review_on.date(),
            reason=reason,
            people=tuple(_named(lines, programmes.current())),
            systems=systems,
            categories=categories,
        )
        with retention.waited(), unit_of_work():
            placed = retention.place_hold(wanted, actor=OPERATOR)
    _tell(placed, as_json=as_json)


@command.command("list")
@click.option("--released", is_flag=True, help="Also those that were released.")
@click.option("--due", is_flag=True, help="Only those that are to be looked at again by today.")
@json_option
def listed(*, released: bool, due: bool, as_json: bool) -> None:
    """List legal holds, in the order in which they were placed."""
    from privacy import clock
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.retention import service as retention

    with opened():
        found = retention.due_for_review(clock.micros()) if due else list(_every(OPERATOR, released=released))
    if as_json:
        print_json({"holds": [_page(one) for one in found]})
        return
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("No legal holds.")


@command.command("show")
@_number
@json_option
def show(number: str, as_json: bool) -> None:
    """Show the legal hold NUMBER, like H-2026-0001."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.retention import service as retention

    with opened():
        found = retention.view_hold(retention.hold_named(number, realm=OPERATOR.realm), realm=OPERATOR.realm)
    if as_json:
        print_json(_page(found))
        return
    click.echo(_line(found))
    click.echo(f"Holds: {found.people} people known here by {found.names} names", nl=False)
    click.echo("".join(f"; {what}" for what in _scope(found)) + ".")
    click.echo(f"Placed by {found.placed_by}; {found.owner} answers for it.")
    if found.reason is not None:
        click.echo(f"Why: {found.reason}")


@command.command("review")
@_number
@_day
@_reason
@json_option
def review(number: str, review_on: datetime, reason: str, as_json: bool) -> None:
    """Say that the legal hold NUMBER is needed yet, and when it is looked at again."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.retention import service as retention

    with opened(), unit_of_work():
        hold_id = retention.hold_named(number, realm=OPERATOR.realm)
        reviewed = retention.review_hold(hold_id, review_on.date(), reason=reason, actor=OPERATOR)
    _tell(reviewed, as_json=as_json)


@command.command("release")
@_number
@click.option("--reason", callback=read_either, help="Why; from the first of the two people.")
@click.option("--approval", type=click.UUID, help="What the first was told; from the second.")
@click.option("--key", callback=read_secretly, required=True, help="`-`: a colleague's own key, on standard input.")
@json_option
def release(number: str, reason: str | None, approval: Any, key: str, as_json: bool) -> None:
    """Release the legal hold NUMBER, which takes two people, each with their own key.

    \b
    privacy retention hold release H-2026-0001 --reason "settled" --key -
    privacy retention hold release H-2026-0001 --approval ID --key -
    """  # noqa: D301  # Click's mark for a paragraph that is not to be wrapped
    from privacy.retention import service as retention

    if approval is None:

        def ask(hold_id: Any, actor: Actor) -> Any:
            return retention.request_release_of_hold(hold_id, actor=actor, reason=reason or "")

        asked = _as_colleague(number, key, ask)
        if as_json:
            print_json({"released": False, "approval": str(asked)})
        else:
            click.echo(f"Another colleague has to agree: --approval {asked}")
        return
    released = _as_colleague(number, key, lambda hold_id, actor: retention.release_hold(hold_id, approval, actor=actor))
    _tell(released, as_json=as_json)


def _as_colleague(number: str, key: str, change: Callable[[Any, Actor], Any]) -> Any:
    """What a change by the colleague of that key answers, in one unit of work."""
    from privacy.access import service as access
    from privacy.cli.opening import opened
    from privacy.db import Driver, session, unit_of_work
    from privacy.retention import service as retention

    with opened(), unit_of_work():
        actor = access.authenticate(key, Driver.of(session()))
        return change(retention.hold_named(number, realm=actor.realm), actor)


def _named(lines: bytes, programme: Programme) -> Iterator[Naming]:
    from privacy.authz.actors import OPERATOR
    from privacy.http.reading import decode
    from privacy.subjects import service as subjects

    for number, line in enumerate(filter(None, map(bytes.strip, lines.splitlines()))):
        yield subjects.name_of(programme, OPERATOR, decode(line, dict[str, str]), place=f"people.{number}")


def _every(actor: Actor, *, released: bool) -> Iterator[HoldView]:
    from privacy.retention import service as retention

    page = retention.listed_holds(realm=actor.realm, released=released)
    while page:
        yield from page
        page = retention.listed_holds(realm=actor.realm, released=released, after=page[-1].id)


def _scope(hold: HoldView) -> Iterator[str]:
    if hold.systems:
        yield f"systems {', '.join(hold.systems)}"
    if hold.categories:
        yield f"categories {', '.join(hold.categories)}"


def _line(hold: HoldView) -> str:
    from privacy import clock

    basis = "; ".join(filter(None, (hold.reference, hold.statute)))
    if hold.released_at is not None:
        return f"{hold.number}  {basis}: released at {clock.isoformat(hold.released_at)} by {hold.released_by}."
    return f"{hold.number}  {basis}: in force; {hold.owner} looks at it again on {hold.review_on}."


def _page(hold: HoldView) -> dict[str, Any]:
    import dataclasses

    from privacy import clock

    page = dataclasses.asdict(hold)
    page |= {"id": str(hold.id), "review_on": hold.review_on.isoformat(), "placed_at": clock.isoformat(hold.placed_at)}
    page["released_at"] = None if hold.released_at is None else clock.isoformat(hold.released_at)
    return page


def _tell(hold: HoldView, *, as_json: bool) -> None:
    if as_json:
        print_json(_page(hold))
    else:
        click.echo(_line(hold))
