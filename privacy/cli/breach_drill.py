"""`privacy breach drill`: a rehearsal, marked as one everywhere; nothing leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from privacy.cli.output import json_option, print_json, print_table
from privacy.errors import Conflict

if TYPE_CHECKING:
    from privacy.cli.breach_course import Course

_HOUR = 3_600_000_000


class DrillNeedsOfficer(Conflict):
    """A drill needs somebody who plays the data protection officer: `privacy staff create NAME --role dpo`."""

    code = "drill-needs-officer"


@click.command("drill")
@click.option("--people", default=20, show_default=True, type=click.IntRange(1, 1_000), help="Made-up people affected.")
@json_option
def command(people: int, as_json: bool) -> None:
    """Rehearse a breach from the first word to its end, and show what a team practises by each step.

    It is marked as a rehearsal in its number, on each page and message and in the log, and stands in no register. The
    people in it are made up, and nothing is sent to anybody.
    """
    from privacy.cli.opening import opened

    with opened():
        course = _rehearse(people, as_json=as_json)
    if as_json:
        steps = [
            {"step": one.step, "who": one.who, "practises": one.practises, "took": one.took, "left": one.left}
            for one in course.steps
        ]
        print_json({"number": course.number, "rehearsal": True, "people": people, "steps": steps})
        return
    click.echo(f"\nREHEARSAL {course.number}: every step of it, by the clock.\n")
    rows = [(one.step, one.who, f"{one.took // 1000} ms", _hours(one.left), one.practises) for one in course.steps]
    print_table(("STEP", "WHO", "TOOK", "LEFT OF 72 H", "WHAT IT PRACTISES"), rows)
    click.echo("\nNothing was sent. Do it again with your team, one step a person: privacy breach open --rehearsal")


def _rehearse(people: int, *, as_json: bool) -> Course:
    import contextlib
    import threading

    from privacy.access import service as access
    from privacy.authz.actors import OPERATOR, Actor, ActorKind
    from privacy.authz.roles import ROLES, StaffRole
    from privacy.breach import service as breach
    from privacy.breach import story
    from privacy.cli.breach_course import Course

    officer_id = access.an_officer()
    if officer_id is None:
        raise DrillNeedsOfficer
    officer = Actor(ActorKind.STAFF, officer_id, "officer", ROLES[StaffRole.DPO])
    course = Course(officer, OPERATOR, True, lambda text: click.echo(f"  {text}", err=True) if not as_json else None)
    course.found()
    course.judged(people)
    course.notified(breach.Notice.INITIAL, "REHEARSAL-1")
    course.listed(story.made_up(people))
    course.agreed()
    telling = breach.Telling(only=course.breach_id)
    course.timed(
        "letters",
        "service",
        "see that each person has a letter, and that none left",
        lambda: telling.run(contextlib.nullcontext, threading.Event()),
    )
    course.notified(breach.Notice.COMPLETE, "REHEARSAL-2")
    course.ended()
    return course


def _hours(left: int | None) -> str:
    if left is None:
        return "-"
    hours, rest = divmod(abs(left), _HOUR)
    return f"{'-' if left < 0 else ''}{hours}:{rest * 60 // _HOUR:02d}"
