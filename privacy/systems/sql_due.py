"""Rows of a table by a day that they hold: paged by the primary key, so that memory does not grow with the table.

A column that the database itself takes for a day or a moment is compared there. Text, and columns of SQLite, are
narrowed down there and compared here: what does not read as a day or a time of ISO 8601 is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from privacy.programme.data_map import Table
from privacy.systems.connector import DayBefore, Page, SystemRefused
from privacy.systems.sql_catalogue import HeldColumn, HeldTable
from privacy.systems.sql_values import Kind, Unheld, bound, plain

#: Rows that are read at a time where they are only counted.
_COUNTED_AT_ONCE = 5_000
_TEXTS = frozenset({Kind.TEXT, Kind.PADDED, Kind.OTHER})
_MOMENTS = frozenset({Kind.MOMENT, Kind.UTC_MOMENT})


@dataclass(frozen=True)
class _Asked:
    """One field that may hold an earlier day."""

    held: HeldColumn
    wanted: DayBefore
    #: Whether what the database finds is looked at again.
    again: bool
    condition: sa.ColumnElement[bool]

    def holds(self, value: Any) -> bool:
        """Whether a value is such a day."""
        day = day_of(plain(value, self.held.kind), self.wanted)
        return day is not None and day < self.wanted.day


class DueRows:
    """The rows of one table for which any of the conditions holds."""

    def __init__(self, system: str, connection: Connection, held: HeldTable, table: Table) -> None:
        self._where = f"System {system}, table {held.name}"
        self._connection = connection
        self._held = held
        self._table = table
        self._dialect = connection.dialect.name

    def page(self, before: Sequence[DayBefore], after: Mapping[str, Any] | None, limit: int) -> Page:
        """At most so many rows after a key, in the order of the keys."""
        asked, key = self._asked(before), self._key()
        mapped = [self._held.columns[one.name] for one in self._table.fields]
        found: list[Mapping[str, Any]] = []
        while True:
            rows = self._rows(asked, mapped, self._after(key, after), limit)
            for row in rows:
                after = {one.name: plain(row[one.name], one.kind) for one in key}
                if any(_holds(one, row) for one in asked):
                    found.append({one.name: plain(row[one.name], one.kind) for one in mapped})
                    if len(found) == limit:
                        return Page(tuple(found), after)
            if len(rows) < limit:
                return Page(tuple(found), None)

    def every(self, after: Mapping[str, Any] | None, limit: int) -> Page:
        """At most so many rows after a key, whatever they hold."""
        key = self._key()
        mapped = [self._held.columns[one.name] for one in self._table.fields]
        query = sa.select(*(one.column for one in mapped)).where(self._after(key, after))
        ordered = query.order_by(*(one.column for one in key)).limit(limit)
        rows = [
            {one.name: plain(value, one.kind) for one, value in zip(mapped, row, strict=True)}
            for row in self._connection.execute(ordered)
        ]
        last = {one.name: rows[-1][one.name] for one in key} if len(rows) == limit else None
        return Page(tuple(rows), last)

    def count(self, before: Sequence[DayBefore]) -> int:
        """How many there are."""
        asked = self._asked(before)
        if not any(one.again for one in asked):
            query = sa.select(sa.func.count()).select_from(self._held.table).where(self._any(asked))
            return int(self._connection.scalar(query) or 0)
        query = sa.select(*(one.held.column for one in asked)).where(self._any(asked))
        streamed = query.execution_options(stream_results=True, yield_per=_COUNTED_AT_ONCE)
        with self._connection.execute(streamed) as result:
            return sum(any(one.holds(value) for one, value in zip(asked, row, strict=True)) for row in result)

    def _rows(
        self, asked: Sequence[_Asked], mapped: Sequence[HeldColumn], after: sa.ColumnElement[bool], limit: int
    ) -> Sequence[Mapping[str, Any]]:
        read = {one.name: one for one in (*mapped, *(one.held for one in asked))}
        query = sa.select(*(one.column for one in read.values())).where(self._any(asked), after)
        ordered = query.order_by(*(one.column for one in self._key())).limit(limit)
        return [dict(zip(read, row, strict=True)) for row in self._connection.execute(ordered)]

    def _any(self, asked: Sequence[_Asked]) -> sa.ColumnElement[bool]:
        return sa.or_(*(one.condition for one in asked))

    def _key(self) -> Sequence[HeldColumn]:
        if not self._table.primary_key:
            raise SystemRefused(f"{self._where}: the data map says not which fields tell its rows apart.")
        return [self._column(name) for name in self._table.primary_key]

    def _after(self, key: Sequence[HeldColumn], after: Mapping[str, Any] | None) -> sa.ColumnElement[bool]:
        if after is None:
            return sa.true()
        values = [self._bound(after.get(one.name), one) for one in key]
        # One column after another: not every database compares whole rows by an index.
        pairs = list(zip(key, values, strict=True))
        parts = (
            sa.and_(*(one.column == value for one, value in pairs[:at]), one.column > last)
            for at, (one, last) in enumerate(pairs)
        )
        return sa.or_(*parts)

    def _bound(self, value: Any, column: HeldColumn) -> sa.BindParameter[Any]:
        try:
            return sa.literal(bound(value, column.kind, self._dialect), sa.types.NullType())
        except Unheld:
            raise SystemRefused(f"{self._where}: a key to go on after is none.") from None

    def _asked(self, before: Sequence[DayBefore]) -> list[_Asked]:
        if not before:
            raise ValueError("rows are due by a day")
        return [self._one(one) for one in before]

    def _one(self, wanted: DayBefore) -> _Asked:
        held = self._column(wanted.field)
        if held.kind in _TEXTS or (self._dialect == "sqlite" and held.kind in {Kind.DAY, *_MOMENTS}):
            # By another offset a time may be of the day before: a day more is read and looked at again.
            text = (wanted.day + timedelta(days=1)).isoformat()
            column = sa.cast(held.column, sa.String) if held.kind is Kind.OTHER else held.column
            # Every day begins with a digit; nothing at all sorts before it.
            condition = sa.and_(column >= sa.literal("0"), column < sa.literal(text))
            return _Asked(held, wanted, True, condition)
        if (make := _LIMITS.get(held.kind)) is None:
            raise SystemRefused(f"{self._where}: {held.name} holds no day, but {held.written}.")
        value = make(wanted, held.is_instant)
        return _Asked(held, wanted, False, held.column < sa.literal(value, sa.types.NullType()))

    def _column(self, name: str) -> HeldColumn:
        column = self._held.columns.get(name)
        if column is None or not any(one.name == name for one in self._table.fields):
            raise SystemRefused(f"{self._where}: a field that holds a day is not there.")
        return column


def _holds(one: _Asked, row: Mapping[str, Any]) -> bool:
    return not one.again or one.holds(row[one.held.name])


def day_of(value: Any, wanted: DayBefore) -> date | None:
    """The day of a row's value, by the clock of the zone where it says an instant; None where it says no day."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return moment.astimezone(wanted.zone).date() if moment.tzinfo else moment.date()


def _midnight(wanted: DayBefore, aware: bool) -> datetime:
    begins = datetime.combine(wanted.day, time(0))
    return begins.replace(tzinfo=wanted.zone).astimezone(UTC) if aware else begins


def _day(wanted: DayBefore, _aware: bool) -> date:
    return wanted.day


def _utc_midnight(wanted: DayBefore, _aware: bool) -> datetime:
    """As a driver takes it for a column that is kept in UTC."""
    return _midnight(wanted, True).replace(tzinfo=None)


_LIMITS: Mapping[Kind, Callable[[DayBefore, bool], Any]] = {
    Kind.DAY: _day,
    Kind.MOMENT: _midnight,
    Kind.UTC_MOMENT: _utc_midnight,
}
