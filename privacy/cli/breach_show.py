"""`privacy breach show`, `clocks`, `steps`, `tasks`, `read`: one breach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from privacy.cli.breach_page import as_page, marked, number_argument
from privacy.cli.output import json_option, print_json, print_table

_TOLD = {
    "state": "state",
    "controller": "controller",
    "detected": "detected_at",
    "aware": "aware_at",
    "notify by": "due_at",
    "outer limit": "outer_at",
    "processor": "processor",
    "processor knew": "processor_aware_at",
    "processor told": "told_at",
    "risk": "risk",
    "decided to notify": "notify",
    "decided to tell": "tell",
    "contained": "contained_at",
    "communicated": "communicated_at",
    "ended": "ended_at",
    "version": "version",
}


@click.command("show")
@number_argument
@json_option
def show(number: str, as_json: bool) -> None:
    """Show the breach NUMBER with its clocks, what was judged and what was notified, without anybody's words."""
    from privacy.breach import service as breach
    from privacy.breach import shown

    page = _of(number, lambda row: shown.detail(breach.view(row)))
    if as_json:
        print_json(page)
        return
    click.echo(f"{marked(page)}{page['number']}  {page['id']}")
    for name, field in _TOLD.items():
        if page[field] is not None:
            click.echo(f"{name:<20}{page[field]}")
    _print_clocks(page)
    for one in page["notifications"]:
        late = ", late" if one["late"] else ""
        click.echo(f"{one['sent_at']}  {one['clock']}: {one['kind']}{late}")


@click.command("clocks")
@number_argument
@json_option
def clocks(number: str, as_json: bool) -> None:
    """Show every time limit of the breach NUMBER: of Art. 33, of other laws, and of contracts.

    DUE is what is worked to. OUTER is the end as Regulation 1182/71 counts; nobody should rely on it.
    """
    from privacy.breach import service as breach
    from privacy.breach import shown

    page = _of(number, lambda row: shown.clocks(breach.view(row)))
    if as_json:
        print_json(page)
    else:
        _print_clocks(page)


@click.command("steps")
@number_argument
@json_option
def steps(number: str, as_json: bool) -> None:
    """Show the course of the breach NUMBER: every step, by whom, and why. Reasons may name people."""
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach
    from privacy.breach import shown

    page = _of(number, lambda row: shown.steps(row, breach.steps(row, actor=OPERATOR)))
    if as_json:
        print_json(page)
        return
    rows = [(one["at"][:16], one["event"], one["to_state"], one["role"], one["reason"] or "") for one in page["steps"]]
    print_table(("AT", "STEP", "STATE", "BY", "WHY"), rows)


@click.command("tasks")
@number_argument
@json_option
def tasks(number: str, as_json: bool) -> None:
    """Show what is to be done about the breach NUMBER, by whom and until when."""
    from privacy.breach import service as breach
    from privacy.breach import shown

    page = _of(number, lambda row: shown.tasks(row, breach.tasks(row)))
    if as_json:
        print_json(page)
        return
    rows = [(one["number"], one["state"], one["due_at"], one["owner"] or "", one["title"]) for one in page["tasks"]]
    print_table(("TASK", "STATE", "DUE", "OWNER", "WHAT"), rows)


@click.command("read")
@number_argument
def read(number: str) -> None:
    """Print everything that the breach NUMBER holds, as JSON: facts, assessments, opinions, decisions, references.

    That somebody read it is in the log.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach
    from privacy.breach import shown
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work

    with opened(), unit_of_work():
        row = breach.named(number, actor=OPERATOR)
        print_json(as_page(shown.opened(row, breach.open_breach_file(row.id, actor=OPERATOR))))


def _of(number: str, show_it: Callable[[Any], Any]) -> Any:
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach
    from privacy.cli.opening import opened

    with opened():
        return as_page(show_it(breach.named(number, actor=OPERATOR)))


def _print_clocks(page: dict[str, Any]) -> None:
    rows = [
        (one["code"], one["standing"], one["due_at"], one["outer_at"], one["hours"], one["counted_from"])
        for one in page["clocks"]
    ]
    print_table(("CLOCK", "STANDS", "DUE", "OUTER", "HOURS", "FROM"), rows)
