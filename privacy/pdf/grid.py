"""The rows of a table as they are laid out and drawn. There are thousands of cells in a document, and ReportLab's own
tables measure each anew on every page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.platypus import Flowable

from privacy.pdf import colours
from privacy.pdf.tagging import Element, marked
from privacy.pdf.typeface import BOLD, REGULAR, printable, wrapped

#: Of texts, in points; and from line to line, in heights of letters.
_SIZE, _LEADING = 7.5, 1.32
_SIDE, _ABOVE, _BELOW = 4.0, 1.5, 2.5
_HEAD_RULE, _RULE = 0.8, 0.25
#: Characters of a cell. A row that is higher than a page could not be laid out.
_LONGEST_CELL = 200


@dataclass(frozen=True)
class Line:
    """A row, its texts broken into lines."""

    cells: tuple[tuple[list[str], Element], ...]
    strong: bool
    height: float


def line(texts: Sequence[str], widths: Sequence[float], within: Element, *, head: bool, strong: bool) -> Line:
    """A row of a table of these widths, in points; a head is repeated on every page and read once."""
    row = Element("TR", within)
    font = BOLD if strong else REGULAR
    cells = tuple(
        (
            wrapped(_shortened(text), font, _SIZE, width - 2 * _SIDE),
            Element("TH", row, repeats=True) if head else Element("TD", row),
        )
        for text, width in zip(texts, widths, strict=True)
    )
    most = max((len(lines) for lines, _ in cells), default=1)
    return Line(cells, strong, most * _SIZE * _LEADING + _ABOVE + _BELOW)


class Grid(Flowable):
    """Rows under their head. What does not fit goes on on the next page, under the head again."""

    def __init__(self, head: Line, lines: Sequence[Line], widths: Sequence[float], right: frozenset[int]) -> None:
        super().__init__()
        self._head = head
        self._lines = lines
        self._widths = widths
        #: The columns whose texts are at their right end.
        self._right = right
        self.width = sum(widths)
        self.height = head.height + sum(one.height for one in lines)

    def wrap(self, *_: float) -> tuple[float, float]:
        """For ReportLab."""
        return self.width, self.height

    def split(self, _: float, availHeight: float) -> list[Flowable]:  # noqa: N803  # ReportLab's names
        """For ReportLab."""
        room, fits = availHeight - self._head.height, 0
        while fits < len(self._lines) and self._lines[fits].height <= room:
            room -= self._lines[fits].height
            fits += 1
        if fits == 0 or fits == len(self._lines):
            return [self] if fits else []
        return [
            Grid(self._head, lines, self._widths, self._right) for lines in (self._lines[:fits], self._lines[fits:])
        ]

    def draw(self) -> None:
        """For ReportLab."""
        with marked(self.canv, None):
            self._draw_around()
        self.canv.setFillColor(colours.QUIET)
        top = self.height
        for one in (self._head, *self._lines):
            self._draw_line(one, top)
            top -= one.height

    def _draw_around(self) -> None:
        """Shades behind strong rows, and a rule below each."""
        canvas, top = self.canv, self.height
        canvas.setFillColor(colours.SHADE)
        for number, one in enumerate((self._head, *self._lines)):
            top -= one.height
            if number and one.strong:
                canvas.rect(0, top, self.width, one.height, stroke=0, fill=1)
            canvas.setStrokeColor(colours.RULE if number else colours.QUIET)
            canvas.setLineWidth(_RULE if number else _HEAD_RULE)
            canvas.line(0, top, self.width, top)

    def _draw_line(self, one: Line, top: float) -> None:
        canvas, left = self.canv, 0.0
        canvas.setFont(BOLD if one.strong else REGULAR, _SIZE)
        for number, ((texts, element), width) in enumerate(zip(one.cells, self._widths, strict=True)):
            with marked(canvas, element):
                base = top - _ABOVE - _SIZE
                for text in texts:
                    if number in self._right:
                        canvas.drawRightString(left + width - _SIDE, base, text.rstrip())
                    else:
                        canvas.drawString(left + _SIDE, base, text)
                    base -= _SIZE * _LEADING
            left += width


def _shortened(text: str) -> str:
    return printable(text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}…")
