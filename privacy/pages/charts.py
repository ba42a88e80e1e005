"""Charts as SVG that read without colour: each line has a dash and a marker of its own and its name at its end.

Figures stand beside as a table. Nothing inline: strokes and fills are the text's colour, in light and dark alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from math import floor, log10

from markupsafe import Markup

from privacy.pages.languages import gettext as _
from privacy.pages.languages import number_text

#: Lines of one chart: more could not be told apart.
MOST_LINES = 6
_WIDTH, _HEIGHT = 760, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 240, 16, 36
_DASHES = ("", "8 4", "2 4", "12 4 2 4", "4 2", "1 6")
_APART = 16
_MARK = 4
_MOST_LABELS = 8
_BAR, _BAR_GAP = 22, 10
_BAR_LEFT = 250
_NARROW = 0.02


@dataclass(frozen=True)
class Series:
    """One line: its name and a value for each label."""

    name: str
    values: Sequence[int]


def lines(name: str, title: str, about: str, labels: Sequence[str], series: Sequence[Series]) -> Markup:
    """Lines over time, with their table. `name`: unique in the page; `about`: in a sentence what it shows.

    The table has every series; of more than `MOST_LINES` the chart draws the largest.
    """
    drawn = sorted(series, key=lambda one: -max(one.values, default=0))[:MOST_LINES]
    drawn = [one for one in series if one in drawn]
    highest = _round_up(max((max(one.values, default=0) for one in drawn), default=0))
    parts = [_frame(labels, highest), *_drawn(drawn, len(labels), highest)]
    head = ("", *(one.name for one in series))
    rows = [(label, *(number_text(one.values[n]) for one in series)) for n, label in enumerate(labels)]
    return _figure(name, title, about, Markup("").join(parts), (_WIDTH, _HEIGHT), head, rows)


def bars(name: str, title: str, about: str, rows: Sequence[tuple[str, int]], heads: tuple[str, str]) -> Markup:
    """Bars beside one another's labels, with their table."""
    highest = max((value for _label, value in rows), default=0) or 1
    height = _TOP + len(rows) * (_BAR + _BAR_GAP)
    parts = []
    for n, (label, value) in enumerate(rows):
        y, width = _TOP + n * (_BAR + _BAR_GAP), (_WIDTH - _BAR_LEFT - 90) * max(value / highest, _NARROW)
        parts.append(
            Markup(
                '<text x="{}" y="{}" text-anchor="end">{}</text>'
                '<rect x="{}" y="{}" width="{:.1f}" height="{}" fill="currentColor" fill-opacity=".35"'
                ' stroke="currentColor"/><text x="{:.1f}" y="{}">{}</text>'
            ).format(
                *(_BAR_LEFT - 8, y + 16, _short(label)),
                *(_BAR_LEFT, y, width, _BAR),
                *(_BAR_LEFT + width + 6, y + 16, number_text(value)),
            )
        )
    shown = [(label, number_text(value)) for label, value in rows]
    return _figure(name, title, about, Markup("").join(parts), (_WIDTH, height), heads, shown)


def _figure(
    name: str,
    title: str,
    about: str,
    drawn: Markup,
    size: tuple[int, int],
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> Markup:
    cells = Markup("").join(Markup('<th scope="col">{}</th>').format(one) for one in head)
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            row[0], Markup("").join(Markup('<td class="number">{}</td>').format(cell) for cell in row[1:])
        )
        for row in rows
    )
    return Markup(
        '<figure class="chart"><figcaption>{title}</figcaption><div class="wide" tabindex="0" role="group"'
        ' aria-label="{title}"><svg class="chart" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' role="img" aria-labelledby="{name}-title {name}-about" font-size="13" fill="currentColor">'
        '<title id="{name}-title">{title}</title><desc id="{name}-about">{about}</desc>{drawn}</svg></div>'
        '<details><summary>{summary}</summary><div class="wide" tabindex="0" role="group" aria-label="{table}">'
        "<table><caption>{title}</caption><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div></details>"
        "</figure>"
    ).format(
        title=title,
        about=about,
        name=name,
        drawn=drawn,
        width=size[0],
        height=size[1],
        summary=_("The figures as a table"),
        table=_("Table: %(title)s") % {"title": title},
        cells=cells,
        body=body,
    )


def _frame(labels: Sequence[str], highest: int) -> Markup:
    """Grid, scale and labels of time."""
    parts = []
    for n in range(5):
        value, y = highest * n // 4, _y(highest * n / 4, highest)
        parts.append(
            Markup(
                '<line x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}" stroke="currentColor" stroke-opacity=".25"/>'
                '<text x="{}" y="{:.1f}" text-anchor="end">{}</text>'
            ).format(_LEFT, _WIDTH - _RIGHT, y, y, _LEFT - 8, y + 4, number_text(value))
        )
    step = -(-len(labels) // _MOST_LABELS) or 1
    for n in range(0, len(labels), step):
        parts.append(
            Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
                _x(n, len(labels)), _HEIGHT - 10, labels[n]
            )
        )
    return Markup("").join(parts)


def _drawn(series: Sequence[Series], steps: int, highest: int) -> list[Markup]:
    places = _label_places([_y(one.values[-1], highest) if one.values else _TOP for one in series])
    return [_line(n, one, steps, highest, places[n]) for n, one in zip(count(), series, strict=False)]


def _line(number: int, one: Series, steps: int, highest: int, label_y: float) -> Markup:
    points = [(_x(n, steps), _y(value, highest)) for n, value in enumerate(one.values)]
    marked = points[:: -(-len(points) // 12) or 1]
    dash = _DASHES[number]
    path = Markup('<polyline points="{}" fill="none" stroke="currentColor" stroke-width="2"{}/>').format(
        " ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        Markup(' stroke-dasharray="{}"').format(dash) if dash else "",
    )
    marks = Markup("").join(_mark(number, x, y) for x, y in marked)
    label = Markup('{}<text x="{}" y="{:.1f}">{}</text>').format(
        _mark(number, _WIDTH - _RIGHT + 16, label_y - 4), _WIDTH - _RIGHT + 26, label_y, _short(one.name, 30)
    )
    return path + marks + label


def _mark(number: int, x: float, y: float) -> Markup:
    """A circle, square, triangle, and the same three hollow."""
    fill = Markup('fill="currentColor"') if number < 3 else Markup('fill="none" stroke="currentColor" stroke-width="2"')
    if number % 3 == 0:
        return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{}" {}/>').format(x, y, _MARK, fill)
    if number % 3 == 1:
        return Markup('<rect x="{:.1f}" y="{:.1f}" width="{}" height="{}" {}/>').format(
            x - _MARK, y - _MARK, 2 * _MARK, 2 * _MARK, fill
        )
    return Markup('<path d="M{:.1f} {:.1f}l{} {}h-{}z" {}/>').format(x, y - _MARK, _MARK, 2 * _MARK, 2 * _MARK, fill)


def _label_places(wished: Sequence[float]) -> list[float]:
    """Where the names of lines stand: at their ends, and no two on one another."""
    order = sorted(range(len(wished)), key=lambda n: wished[n])
    found = [0.0] * len(wished)
    least = float(_TOP)
    for n in order:
        found[n] = max(wished[n] + 4, least)
        least = found[n] + _APART
    over = max(0.0, max(found, default=0.0) - (_HEIGHT - _BOTTOM))
    return [place - over for place in found]


def _x(n: int, steps: int) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (n / (steps - 1) if steps > 1 else 0.5)


def _y(value: float, highest: int) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (value / highest if highest else 0)


def _round_up(value: int) -> int:
    """A number to end a scale with that is no less: four steps of 1, 2 or 5 times a power of ten."""
    least = max(value, 4) / 4
    power = 10 ** floor(log10(least))
    return int(4 * next(step * power for step in (1, 2, 5, 10) if step * power >= least))


def _short(text: str, most: int = 34) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
