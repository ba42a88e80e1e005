"""The record as a workbook: every cell as it is told, as text, and the same bytes from the same programme."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from python_calamine import CalamineWorkbook

from privacy.errors import InvalidInput
from privacy.programme.activities.record import processing_record
from privacy.programme.activities.workbook import LONGEST_CELL, workbook
from privacy.programme.build import build
from privacy.programme.reader import read
from privacy.programme.types import Programme
from tests.programme.documents import EXAMPLE, small

HOSTILE = "=cmd|' /C calc'!A0"


def programme_of(text: str) -> Programme:
    return build(read(text).content, number=1, applied_at=1_760_000_000_000_000, sha256="")


@pytest.mark.parametrize("locale", ["pl", "en", "hr"])
def test_a_workbook_has_every_cell_of_both_records(locale: str) -> None:
    programme = programme_of(EXAMPLE.read_text())
    made = workbook(programme, locale)
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    record = processing_record(programme, locale, codes=True)
    for name, table in zip(book.sheet_names, record.tables, strict=True):
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        assert rows[0][0] == table.title
        assert rows[1] == list(table.headings)
        assert rows[2:] == [["\n".join(cell) for cell in row] for row in table.rows]
    assert workbook(programme, locale) == made


@pytest.mark.parametrize("text", [HOSTILE, "+48600100200", "-1", "@SUM(1)", "https://example.com", "{=1}", "0012"])
def test_a_text_is_never_a_formula_a_link_or_a_number(text: str) -> None:
    programme = programme_of(small())
    [activity] = programme.processing_activities.values()
    hostile = replace(programme, processing_activities={"mailing": replace(activity, security=text)})
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook(hostile, "en")))
    rows = book.get_sheet_by_name(book.sheet_names[0]).to_python(skip_empty_area=False)
    assert text in rows[2]


def test_a_text_that_no_cell_holds_is_refused_and_not_cut() -> None:
    programme = programme_of(small())
    [activity] = programme.processing_activities.values()
    long = replace(programme, processing_activities={"mailing": replace(activity, security="x" * (LONGEST_CELL + 1))})
    with pytest.raises(InvalidInput, match=r"mailing\.security"):
        workbook(long, "en")
