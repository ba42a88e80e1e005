"""`privacy breach list`: breaches, the newest first."""

from __future__ import annotations

from typing import Any

import click

from privacy.cli.breach_page import as_page
from privacy.cli.output import json_option, print_json, print_table

_MOST = 500
_HEAD = ("NUMBER", "STATE", "DETECTED", "AWARE", "NOTIFY BY", "RISK", "NOTIFY", "TELL")


@click.command("list")
@click.option("--state", help="Only those in this state.")
@click.option("--all", "every", is_flag=True, help="Those that have ended, too.")
@click.option("--rehearsals", is_flag=True, help="Rehearsals, which no other list holds.")
@click.option("--limit", type=click.IntRange(1, _MOST), default=100, show_default=True, help="At most so many.")
@json_option
def command(state: str | None, every: bool, rehearsals: bool, limit: int, as_json: bool) -> None:
    """List breaches, the newest first. NOTIFY BY is the strict end of the hours (Art. 33(1))."""
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach
    from privacy.breach import shown
    from privacy.breach.service import Asked, State
    from privacy.cli.opening import opened
    from privacy.errors import InvalidInput

    if state is not None and state not in set(State):
        raise InvalidInput.of("state", f"Use one of: {', '.join(State)}.")
    asked = Asked(
        state=State(state) if state else None, is_open=not every and state is None, rehearsals=rehearsals, limit=limit
    )
    with opened():
        page = as_page(shown.listed(breach.page(asked, actor=OPERATOR)))
    if as_json:
        print_json(page)
        return
    print_table(_HEAD, [_line(one) for one in page["breaches"]])
    if page["next"]:
        click.echo(f"More than {limit}: see --limit, or name a state.", err=True)


def _line(one: dict[str, Any]) -> tuple[str, ...]:
    words = (one[name] or "" for name in ("detected_at", "aware_at", "due_at", "risk"))
    return (one["number"], one["state"], *words, _told(one["notify"]), _told(one["tell"]))


def _told(decided: bool | None) -> str:
    return "" if decided is None else "yes" if decided else "no"
