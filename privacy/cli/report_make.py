"""`privacy report NAME`: make one report and write it to a file."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from privacy import clock
from privacy.cli.output import json_option, print_json
from privacy.legal_time import days
from privacy.reports.report import Asked, Option, Period, Report, ReportForm

#: Seconds to wait for another process to publish what is recorded.
_PATIENCE = 30.0
_DAY = click.DateTime(["%Y-%m-%d"])
_FILE = click.Path(dir_okay=False, path_type=Path)
_READ = click.Path(exists=True, dir_okay=False, path_type=Path)


def command_of(report: Report) -> click.Command:
    """The command that makes a report, with an option for each thing that it asks for."""

    def run(**given: Any) -> None:
        _make(report, given)

    made = click.command(report.name, help=_help(report))(json_option(_output(run)))
    forms = click.Choice([form.value for form in report.forms])
    made.params[:0] = [
        *map(_option, report.options),
        *(_period() if report.periodic else []),
        click.Option(["--as-of"], type=_DAY, metavar="DAY", help="The day whose state is told; today by default."),
        click.Option(["--as", "form"], type=forms, default=report.forms[0].value, show_default=True, help="The form."),
        click.Option(
            ["--locale", "--language", "locale"],
            type=click.Choice(["pl", "en", "hr"]),
            help="Language; by default the programme's first.",
        ),
    ]
    return made


def _output(run: Any) -> Any:
    return click.option(
        "-o", "--output", "--out", "output", type=_FILE, help="File to write; named after the report by default."
    )(run)


def _help(report: Report) -> str:
    return (
        f"{report.about.en}\n\nNeeds {', '.join(sorted(report.permissions))} in the console; "
        "the command line may make every report."
    )


def _period() -> list[click.Parameter]:
    return [
        click.Option(["--from", "first"], type=_DAY, metavar="DAY", help="First day; by default 1 January."),
        click.Option(["--to", "last"], type=_DAY, metavar="DAY", help="Last day; by default today."),
    ]


def _option(option: Option) -> click.Parameter:
    kind: click.ParamType[Any] = click.Choice(list(option.choices)) if option.choices else click.STRING
    return click.Option(
        [f"--{option.name.replace('_', '-')}", option.name],
        type=_READ if option.file else kind,
        required=option.required,
        help=option.says.en,
    )


def _make(report: Report, given: dict[str, Any]) -> None:
    from privacy.audit import service as audit
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.evidence import service as evidence
    from privacy.programme import service as programmes
    from privacy.reports import service as reports

    with opened() as config:
        audit.settle(audit.Anchor(config.anchor_path), seconds=_PATIENCE)
        asked = _asked(report, given, programmes.current())
        with _progress(hidden=given["as_json"] or report is not reports.PACK) as progress:
            made = reports.make(asked, actor=OPERATOR, progress=progress)
        output = given["output"] or Path(made.file_name)
        evidence.ensure_free(output)
        with unit_of_work():
            event_id = reports.record_made(made, actor=OPERATOR)
    with evidence.private_file(output) as file:
        file.write(made.content)
    if given["as_json"]:
        told = {"report": report.name, "form": made.asked.form.value, "file": str(output), "sha256": made.sha256}
        print_json({**told, "bytes": len(made.content), "event_id": str(event_id)})
        return
    click.echo(f"{output}: {len(made.content)} bytes, SHA-256 {made.sha256}.")


@contextlib.contextmanager
def _progress(*, hidden: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar for what is made in steps."""
    with click.progressbar(length=0, label="Reports", file=sys.stderr, hidden=hidden) as bar:

        def show(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        yield show


def _asked(report: Report, given: Mapping[str, Any], programme: Any) -> Asked:
    now = clock.micros()
    today = days.day_of(now, programme.zone)
    first, last, on = (_day(given.get(name)) for name in ("first", "last", "as_of"))
    as_of = now if on is None or on >= today else days.end_of(on, programme.zone) - 1
    spoken = next((one for one in programme.jurisdiction.locales if one in {"pl", "en", "hr"}), "en")
    return Asked(
        report.name,
        ReportForm(given["form"]),
        given["locale"] or spoken,
        Period(first or date((last or on or today).year, 1, 1), last or min(on or today, today)),
        as_of,
        {option.name: _text(given[option.name]) for option in report.options if given[option.name] is not None},
    )


def _day(given: datetime | None) -> date | None:
    return given.date() if given is not None else None


def _text(given: str | Path) -> str:
    return given.read_text(encoding="utf-8") if isinstance(given, Path) else given
