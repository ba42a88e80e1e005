"""`privacy demo colleagues`: who can sign in to the console of a demo, and by which code now."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json, print_table


@click.command("colleagues")
@json_option
def command(as_json: bool) -> None:
    """Show who can sign in to the console of `privacy up --demo`: name, password, and the code of each app now.

    A code works once, and for half a minute.
    """
    from privacy.cli import demo_office, settings

    found = demo_office.colleagues(settings.load())
    if as_json:
        print_json(
            [{"name": one.name, "role": one.role, "password": one.password, "code": one.code()} for one in found]
        )
        return
    rows = ((one.name, one.password, one.code(), one.what) for one in found)
    print_table(("NAME", "PASSWORD", "CODE NOW", "WHO"), rows)
