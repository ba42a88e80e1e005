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
from privacy.pdf.tagging import TaggedCanvas
from privacy.pdf.typeface import REGULAR, fitted, printable, register, width

MARGIN = 40.0
#: Between the margins, in points.
WIDTH = A4[0] - 2 * MARGIN
_TOP, _BOTTOM = 48.0, 46.0
HEIGHT = A4[1] - _TOP - _BOTTOM
_SMALL = 7.5
#: As many pages as the footer leaves room to count.
_MOST_PAGES = 9_999


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
        """The PDF, tagged."""
        register()
        return _Layout(self).lay(blocks)


class _Layout(BaseDocTemplate):
    """The pages."""

    def __init__(self, document: Document) -> None:
        self._document = document
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

    def lay(self, blocks: Sequence[Block]) -> bytes:
        """The document."""
        flowables = [flowable for block in blocks for flowable in block.flowables()]
        self.build(flowables, canvasmaker=TaggedCanvas)
        return self._out.getvalue()

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  # ReportLab's name
        """Called by ReportLab: a heading enters the outline."""
        if isinstance(flowable, Marked):
            self._marks += 1
            name = f"part-{self._marks}"
            self.canv.bookmarkPage(name)
            self.canv.addOutlineEntry(flowable.entry, name, 0)

    def _around(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        """What stands around every page; on the first, also what is said to the program that shows it."""
        assert isinstance(canvas, TaggedCanvas)
        if canvas.getPageNumber() == 1:
            canvas.setDateFormatter(self._date)
            canvas.setViewerPreference("DisplayDocTitle", "true")
        with canvas.artifact():
            self._draw_around(canvas)

    def _draw_around(self, canvas: TaggedCanvas) -> None:
        canvas.saveState()
        canvas.setFont(REGULAR, _SMALL)
        canvas.setFillColor(colours.QUIET)
        canvas.setStrokeColor(colours.RULE)
        canvas.setLineWidth(0.5)
        right, page = A4[0] - MARGIN, canvas.getPageNumber()
        if page > 1:
            canvas.drawString(MARGIN, A4[1] - 32, fitted(self._document.title, REGULAR, _SMALL, WIDTH))
            canvas.line(MARGIN, A4[1] - 38, right, A4[1] - 38)
        canvas.line(MARGIN, 36, right, 36)
        room = WIDTH - width(self._document.pages.format(_MOST_PAGES, _MOST_PAGES), REGULAR, _SMALL) - 12
        canvas.drawString(MARGIN, 25, fitted(self._document.footer, REGULAR, _SMALL, room))

        def number(pages: int) -> None:
            canvas.setFont(REGULAR, _SMALL)
            canvas.setFillColor(colours.QUIET)
            canvas.drawRightString(right, 25, self._document.pages.format(page, pages))

        canvas.when_counted(number)
        canvas.restoreState()

    def _date(self, *_: int) -> str:
        return clock.from_micros(self._document.at).strftime("D:%Y%m%d%H%M%S+00'00'")
