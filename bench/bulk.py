"""Write ready rows as fast as the database takes them: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from bench.people import TABLES, Rows, portions
from bench.places import Place
from privacy.programme.types import Programme

#: Pages that SQLite may hold while it loads: its indexes are hit in no order.
_CACHE_KIB = 1_500_000
#: Binary formats of COPY. An id is its 16 bytes, as a byte string's are.
_TYPES = {sa.BigInteger: "int8", sa.SmallInteger: "int2", sa.Integer: "int4", sa.Boolean: "bool", sa.String: "text"}


def fill(targets: list[tuple[Place, int]], programme: Programme) -> None:
    """Fill each place with so many people: the same people, whose rows are made once."""
    with contextlib.ExitStack() as stack:
        open_targets = [(stack.enter_context(_open(place)), people) for place, people in targets]
        for start, rows in portions(programme, max(people for _, people in targets)):
            for load, people in open_targets:
                if start < people:
                    load(rows)
    for place, _ in targets:
        _settle(place)


@contextlib.contextmanager
def _open(place: Place) -> Iterator[Any]:
    if place.kind == "sqlite":
        with contextlib.closing(sqlite3.connect(place.url, isolation_level=None)) as connection:
            for pragma in ("journal_mode=MEMORY", "synchronous=OFF", f"cache_size=-{_CACHE_KIB}"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("BEGIN")
            yield lambda rows: into_sqlite(connection, rows)
            connection.execute("COMMIT")
    else:
        with psycopg.connect(place.url) as connection:
            connection.execute("SET synchronous_commit = off")
            yield lambda rows: _into_postgresql(connection, rows)


def into_sqlite(connection: sqlite3.Connection, rows: Rows) -> None:
    """Insert rows by `executemany`."""
    for table in TABLES:
        places = ", ".join("?" * len(table.columns))
        names = ", ".join(column.name for column in table.columns)
        connection.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({places})", rows[table.name])


def _into_postgresql(connection: psycopg.Connection[Any], rows: Rows) -> None:
    for table in TABLES:
        names = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
        command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table.name), names)
        with connection.cursor() as cursor, cursor.copy(command) as copy:
            copy.set_types([_type(column) for column in table.columns])
            for row in rows[table.name]:
                copy.write_row(row)
    connection.commit()


def _type(column: sa.Column[Any]) -> str:
    return next((name for kind, name in _TYPES.items() if isinstance(column.type, kind)), "bytea")


def _settle(place: Place) -> None:
    """What a database that has grown by itself would have done meanwhile: statistics, visibility, a checkpoint."""
    if place.kind == "sqlite":
        return
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
