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
from reportlab.platypus import CondPageBreak, Flowable, KeepInFrame, PageBreak, Spacer
from reportlab.platypus import Paragraph as Lines

from privacy.pdf import colours
from privacy.pdf.grid import Grid, line
from privacy.pdf.tagging import Element, marked
from privacy.pdf.typeface import BOLD, ITALIC, REGULAR, printable

#: From line to line, in heights of letters.
_LEADING = 1.32


class Style(Enum):
    """How a paragraph looks."""

    TITLE = BOLD, 19.0, colours.INK
    HEADING = BOLD, 13.0, colours.INK
    PART = BOLD, 10.5, colours.INK  # below a heading, and on one page with what follows it
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
            leading=size * _LEADING,
            textColor=colour,
            alignment=TA_RIGHT if right else 0,
            splitLongWords=1,
        )


#: What a style means beside its look.
_ROLES = {Style.TITLE: "H1", Style.HEADING: "H3", Style.PART: "H3"}


class _Lines(Lines):
    """A paragraph with its place in the structure, also where it goes on on the next page."""

    def __init__(self, text: str | None, sheet: ParagraphStyle, element: Element | None = None, **options: Any) -> None:
        super().__init__(text, sheet, **options)  # type: ignore[arg-type]  # None where a text goes on, as `frags`
        self.element = element

    def split(self, availWidth: float, availHeight: float) -> list[Flowable]:  # noqa: N803  # ReportLab's names
        """For ReportLab."""
        parts = super().split(availWidth, availHeight)
        for part in parts:
            vars(part)["element"] = self.element
        return list(parts)

    def draw(self) -> None:
        """For ReportLab."""
        with marked(self.canv, self.element):
            super().draw()


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
        element = Element(_ROLES.get(self.style, "P")) if term or self.text else None
        made = [_Lines(term + _plain(self.text), self.style.sheet(), element), Spacer(0, self.after)]
        for flowable in made:
            flowable.keepWithNext = self.style is Style.PART
        return made


@dataclass(frozen=True)
class Heading:
    """The head of a part; it is in the document's outline, and on one page with what follows it."""

    text: str
    #: Where what follows is long and may be parted: how much of it must be on the same page, in points. Without it all
    #: that follows goes to the next page where it does not fit.
    room: float | None = None

    def flowables(self) -> list[Flowable]:
        """For ReportLab."""
        gap = Spacer(0, 6)
        head = Marked(_plain(self.text), Style.HEADING.sheet(), self.text)
        if self.room is not None:
            head.keepWithNext = False
            return [CondPageBreak(self.room), head, gap]
        gap.keepWithNext = True  # Else the heading stays with the gap alone.
        return [head, gap]


class Marked(_Lines):
    """A paragraph that the outline leads to."""

    def __init__(self, text: str | None, sheet: ParagraphStyle, entry: str = "", **options: Any) -> None:
        super().__init__(text, sheet, Element("H2"), **options)
        self.keepWithNext = True
        self.entry = printable(entry)


@dataclass(frozen=True)
class Picture:
    """A drawing as wide as it is."""

    drawing: Drawing
    #: What it shows, for those who can't see it; empty where the text beside it says the same.
    said: str = ""

    def flowables(self) -> list[Flowable]:
        """For ReportLab."""
        element = Element("Figure", alternative=printable(self.said)) if self.said else None
        return [_Drawn(self.drawing, element), Spacer(0, 6)]


class _Drawn(Flowable):
    """A drawing with its place in the structure."""

    def __init__(self, drawing: Drawing, element: Element | None) -> None:
        super().__init__()
        self.width, self.height = drawing.width, drawing.height
        self._drawing = drawing
        self._element = element

    def draw(self) -> None:
        """For ReportLab."""
        with marked(self.canv, self._element):
            self._drawing.drawOn(self.canv, 0, 0)


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
    """Columns under heads that are repeated on every page."""

    heads: tuple[str, ...]
    #: In points.
    widths: tuple[float, ...]
    rows: Sequence[Row]
    #: Which columns are text, by number from 0: the others are figures, at their right end.
    texts: tuple[int, ...] = (0,)

    def flowables(self) -> list[Flowable]:
        """For ReportLab."""
        whole = Element("Table")
        head = line(self.heads, self.widths, whole, head=True, strong=True)
        lines = [line(row.cells, self.widths, whole, head=False, strong=row.strong) for row in self.rows]
        right = frozenset(range(len(self.heads))) - frozenset(self.texts)
        return [Grid(head, lines, self.widths, right), Spacer(0, 14)]


Block = Heading | NewPage | OnePage | Paragraph | Picture | Table


def _plain(text: str) -> str:
    return escape(printable(text), quote=False)
