"""`privacy outbox send`: send what is due, now."""

from __future__ import annotations

import threading

import click

from privacy.cli.output import json_option, print_json


@click.command("send")
@json_option
def command(as_json: bool) -> None:
    """Send what is due and end, beside a worker or without one. Whatever has no way set up waits."""
    from flask import current_app

    from privacy.app import ways_of
    from privacy.cli.opening import opened
    from privacy.db import end_read
    from privacy.outbox import service as outbox

    with opened() as config:
        context = current_app._get_current_object().app_context  # type: ignore[attr-defined]  # Flask's proxy
        outbox.put_right(context)
        attempts = outbox.Sending(ways_of(config).transports()).run(context, threading.Event())
        counted = outbox.counts()
        end_read()
    totals: dict[str, dict[str, int]] = {}
    for (kind, state), number in sorted(counted.items()):
        totals.setdefault(kind.value, {})[state.value] = number
    if as_json:
        print_json({"attempts": attempts, "messages": totals})
        return
    click.echo(f"{attempts} attempts.")
    for name, states in totals.items():
        click.echo(f"{name}: " + ", ".join(f"{number} {state}" for state, number in states.items()))
