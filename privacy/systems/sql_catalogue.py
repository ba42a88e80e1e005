"""What a database says that it has. Every name in a statement comes from here, and none from anywhere else.

A name of the data map is only ever compared with the catalogue's, to the letter. Columns get keys of our own, so that
a name takes no part in the names of bound values either.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection
from sqlalchemy.engine.reflection import Inspector

from privacy.systems.connector import SystemRefused
from privacy.systems.sql_values import Kind, kind_of

#: Schemas that hold the database's own tables.
_INTERNAL = re.compile(r"pg_.*|information_schema|sys|mysql|performance_schema")
_LOWER = re.compile(r"\(\s*lower\s*\(\s*\(?[\"`\[]?(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class HeldColumn:
    """A column that the database has."""

    name: str
    column: sa.Column[Any]
    kind: Kind
    #: As the catalogue writes it: `VARCHAR(60)`.
    written: str
    #: In characters; None where it has no limit.
    length: int | None
    nullable: bool
    #: Whether the database itself takes upper and lower case for the same here.
    folds_case: bool
    #: Whether a moment in it says an instant, and not what a clock on some wall showed.
    is_instant: bool


@dataclass(frozen=True)
class HeldTable:
    """A table that the database has."""

    #: As the data map writes it: with its schema where that is not the usual one.
    name: str
    table: sa.Table
    columns: Mapping[str, HeldColumn]
    primary_key: tuple[str, ...]


@dataclass(frozen=True)
class Indexed:
    """By which columns the database finds rows without reading all of them."""

    as_they_are: frozenset[str]
    #: By `lower(column)`, or by an index that folds case.
    in_lower_case: frozenset[str]


class Catalogue:
    """The catalogue of one open connection, read piece by piece as it is asked for."""

    def __init__(self, system: str, connection: Connection) -> None:
        self._system = system
        self._connection = connection
        self._inspector: Inspector = sa.inspect(connection)
        self._held: dict[str, HeldTable] = {}
        self._dialect = connection.dialect.name

    def table(self, name: str) -> HeldTable:
        """The table of that name. Raises `SystemRefused` where there is none."""
        if name not in self._held:
            place = self.places.get(name) or self._elsewhere.get(name)
            if place is None:
                raise SystemRefused(f"System {self._system} has no table of a name that the data map gives.")
            self._held[name] = self._read(name, *place)
        return self._held[name]

    def everything(self) -> Iterator[HeldTable]:
        """Every table that is not the database's own."""
        for name in [*self.places, *self._elsewhere]:
            yield self.table(name)

    @cached_property
    def places(self) -> Mapping[str, tuple[str | None, str]]:
        """The tables of the usual schema: name in a data map -> schema and name in the database."""
        return {name: (None, name) for name in sorted(self._inspector.get_table_names())}

    @cached_property
    def _elsewhere(self) -> Mapping[str, tuple[str | None, str]]:
        """The same of further schemas, where a database of this kind has any."""
        if self._dialect != "postgresql":
            return {}
        usual = self._inspector.default_schema_name
        return {
            f"{schema}.{name}": (schema, name)
            for schema in sorted(self._inspector.get_schema_names())
            if schema != usual and not _INTERNAL.fullmatch(schema)
            for name in sorted(self._inspector.get_table_names(schema=schema))
        }

    def references(self, held: HeldTable) -> Mapping[str, str]:
        """Column -> the `table.column` of the same database that its foreign key names."""
        found = {}
        for key in self._inspector.get_foreign_keys(held.table.name, schema=held.table.schema):
            if len(key["constrained_columns"]) == 1:
                schema = f"{key['referred_schema']}." if key["referred_schema"] else ""
                found[key["constrained_columns"][0]] = f"{schema}{key['referred_table']}.{key['referred_columns'][0]}"
        return found

    def indexed(self, held: HeldTable) -> Indexed:
        """Which columns lead an index that covers every row."""
        plain, lower = set(held.primary_key[:1]), set()
        if self._dialect == "sqlite":
            found = self._sqlite_indexes(held.table.name)
        else:
            indexes = self._inspector.get_indexes(held.table.name, schema=held.table.schema)
            found = [
                ((one.get("expressions") or one["column_names"] or [None])[0], one["column_names"][:1] == [None])
                for one in indexes
                if not one.get("dialect_options", {}).get("postgresql_where")
            ]
        for text, folded in found:
            if text and text in held.columns and not folded:
                plain.add(text)
            elif text and (match := _LOWER.search(text if text.startswith("(") else f"({text}")):
                lower.add(match[1])
            elif text and text in held.columns:
                lower.add(text)
        folding = {name for name in plain if held.columns[name].folds_case}
        return Indexed(frozenset(plain), frozenset(lower | folding))

    def _sqlite_indexes(self, table: str) -> list[tuple[str | None, bool]]:
        """The first column of each index, or its definition, and whether it folds case."""
        asked = sa.text(
            "SELECT x.name, x.coll, m.sql FROM pragma_index_list(:name) AS l, pragma_index_xinfo(l.name) AS x "
            "LEFT JOIN sqlite_master AS m ON m.type = 'index' AND m.name = l.name WHERE x.seqno = 0 AND l.partial = 0"
        )
        rows = self._connection.execute(asked, {"name": table}).all()
        return [(name or (sql or "").partition(" ON ")[2], coll == "NOCASE") for name, coll, sql in rows]

    def _read(self, name: str, schema: str | None, table: str) -> HeldTable:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sa.exc.SAWarning)  # It tells of types that it does not know.
            columns = self._inspector.get_columns(table, schema=schema)
        key = self._inspector.get_pk_constraint(table, schema=schema)["constrained_columns"]
        made = sa.Table(
            sa.sql.quoted_name(table, quote=True),
            sa.MetaData(),
            *(
                sa.Column(sa.sql.quoted_name(one["name"], quote=True), sa.types.NullType(), key=f"c{number}")
                for number, one in enumerate(columns)
            ),
            schema=sa.sql.quoted_name(schema, quote=True) if schema else None,
        )
        folding = self._folding(table, [one["name"] for one in columns])
        held = [
            HeldColumn(
                name=one["name"],
                column=column,
                kind=kind_of(one["type"], self._dialect),
                written=_written(one["type"]),
                length=getattr(one["type"], "length", None),
                nullable=bool(one["nullable"]),
                folds_case=one["name"] in folding or isinstance(one["type"], postgresql.CITEXT),
                is_instant=bool(getattr(one["type"], "timezone", False)),
            )
            for one, column in zip(columns, made.columns, strict=True)
        ]
        return HeldTable(name, made, {str(one.name): one for one in held}, tuple(key))

    def _folding(self, table: str, columns: list[str]) -> set[str]:
        """The columns in which upper and lower case are one: by their collation on MySQL, by an index on SQLite."""
        if self._dialect == "sqlite":
            return {first for first, folded in self._sqlite_indexes(table) if folded and first in columns}
        if self._dialect not in {"mysql", "mariadb"}:
            return set()
        asked = sa.text(
            "SELECT column_name, collation_name FROM information_schema.columns "
            "WHERE table_schema = DATABASE() AND table_name = :name"
        )
        found = self._connection.execute(asked, {"name": table}).all()
        return {name for name, collation in found if name in columns and (collation or "").endswith("_ci")}


def _written(type_: sa.types.TypeEngine[Any]) -> str:
    try:
        return str(type_)
    except sa.exc.SQLAlchemyError:
        return type(type_).__name__.upper()
