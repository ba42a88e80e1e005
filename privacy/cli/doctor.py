"""`privacy doctor`: what is wrong with an installation, and how to mend it."""

from __future__ import annotations

import os

import click

from privacy.cli.output import json_option, print_json

PROBLEMS_FOUND = 1


@click.command("doctor")
@json_option
def command(as_json: bool) -> None:
    """Say what is wrong with this installation and how to mend it. Changes nothing.

    Exit code 0 where all is well, 1 where there are problems. Notes are no problems.
    """
    from config import Config, ConfigInvalid
    from privacy import logs
    from privacy.cli.diagnosis import Finding, State, examine

    try:
        config = Config.from_env(os.environ)
    except ConfigInvalid as error:
        found = [Finding(State.PROBLEM, "settings", problem) for problem in error.problems]
    else:
        logs.configure("ERROR", config.log_format)
        found = list(examine(config))
    ok = all(finding.state is not State.PROBLEM for finding in found)
    if as_json:
        findings = [{"state": f.state.value, "check": f.check, "text": f.text} for f in found]
        print_json({"ok": ok, "findings": findings})
    else:
        for finding in found:
            click.echo(f"{finding.state.value:<8} {finding.check}: {finding.text}")
    raise click.exceptions.Exit(0 if ok else PROBLEMS_FOUND)
