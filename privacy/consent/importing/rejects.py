"""What could not be taken from a file, and why: a row each in a file that can be corrected and imported again."""

from __future__ import annotations

import csv
import dataclasses
import io
import os
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from enum import Enum
from pathlib import Path

from privacy import clock
from privacy.consent.importing.private_files import private_folder
from privacy.db import new_id

#: Characters that make a spreadsheet read a cell as a formula (ASVS 1.2.10).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: What stands for bytes that are not in the encoding of a file.
_NO_TEXT = re.compile("[\ud800-\udfff]")


class Why(Enum):
    """Why a row or a field was rejected, and the mend. Fixed texts, so that no value of the file can get into one."""

    TOO_LONG = "The row or one of its fields is too long.", "Shorten it to 32,768 characters a field."
    QUOTES = "Its quotes or line ends don't fit.", "Close every quote and write a quote inside a field twice."
    COLUMNS = (
        "It has not as many fields as the header.",
        "Give it a field for each column; quote those that hold the delimiter.",
    )
    JSON = "This is not a JSON object.", "Write one object a line."
    ENCODING = "It holds bytes that are not in the file's encoding.", "Save the file as UTF-8."
    NUL = "It holds a NUL byte.", "Remove it."
    NOBODY = "It names nobody.", "Fill in an identifier or a contact."
    NO_ADDRESS = "The address is missing.", "Fill it in."
    BAD_ADDRESS = "This is not an e-mail address.", "Write it as name@example.com."
    BAD_PHONE = "This is not a phone number.", "Write it as +48600100200."
    BAD_CONTACT = "This is neither an e-mail address nor a phone number.", "Write name@example.com or +48600100200."
    BAD_IDENTIFIER = "This is not an identifier of that type.", "At most 128 characters, no control characters."
    UNCLEAR = "This is neither yes nor no.", "Write one of the words for yes or no that the profile has, or nothing."
    UNKNOWN_ACT = "This is no act that the profile knows.", "Write one of the words that the profile has."
    UNKNOWN_PURPOSE = "The programme has no such purpose.", "Add it to the programme, or map the word in the profile."
    UNKNOWN_CHANNEL = "The programme has no such channel.", "Add it to the programme, or map the word in the profile."
    NO_PURPOSE = "It names no purpose.", "Only a no may be about all of them: name the purpose."
    NO_CHANNEL = "It names no channel.", "The purpose has channels, and a consent names one of them."
    BAD_CODE = "This is not the form of a code or version.", "Letters, digits, dots and dashes, without spaces."
    BAD_DAY = "This is not a day.", "Write it as the profile says, or as 1990-12-31."
    BAD_TIME = "This is not a time.", "Write it as the profile says; between 1900 and 2200."
    BAD_TIME_OF_NO = (
        "This is not a time; what the row says was taken as of its receipt.",
        "Write it as the profile says; between 1900 and 2200.",
    )
    NOT_READ = "The row itself is not in this file.", "Take it from the file and line that are named."

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
    """One row of the rejects file: all that is wrong with one row of an export."""

    file: str
    #: The line of the file where the row begins, from 1.
    line: int
    #: The columns at fault, with commas between them; empty where it is the whole row.
    field: str
    reason: str
    mend: str
    #: The row as it stands in the file, to be corrected here. Personal data.
    row: str = dataclasses.field(default="", repr=False)
    #: The names of its columns as they stand in the file.
    header: str = dataclasses.field(default="", repr=False)

    @classmethod
    def of(cls, file: str, line: int, wrong: Sequence[tuple[str, Why]], row: str = "", header: str = "") -> Reject:
        """A reject in the words of its causes: columns and what is wrong with each."""
        columns = ", ".join(dict.fromkeys(column for column, _ in wrong if column))
        causes = dict.fromkeys(why for _, why in wrong)
        return cls(
            file, line, columns, " ".join(w.reason for w in causes), " ".join(w.mend for w in causes), row, header
        )


#: The columns of a rejects file: a file that begins with these is one, and is read with its profile like the first.
COLUMNS = tuple(column.name for column in fields(Reject))


class RejectsFile:
    """A CSV file in the data folder, readable by its owner only; made when there is a first reject.

    It holds the rows as they stood in the export, so it is as private as that. Corrected, it is imported again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stream: io.TextIOWrapper | None = None
        #: Where it is; None while nothing was rejected.
        self.path: Path | None = None

    def add(self, reject: Reject) -> None:
        """Write one row."""
        if self._stream is None:
            self._stream = self._make()
        csv.writer(self._stream).writerow(cell(value) for value in astuple(reject))

    def close(self) -> None:
        """Write what is buffered."""
        if self._stream is not None:
            self._stream.close()

    def _make(self) -> io.TextIOWrapper:
        private_folder(self._folder)
        stamp = clock.now().strftime("%Y%m%dT%H%M%SZ")
        self.path = self._folder / f"rejects-{stamp}-{str(new_id())[-8:]}.csv"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        stream = os.fdopen(descriptor, "w", encoding="utf-8", newline="")
        csv.writer(stream).writerow(COLUMNS)
        return stream


def cell(value: object) -> str:
    """A value as a spreadsheet may open it: what would be a formula begins with an apostrophe.

    Bytes that were no text become U+FFFD, by which the row is known as unreadable until somebody corrects it.
    """
    text = _NO_TEXT.sub("\ufffd", str(value))
    return f"'{text}" if _would_be_formula(text) else text


def value_of(text: str) -> str:
    """What `cell` was made of."""
    return text[1:] if text.startswith("'") and _would_be_formula(text) else text


def _would_be_formula(text: str) -> bool:
    """Whatever apostrophes it has already: they are told apart from the one that `cell` adds."""
    return text.lstrip("'").startswith(_FORMULA)
