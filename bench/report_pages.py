"""`report_50_pages`: a report of 50 pages as PDF, tagged, beside the same cells drawn on a bare canvas."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from datetime import date

from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from bench.places import Site
from bench.report import Figure, figure, median
from bench.sizes import Size
from config import example_programme
from privacy.authz.actors import OPERATOR
from privacy.pdf.typeface import REGULAR, register
from privacy.programme.build import build
from privacy.programme.service import read
from privacy.reports.as_pdf import as_pdf
from privacy.reports.document import Document, TableOf, Value
from privacy.reports.report import Asked, Context, Period, ReportForm
from privacy.reports.requests import REPORT
from privacy.reports.words import Words

_PAGES = 50
#: As many as fill them.
_ROWS = 2_600
_ROUNDS = 5
_NAMES = ("number", "type", "intake", "received_on", "due_on", "ended_on", "state_head", "outcome_head")


class PagesMissing(Exception):
    """The report has fewer pages than it is measured for."""


def measure(_site: Site, _size: Size) -> Iterator[Figure]:
    """The list of requests in Polish, in seconds; no database has a part in it."""
    context = _context()
    document = _document(context)
    content = as_pdf(REPORT, document, context)  # Once beforehand: fonts are read once in a process.
    pages = len(PdfReader(io.BytesIO(content)).pages)
    if pages < _PAGES:
        raise PagesMissing(f"{pages} pages")
    ours, bare = (lambda: as_pdf(REPORT, document, context)), (lambda: _bare(document))
    pairs = [(_seconds(ours), _seconds(bare)) for _ in range(_ROUNDS)]
    value, floor = (median(one[n] for one in pairs) * _PAGES / pages for n in (0, 1))
    yield figure("report_50_pages", "sqlite", value, "s", ("the cells on a bare canvas", floor))


def _context() -> Context:
    read_in = read(example_programme().read_text())
    programme = build(read_in.content, number=1, applied_at=0, sha256=read_in.sha256)
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    asked = Asked(REPORT.name, ReportForm.PDF, "pl", period, 1_795_290_000_000_000)
    return Context(asked, OPERATOR, programme, Words("pl", programme.zone, REPORT.texts))


def _document(context: Context) -> Document:
    words = context.words
    rows: list[tuple[Value, ...]] = [
        (
            f"2026/{number:06}",
            words.word("case", ("access", "erasure", "objection")[number % 3]),
            words.word("intake", ("portal", "email", "letter")[number % 3]),
            date(2026, 1 + number % 12, 1 + number % 28),
            date(2026, 1 + number % 12, 1 + number % 28),
            None if number % 5 else date(2026, 12, 1 + number % 28),
            words.word("state", "answered"),
            words.word("outcome", "partly"),
        )
        for number in range(_ROWS)
    ]
    return Document((TableOf("requests", words.columns(*_NAMES), rows),))


def _bare(document: Document) -> bytes:
    """What nobody can do without: each text placed on a page."""
    register()
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    (table,) = document.parts
    assert isinstance(table, TableOf)
    for number, row in enumerate(table.rows):
        if number and number % 46 == 0:
            canvas.showPage()
        canvas.setFont(REGULAR, 7.5)
        for column, value in enumerate(row):
            canvas.drawString(40 + 64 * column, 780 - number % 46 * 15, str(value))
    canvas.save()
    return out.getvalue()


def _seconds(work: Callable[[], bytes]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
