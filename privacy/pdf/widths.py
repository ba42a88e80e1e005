"""How wide the columns of a table are: no word is broken while there is room, the rest goes where texts are long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from privacy.pdf.blocks import Style
from privacy.pdf.document import WIDTH
from privacy.pdf.typeface import BOLD, REGULAR, width

#: Left and right of a text in its cell, and against rounding.
_EDGES = 9.0
#: A text that is longer takes lines rather than width.
_WIDEST = 240.0
#: Rows that are measured: those of a long table resemble each other.
_MEASURED = 400


def column_widths(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[float, ...]:
    """The widths, in points, that together are the width of the page between its margins."""
    some = rows[:_MEASURED]
    columns = [{row[number] for row in some} for number in range(len(heads))]
    least = [_widest(_words(column), _words([head])) for head, column in zip(heads, columns, strict=True)]
    most = [min(_WIDEST, _widest(column, [head])) for head, column in zip(heads, columns, strict=True)]
    most = [max(one, other) for one, other in zip(least, most, strict=True)]
    if sum(most) <= WIDTH:
        return tuple(one * WIDTH / sum(most) for one in most)
    if sum(least) >= WIDTH:
        return _squeezed(least)
    share = (WIDTH - sum(least)) / (sum(most) - sum(least))
    return tuple(one + (other - one) * share for one, other in zip(least, most, strict=True))


def _squeezed(least: Sequence[float]) -> tuple[float, ...]:
    """Narrow columns keep what they need; the wide ones share what is left, and break their words."""
    fair, left, open_ = WIDTH / len(least), WIDTH, len(least)
    for one in sorted(least):
        if one > fair:
            break
        left, open_ = left - one, open_ - 1
        fair = left / open_ if open_ else 0.0
    return tuple(min(one, fair) if one > fair else one for one in least)


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in text.split()}


def _widest(texts: Iterable[str], heads: Iterable[str]) -> float:
    size = float(Style.SMALL.value[1])
    cells = max((width(text, REGULAR, size) for text in texts), default=0.0)
    return max(cells, *(width(head, BOLD, size) for head in heads), 0.0) + _EDGES
