"""Somebody with a plain SQL client and every right on the database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock, schema
from privacy.clock import SECOND
from privacy.db import Base, engine_url, new_id
from tests.databases import Database

schema.load_models()
#: Long enough that no difference between clocks explains it.
_HOURS = 5 * 3600 * SECOND
_CHECKS = (
    "SELECT conrelid::regclass, conname FROM pg_constraint"
    " WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND conrelid <> 0"
)


def table_of(name: str) -> sa.Table:
    return Base.metadata.tables[name]


def key_of(name: str) -> list[sa.Column[Any]]:
    return list(table_of(name).primary_key)


@contextlib.contextmanager
def connected(database: Database) -> Iterator[sa.Connection]:
    """A connection on which no trigger, foreign key or check stands in the way; committed at the end."""
    engine = sa.create_engine(engine_url(database.url))
    with contextlib.ExitStack() as stack:
        stack.callback(engine.dispose)
        connection = stack.enter_context(engine.begin())
        if database.kind == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")
            for table, name in connection.exec_driver_sql(_CHECKS).all():
                connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        else:
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield connection


def rows_of(connection: sa.Connection, name: str, where: str | None = None) -> list[sa.Row[Any]]:
    """All rows in the order of their key."""
    query = sa.select(*table_of(name).columns).order_by(*key_of(name))
    return list(connection.execute(query if where is None else query.where(sa.text(where))))


def is_row(name: str, row: sa.Row[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(*(column == getattr(row, column.key) for column in key_of(name)))


def update(connection: sa.Connection, name: str, row: sa.Row[Any], /, **values: Any) -> None:
    done = connection.execute(sa.update(table_of(name)).where(is_row(name, row)).values(values))
    assert done.rowcount == 1


def delete(connection: sa.Connection, name: str, row: sa.Row[Any]) -> None:
    assert connection.execute(sa.delete(table_of(name)).where(is_row(name, row))).rowcount == 1


def insert(connection: sa.Connection, name: str, row: sa.Row[Any], /, **changed: Any) -> None:
    """A copy of a row with some values changed."""
    connection.execute(sa.insert(table_of(name)).values({**row._mapping, **changed}))


def other(column: sa.Column[Any], value: Any) -> Any:  # noqa: PLR0911  # one for each type
    """Another value of the column's type."""
    if value is None:
        return _any(column)
    if isinstance(value, UUID):
        return new_id()
    if isinstance(value, bool):
        return not value
    if column.key == "lease_until":
        return clock.micros() + _HOURS
    if isinstance(value, int):
        # A key far from any that there is.
        return value + (_HOURS if value > 10**14 else 10_000 if column.primary_key else 1)
    middle = len(value) // 2
    if isinstance(value, bytes):
        return value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :]
    return value[:middle] + ("y" if value[middle] != "y" else "z") + value[middle + 1 :]


def _any(column: sa.Column[Any]) -> Any:
    if isinstance(column.type, sa.String):
        return "x"
    if isinstance(column.type, sa.LargeBinary):
        return b"x" * 30
    return new_id() if not isinstance(column.type, sa.Integer | sa.Boolean) else 7
