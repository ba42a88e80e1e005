"""Whose rows are, and what refers to them: references of the data map followed within one system, for many at once.

Rows that refer to another hold a copy of its key. Upwards, to what a row refers to, they lead to the people whom it is
about; downwards, to what refers to it, to what cannot stay when it goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from privacy.programme.data_map import DataSet, Table
from privacy.systems.connector import Key, Row
from privacy.systems.graph import Identifier, Value, compared, values_at
from privacy.systems.referring import Where, references

#: Asks a table of the system for the rows that have any of the keys.
Find = Callable[[Where, Sequence[Key]], Sequence[Row]]


@dataclass(frozen=True)
class _Reached:
    """A row, and which of the rows that were asked about lead to it."""

    row: Row = field(repr=False)
    origins: set[int]


class _Map:
    """Tables of one system with their references in both directions."""

    def __init__(self, data_sets: Sequence[DataSet]) -> None:
        self.tables: dict[Where, Table] = {(d.code, name): table for d in data_sets for name, table in d.tables.items()}
        #: Child -> (its field, parent, the parent's field), and the other way round.
        self.up: dict[Where, set[tuple[str, Where, str]]] = defaultdict(set)
        self.down: dict[Where, set[tuple[str, Where, str]]] = defaultdict(set)
        for where, table in self.tables.items():
            for (child, copy), (parent, name) in references(where, table):
                if child in self.tables and parent in self.tables:
                    self.up[child].add((copy, parent, name))
                    self.down[parent].add((name, child, copy))

    def identity(self, where: Where, row: Row) -> tuple[str, ...]:
        """What tells a row from others of its table."""
        names = self.tables[where].primary_key or tuple(sorted(row))
        return tuple(repr(row.get(name)) for name in names)


def owners_of(
    data_sets: Sequence[DataSet], where: Where, rows: Sequence[Row], find: Find
) -> Sequence[frozenset[Identifier]]:
    """For each row the identifiers of the row itself and of every row of the system that it refers to, however far.

    `find` is asked once for each table and step.
    """
    known = _Map(data_sets)
    owners: list[set[Identifier]] = [set() for _ in rows]
    reached = {where: [_Reached(row, {at}) for at, row in enumerate(rows)]}
    seen: dict[Where, dict[tuple[str, ...], set[int]]] = defaultdict(dict)
    while reached:
        for place, some in reached.items():
            for one in some:
                for identifier in _identifiers(known.tables[place], one.row):
                    for at in one.origins:
                        owners[at].add(identifier)
        reached = _new(known, _step(known.up, reached, find), seen)
    return [frozenset(one) for one in owners]


def referring(
    data_sets: Sequence[DataSet], where: Where, rows: Sequence[Row], find: Find
) -> Mapping[Where, Sequence[Row]]:
    """The rows of the system that refer to any of these, however far, by table; never these rows themselves."""
    known = _Map(data_sets)
    reached = {where: [_Reached(row, {0}) for row in rows]}
    seen: dict[Where, dict[tuple[str, ...], set[int]]] = defaultdict(dict)
    seen[where] = {known.identity(where, row): {0} for row in rows}
    found: dict[Where, list[Row]] = defaultdict(list)
    while reached := _new(known, _step(known.down, reached, find), seen):
        for place, some in reached.items():
            found[place] += [one.row for one in some]
    return found


def _step(
    edges: Mapping[Where, set[tuple[str, Where, str]]], reached: Mapping[Where, Sequence[_Reached]], find: Find
) -> Mapping[Where, Sequence[_Reached]]:
    """What the rows lead to by one reference."""
    wanted: dict[Where, dict[str, dict[str, set[int]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    values: dict[tuple[Where, str], dict[str, Value]] = defaultdict(dict)
    for place, some in reached.items():
        for name, target, target_field in edges.get(place, ()):
            for one in some:
                for value in values_at(one.row, name):
                    wanted[target][target_field][compared(None, value)] |= one.origins
                    values[target, target_field][compared(None, value)] = value
    found: dict[Where, list[_Reached]] = defaultdict(list)
    for target, by_field in sorted(wanted.items()):
        keys = [Key(name, tuple(values[target, name].values())) for name in sorted(by_field)]
        for row in find(target, keys):
            origins = {at for name, by_value in by_field.items() for at in _led_by(row, name, by_value)}
            found[target].append(_Reached(row, origins))
    return found


def _led_by(row: Row, name: str, by_value: Mapping[str, set[int]]) -> Iterator[int]:
    for value in values_at(row, name):
        yield from by_value.get(compared(None, value), ())


def _new(
    known: _Map, found: Mapping[Where, Sequence[_Reached]], seen: dict[Where, dict[tuple[str, ...], set[int]]]
) -> dict[Where, list[_Reached]]:
    """The rows that were not reached before, or not from there: so circles end."""
    fresh: dict[Where, list[_Reached]] = defaultdict(list)
    for place, some in found.items():
        for one in some:
            before = seen[place].setdefault(known.identity(place, one.row), set())
            if origins := one.origins - before:
                before |= origins
                fresh[place].append(_Reached(one.row, origins))
    return fresh


def _identifiers(table: Table, row: Row) -> Iterator[Identifier]:
    for name, one in table.walk():
        if one.identity is not None:
            yield from (Identifier(one.identity, value) for value in values_at(row, name))
