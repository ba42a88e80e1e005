"""`privacy report ...`: reports as files. Each report is a command of its own, with the options that it takes."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json, print_table


class Reports(click.Group):
    """The list, and a command for each report that there is."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # the signature is Click's
        """Every command, the reports as they are listed."""
        from privacy.reports.offered import OFFERED

        return ["list", "schedules", *OFFERED]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name; None where there is none."""
        if cmd_name == "list":
            return list_reports
        if cmd_name == "schedules":
            from privacy.cli.report_schedules import command as schedules

            return schedules
        from privacy.cli.report_make import command_of
        from privacy.reports.offered import OFFERED

        report = OFFERED.get(cmd_name.replace("-", "_"))
        return None if report is None else command_of(report)


@click.group("report", cls=Reports)
def command() -> None:
    """Reports for the authority, the controller and the DPO: as PDF, CSV, JSON or a workbook, in pl, en or hr.

    The same data and the same day give the same bytes. Who makes which report is in the log, with its SHA-256.
    """


@click.command("list")
@json_option
def list_reports(as_json: bool) -> None:
    """List the reports that there are, with the forms in which each is given."""
    from privacy.reports.offered import OFFERED

    if as_json:
        told = [
            {
                "name": one.name,
                "title": one.titles.en,
                "about": one.about.en,
                "permission": one.permission.value,
                "forms": [form.value for form in one.forms],
                "options": [option.name for option in one.options],
                "period": one.periodic,
            }
            for one in OFFERED.values()
        ]
        print_json({"reports": told})
        return
    print_table(
        ("report", "forms", "title"), [(one.name, " ".join(one.forms), one.titles.en) for one in OFFERED.values()]
    )
