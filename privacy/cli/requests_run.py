"""`privacy requests run`: do now what the worker would do."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json


@click.command("run")
@json_option
def command(as_json: bool) -> None:
    """Ask the systems, change them and answer, until nothing is due: what the worker does all the time.

    What failed and is tried later is left to the worker. Safe beside one, and safe to repeat.
    """
    from flask import current_app

    from privacy import clock
    from privacy.authz.actors import SERVICE
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.dsar import service as dsar

    def begin() -> int:
        with unit_of_work():
            return dsar.end_cooling_off(clock.micros(), actor=SERVICE)

    with opened():
        begun = sum(iter(begin, 0))
        done = dsar.run_until_idle(current_app.app_context)
    if as_json:
        print_json({"begun": begun, "done": done})
        return
    click.echo(f"{begun} begun after their cooling-off, {done} lots of tasks done.")
