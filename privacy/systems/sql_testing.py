"""What `privacy systems test` finds about a database: what the data map needs, and what is more than it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from privacy.programme.data_map import DataField, DataSet, Strategy, Table
from privacy.programme.types import ContactKind
from privacy.systems.connector import Finding, Level, SystemRefused
from privacy.systems.sql_catalogue import Catalogue, HeldColumn, HeldTable, Indexed
from privacy.systems.sql_values import Kind

#: What a data map calls a type, and what the database then has.
_FITTING: dict[str, set[Kind]] = {
    "string": {Kind.TEXT, Kind.PADDED, Kind.UUID, Kind.OTHER},
    "integer": {Kind.WHOLE, Kind.NUMBER},
    "float": {Kind.NUMBER},
    "boolean": {Kind.BOOLEAN, Kind.WHOLE},
    "object_id": {Kind.TEXT, Kind.PADDED, Kind.UUID, Kind.BYTES, Kind.OTHER},
    "object": {Kind.JSON, Kind.TEXT},
}
#: Rights of MySQL beyond those of a user that reads, changes and deletes rows.
_MYSQL_POWER = re.compile(
    r"\b(ALL PRIVILEGES|SUPER|CREATE(?! TEMPORARY| VIEW)|DROP|ALTER|FILE|SHUTDOWN|GRANT OPTION|TRIGGER|EVENT)\b"
)
_POSTGRESQL_POWER = """
SELECT r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolbypassrls,
       has_schema_privilege(current_schema(), 'CREATE'),
       EXISTS (SELECT 1 FROM pg_tables AS t WHERE t.tableowner = current_user AND t.schemaname = current_schema())
FROM pg_roles AS r WHERE r.rolname = current_user
"""
_WRITTEN_OVER = frozenset(Strategy) - {Strategy.DELETE_ROW, Strategy.KEEP}

Attempt = Callable[[HeldTable], sa.Executable | None]


class Testing:
    """One look at a database through an open transaction that cannot write."""

    def __init__(self, catalogue: Catalogue, connection: Connection) -> None:
        self._catalogue = catalogue
        self._connection = connection

    def findings(self, data_sets: Sequence[DataSet]) -> Iterator[Finding]:
        """Everything but permissions."""
        yield from self._power()
        for data_set in data_sets:
            for table in data_set.tables.values():
                try:
                    held = self._catalogue.table(table.name)
                except SystemRefused:
                    yield Finding(
                        "table_missing", Level.FAILED, table.name, "The database has no such table. Mend the data map."
                    )
                    continue
                yield from self._table(table, held)

    def _table(self, table: Table, held: HeldTable) -> Iterator[Finding]:
        indexed = self._catalogue.indexed(held)
        for one in table.fields:
            where = f"{table.name}.{one.name}"
            column = held.columns.get(one.name)
            if column is None:
                yield Finding("field_missing", Level.FAILED, where, "The table has no such column. Mend the data map.")
                continue
            yield from _type(one, column, where)
            if one.identity or one.references:
                yield from _index(one, column, indexed, where)
        if changes_rows(table) and not _tells_rows_apart(table, held):
            mend = "Rows are to be changed, and the data map names no primary key of the table."
            yield Finding("no_primary_key", Level.FAILED, table.name, mend)

    def _power(self) -> Iterator[Finding]:
        dialect = self._connection.dialect.name
        if dialect == "postgresql":
            above, creates, owns = self._connection.execute(sa.text(_POSTGRESQL_POWER)).one()
            if above:
                yield _too_much("it may do what is for administrators")
            elif creates or owns:
                yield _too_much("it may create or drop tables")
        elif dialect in {"mysql", "mariadb"}:
            grants = " ".join(str(grant) for grant in self._connection.scalars(sa.text("SHOW GRANTS")))
            if _MYSQL_POWER.search(re.sub(r"`[^`]*`|'[^']*'", "", grants)):
                yield _too_much("it may do more than read, change and delete rows")


def changes_rows(table: Table) -> bool:
    """Whether an erasure does something to rows of this table."""
    strategies = {table.on_erasure, *(one.on_erasure for _, one in table.walk())}
    return bool(strategies & (frozenset(Strategy) - {Strategy.KEEP})) or table.restricted_field is not None


def attempts(table: Table) -> Iterator[tuple[str, Attempt]]:
    """Rights that the data map asks for: their names, and a statement about no row that needs each."""
    yield "select", lambda held: sa.select(*_mapped(table, held)).where(sa.false()) if _mapped(table, held) else None
    if table.on_erasure in {Strategy.DELETE_ROW, Strategy.KEEP}:  # What is kept goes once its time is over.
        yield "delete", lambda held: sa.delete(held.table).where(sa.false())
    written = _written_over(table)
    if written:
        yield "update", lambda held: _update(held, written)


def _update(held: HeldTable, names: Sequence[str]) -> sa.Executable | None:
    columns = [held.columns[name].column for name in names if name in held.columns]
    return sa.update(held.table).where(sa.false()).values(dict.fromkeys(columns, sa.null())) if columns else None


def _mapped(table: Table, held: HeldTable) -> list[Any]:
    return [held.columns[one.name].column for one in table.fields if one.name in held.columns]


def _written_over(table: Table) -> list[str]:
    names = [
        one.name
        for one in table.fields
        if any(each.on_erasure in _WRITTEN_OVER for each in _with_inner(one))
        or (one.on_erasure is None and not one.primary_key and table.on_erasure in _WRITTEN_OVER)
    ]
    return names + ([table.restricted_field] if table.restricted_field else [])


def _with_inner(one: DataField) -> Iterator[DataField]:
    yield one
    for inner in one.fields:
        yield from _with_inner(inner)


def _type(one: DataField, column: HeldColumn, where: str) -> Iterator[Finding]:
    fitting = _FITTING.get((one.data_type or "").removesuffix("[]"))
    if fitting and column.kind not in fitting and not one.fields:
        yield Finding(
            "type_differs", Level.WARNING, where, f"The data map says {one.data_type}, the database {column.written}."
        )
    if one.length and column.length and one.length > column.length:
        yield Finding(
            "too_long",
            Level.WARNING,
            where,
            f"The data map says up to {one.length} characters, the database {column.length}.",
        )


def _index(one: DataField, column: HeldColumn, indexed: Indexed, where: str) -> Iterator[Finding]:
    if one.identity == ContactKind.EMAIL and not one.references:
        if one.name not in indexed.in_lower_case:
            mend = "People are searched by it, in upper or lower case, and each time the whole table is read."
            yield Finding("no_index", Level.WARNING, where, f"{mend} Make an index on lower({column.name}).")
    elif one.name not in indexed.as_they_are:
        mend = "People are searched by it, and each time the whole table is read. Make an index."
        yield Finding("no_index", Level.WARNING, where, mend)


def _tells_rows_apart(table: Table, held: HeldTable) -> bool:
    named = set(table.primary_key)
    return bool(named) and (not held.primary_key or set(held.primary_key) <= named)


def _too_much(what: str) -> Finding:
    mend = (
        f"The connection's user has more rights than it needs: {what}. Use one that reads and changes what is mapped."
    )
    return Finding("too_much_power", Level.WARNING, "", mend)
