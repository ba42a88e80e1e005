"""`privacy report schedules ...`: reports that are made after each period, and of which the DPO is told by mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from privacy.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from privacy.reports.service import ScheduleView


@click.group("schedules")
def command() -> None:
    """Reports that are made after each period, and of which the DPO is told by mail.

    The mail leads to the console, where whoever is signed in fetches the report; nothing of it travels by mail.
    """


@command.command("list")
@click.option("--ended", is_flag=True, help="Those that ended, instead of those that go on.")
@json_option
def list_schedules(*, ended: bool, as_json: bool) -> None:
    """List the schedules, each with the day on which it is due next."""
    from privacy.cli.opening import opened
    from privacy.reports import service as reports

    with opened():
        told = [_told(one) for one in reports.schedules(ended=ended)]
    if as_json:
        print_json({"schedules": told})
        return
    names = ("id", "report", "form", "locale", "every", "day", "next_on")
    print_table(names, [[one[name] for name in names] for one in told])


@command.command("add")
@click.argument("report", metavar="REPORT")
@click.option("--every", type=click.Choice(["month", "quarter", "year"]), required=True, help="Of which periods.")
@click.option("--day", type=click.IntRange(1, 28), default=5, show_default=True, help="Day of the month after them.")
@click.option("--as", "form", type=click.Choice(["pdf", "csv", "json", "xlsx", "zip"]), help="The form; its first one.")
@click.option(
    "--locale", "--language", "locale", type=click.Choice(["pl", "en", "hr"]), default="pl", show_default=True
)
@json_option
def add(*, report: str, every: str, day: int, form: str | None, locale: str, as_json: bool) -> None:
    """Have a report made after each period, from now on. `privacy report list` names the reports."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.reports import service as reports

    with opened():
        found = reports.named(report.replace("-", "_"))
        wanted = reports.Scheduled(
            found.name, reports.ReportForm(form) if form else found.forms[0], locale, reports.Every(every), day
        )
        with unit_of_work():
            schedule_id = reports.add_schedule(wanted, actor=OPERATOR)
        [made] = [one for one in reports.schedules() if one.id == schedule_id]
    if as_json:
        print_json(_told(made))
        return
    click.echo(f"{schedule_id}: {found.titles.en}, first on {made.next_on.isoformat()}.")


@command.command("end")
@click.argument("schedule_id", metavar="ID", type=click.UUID)
def end(*, schedule_id: UUID) -> None:
    """Make nothing more by a schedule; what it made stays."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.reports import service as reports

    with opened(), unit_of_work():
        reports.end_schedule(schedule_id, actor=OPERATOR)
    click.echo("It has ended.")


def _told(one: ScheduleView) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "report": one.report.name,
        "form": one.scheduled.form.value,
        "locale": one.scheduled.locale,
        "every": one.scheduled.every.value,
        "day": one.scheduled.day,
        "next_on": one.next_on.isoformat(),
        "ended": one.ended_at is not None,
    }
