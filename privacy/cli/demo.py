"""`privacy demo`: believable people and what they agreed to, to look around with."""

from __future__ import annotations

import sys

import click

from privacy.cli.lazy import LazyGroup
from privacy.errors import Conflict

#: People in one unit of work, so that none is long.
_AT_ONCE = 20
PEOPLE = 200

#: Stories in an installation of their own, and what to know of `privacy up --demo`.
_STORIES = {
    "requests": "privacy.cli.demo_requests",
    "retention": "privacy.cli.demo_retention",
    "breach": "privacy.cli.demo_breach",
    "colleagues": "privacy.cli.demo_colleagues",
    "letters": "privacy.cli.demo_letters",
}


class DemoNeedsExample(Conflict):
    """The demo speaks of the example programme, and another one is in force here."""

    code = "demo-needs-example"


@click.group("demo", cls=LazyGroup, modules=_STORIES, invoke_without_command=True)
@click.option("--people", default=PEOPLE, show_default=True, type=click.IntRange(1, 100_000), help="How many.")
@click.pass_context
def command(ctx: click.Context, people: int) -> None:
    """Fill in people and acts that are made up here, through the ordinary services.

    Every kind of act, shared addresses, children, bounces, expired and pending consents. The same people each time:
    running it again records nothing twice. Not for an installation that holds real people.

    `privacy demo requests`, `privacy demo retention` and `privacy demo breach` need no installation: each makes one
    of its own. `privacy demo colleagues` and `privacy demo letters` tell how to sign in to `privacy up --demo`.
    """
    if ctx.invoked_subcommand is not None:
        return
    from privacy.cli.opening import opened

    with opened():
        fill(people)
    click.echo(f"{people} people are here, from C-1001 on. Try: privacy subject show --customer-id C-1001")


def fill(how_many: int = PEOPLE) -> None:
    """Tell every story, in an open application context; raises `DemoNeedsExample`."""
    from privacy.cli.demo_people import people
    from privacy.cli.demo_telling import can_tell, tell
    from privacy.db import unit_of_work
    from privacy.programme import service as programmes

    programme = programmes.current()
    if not can_tell(programme):
        raise DemoNeedsExample
    everybody = list(people(how_many))
    with click.progressbar(range(0, how_many, _AT_ONCE), label="Making people", file=sys.stderr) as portions:
        for start in portions:
            with unit_of_work():
                for index in range(start, min(start + _AT_ONCE, how_many)):
                    tell(everybody[index], everybody[index - 1] if index else None, programme)
