"""`privacy requests list`: what is due, soonest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from privacy.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from datetime import datetime

    from privacy.dsar.schemas import RequestDetailOut

_MOST = 500
_HEAD = ("NUMBER", "TYPE", "STATE", "RECEIVED", "DUE", "LEFT", "NOMINAL", "ALSO")


@click.command("list")
@click.option("--state", help="Only those in this state.")
@click.option("--type", "case_type", help="Only those of this type.")
@click.option("--due-before", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Only those due before this day.")
@click.option("--all", "every", is_flag=True, help="Those that have ended, too.")
@click.option("--limit", type=click.IntRange(1, _MOST), default=100, show_default=True, help="At most so many.")
@json_option
def command(
    state: str | None, case_type: str | None, due_before: datetime | None, every: bool, limit: int, as_json: bool
) -> None:
    """List requests by the day on which they are due, with the days that are left.

    RECEIVED is the day where the controller is. NOMINAL is the end of the first month by the calendar alone: an
    extension is told before it. ALSO is the other day where the law is open: counted otherwise, or with the recorded
    suspensions. What is worked to is the earlier one.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.cli.requests_page import as_page
    from privacy.dsar import service as dsar
    from privacy.dsar import shown
    from privacy.dsar.service import Asked, CaseType, State
    from privacy.errors import InvalidInput

    try:
        asked = Asked(
            state=State(state) if state else None,
            case_type=CaseType(case_type) if case_type else None,
            due_before=due_before.date() if due_before else None,
            is_open=not every and state is None,
            limit=limit,
        )
    except ValueError:
        raise InvalidInput.of("state or type", f"States: {', '.join(State)}. Types: {', '.join(CaseType)}.") from None
    with opened():
        page = dsar.page(asked, actor=OPERATOR)
        found = [shown.detail(view.row) for view in page.requests]
    if as_json:
        print_json({"requests": as_page(found), "next": page.next})
        return
    print_table(_HEAD, [_line(one) for one in found])
    if page.next:
        click.echo(f"More than {limit}: see --limit, or name a state or type.", err=True)


def _line(one: RequestDetailOut) -> tuple[str, ...]:
    left = "" if one.days_left is None else str(one.days_left)
    state = one.state.value if one.outcome is None else f"{one.state.value}: {one.outcome.value}"
    return one.number, one.type.value, state, one.received_on, one.due_on, left, one.nominal_on, _also(one)


def _also(one: RequestDetailOut) -> str:
    """The other day where the law is open."""
    readings = {one.extended_a_on, one.extended_b_on} if one.extended_at else set()
    others = sorted(day for day in {*readings, one.suspended_due_on} if day is not None and day != one.due_on)
    return others[-1] if others else ""
