"""`privacy restore status`: whether the database is in quarantine."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json

ON = 1


@click.command("status")
@json_option
def command(as_json: bool) -> None:
    """Is the database in quarantine, since when, and what is missing? Exit code 0 where it is not, 1 where it is."""
    from privacy import clock
    from privacy.cli.opening import opened
    from privacy.recovery import service as recovery

    with opened():
        state = recovery.last_quarantine()
    on = state is not None and state.on
    if as_json:
        facts = (
            {
                "since": clock.isoformat(state.since),
                "data_backup": state.data_backup,
                "position": state.position,
                "complete_through": state.complete_through,
                "gap": state.gap,
            }
            if state is not None
            else {}
        )
        print_json({"quarantine": on, **facts})
    elif state is None:
        click.echo("Nothing was ever restored here.")
    elif on:
        click.echo(f"In quarantine since {clock.isoformat(state.since)}. {state.gap or 'Run: privacy restore'}")
    else:
        click.echo(f"Not in quarantine; the last one began at {clock.isoformat(state.since)}.")
    raise click.exceptions.Exit(ON if on else 0)
