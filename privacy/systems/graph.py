"""How rows of one table lead to rows of another, in all systems: a fixpoint by rounds. Pure.

It begins with identifiers that are known to be the person's and follows the references of the data map. A row is
surely the person's when a value leads to it that the map says identifies the person; a row that other values lead to
is doubtful, leads nowhere, and waits for somebody who decides. What was asked once is not asked again, so cycles end.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from privacy.programme.data_map import DataField, DataSet, Direction, Place, System, Table
from privacy.programme.types import ContactKind
from privacy.systems.connector import Key, Row

Value = str | int
#: Says whether an identifier, by kind and value, names this one person and nobody else; None where it names nobody.
Trust = Callable[[str, Value], bool | None]

_INTEGERS = frozenset({"integer", "int", "bigint", "long"})
_TEXTS = frozenset({"string", "text", "varchar"})


@dataclass(frozen=True, order=True)
class Node:
    """One table of one system."""

    system: str
    data_set: str
    table: str

    @property
    def place(self) -> str:
        """As a task names it."""
        return f"{self.data_set}.{self.table}"


@dataclass(frozen=True, order=True)
class Spot:
    """A field of a table by which it is searched."""

    node: Node
    field: str


@dataclass(frozen=True)
class Identifier:
    """One identifier of the person: a contact kind or identifier type, and a value."""

    kind: str
    value: Value = field(repr=False)
    #: Whether it names nobody else: no shared contact, no device of a household.
    sure: bool = True


@dataclass(frozen=True)
class _Edge:
    """Values of a field lead to the rows that hold them elsewhere."""

    field: str
    target: Spot
    #: Whether the map says that what it leads to is the same person's.
    sure: bool


@dataclass(frozen=True)
class Question:
    """What to ask of one table."""

    node: Node
    keys: tuple[Key, ...] = field(repr=False)


@dataclass(frozen=True)
class Searched:
    """What is known once these rows were found."""

    #: By which values each table is to be searched, those that were asked already among them.
    keys: Mapping[Spot, frozenset[Value]] = field(repr=False)
    #: The rows that are the person's, by table.
    sure: Mapping[Node, tuple[Row, ...]] = field(repr=False)
    #: Rows that may be somebody else's, by table: a person decides.
    doubtful: Mapping[Node, tuple[Row, ...]] = field(repr=False)

    def questions(self, asked: Mapping[Spot, Collection[Value]]) -> tuple[Question, ...]:
        """What is still to be asked, a question for each table, in the order of the tables."""
        fresh: dict[Node, list[Key]] = defaultdict(list)
        for spot in sorted(self.keys):
            if values := self.keys[spot] - frozenset(asked.get(spot, ())):
                fresh[spot.node].append(Key(spot.field, tuple(sorted(values, key=_in_order))))
        return tuple(Question(node, tuple(keys)) for node, keys in sorted(fresh.items()))


class Graph:
    """The tables of the data map and the ways between them."""

    def __init__(self, tables: Mapping[Node, Table], *, one_per_person: Collection[str] = ()) -> None:
        #: Every table that is searched.
        self.tables = dict(sorted(tables.items()))
        #: The types of identifiers of which a person has at most one.
        self.one_per_person = frozenset(one_per_person)

    @classmethod
    def of(
        cls, systems: Iterable[System], data_sets: Mapping[str, DataSet], *, one_per_person: Collection[str] = ()
    ) -> Graph:
        """The graph of these systems; a data set that none of them has is not searched."""
        tables = {
            Node(system.code, code, table.name): table
            for system in systems
            for code in system.data_sets
            for table in data_sets[code].tables.values()
        }
        return cls(tables, one_per_person=one_per_person)

    @cached_property
    def seeds(self) -> Mapping[str, tuple[Spot, ...]]:
        """Where the identifiers of each kind stand."""
        found: dict[str, list[Spot]] = defaultdict(list)
        for node, table in self.tables.items():
            for name, one in table.walk():
                if one.identity is not None:
                    found[one.identity].append(Spot(node, name))
        return {kind: tuple(spots) for kind, spots in found.items()}

    @cached_property
    def edges(self) -> Mapping[Node, tuple[_Edge, ...]]:
        """Where the rows of each table lead."""
        found: dict[Node, list[_Edge]] = defaultdict(list)
        for node, name, one in self._fields():
            here = Spot(node, name)
            for reference in one.references:
                there = self._spot(reference.place)
                if there is None:
                    continue  # In a system that is not searched.
                if reference.direction is not Direction.FROM:
                    found[node].append(_Edge(name, there, self._leads(here, reference.direction)))
                if reference.direction is not Direction.TO:
                    found[there.node].append(_Edge(there.field, here, self._leads(there, reference.direction)))
        return {node: tuple(edges) for node, edges in found.items()}

    def kind_at(self, spot: Spot) -> str | None:
        """What kind of identifier a field holds, if any."""
        return self.tables[spot.node].field(spot.field).identity

    def search(
        self,
        identifiers: Iterable[Identifier],
        rows: Mapping[Node, Sequence[Row]],
        *,
        decided: Mapping[str, bool] | None = None,
        trust: Trust = lambda _kind, _value: True,
    ) -> Searched:
        """What follows from the rows found so far, whatever the order in which they were.

        `decided`: rows (`row_id`) of which somebody said that they are the person's, or are not. `trust` is asked of
        identifiers found on the way. A row found by nothing that leads to it counts as not found.
        """
        known, doubted = tuple(identifiers), set[str]()
        while True:
            search = _Search(self, rows, decided or {}, trust, doubted)
            search.begin(known)
            # Two customers, or a customer and a stranger: nothing follows from them until somebody decides.
            contested = search.contested(known)
            if not contested:
                return search.result()
            doubted |= contested

    def typed(self, spot: Spot, value: Value) -> Value:
        """The value as the field's type writes it, where the map says the type."""
        data_type = (self.tables[spot.node].field(spot.field).data_type or "").lower()
        if data_type in _INTEGERS and isinstance(value, str) and value.isdecimal() and str(int(value)) == value:
            return int(value)
        return str(value) if data_type in _TEXTS else value

    def _fields(self) -> Iterator[tuple[Node, str, DataField]]:
        for node, table in self.tables.items():
            for name, one in table.walk():
                yield node, name, one

    @cached_property
    def _node_of(self) -> Mapping[tuple[str, str], Node]:
        return {(node.data_set, node.table): node for node in self.tables}

    def _spot(self, place: Place) -> Spot | None:
        node = self._node_of.get((place.data_set, place.table))
        return None if node is None else Spot(node, place.field)

    def _leads(self, source: Spot, direction: Direction | None) -> bool:
        """Whether whatever holds a value of that field is the same person's.

        A direction is the map's word for it. Without one, children of a row are (its primary key leads to them), and
        so is what an identifier of the same person leads to; the row that a foreign key names may be many people's.
        """
        table = self.tables[source.node]
        return direction is not None or table.primary_key == (source.field,) or table.field(source.field).same_person


def row_id(node: Node, table: Table, row: Row) -> str:
    """Tells a row from others of all tables: by its primary key, where the map has one, else by all that it says."""
    key = table.primary_key
    what = [_whole(row, name) for name in key] if key else row
    text = json.dumps([node.system, node.place, what], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def values_at(row: Row, name: str) -> Iterator[Value]:
    """The values of a field that may serve as a key; of lists each. None of what names nobody or everybody."""
    for value in _flat(_whole(row, name)):
        if isinstance(value, str | int) and _is_key(value):
            yield value


def compared(kind: str | None, value: Value) -> str:
    """A value as it is compared: an e-mail address in lower case (NFC), everything else as it stands.

    Neither tags nor dots are taken away, nor spaces: a guess would join two people.
    """
    if kind == ContactKind.EMAIL.value:
        return unicodedata.normalize("NFC", str(value)).lower()
    return str(value)


def _whole(row: Any, name: str) -> Any:
    """What stands at a name with dots; in a list, at each of its members."""
    found = row
    for part in name.split("."):
        if isinstance(found, Mapping):
            found = found.get(part)
        elif isinstance(found, list):
            found = [one.get(part) for one in found if isinstance(one, Mapping)]
        else:
            return None
    return found


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _flat(one)
    else:
        yield value


def _is_key(value: Any) -> bool:
    try:
        Key("any", (value,))
    except ValueError:
        return False
    return True


def _in_order(value: Value) -> tuple[bool, Value]:
    return isinstance(value, str), value


@dataclass(frozen=True)
class _Known:
    """A row with what tells it from others."""

    id: str
    node: Node
    row: Row = field(repr=False)


class _Search:
    """One run of the fixpoint over the rows that are there."""

    def __init__(
        self,
        graph: Graph,
        rows: Mapping[Node, Sequence[Row]],
        verdicts: Mapping[str, bool],
        trust: Trust,
        doubted: Collection[str],
    ) -> None:
        self._graph, self._verdicts, self._trust = graph, verdicts, trust
        #: Rows in doubt whatever leads to them.
        self._doubted = doubted
        self._rows = _each_once(graph, rows)
        self._index = self._by_value()
        self._keys: dict[Spot, set[Value]] = defaultdict(set)
        self._sure: dict[str, _Known] = {}
        self._doubtful: dict[str, _Known] = {}
        self._to_follow: list[_Known] = []
        self._surely_asked: set[tuple[Spot, str]] = set()

    def begin(self, identifiers: Iterable[Identifier]) -> None:
        """Follow everything that these lead to."""
        for one in identifiers:
            self._name(one.kind, one.value, sure=one.sure)
        for id_, verdict in self._verdicts.items():
            if verdict and id_ in self._rows:
                self._reach(self._rows[id_], sure=True)
        while self._to_follow:
            self._follow(self._to_follow.pop())

    def contested(self, identifiers: Iterable[Identifier]) -> set[str]:
        """The sure rows that can't all be one person's: they hold different values where a person has one."""
        own: dict[str, set[str]] = defaultdict(set)
        for one in identifiers:
            if one.sure and one.kind in self._graph.one_per_person:
                own[one.kind].add(compared(one.kind, one.value))
        holders: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for id_, known in self._sure.items():
            if self._verdicts.get(id_) is None:
                for kind, value in self._claims(known):
                    holders[kind][value].add(id_)
            else:
                for kind, value in self._claims(known):
                    own[kind].add(value)
        return {
            id_
            for kind, by_value in holders.items()
            if len(own[kind] | by_value.keys()) > 1
            for value, ids in by_value.items()
            if value not in own[kind]
            for id_ in ids
        }

    def result(self) -> Searched:
        keys = {spot: frozenset(values) for spot, values in self._keys.items()}
        return Searched(keys, _by_node(self._sure), _by_node(self._doubtful))

    def _claims(self, known: _Known) -> Iterator[tuple[str, str]]:
        """What a row says about who the person is, of the types of which a person has one."""
        table = self._graph.tables[known.node]
        for name, one in table.walk():
            if one.identity in self._graph.one_per_person and (one.same_person or one.primary_key):
                for value in values_at(known.row, name):
                    yield one.identity, compared(one.identity, value)

    def _name(self, kind: str, value: Value, *, sure: bool) -> None:
        for spot in self._graph.seeds.get(kind, ()):
            self._ask(spot, value, sure=sure)

    def _ask(self, spot: Spot, value: Value, *, sure: bool) -> None:
        if not _is_key(value):
            return
        kind = self._graph.kind_at(spot)
        same = compared(kind, value)
        self._keys[spot].add(self._graph.typed(spot, value))
        if kind == ContactKind.EMAIL.value:
            self._keys[spot].add(same)  # Whoever compares letter for letter finds it in its common form too.
        if (spot, same) in self._surely_asked:
            return
        if sure:
            self._surely_asked.add((spot, same))
        for known in self._index.get((spot, same), ()):
            self._reach(known, sure=sure)

    def _reach(self, known: _Known, *, sure: bool) -> None:
        verdict = self._verdicts.get(known.id)
        if known.id in self._doubted:
            self._doubtful[known.id] = known
        elif verdict is None and not sure:
            if known.id not in self._sure:
                self._doubtful[known.id] = known
        elif verdict is not False and known.id not in self._sure:
            self._doubtful.pop(known.id, None)
            self._sure[known.id] = known
            self._to_follow.append(known)

    def _follow(self, known: _Known) -> None:
        for edge in self._graph.edges.get(known.node, ()):
            for value in values_at(known.row, edge.field):
                self._ask(edge.target, value, sure=edge.sure)
        for name, one in self._graph.tables[known.node].walk():
            if one.identity is not None and one.same_person:
                for value in values_at(known.row, name):
                    trusted = self._trust(one.identity, value)
                    if trusted is not None:
                        self._name(one.identity, value, sure=trusted)

    def _by_value(self) -> Mapping[tuple[Spot, str], list[_Known]]:
        """The rows by each value that they may be found by."""
        spots: dict[Node, set[str]] = defaultdict(set)
        for seeds in self._graph.seeds.values():
            for spot in seeds:
                spots[spot.node].add(spot.field)
        for edges in self._graph.edges.values():
            for edge in edges:
                spots[edge.target.node].add(edge.target.field)
        found: dict[tuple[Spot, str], list[_Known]] = defaultdict(list)
        for known in self._rows.values():
            for name in spots[known.node]:
                spot = Spot(known.node, name)
                kind = self._graph.kind_at(spot)
                for same in {compared(kind, value) for value in values_at(known.row, name)}:
                    found[spot, same].append(known)
        return found


def _each_once(graph: Graph, rows: Mapping[Node, Sequence[Row]]) -> dict[str, _Known]:
    found: dict[str, _Known] = {}
    for node in sorted(rows):
        for row in rows[node]:
            id_ = row_id(node, graph.tables[node], row)
            found[id_] = _Known(id_, node, row)
    return dict(sorted(found.items()))


def _by_node(known: Mapping[str, _Known]) -> Mapping[Node, tuple[Row, ...]]:
    found: dict[Node, list[Row]] = defaultdict(list)
    for _, one in sorted(known.items()):
        found[one.node].append(one.row)
    return {node: tuple(rows) for node, rows in sorted(found.items())}
