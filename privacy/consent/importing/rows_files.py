"""The rows behind a waterfall: for each step a CSV file of the entries that fall there, by file and line.

No personal data: who it is about stands in the imported file, at that line.
"""

from __future__ import annotations

import csv
import os
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, NamedTuple

from privacy.consent.importing.private_files import made_anew, private_folder
from privacy.consent.importing.rejects import cell
from privacy.consent.importing.waterfall import Step, plain

FOLDER = "steps"
_NUMBERS = {step: number for number, step in enumerate(Step, 1)}


class Entry(NamedTuple):
    """A line of these files: what one row says on one purpose and channel, or a row that falls as a whole."""

    file: str
    #: The line of the file where the row begins, from 1.
    line: int
    purpose: str = ""
    channel: str = ""
    source: str = ""
    wording: str = ""
    year: int | None = None
    #: Why, as a fixed text: never a value of the row.
    detail: str = ""


class RowsFiles:
    """`steps/NN-STEP.csv` in the folder of a report, each made when its first entry comes. Close it."""

    def __init__(self, folder: Path) -> None:
        """What an earlier report left in the folder is removed, so that no step shows rows of another."""
        self._folder = folder / FOLDER
        self._streams: dict[Step, IO[str]] = {}
        self._writers: dict[Step, Any] = {}
        for step in Step:
            self.path(step).unlink(missing_ok=True)

    def path(self, step: Step) -> Path:
        """Where the entries of a step are, if it has any."""
        return self._folder / f"{_NUMBERS[step]:02}-{step.value}.csv"

    @property
    def paths(self) -> list[Path]:
        """The files that were made, in the order of the steps."""
        return [self.path(step) for step in Step if step in self._streams]

    def add(self, step: Step, entry: Entry) -> None:
        """Write one entry, or a row that falls as a whole."""
        file, line, purpose, channel, source, wording, year, detail = entry
        writer = self._writers.get(step) or self._open(step)
        codes = (_code(purpose), _code(channel), _code(source), _code(wording))
        writer.writerow((cell(file), line, *codes, year, cell(detail)))

    def close(self) -> None:
        """Write what is buffered."""
        for stream in self._streams.values():
            stream.close()

    def _open(self, step: Step) -> Any:
        private_folder(self._folder.parent)
        private_folder(self._folder)
        stream = os.fdopen(made_anew(self.path(step)), "w", encoding="utf-8", newline="")
        self._streams[step], self._writers[step] = stream, csv.writer(stream)
        self._writers[step].writerow(Entry._fields)
        return self._writers[step]


@lru_cache(1_024)  # A file repeats its few codes in every row.
def _code(value: str) -> str:
    return cell(plain(value))
