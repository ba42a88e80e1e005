"""`privacy jobs show`: one job."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json, print_lines


@click.command("show")
@click.argument("name")
@json_option
def command(name: str, as_json: bool) -> None:
    """Where the job NAME stands."""
    from privacy.cli.jobs_list import facts_of
    from privacy.cli.opening import opened
    from privacy.jobs import service as jobs

    with opened():
        facts = facts_of(jobs.view(name))
    if as_json:
        print_json(facts)
        return
    print_lines(f"{label}: {value if value is not None else '-'}" for label, value in facts.items())
