"""Bars one below the other; in a waterfall each falling one begins where the last ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from reportlab.graphics.shapes import Drawing, Group, Line, Rect, String
from reportlab.lib.colors import Color

from privacy.pdf import colours
from privacy.pdf.typeface import BOLD, REGULAR, fitted, printable, width


class Kind(Enum):
    """What a bar stands for."""

    WHOLE = colours.WHOLE
    FALLING = colours.FALLING
    RESULT = colours.RESULT


@dataclass(frozen=True)
class Bar:
    """One row of the chart."""

    label: str
    #: From where to where it reaches, in whatever is counted.
    start: int
    end: int
    kind: Kind
    #: What stands right of it, a text for each column.
    figures: tuple[str, ...]


@dataclass(frozen=True)
class _Grid:
    """Where things are, in points from the lower left."""

    width: float
    height: float
    row: float
    size: float
    #: The left and right end of the bars.
    left: float
    right: float
    #: The right ends of the columns of figures.
    columns: tuple[float, ...]

    def middle(self, row: int) -> float:
        """The height of the middle of a row, the heads of the columns being row -1."""
        return self.height - _CAPTION - (row + 1.5) * self.row


#: Heights of a row: as much as fits a page with all rows, more where there are few.
_ROWS = ((8, 23.0), (14, 18.0), (1_000, 13.5))
_CAPTION = 22.0
_GAP = 18.0
_WIDEST_LABEL = 0.36
#: A bar that stands for something is seen, however little it is of the whole.
_THINNEST = 0.8


def waterfall(bars: Sequence[Bar], *, caption: str, heads: Sequence[str], width: float) -> Drawing:
    """The chart as a drawing; `heads` stand above the columns of figures."""
    return _drawn(bars, caption, heads, width, joined=True)


def side_by_side(bars: Sequence[Bar], *, caption: str, heads: Sequence[str], width: float) -> Drawing:
    """Bars that each begin at nothing, to be compared with each other."""
    return _drawn(bars, caption, heads, width, joined=False)


def _drawn(bars: Sequence[Bar], caption: str, heads: Sequence[str], width: float, *, joined: bool) -> Drawing:
    grid = _grid(bars, heads, width)
    drawing = Drawing(grid.width, grid.height)
    drawing.add(_text(fitted(caption, BOLD, 10, grid.width), 0, grid.height - 12, BOLD, 10))
    for head, right in zip(heads, grid.columns, strict=True):
        drawing.add(_text(head, right, grid.middle(-1) - 3, REGULAR, grid.size - 1, colours.QUIET, "end"))
    most = max((bar.start for bar in bars), default=0)
    for number, bar in enumerate(bars):
        drawing.add(_row(bar, number, grid, most))
        if joined and most and number + 1 < len(bars):
            drawing.add(_joint(bar, number, grid, most))
    return drawing


def _grid(bars: Sequence[Bar], heads: Sequence[str], total: float) -> _Grid:
    row = next(height for most, height in _ROWS if len(bars) <= most)
    size = 9.0 if row > 15 else 8.0
    labels = max((width(printable(bar.label), BOLD, size) for bar in bars), default=0)
    columns: list[float] = []
    right = total
    for number in reversed(range(len(heads))):
        columns.insert(0, right)
        texts = [heads[number], *(bar.figures[number] for bar in bars)]
        right -= max(width(text, BOLD, size) for text in texts) + _GAP
    return _Grid(
        width=total,
        height=_CAPTION + (len(bars) + 1) * row + 4,
        row=row,
        size=size,
        left=min(labels, total * _WIDEST_LABEL) + _GAP / 2,
        right=right,
        columns=tuple(columns),
    )


def _row(bar: Bar, number: int, grid: _Grid, most: int) -> Group:
    font = REGULAR if bar.kind is Kind.FALLING else BOLD
    middle, base = grid.middle(number), grid.middle(number) - grid.size * 0.36
    group = Group()
    if number % 2 == 0:
        group.add(_area(0, middle - grid.row / 2, grid.width, grid.row, colours.SHADE))
    group.add(_text(fitted(bar.label, font, grid.size, grid.left - _GAP / 2), 0, base, font, grid.size))
    begin, end = _place(bar.end, grid, most), _place(bar.start, grid, most)
    if bar.start != bar.end:
        long = max(end - begin, _THINNEST)
        height = grid.row * 0.62
        group.add(_area(begin, middle - height / 2, long, height, bar.kind.value))
    for figure, right in zip(bar.figures, grid.columns, strict=True):
        group.add(_text(figure, right, base, font, grid.size, anchor="end"))
    return group


def _joint(bar: Bar, number: int, grid: _Grid, most: int) -> Line:
    """From where a bar ends to where the next begins: a whole one ends at its reach, a falling one where it fell to."""
    x = _place(bar.start if bar.kind is Kind.WHOLE else bar.end, grid, most)
    reach = grid.row * 0.31
    line = Line(x, grid.middle(number) - reach, x, grid.middle(number + 1) + reach)
    line.strokeColor, line.strokeWidth = colours.QUIET, 0.5
    return line


def _place(value: int, grid: _Grid, most: int) -> float:
    return grid.left + (grid.right - grid.left) * (value / most if most else 0)


def _area(x: float, y: float, width: float, height: float, colour: Color) -> Rect:
    area = Rect(x, y, width, height)
    area.fillColor, area.strokeColor = colour, None
    return area


def _text(
    text: str,
    x: float,
    y: float,
    font: str,
    size: float,
    colour: Color = colours.INK,
    anchor: Literal["start", "end"] = "start",
) -> String:
    written = String(x, y, printable(text), fontName=font, fontSize=size)
    written.fillColor, written.textAnchor = colour, anchor
    return written
