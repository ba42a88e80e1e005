"""`privacy jobs list`: every job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from privacy.jobs.service import JobView


@click.command("list")
@json_option
def command(as_json: bool) -> None:
    """Every job: when a worker last saw to it, when it last ended well, and what failed since."""
    from privacy.cli.opening import opened
    from privacy.jobs import service as jobs

    with opened():
        facts = [facts_of(one) for one in jobs.standings()]
    if as_json:
        print_json(facts)
        return
    head = ("name", "beat_at", "ended_at", "rows", "failures", "failure")
    print_table(head, ([one[name] if one[name] is not None else "" for name in head] for one in facts))


def facts_of(seen: JobView) -> dict[str, Any]:
    """A job as JSON."""
    from privacy import clock

    times = {
        name: clock.isoformat(at) if (at := getattr(seen, name)) is not None else None
        for name in ("beat_at", "ended_at", "failed_at", "asked_at")
    }
    return {"name": seen.name, "rows": seen.rows, "failures": seen.failures, "failure": seen.failure} | times
