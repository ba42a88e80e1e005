"""`privacy import`: take over what other tools know about consents."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import json_option, print_json, print_lines

if TYPE_CHECKING:
    from privacy.consent.service import Reject

#: Folder of the rejects files in the data folder.
REJECTS = "imports"
#: A dry run writes no rejects file; it shows so many of them.
_SHOWN = 20

_Progress = Callable[[str, int, int], None]


@click.group("import")
def command() -> None:
    """Import consents from other tools."""


@command.command("mailchimp")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--purpose", required=True, help="The purpose that the audience agreed to.")
@click.option(
    "--wording",
    required=True,
    metavar="CODE[:VERSION]",
    help="The text that they agreed to. Without a version: the one in force on each row's date.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing; show what an import would do.")
@json_option
def mailchimp(path: Path, purpose: str, wording: str, dry_run: bool, as_json: bool) -> None:
    """Import a Mailchimp audience export.

    PATH is a folder or a ZIP archive with its subscribed, unsubscribed and cleaned members, or one of these files.
    Only addresses and times are taken. Importing again, in any order, changes nothing. Rows that can't be taken go to
    a rejects file in the data folder, with line, field and reason.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.consent import service as consent
    from privacy.programme import service as programmes

    code, _, version = wording.partition(":")
    with opened() as config:
        history = consent.Import(
            consent.MAILCHIMP,
            path,
            consent.ImportTarget(purpose, code, version or None),
            actor=OPERATOR,
            programme=programmes.current(),
        )
        with _rejects(config.data_dir, dry_run=dry_run) as rejects, _progress_bar() as progress:
            out = history.run(dry_run=dry_run, on_reject=rejects.add, on_progress=progress)
    report = {**out.as_dict(), "rejects_file": rejects.path and str(rejects.path)}
    if as_json:
        print_json(report)
    else:
        print_lines(_lines(report, dry_run=dry_run))


class _Shown:
    """Rejects of a dry run: the first of them on standard error, none in a file."""

    path: Path | None = None

    def __init__(self) -> None:
        self._left = _SHOWN

    def add(self, reject: Reject) -> None:
        """Print one reject while there are few."""
        if self._left:
            self._left -= 1
            column = f", {reject.field}" if reject.field else ""
            click.echo(f"{reject.file}:{reject.line}{column}: {reject.reason} {reject.mend}", err=True)

    def close(self) -> None:
        """Nothing is open."""


@contextlib.contextmanager
def _rejects(data_dir: Path, *, dry_run: bool) -> Iterator[Any]:
    from privacy.consent import service as consent

    with contextlib.closing(_Shown() if dry_run else consent.RejectsFile(data_dir / REJECTS)) as rejects:
        yield rejects


@contextlib.contextmanager
def _progress_bar() -> Iterator[_Progress]:
    """One bar for each stage, on standard error, where somebody is looking."""
    if not sys.stderr.isatty():
        yield lambda _stage, _done, _of: None
        return
    with contextlib.ExitStack() as bars:
        shown: dict[str, tuple[Any, int]] = {}

        def progress(stage: str, done: int, of: int) -> None:
            if stage not in shown:
                bars.close()
                bar = bars.enter_context(click.progressbar(length=of, label=f"{stage:9}", file=sys.stderr))
                shown[stage] = bar, 0
            bar, before = shown[stage]
            bar.update(done - before)
            shown[stage] = bar, done

        yield progress


def _lines(report: dict[str, Any], *, dry_run: bool) -> list[str]:
    labels = {
        "rows": "rows",
        "acts_recorded": "acts recorded",
        "acts_known": "acts known before",
        "rejected": "rows rejected",
        "suppressed": "addresses suppressed",
        "permissions_gained": "may be written to now, could not before",
        "permissions_lost": "could be written to before, not now",
    }
    lines = ["Dry run: nothing was written. An import would give:"] if dry_run else []
    lines += [f"{report[name]:>9,}  {label}" for name, label in labels.items()]
    if report["rejects_file"]:
        lines.append(f"The rejected rows are listed in {report['rejects_file']}")
    return lines
