"""A document on A4: header, footer, page numbers, outline, language and title, and its date from the clock."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from privacy import clock
from privacy.pdf import colours
from privacy.pdf.blocks import Block, Marked
from privacy.pdf.typeface import REGULAR, fitted, printable, register, width

MARGIN = 40.0
#: Between the margins, in points.
WIDTH = A4[0] - 2 * MARGIN
_TOP, _BOTTOM = 48.0, 46.0
HEIGHT = A4[1] - _TOP - _BOTTOM
_SMALL = 7.5
#: How many pages the last document of this language had that was made of so many blocks.
_counts: dict[tuple[str, int], int] = {}


@dataclass(frozen=True)
class Document:
    """What is said about a document as a whole."""

    title: str
    subject: str
    #: BCP 47.
    language: str
    #: When it was made, in microseconds since the epoch.
    at: int
    #: Left in the footer of every page.
    footer: str
    #: The page's number and how many there are: "page {} of {}".
    pages: str

    def render(self, blocks: Sequence[Block]) -> bytes:
        """The PDF. How many pages there are is known only afterwards: a wrong guess is laid out once more."""
        register()
        similar = self.language, len(blocks)
        guess = _counts.get(similar, 1)
        content, count = _Layout(self, guess).lay(blocks)
        _counts[similar] = count
        return content if count == guess else _Layout(self, count).lay(blocks)[0]


class _Layout(BaseDocTemplate):
    """One pass over the pages."""

    def __init__(self, document: Document, count: int) -> None:
        self._document = document
        self._count = count
        self._marks = 0
        self._out = io.BytesIO()
        super().__init__(
            self._out,
            pagesize=A4,
            title=printable(document.title),
            author="",
            subject=printable(document.subject),
            creator="privacy",
            producer="privacy",
            lang=document.language,
            invariant=1,  # no time and no random identifier of ReportLab's
        )
        frame = Frame(MARGIN, _BOTTOM, WIDTH, HEIGHT, 0, 0, 0, 0)
        self.addPageTemplates([PageTemplate(frames=[frame], onPage=self._around)])

    def lay(self, blocks: Sequence[Block]) -> tuple[bytes, int]:
        """The document and its number of pages."""
        self.build([flowable for block in blocks for flowable in block.flowables()])
        return self._out.getvalue(), self.page

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  # ReportLab's name
        """Called by ReportLab: a heading enters the outline."""
        if isinstance(flowable, Marked):
            self._marks += 1
            name = f"part-{self._marks}"
            self.canv.bookmarkPage(name)
            self.canv.addOutlineEntry(flowable.entry, name, 0)

    def _around(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        """What stands around every page; on the first, also what is said to the program that shows it."""
        if canvas.getPageNumber() == 1:
            canvas.setDateFormatter(self._date)
            canvas.setViewerPreference("DisplayDocTitle", "true")
        canvas.saveState()
        canvas.setFont(REGULAR, _SMALL)
        canvas.setFillColor(colours.QUIET)
        canvas.setStrokeColor(colours.RULE)
        canvas.setLineWidth(0.5)
        right = A4[0] - MARGIN
        if canvas.getPageNumber() > 1:
            canvas.drawString(MARGIN, A4[1] - 32, fitted(self._document.title, REGULAR, _SMALL, WIDTH))
            canvas.line(MARGIN, A4[1] - 38, right, A4[1] - 38)
        canvas.line(MARGIN, 36, right, 36)
        number = self._document.pages.format(canvas.getPageNumber(), self._count)
        room = WIDTH - width(number, REGULAR, _SMALL) - 12
        canvas.drawString(MARGIN, 25, fitted(self._document.footer, REGULAR, _SMALL, room))
        canvas.drawRightString(right, 25, number)
        canvas.restoreState()

    def _date(self, *_: int) -> str:
        return clock.from_micros(self._document.at).strftime("D:%Y%m%d%H%M%S+00'00'")
