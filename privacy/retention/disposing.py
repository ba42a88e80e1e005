"""What is done with one row whose time, or that of a part, is up: as an erasure does it, as far as its time is up.

Pure, and the same each time: a row that is as it should be is left alone, so that a run repeated does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from privacy.programme.data_map import DataField, DataSet, Strategy, Table
from privacy.programme.types import Programme, RetentionAction
from privacy.retention.terms import Term, data_fields
from privacy.systems.connector import FieldFate, Row, RowChange
from privacy.systems.service import fates

#: What becomes of one row, and of each field that is told of.
Change = tuple[RowChange | None, tuple[FieldFate, ...]]
_NOTHING: Change = (None, ())
#: Actions by which what is over leaves the row.
_EMPTIES = frozenset({RetentionAction.ERASE, RetentionAction.ANONYMISE})
#: What an erasure writes where each row must have something of its own, and for a hash.
_UNIQUE = re.compile(r"[0-9a-f]{12}")
_HASH = re.compile(r"[0-9a-f]{1,64}")


def change(
    programme: Programme,
    data_set: DataSet,
    table: Table,
    row: Row,
    term: Term,
    today: date,
    *,
    secret: bytes,
) -> Change:
    """What is done with a row today; None where nothing is: it is not due, done already, or a person decides.

    The row must hold its moments yet when it is changed. `secret` as for an erasure. Raises ValueError for a row
    without a primary key.
    """
    made, told = _made(programme, data_set, table, row, term, today, secret)
    if made is None:
        return made, told
    still = {name: row.get(name) for name in sorted(term.moments)}
    return RowChange(made.key, delete=made.delete, values=made.values, still=still), told


def _made(
    programme: Programme, data_set: DataSet, table: Table, row: Row, term: Term, today: date, secret: bytes
) -> Change:
    if term.whole and term.action is RetentionAction.REVIEW:
        return _NOTHING
    if term.whole and term.action is RetentionAction.RESTRICT:
        return _restricted(table, row, term)
    if term.whole and term.action is RetentionAction.ERASE and _goes(table, term):
        return RowChange(_key(table, row), delete=True), tuple(
            _gone(one.name) for one in table.fields if one.name in row
        )
    anonymous = term.whole and term.action is RetentionAction.ANONYMISE
    names = _emptied(programme, table, term, anonymous=anonymous)
    emptied = _emptying(table, names, anonymous=anonymous)
    [made] = fates(
        [replace(data_set, tables={table.name: emptied})],
        {(data_set.code, table.name): [row]},
        programme,
        today,
        secret=secret,
    )
    fate = made.rows[0]
    values = dict(fate.change.values) if fate.change else {}
    values = {name: value for name, value in values.items() if not _is_so(emptied.field(name), _held(row, name), value)}
    if _is_kept_back(programme, table, term):
        values |= _mark(table, row)
    return (RowChange(_key(table, row), values=values) if values else None), fate.fields


@lru_cache(maxsize=1_024)
def _gone(name: str) -> FieldFate:
    """A field that goes with its row: the same for every row, of which there may be millions."""
    return FieldFate(name, Strategy.DELETE_ROW)


def _goes(table: Table, term: Term) -> bool:
    """Whether the row itself goes: the data map says so of an erasure, or its key was kept and need not be any more."""
    if table.on_erasure in {Strategy.DELETE_ROW, Strategy.KEEP}:
        return True
    keys = [table.field(name) for name in table.primary_key]
    return any(one.on_erasure is Strategy.KEEP and one.name in term.ends for one in keys)


def _restricted(table: Table, row: Row, term: Term) -> Change:
    """The mark alone: the row stays as it is."""
    values = _mark(table, row)
    until = term.until.isoformat() if term.until else None
    told = tuple(FieldFate(one.name, Strategy.KEEP, until) for one in table.fields if one.name in row)
    return (RowChange(_key(table, row), values=values) if values else None), told if values else ()


def _mark(table: Table, row: Row) -> Mapping[str, Any]:
    """What marks the row as restricted (Art. 18), where the table has a field for it and it is not marked yet."""
    name = table.restricted_field
    return {} if name is None or row.get(name) == table.restricted_value else {name: table.restricted_value}


def _is_kept_back(programme: Programme, table: Table, term: Term) -> bool:
    """Whether the row is there for the one use that needs the rest of it, and so is restricted.

    Not where a part of it is nobody's to limit: that part is in use. A rule whose time is up and that restricts asks
    for the mark as well.
    """
    if term.whole or not term.over:
        return False
    asked = any(_action(programme, term, name) is RetentionAction.RESTRICT for name in term.over)
    emptied = any(_action(programme, term, name) in _EMPTIES for name in term.over)
    return asked or (emptied and data_fields(table) <= term.ends.keys())


def _emptied(programme: Programme, table: Table, term: Term, *, anonymous: bool) -> frozenset[str]:
    """The fields that are emptied. Never a key, by which the row is found, nor the mark."""
    if term.whole:
        names = data_fields(table) | ({name for name, one in table.walk() if one.references} if anonymous else set())
    else:
        names = frozenset(name for name in term.over if _action(programme, term, name) in _EMPTIES)
    return frozenset(names) - set(table.primary_key) - {table.restricted_field or ""}


def _action(programme: Programme, term: Term, name: str) -> RetentionAction:
    return programme.retention_rules[term.rules[name]].action


def _emptying(table: Table, names: Collection[str], *, anonymous: bool) -> Table:
    """The table as an erasure would see it that is about these fields alone."""
    fields = tuple(_one_emptied(one, "", names, anonymous=anonymous) for one in table.fields)
    return replace(table, fields=fields, on_erasure=None, keeping=None, restricted_field=None)


def _one_emptied(one: DataField, prefix: str, names: Collection[str], *, anonymous: bool) -> DataField:
    name = prefix + one.name
    inner = tuple(_one_emptied(each, f"{name}.", names, anonymous=anonymous) for each in one.fields)
    return replace(
        one, fields=inner, on_erasure=_strategy(one, anonymous=anonymous) if name in names else None, keeping=None
    )


def _strategy(one: DataField, *, anonymous: bool) -> Strategy:
    """As the map has it for an erasure. A pseudonym would not make anonymous; what was kept is kept no more."""
    says = one.on_erasure
    if says is None or says is Strategy.KEEP or (anonymous and not says.erases):
        return Strategy.NULL
    return says


def _is_so(one: DataField, held: Any, value: Any) -> bool:
    """Whether the field holds what it is to hold, or what an earlier run made of it with another secret."""
    if held == value or held is None:
        return True
    if one.on_erasure is Strategy.CONSTANT and one.identity is not None:
        if isinstance(held, int):
            return isinstance(value, int) and held < 0
        return isinstance(value, str) and _UNIQUE.sub("", str(held)) == _UNIQUE.sub("", value) != value
    if one.on_erasure is Strategy.HASH and isinstance(value, str):
        return len(str(held)) == len(value) and _HASH.fullmatch(str(held)) is not None
    return False


def _held(row: Row, name: str) -> Any:
    held: Any = row
    for part in name.split("."):
        held = held.get(part) if isinstance(held, Mapping) else None
    return held


def _key(table: Table, row: Row) -> Mapping[str, Any]:
    """What tells the row from others."""
    key = {name: row.get(name) for name in table.primary_key}
    if not key or any(value is None for value in key.values()):
        raise ValueError("a row without a primary key cannot be changed")
    return key
