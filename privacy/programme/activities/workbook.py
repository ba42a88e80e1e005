"""The record of processing activities as a workbook (XLSX) that is read back by `proposing`.

Every cell is text, whatever it looks like, so that no formula runs; its moments are those of the programme, so that the
same programme gives the same bytes.
"""

from __future__ import annotations

import io
from datetime import datetime

import xlsxwriter

from privacy import clock
from privacy.errors import InvalidInput
from privacy.programme.activities.columns import SHEET_NAMES, Column
from privacy.programme.activities.record import ProcessingRecord, RecordTable, processing_record
from privacy.programme.types import Programme

#: What a cell of Excel holds (Microsoft, "Excel specifications and limits"); a longer text would be cut off.
LONGEST_CELL = 32_767
_WIDTHS = {Column.CODE: 16}
_WIDTH = 36
#: The title, and a row of headings below it.
_HEADINGS = 2


def workbook(programme: Programme, locale: str) -> bytes:
    """The record in a language as a workbook with a sheet each for Art. 30(1) and 30(2).

    Raises `InvalidInput` for a text that no cell can hold.
    """
    record = processing_record(programme, locale, codes=True)
    out = io.BytesIO()
    # Strings are never taken for formulas, links or numbers, whatever they begin with.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": record.controller.title, "created": _made(record)})
        formats = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1}),
            "cell": book.add_format({"text_wrap": True, "valign": "top", "border": 1}),
        }
        for table in record.tables:
            _sheet(book.add_worksheet(SHEET_NAMES[record.locale][table.sheet]), table, formats)
    return out.getvalue()


def _sheet(sheet: xlsxwriter.worksheet.Worksheet, table: RecordTable, formats: dict[str, object]) -> None:
    sheet.write_string(0, 0, table.title, formats["title"])
    for place, (column, heading) in enumerate(zip(table.columns, table.headings, strict=True)):
        sheet.set_column(place, place, _WIDTHS.get(column, _WIDTH))
        sheet.write_string(_HEADINGS - 1, place, heading, formats["heading"])
    for number, row in enumerate(table.rows, _HEADINGS):
        for place, cell in enumerate(row):
            text = "\n".join(cell)
            if len(text) > LONGEST_CELL:
                where = f"{row[0][0]}.{table.columns[place].value}"
                raise InvalidInput.of(where, f"A cell of a workbook holds {LONGEST_CELL} characters; shorten the text.")
            sheet.write_string(number, place, text, formats["cell"])
    sheet.freeze_panes(_HEADINGS, 2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _made(record: ProcessingRecord) -> datetime:
    """A workbook knows no zones and no fractions."""
    return clock.from_micros(record.applied_at).replace(tzinfo=None, microsecond=0)
