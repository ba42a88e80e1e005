"""`privacy keys rotate owners`: new keys for the owners whose keys are old."""

from __future__ import annotations

import re
import sys

import click

from privacy.cli.output import json_option, print_json

BROKEN_FOUND = 1
_DAYS = {"D": 1, "W": 7, "M": 31, "Y": 366}


class Term(click.ParamType[int]):
    """A length of time in days, weeks, months or years, as P90D, P1Y; whole days, rather one too many."""

    name = "term"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Days."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"P([0-9]{1,4})([DWMY])", value, re.ASCII)
        if found is None:
            self.fail("Write it as P90D, P26W, P18M or P1Y.", param, ctx)
        return int(found[1]) * _DAYS[found[2]]


@click.command("owners")
@click.option("--older-than", type=Term(), default="P1Y", show_default=True, help="Whose key is older gets a new one.")
@json_option
def command(older_than: int, as_json: bool) -> None:
    """Give people whose keys are old new ones, and seal their identifiers and contacts anew.

    Acts and events of the log refuse changes and stay under the key that sealed them, which stays beside the new one.
    A superseded key that nothing needs any more goes, once no backup is kept that is older
    (PRIVACY_BACKUP_DAYS).

    Exit code 0 where all is well, 1 where a stored key or value does not open: docs/keys.md says what to do.
    """
    from privacy import clock
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.keys import service as keys

    sums = {"owners": 0, "values": 0, "ended": 0}
    broken: set[str] = set()
    with opened() as config, click.progressbar(length=0, label="Owners", file=sys.stderr, hidden=as_json) as bar:
        now, last = clock.micros(), None
        superseded_before = now - config.backup_days * clock.DAY
        while True:
            with unit_of_work():
                portion = keys.renew(
                    older_than=now - older_than * clock.DAY,
                    superseded_before=superseded_before,
                    after=last,
                    actor=OPERATOR,
                )
            last = portion.last
            if last is None:
                break
            bar.length = (bar.length or 0) + portion.looked
            bar.update(portion.looked)
            sums["owners"] += portion.owners
            sums["values"] += portion.values
            sums["ended"] += portion.ended
            broken |= {str(owner) for owner in portion.broken}
    if as_json:
        print_json({**sums, "broken": sorted(broken)})
    else:
        click.echo(f"{sums['owners']} owners have a new key; {sums['values']} values are sealed anew.")
        click.echo(f"{sums['ended']} superseded keys that nothing needs any more are gone.")
        for owner in sorted(broken):
            click.echo(f"A key or value of owner {owner} does not open and stays as it is. See docs/keys.md", err=True)
    raise click.exceptions.Exit(BROKEN_FOUND if broken else 0)
