"""`privacy requests calendar`: the days to keep, for people or for a calendar program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from privacy.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from privacy.dsar.service import CalendarEntry

_DUE, _TELL = "due", "last day to tell of an extension"


@click.command("calendar")
@click.option("--ics", is_flag=True, help="As iCalendar, for a calendar program.")
@json_option
def command(ics: bool, as_json: bool) -> None:
    """List the days of open requests: when each is due, and until when the person can be told of an extension.

    Numbers and days, no personal data. `privacy requests calendar --ics > due.ics` writes a file for a calendar
    program; read again, entries that moved are moved, and none is there twice.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.dsar import service as dsar

    with opened():
        if ics:
            sys.stdout.buffer.write(dsar.calendar_of(OPERATOR.realm))
            return
        days = _days(dsar.calendar_entries(OPERATOR.realm))
    if as_json:
        print_json({"days": [{"on": on, "number": number, "what": what} for on, number, what in days]})
    else:
        print_table(("DAY", "NUMBER", "WHAT"), days)


def _days(entries: Sequence[CalendarEntry]) -> list[tuple[str, str, str]]:
    due = [(one.due_on.isoformat(), one.number, _DUE) for one in entries]
    return sorted(due + [(one.tell_by_on.isoformat(), one.number, _TELL) for one in entries if one.tell_by_on])
