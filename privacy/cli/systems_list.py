"""`privacy systems list`: the systems of the programme, and which are connected."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json, print_table

#: When a connection was stored or last replaced.
_NEVER = "no"


@click.command("list")
@json_option
def command(as_json: bool) -> None:
    """List the systems of the programme and since when each is connected. No secret is shown."""
    from privacy import clock
    from privacy.cli.opening import opened
    from privacy.programme import service as programmes
    from privacy.programme.types import ConnectorKind
    from privacy.systems import service as systems

    with opened():
        programme = programmes.current()
        known = {one.code: clock.isoformat(one.changed_at or one.created_at) for one in systems.connections()}
    told = [
        {
            "system": system.code,
            "connector": system.connector.value,
            "data_sets": list(system.data_sets),
            "connected_at": known.pop(system.code, None),
            "needs_connection": system.connector is not ConnectorKind.MANUAL,
        }
        for system in programme.systems.values()
    ]
    if as_json:
        print_json({"systems": told, "not_in_programme": sorted(known)})
        return
    rows = [
        (one["system"], one["connector"], one["connected_at"] or (_NEVER if one["needs_connection"] else "-"))
        for one in told
    ]
    print_table(("system", "connector", "connected"), rows)
    for code in sorted(known):
        click.echo(
            f"{code} is connected, and the programme has no such system. Remove it: privacy systems disconnect {code}"
        )
