"""`privacy requests show`, `steps`, `tasks`, `read`: one request."""

from __future__ import annotations

from typing import Any

import click

from privacy.cli.output import json_option, print_json, print_table
from privacy.cli.requests_page import as_page, days_left, number_argument
from privacy.cli.requests_task import shown_id

#: A task of such a state may wait for somebody: for a decision, or for a form.
_FOR_SOMEBODY = frozenset({"for_a_person", "failed", "pending"})


@click.command("show")
@number_argument
@json_option
def show(number: str, as_json: bool) -> None:
    """Show the request NUMBER and every day that matters, without personal data."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.dsar import service as dsar
    from privacy.dsar import shown

    with opened():
        page = as_page(shown.detail(dsar.named(number, actor=OPERATOR)))
    if as_json:
        print_json(page)
        return
    for name, value in _told(page):
        click.echo(f"{name:<22}{value}")


@click.command("steps")
@number_argument
@json_option
def steps(number: str, as_json: bool) -> None:
    """Show the course of the request NUMBER: every step, by whom, and why. Reasons may name people."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.dsar import service as dsar
    from privacy.dsar import shown

    with opened():
        row = dsar.named(number, actor=OPERATOR)
        page = as_page(shown.steps(dsar.steps(row, actor=OPERATOR)))
    if as_json:
        print_json(page)
        return
    rows = [(one["at"][:16], one["event"], one["to_state"], one["role"], one["reason"] or "") for one in page["steps"]]
    print_table(("AT", "STEP", "STATE", "BY", "WHY"), rows)


@click.command("tasks")
@number_argument
@json_option
def tasks(number: str, as_json: bool) -> None:
    """Show what the request NUMBER asks of each system, and how far that is."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.dsar import service as dsar
    from privacy.dsar import shown

    with opened():
        page = as_page(shown.tasks(dsar.tasks(dsar.named(number, actor=OPERATOR))))
    if as_json:
        print_json(page)
        return
    names = ("kind", "system", "place", "state", "found", "deleted", "changed", "failure")
    rows = page["tasks"]
    cells = [[shown_id(one["id"]), *(_cell(one[name]) for name in names)] for one in rows]
    print_table(("TASK", "KIND", "SYSTEM", "TABLE", "STATE", "FOUND", "GONE", "CHANGED", "FAILURE"), cells)
    if any(one["state"] in _FOR_SOMEBODY for one in rows):
        click.echo(f"Some may wait for you: privacy requests task --help; privacy requests task open {number} TASK")


@click.command("read")
@number_argument
@json_option
def read(number: str, as_json: bool) -> None:
    """Print what the request NUMBER holds: who asks, by which identifiers, in which words. The log tells of it."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.dsar import service as dsar
    from privacy.dsar import shown

    with opened(), unit_of_work():
        page = as_page(shown.opened(dsar.open_matter(dsar.named(number, actor=OPERATOR).id, actor=OPERATOR)))
    if as_json:
        print_json(page)
        return
    for name, value in {**page["matter"], "refused": page["refused"], "answer": page["answer"]}.items():
        if value:
            click.echo(f"{name:<14}{_words(value)}")


def _told(page: dict[str, Any]) -> list[tuple[str, str]]:
    outcome = f" ({page['outcome']})" if page["outcome"] else ""
    lines = {
        "request": f"{page['number']}  {page['id']}",
        "type": page["type"],
        "came by": page["intake"],
        "state": page["state"] + outcome,
        "received": f"{page['received_on']} ({page['received_at']})",
        "due": f"{page['due_on']} ({days_left(page['days_left'])})",
        "first month ends": page["nominal_on"],
        "tell of extension by": page["tell_by_on"],
        "extended, reading A": page["extended_a_on"],
        "extended, reading B": page["extended_b_on"],
        "extended": page["extended_at"],
        "if suspension counts": page["suspended_due_on"],
        "suspended": "now" if page["suspended"] else None,
        "by": f"{page['basis']}, {page['clock_version']}",
        "identified": f"{page['identified_at']} ({page['proof']})" if page["identified_at"] else "no",
        "cooling off until": page["cooling_until"],
        "ended": page["ended_at"],
        "joined to": page["joined_to"],
        "version": page["version"],
    }
    return [(name, str(value)) for name, value in lines.items() if value is not None]


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_words(one)}" for name, one in value.items())
    return "; ".join(_words(one) for one in value) if isinstance(value, list | tuple) else str(value)
