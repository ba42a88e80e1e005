"""Files for spreadsheets: no cell is ever run, numbers stay numbers, and every table is a sheet."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from privacy.authz.actors import OPERATOR
from privacy.pages.csv_files import csv_file, inert
from privacy.programme import service as programmes
from privacy.reports.as_pdf import as_pdf
from privacy.reports.as_sheets import as_csv, as_workbook
from privacy.reports.document import Document, Facts, Moment, Share, TableOf, Value, Word
from privacy.reports.report import Context
from privacy.reports.service import REPORTS
from privacy.reports.words import Words
from tests.reports.office import asked

RUN = ("=1+1", "+48", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠x", "−1")
BEFORE = ("", " ", "\u00a0", "\n", "\t", "\r", "\0", '"', "'", "\u200b", "\ufeff", ";", "\r\n ", "x\n", "x;")
REPORT = REPORTS["processors"]
pytestmark = pytest.mark.usefixtures("context", "in_force")


def begins_a_formula(text: str) -> bool:
    """Whether a program that splits cells at any of these, and skips what is not seen, would run one."""
    cells = text.replace("\r", "\n").replace("\t", "\n").replace(";", "\n").split("\n")
    unseen = ' \u00a0\0\u200b\ufeff"'
    return any(cell.lstrip(unseen)[:1] in set("=+-@＝＋－＠−") - {""} for cell in cells)


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("run", RUN)
def test_a_cell_that_would_be_run_is_neutralised(before: str, run: str) -> None:
    safe = inert(before + run)
    assert not begins_a_formula(safe)
    assert safe.replace("'", "") == (before + run).replace("'", "")


@given(st.text(alphabet="=+-@＝ \t\r\n\0\u00a0\"';ax1", max_size=12))
def test_nothing_that_can_be_written_is_run(text: str) -> None:
    safe = inert(text)
    assert not begins_a_formula(safe)
    assert not safe.startswith(("\t", "\r", "\0"))
    assert safe.replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("text", ["Anna-Maria", "a=b", "1 + 1", "", "zażółć", "2026-11-22"])
def test_what_no_program_runs_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


def test_a_long_run_of_spaces_takes_no_time() -> None:
    started = time.perf_counter()
    inert("\n " * 100_000 + "x")
    assert time.perf_counter() - started < 2


def test_a_number_is_no_formula() -> None:
    assert list(csv.reader(io.StringIO(csv_file([[-1, "-1", None]]).decode("utf-8-sig")))) == [["-1", "'-1", ""]]


def written(rows: list[tuple[Value, ...]]) -> tuple[Document, Context]:
    programme = programmes.current()
    words = Words("pl", programme.zone, REPORT.texts)
    context = Context(asked("processors"), OPERATOR, programme, words)
    columns = words.columns("name", "kind", "country", "data")
    return Document((TableOf("rows", columns, rows, "=Tytuł [1]/2"), Facts("f", (), "f"))), context


def test_a_workbook_holds_strings_numbers_days_and_no_formula() -> None:
    rows: list[tuple[Value, ...]] = [
        (f"{before}{run}", 7, date(2026, 11, 22), Share(1, 4)) for before in BEFORE for run in RUN
    ]
    content = as_workbook(REPORT, *written(rows))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
        assert not any("<f>" in sheet for sheet in sheets)
        assert {info.date_time[0] for info in archive.infolist()} == {1980}
    read = CalamineWorkbook.from_filelike(io.BytesIO(content))
    first: list[Any] = read.get_sheet_by_index(1).to_python()[1]
    assert first[1:] == [7.0, date(2026, 11, 22), 0.25]


def test_hostile_names_are_inert_in_every_form() -> None:
    hostile = '<img src=x onerror=alert(1)> {{7*7}} %s "=cmd|calc"!A1 \u202e\ud800 </para>'
    rows: list[tuple[Value, ...]] = [(hostile, Word("x", hostile), None, (hostile, Moment(0)))]
    assert as_pdf(REPORT, *written(rows)).startswith(b"%PDF")
    assert not begins_a_formula(as_csv(REPORT, *written(rows)).decode().splitlines()[-1].partition(",")[0])
    assert as_workbook(REPORT, *written(rows))
