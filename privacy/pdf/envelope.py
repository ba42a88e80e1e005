"""A letter on A4 for a window envelope DL or C5/6 (DIN 5008, form B): the address shows in the window when folded.

The address zone is 85 x 45 mm, 20 mm from the left and 45 mm from the top, its first 17.7 mm for the sender's line;
fold marks at 105 and 210 mm, the mark for a hole punch at 148.5 mm.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate
from reportlab.platypus.doctemplate import NextPageTemplate

from privacy import clock
from privacy.pdf import colours
from privacy.pdf.blocks import Paragraph, Style
from privacy.pdf.typeface import BOLD, REGULAR, fitted, printable, register, width

_LEFT, _RIGHT = 25 * mm, 20 * mm
_WIDTH = A4[0] - _LEFT - _RIGHT
_WINDOW_LEFT, _WINDOW_TOP, _WINDOW_WIDTH, _WINDOW_HEIGHT = 20 * mm, 45 * mm, 85 * mm, 45 * mm
_INSET = 5 * mm
_SENDER_ZONE = 17.7 * mm
_FOLDS, _PUNCH = (105 * mm, 210 * mm), 148.5 * mm
_BODY_TOP = 103 * mm
_LATER_TOP, _BOTTOM = 27 * mm, 25 * mm
_FACTS_LEFT, _FACTS_TOP = 125 * mm, 50 * mm
_ADDRESS_SIZE, _SMALL = 10.0, 7.0


@dataclass(frozen=True)
class EnvelopeLetter:
    """A letter to be printed, folded twice and posted."""

    #: Name and address of who writes, in lines.
    sender: tuple[str, ...]
    #: Name and address of whom it is for, in lines; more than the window shows are not drawn.
    to: tuple[str, ...]
    #: Right of the address: what it is called and what it is, such as a date and a number.
    facts: tuple[tuple[str, str], ...]
    subject: str
    paragraphs: Sequence[str]
    #: BCP 47.
    language: str
    #: When it was written, in microseconds since the epoch.
    at: int
    #: The page's number and how many there are: "page {} of {}".
    pages: str

    def render(self) -> bytes:
        """The PDF. It is laid out twice: how many pages there are is known only then."""
        register()
        count = _Layout(self, 0).lay()[1]
        return _Layout(self, count).lay()[0]


#: Lines of 10 points that stand in the window below the sender's.
MOST_LINES = 6


class _Layout(BaseDocTemplate):
    """One pass over the pages."""

    def __init__(self, letter: EnvelopeLetter, count: int) -> None:
        self._letter = letter
        self._count = count
        self._out = io.BytesIO()
        super().__init__(
            self._out,
            pagesize=A4,
            title=printable(letter.subject),
            author="",
            creator="privacy",
            producer="privacy",
            lang=letter.language,
            invariant=1,  # no time and no random identifier of ReportLab's
        )
        first = Frame(_LEFT, _BOTTOM, _WIDTH, A4[1] - _BODY_TOP - _BOTTOM, 0, 0, 0, 0)
        later = Frame(_LEFT, _BOTTOM, _WIDTH, A4[1] - _LATER_TOP - _BOTTOM, 0, 0, 0, 0)
        self.addPageTemplates(
            [
                PageTemplate("first", frames=[first], onPage=self._first),
                PageTemplate("later", frames=[later], onPage=self._later),
            ]
        )

    def lay(self) -> tuple[bytes, int]:
        """The document and its number of pages."""
        subject = Paragraph(self._letter.subject, Style.HEADING, after=12)
        blocks = [subject, *(Paragraph(text, after=8) for text in self._letter.paragraphs)]
        self.build([NextPageTemplate("later"), *(flowable for block in blocks for flowable in block.flowables())])
        return self._out.getvalue(), self.page

    def _first(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.setDateFormatter(self._date)
        canvas.setViewerPreference("DisplayDocTitle", "true")
        # A printer that makes pages smaller would move the address out of the window.
        canvas.setViewerPreference("PrintScaling", "None")
        canvas.saveState()
        self._name(canvas)
        self._address(canvas)
        self._facts(canvas)
        self._marks(canvas)
        canvas.restoreState()
        self._foot(canvas)

    def _name(self, canvas: Canvas) -> None:
        name = self._letter.sender[0]
        canvas.setFillColor(colours.INK)
        canvas.setFont(BOLD, 12)
        canvas.drawString(_LEFT, A4[1] - 27 * mm, fitted(name, BOLD, 12, _WIDTH))

    def _address(self, canvas: Canvas) -> None:
        left, room = _WINDOW_LEFT + _INSET, _WINDOW_WIDTH - _INSET
        base = A4[1] - _WINDOW_TOP - _SENDER_ZONE
        sender = ", ".join(self._letter.sender)
        size = next((size for size in (_SMALL, 6.5, 6.0, 5.5) if width(sender, REGULAR, size) <= room), 5.5)
        canvas.setFillColor(colours.QUIET)
        canvas.setStrokeColor(colours.QUIET)
        canvas.setLineWidth(0.4)
        canvas.setFont(REGULAR, size)
        canvas.drawString(left, base + 2, fitted(sender, REGULAR, size, room))
        canvas.line(left, base - 0.5, left + room, base - 0.5)
        canvas.setFillColor(colours.INK)
        canvas.setFont(REGULAR, _ADDRESS_SIZE)
        step = (_WINDOW_HEIGHT - _SENDER_ZONE) / MOST_LINES
        for number, line in enumerate(self._letter.to[:MOST_LINES], 1):
            canvas.drawString(left, base - number * step, fitted(line, REGULAR, _ADDRESS_SIZE, room))

    def _facts(self, canvas: Canvas) -> None:
        room = A4[0] - _RIGHT - _FACTS_LEFT
        for number, (name, value) in enumerate(self._letter.facts):
            top = A4[1] - _FACTS_TOP - number * 11 * mm
            canvas.setFillColor(colours.QUIET)
            canvas.setFont(REGULAR, _SMALL)
            canvas.drawString(_FACTS_LEFT, top, fitted(name, REGULAR, _SMALL, room))
            canvas.setFillColor(colours.INK)
            canvas.setFont(REGULAR, 9.5)
            canvas.drawString(_FACTS_LEFT, top - 12, fitted(value, REGULAR, 9.5, room))

    @staticmethod
    def _marks(canvas: Canvas) -> None:
        canvas.setStrokeColor(colours.QUIET)
        canvas.setLineWidth(0.4)
        for fold in _FOLDS:
            canvas.line(5 * mm, A4[1] - fold, 10 * mm, A4[1] - fold)
        canvas.line(5 * mm, A4[1] - _PUNCH, 12 * mm, A4[1] - _PUNCH)

    def _later(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setFillColor(colours.QUIET)
        canvas.setFont(REGULAR, _SMALL)
        canvas.drawString(_LEFT, A4[1] - 18 * mm, fitted(self._letter.subject, REGULAR, _SMALL, _WIDTH))
        canvas.restoreState()
        self._foot(canvas)

    def _foot(self, canvas: Canvas) -> None:
        canvas.saveState()
        canvas.setFillColor(colours.QUIET)
        canvas.setFont(REGULAR, _SMALL)
        number = self._letter.pages.format(canvas.getPageNumber(), self._count)
        room = _WIDTH - width(number, REGULAR, _SMALL) - 12
        canvas.drawString(_LEFT, 14 * mm, fitted(", ".join(self._letter.sender), REGULAR, _SMALL, room))
        canvas.drawRightString(A4[0] - _RIGHT, 14 * mm, number)
        canvas.restoreState()

    def _date(self, *_: int) -> str:
        return clock.from_micros(self._letter.at).strftime("D:%Y%m%d%H%M%S+00'00'")
