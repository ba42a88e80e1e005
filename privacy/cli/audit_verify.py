"""`privacy audit verify`: the stored log and the rows that it vouches for, against each other."""

from __future__ import annotations

import sys

import click

from privacy.cli.output import json_option, print_json, print_lines

DIFFERS = 1


@click.command("verify")
@click.option("--full", is_flag=True, help="Verify everything from the first leaf on.")
@json_option
def command(full: bool, as_json: bool) -> None:
    """Verify the audit log, and that acts and other rows are what it says.

    By default from the last verification on that found nothing, which a file in the data folder remembers: what was
    edited before it can't be seen so. Run it with --full now and then, and always when in doubt.

    Exit code 0 where all is well, 1 with one line for each finding; docs/audit.md says what to do about it.
    """
    from privacy.cli.opening import opened
    from privacy.evidence import service as evidence

    with opened() as config, click.progressbar(length=0, label="Leaves", file=sys.stderr, hidden=as_json) as bar:

        def show(done: int, every: int) -> None:
            bar.length = every
            bar.update(done - bar.pos)

        report = evidence.verify_installation(
            anchor=config.anchor_path, verified=config.verified_path, full=full, progress=show
        )
    if as_json:
        print_json(report.as_json())
    else:
        print_lines(report.lines())
    raise click.exceptions.Exit(0 if report.ok else DIFFERS)
