"""What could not be taken from a file, and why: a line for each row, never its values."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import astuple, dataclass, fields
from enum import Enum
from pathlib import Path

from privacy import clock
from privacy.db import new_id

#: Characters that make a spreadsheet read a cell as a formula (ASVS 1.2.10).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Why(Enum):
    """Why a row was rejected, and the mend. Fixed texts, so that no value of the file can get into one."""

    TOO_LONG = "The row or one of its fields is too long.", "Shorten it to 32,768 characters a field."
    QUOTES = "Its quotes or line ends don't fit.", "Close every quote and write a quote inside a field twice."
    COLUMNS = "It has not as many columns as the header.", "Give it a field for each column; quote those with commas."
    ENCODING = "It holds bytes that are not UTF-8.", "Save the file as UTF-8."
    NUL = "It holds a NUL byte.", "Remove it."
    NO_ADDRESS = "The address is missing.", "Fill it in."
    BAD_ADDRESS = "This is not an e-mail address.", "Write it as name@example.com."
    BAD_TIME = "This is not a time.", "Write it as 2026-03-17 06:08:36, in UTC, between 1900 and 2200."
    BAD_TIME_OF_NO = (
        "This is not a time; what the row says was taken as of its receipt.",
        "Write it as 2026-03-17 06:08:36, in UTC, between 1900 and 2200.",
    )

    @property
    def reason(self) -> str:
        """What is wrong."""
        return self.value[0]

    @property
    def mend(self) -> str:
        """What would be right."""
        return self.value[1]


@dataclass(frozen=True)
class Reject:
    """One row of the rejects file."""

    file: str
    #: The line of the file where the row begins, from 1.
    line: int
    #: The column at fault; empty where it is the whole row.
    field: str
    reason: str
    mend: str

    @classmethod
    def of(cls, file: str, line: int, field: str, why: Why) -> Reject:
        """A reject in the words of its cause."""
        return cls(file, line, field, why.reason, why.mend)


class RejectsFile:
    """A CSV file in the data folder, readable by its owner only; made when there is a first reject."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stream: io.TextIOWrapper | None = None
        #: Where it is; None while nothing was rejected.
        self.path: Path | None = None

    def add(self, reject: Reject) -> None:
        """Write one row."""
        if self._stream is None:
            self._stream = self._make()
        csv.writer(self._stream).writerow(_cell(value) for value in astuple(reject))

    def close(self) -> None:
        """Write what is buffered."""
        if self._stream is not None:
            self._stream.close()

    def _make(self) -> io.TextIOWrapper:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = clock.now().strftime("%Y%m%dT%H%M%SZ")
        self.path = self._folder / f"rejects-{stamp}-{str(new_id())[-8:]}.csv"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        stream = os.fdopen(descriptor, "w", encoding="utf-8", newline="")
        csv.writer(stream).writerow(field.name for field in fields(Reject))
        return stream


def _cell(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
