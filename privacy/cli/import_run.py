"""One import at the command line: its progress, its rejects, its report."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from config import Config
from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.cli.imports import FOLDER
from privacy.cli.opening import opened
from privacy.consent import service as consent
from privacy.consent.service import Occasion, Reject, RejectsFile, RowsFiles, Waterfall
from privacy.db import new_id
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.programme.service import Programme

#: Rejects that a dry run shows.
_SHOWN = 20

_Progress = Callable[[str, int, int], None]


def run(
    name: str,
    *,
    path: Path,
    purpose: str | None,
    wording: str | None,
    dry_run: bool,
    wordings: Path | None,
    report: Path | None,
) -> dict[str, Any]:
    """Run an import and return its report; raises `InvalidInput` before anything is written."""
    if wordings is not None and not dry_run:
        raise InvalidInput.of("wordings", "Publish them first: add them to programme.yml and apply it.")
    profile = consent.profile_at(name)
    with opened() as config:
        programme = programmes.current()
        if wordings is not None:
            programme = programmes.tried_with(programme, wordings)
        found = consent.import_files(path)
        options = consent.ImportOptions.of(purpose, wording)
        history = consent.Import(profile, found, options, actor=OPERATOR, programme=programme)
        folder = report or (_folder(config) if dry_run else None)
        # A folder that somebody names is to be handed on; rejected rows hold personal data and stay at home.
        with _rejects(config, None if report else folder, dry_run=dry_run) as rejects, _progress_bar() as progress:
            if folder is None:
                out = history.run(dry_run=dry_run, on_reject=rejects.add, on_progress=progress)
                return {**out.as_dict(), "rejects_file": rejects.path and str(rejects.path)}
            waterfall = Waterfall()
            with contextlib.closing(RowsFiles(folder)) as rows:
                out = history.run(
                    dry_run=dry_run,
                    on_reject=rejects.add,
                    on_progress=progress,
                    waterfall=waterfall,
                    on_entry=rows.add,
                )
        occasion = _occasion(profile.name, [file.name for file in found], programme, dry_run=dry_run)
        consent.write_report(waterfall, folder, occasion=occasion, locale=_locale(programme))
        return {
            **out.as_dict(),
            "rejects_file": rejects.path and str(rejects.path),
            "report": str(folder),
            "waterfall": waterfall.as_dict(),
            "table": [*consent.table_lines(waterfall), "", *consent.group_lines(waterfall)],
        }


def lines(report: dict[str, Any], *, dry_run: bool) -> list[str]:
    """The report for people."""
    labels = {
        "rows": "rows",
        "acts_recorded": "acts recorded",
        "acts_known": "acts known before",
        "rejected": "rows rejected",
        "suppressed": "contacts suppressed",
        "permissions_gained": "permissions gained: may be used now, could not before",
        "permissions_lost": "permissions lost: could be used before, not now",
    }
    shown = ["Dry run: nothing was changed. An import would give:"] if dry_run else []
    shown += [f"{report[name]:>9,}  {label}" for name, label in labels.items()]
    if "table" in report:
        shown += ["", *report["table"], "", f"The waterfall as SVG, PDF and JSON, and its rows: {report['report']}"]
    if report["rejects_file"]:
        shown.append(f"The rejected rows, to be corrected and imported: {report['rejects_file']}")
    return shown


def _folder(config: Config) -> Path:
    stamp = clock.now().strftime("%Y%m%dT%H%M%SZ")
    return config.data_dir / FOLDER / f"waterfall-{stamp}-{str(new_id())[-8:]}"


def _locale(programme: Programme) -> str:
    """The default locale, where the report has it."""
    return "pl" if programme.jurisdiction.locales[0] == "pl" else "en"


def _occasion(profile: str, files: list[str], programme: Programme, *, dry_run: bool) -> Occasion:
    return Occasion(profile, files, clock.micros(), programme.number, dry_run)


class _Shown(RejectsFile):
    """Rejects of a dry run: in the folder of its report, and the first of them on standard error."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._left = _SHOWN

    def add(self, reject: Reject) -> None:
        """Write one row, and show it while there are few."""
        super().add(reject)
        if self._left:
            self._left -= 1
            column = f", {reject.field}" if reject.field else ""
            click.echo(f"{reject.file}:{reject.line}{column}: {reject.reason} {reject.mend}", err=True)


@contextlib.contextmanager
def _rejects(config: Config, folder: Path | None, *, dry_run: bool) -> Iterator[RejectsFile]:
    own = folder or config.data_dir / FOLDER
    with contextlib.closing(_Shown(own) if dry_run else RejectsFile(own)) as rejects:
        yield rejects


@contextlib.contextmanager
def _progress_bar() -> Iterator[_Progress]:
    """One bar for each stage, with the time left, on standard error where somebody is looking."""
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
