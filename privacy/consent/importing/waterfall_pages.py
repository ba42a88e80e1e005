"""The waterfall for people: one chart, and the pages around it. The first page is the one for the board."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportlab.graphics.shapes import Drawing

from privacy import clock
from privacy.consent.importing.waterfall import By, Group, Step, Waterfall
from privacy.consent.importing.waterfall_texts import Words
from privacy.pdf import chart
from privacy.pdf.blocks import Block, Heading, NewPage, OnePage, Paragraph, Picture, Row, Style, Table
from privacy.pdf.document import HEIGHT, WIDTH

#: Groups that a table of the document shows one by one; `waterfall.json` has them all.
_MOST_GROUPS = 30
_MOST_FILES = 8
_OVERVIEW = (WIDTH - 270, 90.0, 120.0, 60.0)
_STEPS = (WIDTH - 150, 90.0, 60.0)


@dataclass(frozen=True)
class Occasion:
    """What was read, and when."""

    profile: str
    #: Names of files, without folders; none where they are not known any more.
    files: Sequence[str]
    #: Microseconds since the epoch.
    at: int
    #: Number of the applied version of the programme.
    programme: int
    dry_run: bool


def moment(at: int) -> str:
    """To the minute, in UTC."""
    return clock.from_micros(at).strftime("%Y-%m-%d %H:%M UTC")


def caption(occasion: Occasion, words: Words) -> str:
    """What the chart is of: it may be shown without the page."""
    kind = words.phrase("dry_run" if occasion.dry_run else "import")
    return f"{occasion.profile} · {moment(occasion.at)} · {kind}"


def title(occasion: Occasion, words: Words) -> str:
    """What the report is of."""
    return f"{words.phrase('title')} · {caption(occasion, words)}"


def picture(waterfall: Waterfall, occasion: Occasion, words: Words) -> Drawing:
    """The chart: all entries, the steps at which some fall, and what is left."""
    total = waterfall.total

    def bar(label: str, start: int, end: int, kind: chart.Kind) -> chart.Bar:
        count = start - end
        return chart.Bar(label, start, end, kind, (words.number(count), words.share(count, total)))

    bars = [bar(words.phrase("all"), total, 0, chart.Kind.WHOLE)]
    bars += [
        bar(words.steps[fall.step].title, fall.left + fall.count, fall.left, chart.Kind.FALLING)
        for fall in waterfall.falls()
        if fall.count
    ]
    bars.append(bar(words.steps[Step.MAY_CONTACT].title, waterfall.count(Step.MAY_CONTACT), 0, chart.Kind.RESULT))
    heads = (words.phrase("entries"), words.phrase("share"))
    return chart.waterfall(bars, caption=caption(occasion, words), heads=heads, width=WIDTH)


def described(waterfall: Waterfall, words: Words) -> str:
    """The chart in words, for those who can't see it."""
    parts = [f"{words.phrase('all')}: {words.number(waterfall.total)}"]
    parts += [f"{words.steps[step].title}: {words.number(waterfall.count(step))}" for step in occurring(waterfall)]
    return f"{'; '.join(parts)}. {words.phrase('permissions')}: {permissions(waterfall, words)}."


def occurring(waterfall: Waterfall) -> list[Step]:
    """The steps at which something falls, and the last."""
    return [*(fall.step for fall in waterfall.falls() if fall.count), Step.MAY_CONTACT]


def permissions(waterfall: Waterfall, words: Words) -> str:
    """Gained and lost: the decision before the import against the one after it, for each key."""
    counts = {
        "before": waterfall.permissions_before,
        "after": waterfall.permissions_after,
        "gained": waterfall.permissions_gained,
        "lost": waterfall.permissions_lost,
    }
    return words.phrase("permissions_are", **{name: words.number(count) for name, count in counts.items()})


def rows_in_words(waterfall: Waterfall, words: Words) -> str:
    """How the rows add up."""
    counts = {
        "rows": waterfall.rows,
        "broken": waterfall.count(Step.BROKEN),
        "nothing": waterfall.count(Step.SAYS_NOTHING),
        "said": waterfall.rows_with_entries,
        "entries": waterfall.entries,
    }
    return words.phrase("rows_are", **{name: words.number(count) for name, count in counts.items()})


def pages(waterfall: Waterfall, occasion: Occasion, drawing: Drawing, words: Words) -> list[Block]:
    """The whole document."""
    return [
        OnePage(list(_first_page(waterfall, occasion, drawing, words)), WIDTH, HEIGHT),
        NewPage(),
        *(block for by in By for block in _table(waterfall, by, words)),
    ]


def _first_page(
    waterfall: Waterfall, occasion: Occasion, drawing: Drawing, words: Words
) -> Iterator[Paragraph | Picture]:
    yield Paragraph(words.phrase("title"), Style.TITLE, after=6)
    for term, text in _facts(waterfall, occasion, words):
        yield Paragraph(text, Style.FACT, term=term, after=1)
    yield Paragraph(words.phrase("entry"), Style.SMALL, after=8)
    yield Picture(drawing)
    yield Paragraph(permissions(waterfall, words), Style.TEXT, term=f"{words.phrase('permissions')}:", after=2)
    keys = {"entries": waterfall.count(Step.MAY_CONTACT), "keys": waterfall.keys, "repeats": waterfall.repeats}
    counts = {name: words.number(count) for name, count in keys.items()}
    yield Paragraph(words.phrase("permission", **counts), Style.SMALL, after=8)
    for step in occurring(waterfall):
        meant = words.steps[step]
        yield Paragraph(meant.sentence, Style.TERM, term=f"{meant.title}:", after=0)


def _facts(waterfall: Waterfall, occasion: Occasion, words: Words) -> Iterator[tuple[str, str]]:
    files = ", ".join(occasion.files[:_MOST_FILES])
    if len(occasion.files) > _MOST_FILES:
        files += " " + words.phrase("files_more", more=words.number(len(occasion.files) - _MOST_FILES))
    yield words.phrase("profile"), occasion.profile
    if files:
        yield words.phrase("files"), files
    yield (
        words.phrase("programme"),
        words.phrase("programme_version", version=str(occasion.programme), at=moment(occasion.at)),
    )
    yield words.phrase("rows"), rows_in_words(waterfall, words)


def _table(waterfall: Waterfall, by: By, words: Words) -> list[Block]:
    """What each group comes to, then what becomes of it step by step."""
    groups = [(words.label(group.label), group) for group in waterfall.table(by)]
    if rest := groups[_MOST_GROUPS:]:
        counts: Counter[Step] = Counter()
        for _, group in rest:
            counts.update(group.counts)
        label = words.phrase("rest", count=words.number(len(rest)))
        groups = [*groups[:_MOST_GROUPS], (label, Group("", counts))]
    if not groups:
        return []
    heads = ("", words.phrase("entries"), words.steps[Step.MAY_CONTACT].title, words.phrase("share"))
    steps = (words.phrase("step"), words.phrase("entries"), words.phrase("share"))
    return [
        Heading(words.tables[by]),
        Table(heads, _OVERVIEW, [_overview(label, group, words) for label, group in groups]),
        Table(steps, _STEPS, [row for label, group in groups for row in _group(label, group, words)]),
    ]


def _overview(label: str, group: Group, words: Words) -> Row:
    allowed = group.may_contact
    return Row((label, words.number(group.total), words.number(allowed), words.share(allowed, group.total)))


def _group(label: str, group: Group, words: Words) -> list[Row]:
    """A group: its size, and of that each step."""
    whole = Row((label, words.number(group.total), ""), strong=True)
    steps = [
        Row((words.steps[step].title, words.number(group.counts[step]), words.share(group.counts[step], group.total)))
        for step in Step
        if group.counts.get(step)
    ]
    return [whole, *steps]
