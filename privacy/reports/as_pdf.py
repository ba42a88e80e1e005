"""A report on paper: A4, tagged, with its letters embedded; the same day's is the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from privacy.legal_time import days
from privacy.pdf import blocks, chart
from privacy.pdf.blocks import Block, Picture, Row, Style, Table
from privacy.pdf.chart import Bar
from privacy.pdf.document import WIDTH
from privacy.pdf.document import Document as Pages
from privacy.pdf.widths import column_widths
from privacy.reports import head
from privacy.reports.document import (
    Chart,
    Column,
    Document,
    Facts,
    Heading,
    Kind,
    Layout,
    NewPage,
    Paragraph,
    Part,
    TableOf,
    Value,
)
from privacy.reports.report import Context, Report
from privacy.reports.words import COMMON, Words

#: Of a table that begins at the foot of a page: its head and some rows, in points.
_ROOM = 90.0
#: Bars of one picture: more would not fit a page.
_MOST_BARS = 36


def as_pdf(report: Report, document: Document, context: Context) -> bytes:
    """The report as PDF."""
    words, programme = context.words, context.programme
    title, *about = head.lines(report, context)
    made = Pages(
        title=title,
        subject=about[0],
        language=words.locale,
        at=days.end_of(context.today - days.ONE, programme.zone),
        footer=words.say("programme", number=programme.number, sha256=programme.sha256[:16]),
        pages=COMMON["pages"].in_(words.locale),
    )
    top: list[Block] = [blocks.Paragraph(title, Style.TITLE, after=6)]
    top += [blocks.Paragraph(line, after=1) for line in about]
    top.append(blocks.Paragraph("", after=8))
    return made.render([*top, *(block for part in document.parts for block in _laid(part, words))])


def _laid(part: Part, words: Words) -> Iterator[Block]:
    match part:
        case Heading():
            yield blocks.Heading(part.text)
        case Paragraph():
            yield blocks.Paragraph(part.text, Style.NOTE if part.quiet else Style.TEXT, after=6)
        case NewPage():
            yield blocks.NewPage()
        case Facts():
            if part.title:
                yield blocks.Heading(part.title)
            pairs = [(fact.label, fact.value) for fact in part.facts]
            yield from _pairs(pairs, words)
            yield blocks.Paragraph("", after=8)
        case Chart():
            yield from _chart(part, words)
        case TableOf():
            yield from _table(part, words)


def _table(part: TableOf, words: Words) -> Iterator[Block]:
    if part.title:
        yield blocks.Heading(part.title, room=_ROOM)
    if not part.rows:
        yield blocks.Paragraph(part.nothing or words.say("nothing"), after=10)
    elif part.layout is Layout.ENTRIES:
        for row in part.rows:
            yield from _entry(part.columns, row, words)
    else:
        heads = tuple(column.label for column in part.columns)
        rows = [Row(tuple(map(words.brief, row))) for row in part.rows]
        texts = tuple(number for number, column in enumerate(part.columns) if column.kind is Kind.TEXT)
        yield Table(heads, column_widths(heads, [row.cells for row in rows]), rows, texts)


def _entry(columns: Sequence[Column], row: Sequence[Value], words: Words) -> Iterator[Block]:
    """A row under a head of its own; what it does not have is left out."""
    yield blocks.Paragraph(words.shown(row[0]), Style.PART, after=3)
    labels = [column.label for column in columns[1:]]
    yield from _pairs(
        [(label, value) for label, value in zip(labels, row[1:], strict=True) if value not in (None, "", ())], words
    )
    yield blocks.Paragraph("", after=8)


def _pairs(pairs: Sequence[tuple[str, Value]], words: Words) -> Iterator[Block]:
    for label, value in pairs:
        first, *more = words.shown(value).split("\n")
        yield blocks.Paragraph(first, term=f"{label}:", after=1.5)
        for line in more:
            yield blocks.Paragraph(line, after=1.5)


def _chart(part: Chart, words: Words) -> Iterator[Block]:
    if not any(figure for _, figure in part.bars):
        yield from _table(head.table_of(part), words)
        return
    for at in range(0, len(part.bars), _MOST_BARS):
        some = part.bars[at : at + _MOST_BARS]
        bars = [Bar(label, figure, 0, chart.Kind.WHOLE, (words.shown(figure),)) for label, figure in some]
        said = f"{part.title}: " + "; ".join(f"{label}: {words.shown(figure)}" for label, figure in some)
        drawing = chart.side_by_side(bars, caption=part.title, heads=(part.heads[1],), width=WIDTH)
        yield Picture(drawing, said)
    yield blocks.Paragraph("", after=6)
