"""Rows of a table that have one of the asked values, compared exactly.

The database narrows down, by its own idea of equality; then every row is compared here again, to the letter. A column
of MySQL that takes Müller for MULLER, or 'anna ' for 'anna', thus finds nobody else. Only an e-mail address is the same
in upper and lower case, as it is everywhere in this service.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from privacy.db import in_parts
from privacy.programme.data_map import Table
from privacy.programme.types import ContactKind
from privacy.systems.connector import Key, SystemRefused
from privacy.systems.graph import compared
from privacy.systems.sql_catalogue import HeldColumn, HeldTable
from privacy.systems.sql_values import Kind, asked, comparable, searched

_EMAIL = ContactKind.EMAIL.value


@dataclass(frozen=True)
class Wanted:
    """One column and the texts that its values must compare as."""

    held: HeldColumn
    #: Whether it holds e-mail addresses, of which upper and lower case are one.
    mail: bool
    texts: tuple[str, ...] = field(repr=False)

    def text_of(self, value: Any) -> str | None:
        """The text by which a value of this column is compared."""
        text = comparable(value, self.held.kind)
        return compared(_EMAIL, text) if self.mail and text is not None else text

    def condition(self, texts: Sequence[str], dialect: str) -> sa.ColumnElement[bool]:
        """What narrows down to rows with one of the texts; more may come."""
        column: Any = self.held.column
        forms = texts
        if self.mail:
            forms = sorted({form for text in texts for form in (text, unicodedata.normalize("NFD", text))})
            if not self.held.folds_case:
                column = sa.func.lower(column)
            elif dialect == "sqlite":
                column = column.collate("NOCASE")
        values = [value for text in forms for value in searched(text, self.held.kind, dialect)]
        return among(column, values)


def among(column: sa.ColumnElement[Any], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Whether a column has one of the values, bound without a type: the database takes them for what the column is."""
    return column.in_(sa.bindparam(None, list(values), type_=sa.types.NullType(), expanding=True, unique=True))


def wanted(system: str, held: HeldTable, table: Table, keys: Sequence[Key], dialect: str) -> list[Wanted]:
    """What is searched for, column by column; values that a column cannot hold are left out.

    Raises `SystemRefused` for a field that the map or the database lacks, or by which nobody can search.
    """
    merged: dict[str, list[str | int]] = {}
    for key in keys:
        merged.setdefault(key.name, []).extend(key.values)
    found = []
    for name, values in merged.items():
        column = held.columns.get(name)
        mapped = next((one for one in table.fields if one.name == name), None)
        if column is None or mapped is None:
            raise SystemRefused(f"System {system}, table {held.name}: there is no field to search by of such a name.")
        if not column.kind.can_be_searched:
            raise SystemRefused(f"System {system}, {held.name}.{name}: nobody can be searched for by {column.written}.")
        mail = mapped.identity == _EMAIL and column.kind in {Kind.TEXT, Kind.PADDED, Kind.OTHER}
        read = (asked(value, column.kind, dialect) for value in values)
        texts = {compared(_EMAIL, text) if mail else text: None for text in read if text is not None}
        if texts:
            found.append(Wanted(column, mail, tuple(texts)))
    return found


def matching(
    connection: Connection, search: Sequence[Wanted], columns: Sequence[HeldColumn], most: int | None
) -> Iterator[Mapping[str, Any]]:
    """Rows that match, each once, with these columns as the driver returns them; after `most` it may stop."""
    pairs = [(one, text) for one in search for text in one.texts]
    parts = list(in_parts(pairs))
    part_of = {(id(one), text): number for number, part in enumerate(parts) for one, text in part}
    read = {one.name: one for one in (*columns, *(one.held for one in search))}

    for number, part in enumerate(parts):
        condition = _condition(part, connection.dialect.name)
        for row in _rows(connection, list(read.values()), condition, most):
            value = dict(zip(read, row, strict=True))
            matched = [part_of.get((id(one), one.text_of(value[one.held.name]) or "")) for one in search]
            # A row that several parts find is taken from the first of them.
            if min((at for at in matched if at is not None), default=None) == number:
                yield value


def _rows(
    connection: Connection, read: Sequence[HeldColumn], condition: sa.ColumnElement[bool], most: int | None
) -> Iterator[Sequence[Any]]:
    query = sa.select(*(one.column for one in read)).where(condition)
    if most is None:
        with connection.execute(query.execution_options(stream_results=True, yield_per=1_000)) as result:
            yield from result
        return
    rows = connection.execute(query.limit(most + 1)).all()
    if len(rows) <= most:
        yield from rows
    else:  # Some of them may be other people's, whom the database takes for the same.
        yield from _rows(connection, read, condition, None)


def _condition(part: Sequence[tuple[Wanted, str]], dialect: str) -> sa.ColumnElement[bool]:
    texts: dict[int, list[str]] = {}
    by_id = {id(one): one for one, _ in part}
    for one, text in part:
        texts.setdefault(id(one), []).append(text)
    return sa.or_(*(by_id[number].condition(some, dialect) for number, some in texts.items()))
