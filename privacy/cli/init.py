"""`privacy init`: make an installation without serving."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json, print_lines


@click.command("init")
@json_option
def command(as_json: bool) -> None:
    """Prepare an installation: keys, database, programme, first API key.

    Makes only what is missing, so running it again changes nothing.
    """
    from privacy.cli import example, installation, settings
    from privacy.cli.opening import opened
    from privacy.programme import service as programme

    config = settings.load()
    made = installation.prepare(config)
    with opened(config):
        line = example.curl_line(config, programme.current())
    if as_json:
        print_json({"made": made, "data_dir": str(config.data_dir), "curl": line})
        return
    print_lines([f"Made: {what}" for what in made] or ["Nothing to do: everything is there."])
    if line:
        print_lines(["", "Once `privacy up` runs, ask:", f"  {line}"])
