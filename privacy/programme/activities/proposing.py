"""A record of processing activities that somebody sent, as a proposed programme. Nothing is applied here.

A cell that says what the programme says already changes nothing; what no column has stays as it is, and an activity
that the file lacks stays too. What the law or the programme needs and the file does not say is left out and told: the
plan of the proposal then says where to add it.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from privacy.errors import InvalidInput
from privacy.programme.activities.applying import Applying
from privacy.programme.activities.columns import Column, Sheet
from privacy.programme.activities.headings import Found, find
from privacy.programme.activities.sheets import Rows, read_sheets
from privacy.programme.build import build
from privacy.programme.errors import ProgrammeInvalid
from privacy.programme.reader import Document, read, write


@dataclass(frozen=True)
class Finding:
    """Something about a file that a person should look at."""

    #: The sheet and, from 1, its row; none where it is about the whole.
    sheet: str
    row: int | None
    #: The heading as the file has it; empty where it is about the row.
    column: str
    text: str


@dataclass(frozen=True)
class Proposal:
    """A programme file that nobody has applied: for `privacy programme plan`, and for a person to look through."""

    yaml: str
    findings: tuple[Finding, ...]


def propose(content: bytes, current: Mapping[str, Any]) -> Proposal:
    """The document of the current programme, changed as a workbook (XLSX) or CSV file of its record says.

    Raises `InvalidInput` for a file that cannot be read or has no record in it.
    """
    document = copy.deepcopy(dict(current))
    findings: list[Finding] = []
    recognised = 0
    for rows in read_sheets(content):
        found = find(rows)
        if found is None:
            if any(any(row) for row in rows.rows):
                findings.append(
                    Finding(rows.name, None, "", "No row of headings is recognised; the sheet is left out.")
                )
            continue
        recognised += 1
        findings += _sheet(rows, found, document)
    if not recognised:
        raise InvalidInput.of("file", "No sheet has the headings of a record of processing activities (Art. 30).")
    text = write(Document(document))
    return Proposal(text, (*findings, *_mistakes(text)))


def _sheet(rows: Rows, found: Found, document: dict[str, Any]) -> list[Finding]:
    programme = build(Document(copy.deepcopy(document)).content, number=0, applied_at=0, sha256="")
    applying = Applying(document, programme, found)
    findings = [
        Finding(rows.name, found.row + 1, found.headings[place], "The column is not known and is left out.")
        for place in found.unknown
    ]
    for first, cells in _entries(rows, found):
        for column, text in applying.entry(cells):
            heading = found.headings[found.places[column]] if column in found.places else ""
            findings.append(Finding(rows.name, first + 1, heading, text))
    findings += [Finding(rows.name, None, "", text) for text in applying.left()]
    return findings


def _entries(rows: Rows, found: Found) -> list[tuple[int, dict[Column, str]]]:
    """The rows below the headings: blank ones left out, and those that go on with a merged cell joined to the first."""
    name = Column.NAME if found.sheet is Sheet.CONTROLLER else Column.CATEGORIES
    entries: list[tuple[int, dict[Column, str]]] = []
    for number, row in enumerate(rows.rows[found.row + 1 :], found.row + 1):
        if not any(row) or _is_numbering(row):
            continue
        cells = {column: row[place] if place < len(row) else "" for column, place in found.places.items()}
        if not any(cells.values()):
            continue
        if entries and not cells[name] and not cells.get(Column.CODE):
            before = entries[-1][1]
            for column, text in cells.items():
                before[column] = "\n".join(filter(None, (before[column], text)))
        else:
            entries.append((number, cells))
    return entries


def _is_numbering(row: Sequence[str]) -> bool:
    """A row that numbers the columns, as templates have below their headings."""
    filled = [cell.rstrip(".)") for cell in row if cell]
    return len(filled) > 1 and all(cell.isdecimal() and len(cell) <= 2 for cell in filled)


def _mistakes(text: str) -> list[Finding]:
    """What the proposal lacks yet, as a plan of it would say."""
    try:
        read(text)
    except ProgrammeInvalid as error:
        return [Finding("", None, "", f"{one.path}: {one.wrong} {one.mend}") for one in error.problems]
    return []
