"""`privacy alarms list`: the alarms that ring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from privacy.jobs.service import AlarmView


@click.command("list")
@click.option("--ended", is_flag=True, help="Those that are over, the newest first.")
@json_option
def command(ended: bool, as_json: bool) -> None:
    """The alarms that ring, the oldest first. Nothing of them is personal data."""
    from privacy.cli.opening import opened
    from privacy.jobs import service as jobs

    with opened():
        facts = [facts_of(one) for one in jobs.alarms(ended=ended)]
    if as_json:
        print_json(facts)
        return
    head = ("id", "code", "about", "raised_at", "acknowledged_at", "what")
    print_table(head, ([one[name] if one[name] is not None else "" for name in head] for one in facts))


def facts_of(seen: AlarmView) -> dict[str, Any]:
    """An alarm as JSON."""
    from privacy import clock
    from privacy.jobs import service as jobs

    times = {
        name: clock.isoformat(at) if (at := getattr(seen, name)) is not None else None
        for name in ("raised_at", "told_at", "acknowledged_at", "ended_at")
    }
    return {
        "id": str(seen.id),
        "code": seen.code.value,
        "about": seen.about,
        "times_told": seen.times_told,
        "what": jobs.said(seen.code, "en"),
    } | times
