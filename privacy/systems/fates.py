"""What an erasure makes of each row, decided by the data map and the law alone: no database, no clock.

A row is deleted, kept for a statute until a day, or stripped field by field. A row that would go stays where one that
is kept refers to it, for the same reason: no database would let it go. What is kept is marked as restricted where the
table has a field for it (Art. 18). Keyed hashes and masks say something of the person yet: they are reported as
pseudonymised, and never as erased.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from privacy.programme.data_map import DataField, DataSet, Keeping, Strategy, Table
from privacy.programme.types import Programme
from privacy.systems.connector import FieldFate, Row, RowChange, TableChange
from privacy.systems.graph import values_at
from privacy.systems.referring import Parents, Where, children_first

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


@dataclass(frozen=True)
class _Kept:
    """Why something outlives an erasure."""

    #: The last day on which a statute keeps it; None where what was refused does.
    until: date | None = None
    statute: str | None = None
    #: The table whose rows were refused and refer to it, as `data set.table`.
    refused: str | None = None

    def outlasts(self, other: _Kept | None) -> bool:
        """Whether it keeps longer: a refusal has no day on which it ends."""
        return other is None or self._length > other._length

    @property
    def _length(self) -> tuple[date, str, str]:
        return (self.until or date.max, self.statute or "", self.refused or "")


def fates(
    data_sets: Sequence[DataSet],
    found: Mapping[Where, Sequence[Row]],
    programme: Programme,
    erased_on: date,
    *,
    secret: bytes,
    refused: Mapping[Where, Sequence[Row]] | None = None,
) -> Sequence[TableFates]:
    """What an erasure on that day does with the rows that were found in a system, children before parents.

    `found`: rows by data set and table. `secret`: random bytes of one execution that are forgotten with it, so that
    nobody makes the same hash again; with the same secret the same rows have the same fate. `refused`: the rows that
    stay because the person was refused them. Raises ValueError for a row that has to be changed and has no key.
    """
    tables = {(one.code, name): table for one in data_sets for name, table in one.tables.items()}
    deciding = {
        where: [_Deciding(tables[where], row, programme, erased_on, secret) for row in found[where]]
        for where in children_first(data_sets)
        if found.get(where)
    }
    _hold(tables, deciding, refused or {})
    return [TableFates(where[0], tables[where], tuple(one.fate for one in some)) for where, some in deciding.items()]


def _hold(
    tables: Mapping[Where, Table],
    deciding: Mapping[Where, Sequence[_Deciding]],
    refused: Mapping[Where, Sequence[Row]],
) -> None:
    """Keep what rows that are kept refer to, and what that refers to in its turn."""
    parents = Parents[_Deciding](tables)
    for where, some in deciding.items():
        for one in some:
            parents.add(where, one.row, one)
    by_refusal = [
        (there, one, _Kept(refused=".".join(where)))
        for where, rows in refused.items()
        for row in rows
        for there, one in parents.of(where, row)
    ]
    by_statute = [
        (there, one, kept)
        for where, some in deciding.items()
        for child in some
        for kept in child.kept
        for there, one in parents.of(where, child.row, without=child.loses)
    ]
    follow = by_refusal + by_statute
    while follow:
        where, child, kept = follow.pop()
        if child.hold(kept):
            follow += [(there, one, kept) for there, one in parents.of(where, child.row, without=child.loses)]


class _Deciding:
    """One row."""

    def __init__(self, table: Table, row: Row, programme: Programme, erased_on: date, secret: bytes) -> None:
        self.row = row
        self._table = table
        self._programme, self._erased_on = programme, erased_on
        self._secret = secret
        self._own = dict(_with_own_strategy(table.fields))
        self._kept = self._kept_until(table.keeping) if table.on_erasure is Strategy.KEEP else None
        #: By what rows that refer to it keep it, where nothing else does.
        self._held: _Kept | None = None
        #: Fields that a statute keeps by themselves.
        self._fields_kept = {
            name: kept
            for name, one in self._own.items()
            if one.on_erasure is Strategy.KEEP and (kept := self._kept_until(one.keeping or table.keeping))
        }

    @property
    def kept(self) -> Sequence[_Kept]:
        """Why anything of the row is kept."""
        return [*([self._kept] if self._kept else ()), *self._fields_kept.values()]

    @property
    def loses(self) -> Sequence[str]:
        """The fields whose values are not there afterwards."""
        return [fate.field for fate in self.fields() if fate.strategy is not Strategy.KEEP]

    def hold(self, kept: _Kept) -> bool:
        """Keep the row for one that refers to it; says whether it would have gone, or gone earlier."""
        if not self._would_go or not kept.outlasts(self._held):
            return False
        self._held = kept
        return True

    @property
    def fate(self) -> RowFate:
        """What becomes of the row."""
        fates = tuple(self.fields())
        if self.is_deleted:
            return RowFate(RowChange(self.key, delete=True), fates)
        values = dict(self.values(fates))
        return RowFate(RowChange(self.key, values=values) if values else None, fates)

    @property
    def key(self) -> Mapping[str, Any]:
        """What tells the row from others."""
        key = {name: self.row.get(name) for name in self._table.primary_key}
        if not key or any(value is None for value in key.values()):
            raise ValueError("a row without a primary key cannot be changed")
        return key

    @property
    def is_deleted(self) -> bool:
        """Whether the row goes: nothing keeps it, or what kept it is over."""
        return self._would_go and self._held is None

    @property
    def _would_go(self) -> bool:
        goes = self._table.on_erasure in {Strategy.DELETE_ROW, Strategy.KEEP}
        return goes and self._kept is None and not self._fields_kept

    def fields(self) -> Iterator[FieldFate]:
        """What is told of each field that the row has."""
        for name, one in self._told():
            if self.is_deleted:
                yield FieldFate(name, Strategy.DELETE_ROW)
            elif (kept := self._kept_here(name)) is not None:
                until = kept.until.isoformat() if kept.until else None
                yield FieldFate(name, Strategy.KEEP, until, kept.statute, kept.refused)
            elif (strategy := self._strategy(name, one)) is not None:
                yield FieldFate(name, strategy)

    def values(self, fates: tuple[FieldFate, ...]) -> Iterator[tuple[str, Any]]:
        """The new values of the fields that are changed, and the mark of a row that is kept."""
        mark = self._table.restricted_field
        for fate in fates:
            if fate.strategy is not Strategy.KEEP and fate.field != mark:
                yield fate.field, self._value(fate)
        if mark and (self._kept or self._held or self._fields_kept):
            yield mark, self._table.restricted_value

    def _told(self) -> Iterator[tuple[str, DataField]]:
        """Fields of the row, nested ones where they have a strategy of their own; technical ones only then."""
        for one in self._table.fields:
            inner = {name: each for name, each in self._own.items() if name.startswith(f"{one.name}.")}
            if one.name in self._own or not inner:
                if one.name in self.row:
                    yield one.name, one
            else:
                yield from (
                    (name, each) for name, each in inner.items() if any(True for _ in values_at(self.row, name))
                )

    def _kept_here(self, name: str) -> _Kept | None:
        own = self._own.get(name)
        if own is None:
            return self._kept or self._held
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

    def _kept_until(self, keeping: Keeping | None) -> _Kept | None:
        """The last day and the statute; None where nothing asks for it on the day of the erasure any more."""
        rule = self._programme.retention_rules.get(keeping.rule) if keeping else None
        if keeping is None or rule is None:
            return None
        last = rule.last_day(self._start(keeping))
        return _Kept(last, rule.statute) if last is not None and last >= self._erased_on else None

    def _start(self, keeping: Keeping) -> date:
        """The day from which a period counts: the row's own, by the clock of the jurisdiction; else the erasure."""
        written = self.row.get(keeping.counted_from) if keeping.counted_from else None
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
        value = next(iter(values_at(self.row, fate.field)), None)
        if value is None:
            return None
        return self._hash(one, value) if fate.strategy is Strategy.HASH else _mask(str(value))

    def _constant(self, one: DataField) -> str | int | None:
        """What the map writes; where people are told apart by the field, something that no other row has."""
        constant = one.constant if one.constant is not None else (0 if _is_whole(one) else _CONSTANT)
        if one.identity is None or self.row.get(one.name) is None:
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
