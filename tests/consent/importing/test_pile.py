"""The pile gives back every row once, with all the rows that have to do with it, in little memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from privacy.consent.importing.meaning import Statement
from privacy.consent.importing.pile import Circle, Pile, RowSaid
from privacy.consent.importing.profile import Said

_MANY = 40_000
_NAMES = st.integers(0, 11)


def said(line: int, text: str = "ewa@example.com", at: int = 0) -> RowSaid:
    statement = Statement(Said.GIVE.value, "newsletter", "email", (at, 1))
    return RowSaid((("email", text),), (statement,), (), 0, line)


def index(name: int) -> bytes:
    return name.to_bytes(32)


def circles(rows: Sequence[Sequence[int]], joined: Sequence[tuple[int, int]] = ()) -> list[Circle]:
    with closing(Pile()) as pile:
        for line, names in enumerate(rows):
            pile.add([index(name) for name in names], said(line))
        pile.join((index(name), index(also)) for name, also in joined)
        return list(pile.by_circle())


def naive(rows: Sequence[Sequence[int]], joined: Sequence[tuple[int, int]]) -> set[frozenset[int]]:
    """Lines that reach each other by way of shared names, whoever names the first of a pair naming the second."""
    named = [set(names) | {also for name, also in joined if name in names} for names in rows]
    groups = [({line}, names) for line, names in enumerate(named)]
    merged = True
    while merged:
        merged = False
        for one in list(groups):
            other = next((each for each in groups if each is not one and each[1] & one[1]), None)
            if other is not None and one in groups:
                groups.remove(one)
                groups.remove(other)
                groups.append((one[0] | other[0], one[1] | other[1]))
                merged = True
                break
    return {frozenset(lines) for lines, _ in groups}


@given(st.lists(st.lists(_NAMES, min_size=1, max_size=3), max_size=14), st.lists(st.tuples(_NAMES, _NAMES), max_size=6))
def test_circles_are_the_rows_that_reach_each_other(rows: list[list[int]], joined: list[tuple[int, int]]) -> None:
    found = circles(rows, joined)
    assert {frozenset(row.line for row in circle.rows) for circle in found} == naive(rows, joined)
    assert sorted(row.line for circle in found for row in circle.rows) == list(range(len(rows)))


@given(st.permutations([("a", 1), ("a", 2), ("b", 1), ("ą", 3), ("a", 1)]))
def test_the_order_of_a_circle_is_not_that_of_the_files(order: list[tuple[str, int]]) -> None:
    with closing(Pile()) as pile:
        for line, (text, at) in enumerate(order):
            pile.add([index(1)], said(line, text, at))
        (circle,) = pile.by_circle()
    assert [(row.names[0][1], row.statements[0].at) for row in circle.rows] == [
        *(("a", (1, 1)), ("a", (1, 1)), ("a", (2, 1)), ("b", (1, 1)), ("ą", (3, 1)))
    ]


def test_nothing_on_it_shows_a_value() -> None:
    (circle,) = circles([[1]])
    assert repr(circle) == "Circle()"
    assert repr(circle.rows[0]) == "RowSaid(file=0, line=0)"


def test_every_name_is_told_once() -> None:
    with closing(Pile()) as pile:
        for line in range(30):
            pile.add([index(line % 7), index(100)], said(line))
        found = [name for some in pile.names() for name in some]
    assert sorted(found) == [*map(index, range(7)), index(100)]


def test_an_empty_pile_has_no_circle() -> None:
    assert circles([]) == []


def test_many_rows_take_little_memory() -> None:
    """What is kept of a row in memory is its number and the first row of its circle."""
    with closing(Pile()) as pile:
        tracemalloc.start()
        try:
            for line in range(_MANY):
                pile.add([index(line // 2)], said(line, f"osoba.numer{line // 2}@example.com"))
            found = sum(len(circle.rows) == 2 for circle in pile.by_circle())
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert found == _MANY // 2
    assert peak < 3 * 1024**2
