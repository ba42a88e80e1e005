"""Rows of text from a workbook (XLSX) or a CSV file that somebody sent: with limits, and nothing of it is run."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time

from python_calamine import CalamineError, CalamineWorkbook

from privacy.errors import InvalidInput

#: A record of a thousand activities is a large company's; a workbook of one has some hundred kB.
LARGEST_FILE = 10_000_000
_MOST_UNPACKED, _MOST_ENTRIES, _MOST_TIMES = 100_000_000, 2_000, 200
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS = 50, 5_000, 200
#: Twice what Excel itself holds in a cell.
_LONGEST_CELL = 65_536
_ZIP = b"PK\x03\x04"
_SIGNS = ";,\t"


@dataclass(frozen=True)
class Rows:
    """One sheet: its name, and its rows from the first, every cell as text without blanks around it."""

    name: str
    rows: tuple[tuple[str, ...], ...]


def read_sheets(content: bytes) -> list[Rows]:
    """The sheets of a file; raises `InvalidInput` for one that is too large, broken or of another kind."""
    if len(content) > LARGEST_FILE:
        raise _refused(f"The file is larger than {LARGEST_FILE // 1_000_000} MB.")
    if content.startswith(_ZIP):
        _ensure_no_bomb(content)
        return _workbook(content)
    return [_csv(content)]


def _ensure_no_bomb(content: bytes) -> None:
    """A workbook is a zip file: what it would become is looked at before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        raise _refused("The workbook is broken; open and save it again.") from None
    unpacked = sum(one.file_size for one in entries)
    # Entries that lie over one another say less than they become: together they cannot be larger than the file.
    packed = sum(one.compress_size for one in entries)
    too_large = unpacked > min(_MOST_UNPACKED, _MOST_TIMES * len(content) + 1_000_000)
    if len(entries) > _MOST_ENTRIES or packed > len(content) or too_large:
        raise _refused("The workbook would become too large when unpacked.")


def _workbook(content: bytes) -> list[Rows]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = book.sheet_names
        if len(names) > MOST_SHEETS:
            raise _refused(f"The workbook has more than {MOST_SHEETS} sheets.")
        found = []
        for name in names:
            sheet = book.get_sheet_by_name(name)
            _ensure_size(sheet.height, sheet.width)
            rows = sheet.to_python(skip_empty_area=False)
            found.append(Rows(name, tuple(tuple(_text(cell) for cell in row) for row in rows)))
        return found
    except (CalamineError, ValueError, OSError, OverflowError):
        raise _refused("The workbook cannot be read; open it and save it as XLSX again.") from None


def _csv(content: bytes) -> Rows:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel writes in Poland and Croatia where nobody asks for UTF-8.
        text = content.decode("cp1250", errors="replace")
    if "\x00" in text:
        raise _refused("This is neither a workbook (XLSX) nor CSV.")
    head = text.split("\n", 20)
    sign = max(_SIGNS, key=lambda one: sum(line.count(one) for line in head[:20]))
    rows: list[tuple[str, ...]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign):
            rows.append(tuple(_text(cell) for cell in row))
            _ensure_size(len(rows), len(row))
    except csv.Error:
        raise _refused("The CSV cannot be read: a cell is too long or a quotation mark is never closed.") from None
    return Rows("CSV", tuple(rows))


def _ensure_size(rows: int, columns: int) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise _refused(f"A sheet has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns.")


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat().removesuffix("T00:00:00")
    text = str(cell).replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").strip()
    if len(text) > _LONGEST_CELL:
        raise _refused(f"A cell has more than {_LONGEST_CELL} characters.")
    return text


def _refused(why: str) -> InvalidInput:
    return InvalidInput.of("file", why)
