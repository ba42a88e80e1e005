"""Rows of a database changed: all or none, and read again before it is final.

Rows are taken by their primary key as it was found, and compared to the letter before anything is done to them: where
a database takes 'abc' for 'ABC', the row that has the key meanwhile may be somebody else's.
"""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from privacy.systems.connector import NotErased, RowChange, RowMoved, SystemRefused, TableChange, Verb
from privacy.systems.sql_catalogue import HeldColumn, HeldTable
from privacy.systems.sql_finding import among
from privacy.systems.sql_values import Kind, Unheld, bound, comparable, holds

#: Rows of one statement; of keys of several columns fewer, since each is a condition of its own.
_AT_ONCE, _FEW_AT_ONCE = 1_000, 200

#: The key of a row, by which it is told from others.
Identity = tuple[str | None, ...]
_Of = TypeVar("_Of")


@dataclass(frozen=True)
class _Planned:
    """One row's change in the database's own values."""

    #: By column of the key.
    key: Mapping[str, Any] = field(repr=False)
    identity: Identity = field(repr=False)
    delete: bool
    values: Mapping[str, Any] = field(repr=False)
    #: Column -> path and new value of what is inside a document.
    inside: Mapping[str, Sequence[tuple[Sequence[str], Any]]] = field(repr=False)
    #: What says whose the row is; see `RowChange.known_by`.
    known_by: Mapping[str, Sequence[Any]] = field(repr=False)
    #: What it must hold yet; see `RowChange.still`.
    still: Mapping[str, Any] = field(repr=False)
    #: Whether others go with it; see `RowChange.firm`.
    firm: bool

    @property
    def read(self) -> Iterator[str]:
        """The columns by which it is looked at before it is changed."""
        yield from (*self.values, *self.inside, *self.known_by, *self.still)


@dataclass(frozen=True)
class _Expected:
    """How a row is to be found afterwards."""

    key: Mapping[str, Any] = field(repr=False)
    identity: Identity = field(repr=False)
    #: None where it is to be gone.
    values: Mapping[str, Any] | None = field(repr=False)


class Changing:
    """The changes of one table in an open transaction."""

    def __init__(self, system: str, connection: Connection, held: HeldTable, verb: Verb) -> None:
        self._where = f"System {system}, table {held.name}"
        self._connection = connection
        self._held = held
        self._verb = verb
        self._dialect = connection.dialect.name
        self._expected: list[_Expected] = []

    def make(self, change: TableChange) -> tuple[int, int]:
        """How many rows were deleted and changed, or are so already. Raises `SystemRefused`, `RowMoved`."""
        deleted = changed = 0
        planned = [self._planned(row) for row in change.rows]
        for keys, rows in _together(planned):
            lock = any(one.still or not one.delete for one in rows)
            read = {name for one in rows for name in one.read}
            there = self._there(keys, rows, sorted(read), lock=lock)
            moved = [self._is_another_by_now(one, there.get(one.identity)) for one in rows]
            if any(one.firm for one, is_moved in zip(rows, moved, strict=True) if is_moved):
                raise RowMoved(f"{self._where}: a row that others were to go with was changed. Nothing was done.")
            meant = [one for one, is_moved in zip(rows, moved, strict=True) if not is_moved]
            present = [one for one in meant if one.identity in there]
            if any(self._is_anothers(one, there[one.identity]) for one in present):
                raise SystemRefused(
                    f"{self._where}: a key that was found is another row's by now. Nothing was changed."
                )
            counted = len(meant) if self._verb is Verb.ERASE else len(present)
            if rows[0].delete:
                self._delete([one.key for one in present], keys)
                self._expected += [_Expected(one.key, one.identity, None) for one in meant]
                deleted += counted
            else:
                self._update(present, there, keys)
                changed += counted
        return deleted, changed

    def ensure(self) -> None:
        """Read again what was changed. Raises `NotErased` where it is not as it should be."""
        by_columns: dict[tuple[str, ...], list[_Expected]] = {}
        for one in self._expected:
            by_columns.setdefault(tuple(one.key), []).append(one)
        for names, expected in by_columns.items():
            for some in _portions(names, expected):
                read = {name for each in some for name in each.values or ()}
                there = self._there(names, some, sorted(read))
                if not all(self._is_so(there.get(each.identity), each.values) for each in some):
                    raise NotErased(f"{self._where}: read again, rows are not as they should be. Nothing was changed.")

    def _is_so(self, row: Mapping[str, Any] | None, values: Mapping[str, Any] | None) -> bool:
        if row is None or values is None:
            return row is None and values is None
        return all(holds(row[name], self._column(name).kind, value) for name, value in values.items())

    def _is_anothers(self, one: _Planned, row: Mapping[str, Any]) -> bool:
        """Whether the row with that key is not the one that was found, nor what became of it by this very change."""
        held = {name: row[name] for name in one.known_by if row[name] is not None}
        if not held or (one.values and self._is_so(row, one.values)):
            return False
        return not any(
            holds(value, self._column(name).kind, known) for name, value in held.items() for known in one.known_by[name]
        )

    def _is_another_by_now(self, one: _Planned, row: Mapping[str, Any] | None) -> bool:
        """Whether what the change depends on is not there any more, and not because the change was made before."""
        if row is None or (one.values and self._is_so(row, one.values)):
            return False
        return not all(holds(row[name], self._column(name).kind, value) for name, value in one.still.items())

    def _planned(self, row: RowChange) -> _Planned:
        if not row.key or any(value is None or value == "" for value in row.key.values()):
            raise SystemRefused(f"{self._where}: a row without a key cannot be changed.")
        key = {name: self._bound(name, value) for name, value in row.key.items()}
        values = {name: self._bound(name, value) for name, value in row.values.items() if name in self._held.columns}
        inside: dict[str, list[tuple[Sequence[str], Any]]] = {}
        for name, value in row.values.items():
            if name not in values:
                column, *path = name.split(".")
                if not path or self._column(column).kind not in {Kind.JSON, Kind.TEXT}:
                    raise SystemRefused(f"{self._where}: a field to change is not there.")
                inside.setdefault(column, []).append((path, value))
        known_by = {name: list(self._held_of(name, row.may_hold(name))) for name in row.known_by}
        still = {name: self._bound(name, value) for name, value in row.still.items()}
        return _Planned(key, self._identity(key), row.delete, values, inside, known_by, still, row.firm)

    def _there(
        self, names: Sequence[str], wanted: Sequence[_Planned | _Expected], read: Iterable[str], *, lock: bool = False
    ) -> Mapping[Identity, Mapping[str, Any]]:
        """Those of the rows that are there, by their exact key, with the columns to be read of them."""
        columns = [self._column(name) for name in dict.fromkeys((*names, *read))]
        query = sa.select(*(one.column for one in columns)).where(self._condition(names, [one.key for one in wanted]))
        rows = self._connection.execute(query.with_for_update() if lock else query).all()
        asked = {one.identity for one in wanted}
        found: dict[Identity, Mapping[str, Any]] = {}
        for raw in rows:
            row = dict(zip((one.name for one in columns), raw, strict=True))
            identity = self._identity({name: row[name] for name in names})
            if identity in found:
                raise SystemRefused(f"{self._where}: several rows have the key of one. The data map's key is none.")
            if identity in asked:
                found[identity] = row
        return found

    def _delete(self, keys: Sequence[Mapping[str, Any]], names: Sequence[str]) -> None:
        if keys:
            done = self._connection.execute(sa.delete(self._held.table).where(self._condition(names, keys)))
            self._ensure_count(done.rowcount, len(keys))

    def _update(
        self, rows: Sequence[_Planned], there: Mapping[Identity, Mapping[str, Any]], names: Sequence[str]
    ) -> None:
        alike: dict[str, list[tuple[_Planned, Mapping[str, Any]]]] = {}
        for one in rows:
            values = dict(one.values) | self._documents(one, there[one.identity])
            if values:
                alike.setdefault(repr(sorted(values.items())), []).append((one, values))
        for some in alike.values():
            new = some[0][1]
            keys = [one.key for one, _ in some]
            assigned = {self._column(name).column: _literal(value) for name, value in new.items()}
            query = sa.update(self._held.table).where(self._condition(names, keys)).values(assigned)
            self._ensure_count(self._connection.execute(query).rowcount, len(keys))
            moved = {name: value for name, value in new.items() if name in names}
            changed = ({**key, **moved} for key in keys)
            self._expected += [_Expected(key, self._identity(key), new) for key in changed]

    def _documents(self, one: _Planned, row: Mapping[str, Any]) -> dict[str, Any]:
        """The documents of a row with what is changed inside them."""
        made = {}
        for name, changes in one.inside.items():
            stored = row[name]
            if stored is None:
                continue
            document = json.loads(stored) if isinstance(stored, str | bytes) else copy.deepcopy(stored)
            for path, value in changes:
                _set_inside(document, path, value)
            made[name] = json.dumps(document, ensure_ascii=False)
        return made

    def _condition(self, names: Sequence[str], keys: Sequence[Mapping[str, Any]]) -> sa.ColumnElement[bool]:
        columns = [self._column(name).column for name in names]
        if len(names) == 1:
            return among(columns[0], [key[names[0]] for key in keys])
        return sa.or_(
            *(
                sa.and_(*(column == _literal(key[name]) for name, column in zip(names, columns, strict=True)))
                for key in keys
            )
        )

    def _identity(self, key: Mapping[str, Any]) -> Identity:
        return tuple(comparable(value, self._column(name).kind) for name, value in key.items())

    def _ensure_count(self, done: int, expected: int) -> None:
        if done > expected:
            raise SystemRefused(f"{self._where}: more rows would be changed than were found. Nothing was changed.")
        if 0 <= done < expected:
            raise NotErased(f"{self._where}: fewer rows can be changed than were found. Nothing was changed.")

    def _bound(self, name: str, value: Any) -> Any:
        try:
            return bound(value, self._column(name).kind, self._dialect)
        except Unheld:
            raise SystemRefused(f"{self._where}: {name} cannot hold a value that it should get.") from None

    def _held_of(self, name: str, values: Sequence[Any]) -> Iterator[Any]:
        """Those of the values that the column can hold at all."""
        for value in values:
            with contextlib.suppress(Unheld):
                yield bound(value, self._column(name).kind, self._dialect)

    def _column(self, name: str) -> HeldColumn:
        column = self._held.columns.get(name)
        if column is None:
            raise SystemRefused(f"{self._where}: a field to change is not there.")
        return column


def _together(rows: Sequence[_Planned]) -> Iterator[tuple[tuple[str, ...], Sequence[_Planned]]]:
    """Rows that one statement serves: of the same key columns, all to be deleted or all to be kept."""
    groups: dict[tuple[tuple[str, ...], bool], list[_Planned]] = {}
    for one in rows:
        groups.setdefault((tuple(one.key), one.delete), []).append(one)
    for (names, _), some in groups.items():
        yield from ((names, portion) for portion in _portions(names, some))


def _portions(names: Sequence[str], rows: Sequence[_Of]) -> Iterator[Sequence[_Of]]:
    """The rows of one statement after another, that have these columns for a key."""
    at_once = _AT_ONCE if len(names) == 1 else _FEW_AT_ONCE
    return (rows[start : start + at_once] for start in range(0, len(rows), at_once))


def _literal(value: Any) -> sa.BindParameter[Any]:
    return sa.literal(value, sa.types.NullType())


def _set_inside(document: Any, path: Sequence[str], value: Any) -> None:
    """Set a member of a document, in each element where there is a list on the way; what is not there stays so."""
    if isinstance(document, list):
        for one in document:
            _set_inside(one, path, value)
    elif isinstance(document, dict) and path[0] in document:
        if len(path) == 1:
            document[path[0]] = value
        else:
            _set_inside(document[path[0]], path[1:], value)
