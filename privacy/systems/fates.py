"""What an erasure makes of each row, decided by the data map and the law alone: no database, no clock.

A row is deleted, kept for a statute until a day, or stripped field by field. What is kept is marked as restricted where
the table has a field for it (Art. 18). Keyed hashes and masks say something of the person yet: they are reported as
pseudonymised, and never as erased.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from privacy.programme.data_map import DataField, DataSet, Direction, Keeping, Strategy, Table
from privacy.programme.types import Programme
from privacy.systems.connector import FieldFate, Row, RowChange, TableChange
from privacy.systems.graph import values_at

#: Characters of what makes a constant unique: 48 bits, so that no two of a table meet.
_UNIQUE = 12
_CONSTANT = "erased"
_MASKED = "*"


@dataclass(frozen=True)
class RowFate:
    """What becomes of one row, and what is told of each field."""

    #: None where nothing is changed.
    change: RowChange | None
    fields: tuple[FieldFate, ...] = field(repr=False)


@dataclass(frozen=True)
class TableFates:
    """What becomes of the rows of one table."""

    data_set: str
    table: Table
    rows: tuple[RowFate, ...] = field(repr=False)

    @property
    def change(self) -> TableChange | None:
        """What the connector is asked to do; None where every row stays as it is."""
        changes = tuple(row.change for row in self.rows if row.change is not None)
        return TableChange(self.table.name, changes) if changes else None


def fates(
    data_sets: Sequence[DataSet],
    found: Mapping[tuple[str, str], Sequence[Row]],
    programme: Programme,
    erased_on: date,
    *,
    secret: bytes,
) -> Sequence[TableFates]:
    """What an erasure on that day does with the rows that were found in a system, children before parents.

    `found`: rows by data set and table. `secret`: random bytes of one execution that are forgotten with it, so that
    nobody makes the same hash again; with the same secret the same rows have the same fate. Raises ValueError for a
    row that has to be changed and has no key.
    """
    tables = {(one.code, name): table for one in data_sets for name, table in one.tables.items()}
    return [
        TableFates(
            place[0],
            tables[place],
            tuple(fate_of(tables[place], row, programme, erased_on, secret) for row in found[place]),
        )
        for place in children_first(data_sets)
        if found.get(place)
    ]


def children_first(data_sets: Sequence[DataSet]) -> Sequence[tuple[str, str]]:
    """Data set and name of every table, so that no row goes before those that refer to it.

    By the references of the data map and what it says of the order. Where references go in a circle, the order of the
    map decides.
    """
    tables = {(one.code, name): table for one in data_sets for name, table in one.tables.items()}
    before: dict[tuple[str, str], list[tuple[str, str]]] = {place: [] for place in tables}
    for place, table in tables.items():
        for child, parent in _children(place, table):
            if child != parent and child in before and parent in before:
                before[parent].append(child)
        before[place] += [(place[0], name) for name in table.erase_after if (place[0], name) in before]
    ordered: dict[tuple[str, str], None] = {}
    on_the_way: set[tuple[str, str]] = set()

    def visit(place: tuple[str, str]) -> None:
        if place in ordered or place in on_the_way:
            return
        on_the_way.add(place)
        for child in before[place]:
            visit(child)
        ordered[place] = None

    for place in tables:
        visit(place)
    return list(ordered)


def _children(place: tuple[str, str], table: Table) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Child and parent of each reference: the parent is found by its key, the child holds a copy of it."""
    for _, one in table.walk():
        for reference in one.references:
            there = (reference.place.data_set, reference.place.table)
            is_parent = reference.direction is Direction.TO or (reference.direction is None and one.primary_key)
            yield (there, place) if is_parent else (place, there)


def fate_of(table: Table, row: Row, programme: Programme, erased_on: date, secret: bytes) -> RowFate:
    """What an erasure on that day does with one row. See `fates`."""
    deciding = _Deciding(table, row, programme, erased_on, secret)
    fates = tuple(deciding.fields())
    if deciding.is_deleted:
        return RowFate(RowChange(deciding.key, delete=True), fates)
    values = dict(deciding.values(fates))
    return RowFate(RowChange(deciding.key, values=values) if values else None, fates)


class _Deciding:
    """One row."""

    def __init__(self, table: Table, row: Row, programme: Programme, erased_on: date, secret: bytes) -> None:
        self._table, self._row = table, row
        self._programme, self._erased_on = programme, erased_on
        self._secret = secret
        self._own = dict(_with_own_strategy(table.fields))
        self._kept = self._kept_until(table.keeping) if table.on_erasure is Strategy.KEEP else None
        #: Fields that a statute keeps by themselves: name -> last day and statute.
        self._fields_kept = {
            name: kept
            for name, one in self._own.items()
            if one.on_erasure is Strategy.KEEP and (kept := self._kept_until(one.keeping or table.keeping))
        }

    @property
    def key(self) -> Mapping[str, Any]:
        """What tells the row from others."""
        key = {name: self._row.get(name) for name in self._table.primary_key}
        if not key or any(value is None for value in key.values()):
            raise ValueError("a row without a primary key cannot be changed")
        return key

    @property
    def is_deleted(self) -> bool:
        """Whether the row goes: nothing keeps it, or what kept it is over."""
        goes = self._table.on_erasure in {Strategy.DELETE_ROW, Strategy.KEEP}
        return goes and self._kept is None and not self._fields_kept

    def fields(self) -> Iterator[FieldFate]:
        """What is told of each field that the row has."""
        for name, one in self._told():
            if self.is_deleted:
                yield FieldFate(name, Strategy.DELETE_ROW)
            elif (kept := self._kept_here(name)) is not None:
                yield FieldFate(name, Strategy.KEEP, kept[0].isoformat(), kept[1])
            elif (strategy := self._strategy(name, one)) is not None:
                yield FieldFate(name, strategy)

    def values(self, fates: tuple[FieldFate, ...]) -> Iterator[tuple[str, Any]]:
        """The new values of the fields that are changed, and the mark of a row that is kept."""
        mark = self._table.restricted_field
        for fate in fates:
            if fate.strategy is not Strategy.KEEP and fate.field != mark:
                yield fate.field, self._value(fate)
        if mark and (self._kept or self._fields_kept):
            yield mark, self._table.restricted_value

    def _told(self) -> Iterator[tuple[str, DataField]]:
        """Fields of the row, nested ones where they have a strategy of their own; technical ones only then."""
        for one in self._table.fields:
            inner = {name: each for name, each in self._own.items() if name.startswith(f"{one.name}.")}
            if one.name in self._own or not inner:
                if one.name in self._row:
                    yield one.name, one
            else:
                yield from (
                    (name, each) for name, each in inner.items() if any(True for _ in values_at(self._row, name))
                )

    def _kept_here(self, name: str) -> tuple[date, str] | None:
        own = self._own.get(name)
        if own is None:
            return self._kept
        return self._fields_kept.get(name)

    def _strategy(self, name: str, one: DataField) -> Strategy | None:
        """What is done with a field of a row that stays; None where it stays as it is."""
        own = self._own.get(name)
        if own is not None:
            # The time of what was kept by itself is over.
            return Strategy.NULL if own.on_erasure is Strategy.KEEP else own.on_erasure
        if self._table.on_erasure is None or one.primary_key or one.hidden:
            return None
        return Strategy.NULL  # The row stays for the sake of other fields alone.

    def _kept_until(self, keeping: Keeping | None) -> tuple[date, str] | None:
        """The last day and the statute; None where nothing asks for it on the day of the erasure any more."""
        rule = self._programme.retention_rules.get(keeping.rule) if keeping else None
        if keeping is None or rule is None:
            return None
        last = rule.last_day(self._start(keeping))
        return (last, rule.statute) if last is not None and last >= self._erased_on else None

    def _start(self, keeping: Keeping) -> date:
        """The day from which a period counts: the row's own, by the clock of the jurisdiction; else the erasure."""
        written = self._row.get(keeping.counted_from) if keeping.counted_from else None
        try:
            moment = datetime.fromisoformat(str(written))
        except ValueError:
            return self._erased_on
        return moment.astimezone(self._programme.zone).date() if moment.tzinfo else moment.date()

    def _value(self, fate: FieldFate) -> Any:
        one = self._table.field(fate.field)
        if fate.strategy is Strategy.CONSTANT:
            return self._constant(one)
        if fate.strategy is Strategy.NULL:
            return None
        value = next(iter(values_at(self._row, fate.field)), None)
        if value is None:
            return None
        return self._hash(one, value) if fate.strategy is Strategy.HASH else _mask(str(value))

    def _constant(self, one: DataField) -> str | int | None:
        """What the map writes; where people are told apart by the field, something that no other row has."""
        constant = one.constant if one.constant is not None else (0 if _is_whole(one) else _CONSTANT)
        if one.identity is None or self._row.get(one.name) is None:
            return constant if isinstance(constant, int) else constant[: one.length]
        unique = self._digest(f"constant {one.name} {sorted(self.key.items())}")
        if isinstance(constant, int):
            return -int(unique[:7], 16)
        local, at, domain = constant.partition("@")
        room = max(one.length - len(unique) - len(at + domain) - 1, 0) if one.length else len(local)
        return f"{local[:room]}-{unique}{at}{domain}"[: one.length] if room else f"{unique}{at}{domain}"[: one.length]

    def _hash(self, one: DataField, value: Any) -> str | int:
        digest = self._digest(f"hash {one.name} {value}", 64)
        return int(digest[:7], 16) if _is_whole(one) or isinstance(value, int) else digest[: one.length]

    def _digest(self, text: str, characters: int = _UNIQUE) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()[:characters]


def _with_own_strategy(fields: tuple[DataField, ...], prefix: str = "") -> Iterator[tuple[str, DataField]]:
    """Fields that say for themselves what becomes of them; what is inside such a field has no say."""
    for one in fields:
        if one.on_erasure is not None:
            yield prefix + one.name, one
        else:
            yield from _with_own_strategy(one.fields, f"{prefix}{one.name}.")


def _is_whole(one: DataField) -> bool:
    return one.data_type == "integer"


def _mask(text: str) -> str:
    """The first letter or digit stays, what stands between them too: `L***@*******.***`."""
    shown = next((at for at, letter in enumerate(text) if letter.isalnum()), -1)
    return "".join(_MASKED if letter.isalnum() and at != shown else letter for at, letter in enumerate(text))
