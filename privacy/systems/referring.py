"""Which rows of a system refer to which, by the references of the data map: what goes first, and what cannot go."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from privacy.programme.data_map import DataSet, Direction, Table
from privacy.systems.connector import Row
from privacy.systems.graph import compared, values_at

#: Data set and name of a table.
Where = tuple[str, str]
_Known = TypeVar("_Known")


def children_first(data_sets: Sequence[DataSet]) -> Sequence[Where]:
    """Data set and name of every table, so that no row goes before those that refer to it.

    By the references of the data map and what it says of the order. Where references go in a circle, the order of the
    map decides.
    """
    tables = {(one.code, name): table for one in data_sets for name, table in one.tables.items()}
    before: dict[Where, list[Where]] = {place: [] for place in tables}
    for place, table in tables.items():
        for (child, _), (parent, _) in references(place, table):
            if child != parent and child in before and parent in before:
                before[parent].append(child)
        before[place] += [(place[0], name) for name in table.erase_after if (place[0], name) in before]
    ordered: dict[Where, None] = {}
    on_the_way: set[Where] = set()

    def visit(place: Where) -> None:
        if place in ordered or place in on_the_way:
            return
        on_the_way.add(place)
        for child in before[place]:
            visit(child)
        ordered[place] = None

    for place in tables:
        visit(place)
    return list(ordered)


def is_referred_to(data_sets: Sequence[DataSet], where: Where) -> bool:
    """Whether rows of any table, or of the same one, may refer to rows of a table."""
    places = [((one.code, name), table) for one in data_sets for name, table in one.tables.items()]
    every = (reference for place, table in places for reference in references(place, table))
    return any(parent == where for _, (parent, _) in every)


class Parents(Generic[_Known]):
    """Rows of a system by their primary keys, to be found by the rows that refer to them.

    A reference to anything but a primary key leads to the same person's data and binds no database: by it nothing is
    found.
    """

    def __init__(self, tables: Mapping[Where, Table]) -> None:
        #: Child -> parent -> field of the parent's key -> the child's fields that hold copies of it.
        self._fields: dict[Where, dict[Where, dict[str, list[str]]]] = defaultdict(lambda: defaultdict(dict))
        self._known: dict[tuple[Where, tuple[str, ...]], list[_Known]] = defaultdict(list)
        self._keys = {where: table.primary_key for where, table in tables.items()}
        for where, table in tables.items():
            for (child, copy), (parent, name) in references(where, table):
                if name in self._keys.get(parent, ()):
                    self._fields[child][parent].setdefault(name, []).append(copy)

    def add(self, where: Where, row: Row, known: _Known) -> None:
        """A row, and what it is to be found as."""
        for key in itertools.product(*(_values(row, [name]) for name in self._keys[where])):
            self._known[where, key].append(known)

    def of(self, where: Where, row: Row, *, without: Collection[str] = ()) -> Iterator[tuple[Where, _Known]]:
        """The rows that were added and that a row refers to by their whole keys. `without`: fields that it loses."""
        for parent, copies in self._fields[where].items():
            held = {name: [copy for copy in some if copy not in without] for name, some in copies.items()}
            for key in itertools.product(*(_values(row, held.get(name, ())) for name in self._keys[parent])):
                yield from ((parent, known) for known in self._known.get((parent, key), ()))


def _values(row: Row, names: Iterable[str]) -> set[str]:
    return {compared(None, value) for name in names for value in values_at(row, name)}


def references(place: Where, table: Table) -> Iterator[tuple[tuple[Where, str], tuple[Where, str]]]:
    """Child and parent of each reference, as table and field: the parent is found by its key, the child has a copy."""
    for name, one in table.walk():
        for reference in one.references:
            here = (place, name)
            there = ((reference.place.data_set, reference.place.table), reference.place.field)
            is_parent = reference.direction is Direction.TO or (reference.direction is None and one.primary_key)
            yield (there, here) if is_parent else (here, there)
