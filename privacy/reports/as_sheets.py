"""A report for spreadsheets: one CSV, or a workbook with a sheet for each table. No cell of either is ever run."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from privacy import clock
from privacy.legal_time import days
from privacy.pages.csv_files import Cell, csv_file
from privacy.reports import head
from privacy.reports.document import Chart, Document, Facts, Heading, Moment, Paragraph, Part, Share, TableOf, Value
from privacy.reports.report import Context, Report
from privacy.reports.words import Words

#: What Excel allows.
_LONGEST_CELL, _LONGEST_NAME = 32_767, 31
_WIDEST = 60
_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def as_csv(report: Report, document: Document, context: Context) -> bytes:
    """The report as one CSV: each part under its title, an empty line between parts."""
    return csv_file(_lines(report, document, context))


def as_workbook(report: Report, document: Document, context: Context) -> bytes:
    """The report as a workbook: a first sheet with texts and facts, then a sheet for each table."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    made = clock.from_micros(days.end_of(context.today - days.ONE, context.programme.zone)).astimezone(UTC)
    workbook.set_properties({"title": report.titles.in_(context.asked.locale), "created": made.replace(tzinfo=None)})
    looks = {
        "head": workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": workbook.add_format({"text_wrap": True, "valign": "top"}),
        "day": workbook.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        "moment": workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top"}),
        "share": workbook.add_format({"num_format": "0.0%", "valign": "top"}),
    }
    sheets = _Sheets(workbook, looks, context.words)
    sheets.first(report, document, context)
    for part in document.parts:
        if isinstance(part, TableOf | Chart):
            sheets.table(_tabular(part))
    workbook.close()
    return out.getvalue()


class _Sheets:
    """Writes sheets, each with a name of its own."""

    def __init__(self, workbook: Any, looks: Mapping[str, Any], words: Words) -> None:
        self._workbook = workbook
        self._looks = looks
        self._words = words
        self._names: set[str] = set()

    def first(self, report: Report, document: Document, context: Context) -> None:
        sheet = self._sheet(self._words.say("sheet"))
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 1, 80)
        rows: list[Sequence[Value]] = [[line] for line in head.lines(report, context)]
        for part in document.parts:
            match part:
                case Facts():
                    rows += [[], *([[part.title]] if part.title else [])]
                    rows += [[fact.label, fact.value] for fact in part.facts]
                case Heading() | Paragraph():
                    rows.append([part.text])
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                self._write(sheet, number, column, value)

    def table(self, table: TableOf) -> None:
        sheet = self._sheet(table.title or table.name)
        for number, column in enumerate(table.columns):
            shown = [column.label, *(self._words.shown(row[number]) for row in table.rows[:200])]
            sheet.set_column(number, number, min(_WIDEST, max(map(len, shown)) + 2))
            sheet.write_string(0, number, column.label, self._looks["head"])
        sheet.freeze_panes(1, 0)
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        for line, row in enumerate(table.rows, 1):
            for number, value in enumerate(row):
                self._write(sheet, line, number, value)

    def _write(self, sheet: Worksheet, row: int, column: int, value: Value) -> None:
        looks = self._looks
        match value:
            case None:
                return
            case bool() | str():
                sheet.write_string(row, column, self._text(value), looks["text"])
            case int():
                sheet.write_number(row, column, value)
            case Share() if value.whole:
                sheet.write_number(row, column, value.part / value.whole, looks["share"])
            case Moment():
                local = clock.from_micros(value.at).astimezone(self._words.zone).replace(tzinfo=None)
                sheet.write_datetime(row, column, local, looks["moment"])
            case date():
                sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), looks["day"])  # noqa: DTZ001  # Excel knows no zones
            case _:
                sheet.write_string(row, column, self._text(value), looks["text"])

    def _text(self, value: Value) -> str:
        # Halves of characters cannot be written.
        text = self._words.shown(value).encode(errors="replace").decode() if value != "" else ""
        return text[:_LONGEST_CELL]

    def _sheet(self, title: str) -> Worksheet:
        plain = " ".join(title.translate(_FORBIDDEN_IN_NAMES).split())[:_LONGEST_NAME]
        name, number = plain, 1
        while name.lower() in self._names:
            number += 1
            name = f"{plain[: _LONGEST_NAME - 4]} {number}"
        self._names.add(name.lower())
        sheet: Worksheet = self._workbook.add_worksheet(name)
        return sheet


def _lines(report: Report, document: Document, context: Context) -> Iterator[Sequence[Cell]]:
    for line in head.lines(report, context):
        yield [line]
    for part in document.parts:
        yield from _part(part, context.words)


def _part(part: Part, words: Words) -> Iterator[Sequence[Cell]]:
    match part:
        case Heading():
            yield []
            yield [part.text]
        case Paragraph():
            yield [part.text]
        case Facts():
            yield []
            if part.title:
                yield [part.title]
            for fact in part.facts:
                yield [fact.label, _cell(fact.value, words)]
        case TableOf() | Chart():
            table = _tabular(part)
            yield []
            if table.title:
                yield [table.title]
            yield [column.label for column in table.columns]
            for row in table.rows:
                yield [_cell(value, words) for value in row]


def _tabular(part: TableOf | Chart) -> TableOf:
    return part if isinstance(part, TableOf) else head.table_of(part)


def _cell(value: Value, words: Words) -> Cell:
    """Numbers as they are, days and instants in ISO 8601, everything else as people read it."""
    match value:
        case None | "":
            cell: Cell = None
        case int() if not isinstance(value, bool):
            cell = value
        case date():
            cell = value.isoformat()
        case Moment():
            cell = clock.from_micros(value.at).astimezone(words.zone).isoformat(timespec="seconds")
        case _:
            cell = words.shown(value)
    return cell
