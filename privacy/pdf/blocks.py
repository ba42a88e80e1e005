"""What a document is made of, from top to bottom. Every text is plain: `<` and `&` stay what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from html import escape
from typing import Any

from reportlab.graphics.shapes import Drawing
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, KeepInFrame, LongTable, PageBreak, Spacer
from reportlab.platypus import Paragraph as Lines

from privacy.pdf import colours
from privacy.pdf.typeface import BOLD, ITALIC, REGULAR, printable


class Style(Enum):
    """How a paragraph looks."""

    TITLE = BOLD, 19.0, colours.INK
    HEADING = BOLD, 13.0, colours.INK
    TEXT = REGULAR, 9.5, colours.INK
    FACT = REGULAR, 8.5, colours.INK
    SMALL = REGULAR, 7.5, colours.QUIET
    TERM = REGULAR, 7.0, colours.QUIET
    NOTE = ITALIC, 8.0, colours.QUIET

    def sheet(self, *, bold: bool = False, right: bool = False) -> ParagraphStyle:
        """For ReportLab."""
        font, size, colour = self.value
        return ParagraphStyle(
            self.name,
            fontName=BOLD if bold else font,
            fontSize=size,
            leading=size * 1.32,
            textColor=colour,
            alignment=TA_RIGHT if right else 0,
            splitLongWords=1,
        )


@dataclass(frozen=True)
class Paragraph:
    """A text; a term before it is bold."""

    text: str
    style: Style = Style.TEXT
    term: str = ""
    after: float = 4.0

    def flowables(self) -> list[Flowable]:
        """For ReportLab."""
        term = f'<font name="{BOLD}">{_plain(self.term)}</font> ' if self.term else ""
        return [Lines(term + _plain(self.text), self.style.sheet()), Spacer(0, self.after)]


@dataclass(frozen=True)
class Heading:
    """The head of a part; it is in the document's outline, and on one page with what follows it."""

    text: str

    def flowables(self) -> list[Flowable]:
        """For ReportLab."""
        gap = Spacer(0, 6)
        gap.keepWithNext = True  # Else the heading stays with the gap alone.
        return [Marked(_plain(self.text), Style.HEADING.sheet(), self.text), gap]


class Marked(Lines):
    """A paragraph that the outline leads to."""

    def __init__(self, text: str, sheet: ParagraphStyle, entry: str) -> None:
        super().__init__(text, sheet)
        self.keepWithNext = True
        self.entry = printable(entry)


@dataclass(frozen=True)
class Picture:
    """A drawing as wide as it is."""

    drawing: Drawing

    def flowables(self) -> list[Flowable]:
        """For ReportLab."""
        return [self.drawing, Spacer(0, 6)]


@dataclass(frozen=True)
class OnePage:
    """Blocks that fit one page, whatever they hold: all of it is made smaller where it must be."""

    blocks: Sequence[Heading | Paragraph | Picture]
    #: Of a page between its margins, in points.
    width: float
    height: float

    def flowables(self) -> list[Flowable]:
        """For ReportLab."""
        parts = [flowable for block in self.blocks for flowable in block.flowables()]
        return [KeepInFrame(self.width, self.height, parts, mode="shrink")]


@dataclass(frozen=True)
class NewPage:
    """What follows begins a page."""

    def flowables(self) -> list[Flowable]:
        """For ReportLab."""
        return [PageBreak()]


@dataclass(frozen=True)
class Row:
    """A row of a table; a strong one heads or sums up others."""

    cells: tuple[str, ...]
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """Columns under heads that are repeated on every page. The first is text, the others are numbers."""

    heads: tuple[str, ...]
    #: In points.
    widths: tuple[float, ...]
    rows: Sequence[Row]

    def flowables(self) -> list[Flowable]:
        """For ReportLab."""
        lines = [Row(self.heads, strong=True), *self.rows]
        table = LongTable(
            [[_cell(text, number, row.strong) for number, text in enumerate(row.cells)] for row in lines],
            colWidths=self.widths,
            repeatRows=1,
            hAlign="LEFT",
        )
        table.setStyle(_look(lines))
        return [table, Spacer(0, 14)]


#: What, from which cell to which (column, row), and how.
_Look = tuple[str, tuple[int, int], tuple[int, int], *tuple[Any, ...]]
Block = Heading | NewPage | OnePage | Paragraph | Picture | Table


#: Characters of a cell. A row that is higher than a page could not be laid out.
_LONGEST_CELL = 200


def _cell(text: str, number: int, strong: bool) -> Lines:
    if len(text) > _LONGEST_CELL:
        text = f"{text[:_LONGEST_CELL]}…"
    return Lines(_plain(text), Style.SMALL.sheet(bold=strong, right=number > 0))


def _look(lines: Sequence[Row]) -> list[_Look]:
    shaded = [number for number, row in enumerate(lines) if row.strong and number]
    return [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, colours.QUIET),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, colours.RULE),
        *(("BACKGROUND", (0, number), (-1, number), colours.SHADE) for number in shaded),
    ]


def _plain(text: str) -> str:
    return escape(printable(text), quote=False)
