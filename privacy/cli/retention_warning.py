"""`privacy retention warning ...`: warnings of people before data about them go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from datetime import datetime

    from privacy.retention.service import WarningView

#: As `WarningState` and `Choice` have them: no model is imported to show a help text.
_STATES = ("waiting", "delivered", "for_a_person", "let_go", "kept")
_CHOICES = ("told", "let_go", "keep")


@click.group("warning")
def command() -> None:
    """Warnings of people before data about them go, where a rule wants one."""


@command.command("list")
@click.option("--run", type=click.UUID, help="Of this disposal run.")
@click.option("--state", type=click.Choice(_STATES), help="Only these.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@json_option
def list_(run: Any, state: str | None, limit: int, as_json: bool) -> None:
    """Show warnings, the newest first. Whom they are about is not told."""
    from privacy.cli.opening import opened
    from privacy.retention import service as retention

    with opened():
        wanted = retention.WarningState(state) if state else None
        found = [_shown(one) for one in retention.listed_warnings(run_id=run, state=wanted, limit=limit)]
    if as_json:
        print_json({"warnings": found})
        return
    names = ("id", "number", "rule", "state", "way", "attempts", "goes_on", "version")
    rows = [[str(one[name]) if one[name] is not None else "-" for name in names] for one in found]
    print_table([name.upper() for name in names], rows)


@command.command("decide")
@click.argument("warning", type=click.UUID)
@click.option("--decision", type=click.Choice(_CHOICES), required=True)
@click.option("--reason", required=True, help="Why; sealed. Name no person in it.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day of `told`; the last day of `keep`.")
@click.option("--version", type=int, required=True, help="As `list` showed it.")
@json_option
def decide(  # what a decision must say, each by its own option
    *, warning: Any, decision: str, reason: str, on: datetime | None, version: int, as_json: bool
) -> None:
    """Say that the person was told otherwise, that the data go without a warning, or that they stay."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.retention import service as retention

    day = on.date() if on is not None else None
    with opened(), unit_of_work():
        choice = retention.Choice(decision)
        made = retention.decide_warning(warning, choice, actor=OPERATOR, reason=reason, version=version, on=day)
    shown = _shown(made)
    if as_json:
        print_json(shown)
        return
    click.echo(f"{shown['number']}: {shown['state']}")


def _shown(one: WarningView) -> dict[str, Any]:
    from privacy import clock

    return {
        "id": str(one.id),
        "number": one.number,
        "rule": one.rule,
        "run": str(one.run_id),
        "state": one.state.value,
        "way": one.way,
        "attempts": one.attempts,
        "created_at": clock.isoformat(one.created_at),
        "delivered_at": clock.isoformat(one.delivered_at) if one.delivered_at is not None else None,
        "goes_on": one.goes_on.isoformat() if one.goes_on else None,
        "version": one.version,
    }
