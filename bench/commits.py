"""What the databases do by themselves: single-row commits, and the same rows in bulk."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import psycopg
import sqlalchemy as sa

from bench.places import Place
from privacy.db import Base, prepare_sqlite, wal_is_safe
from privacy.schema import load_models

_ROW = b"x" * 300
_INSERT = {
    "sqlite": "INSERT INTO bench_commit (body) VALUES (?)",
    "postgresql": "INSERT INTO bench_commit (body) VALUES (%s)",
}

_Connection = sqlite3.Connection | psycopg.Connection[tuple[object, ...]]


def prepare(place: Place) -> None:
    """The table that the floors write to."""
    key = "id INTEGER PRIMARY KEY" if place.kind == "sqlite" else "id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    body = "BLOB" if place.kind == "sqlite" else "BYTEA"
    with contextlib.closing(_connect(place.kind, place.url)) as connection:
        connection.execute(f"CREATE TABLE bench_commit ({key}, body {body} NOT NULL)")


def _connect(kind: str, url: str) -> _Connection:
    """An autocommitting connection with the durability that the service has."""
    if kind == "postgresql":
        return psycopg.connect(url, autocommit=True)
    connection = sqlite3.connect(url, isolation_level=None)
    prepare_sqlite(connection, wal=wal_is_safe(sqlite3.sqlite_version_info))
    return connection


def single_rows(place: Place, *, connections: int, seconds: float) -> float:
    """Durable single-row commits a second by so many connections, each in a process of its own."""
    with ProcessPoolExecutor(connections, mp_context=get_context("fork")) as pool:
        jobs = [pool.submit(_commit_rows, place.kind, place.url, seconds) for _ in range(connections)]
        return sum(job.result() for job in jobs)


def _commit_rows(kind: str, url: str, seconds: float) -> float:
    done = 0
    with contextlib.closing(_connect(kind, url)) as connection:
        started = time.perf_counter()
        while time.perf_counter() - started < seconds:
            connection.execute(_INSERT[kind], (_ROW,))  # type: ignore[arg-type]  # the driver wants a literal
            done += 1
        return done / (time.perf_counter() - started)


def row_counts(place: Place) -> Counter[str]:
    """Rows of every table of the service."""
    load_models()
    engine = sa.create_engine(place.config.database_url)
    with engine.connect() as connection:
        counts = {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
    engine.dispose()
    return Counter(counts)


def acts(place: Place) -> int:
    """Acts that are recorded by now."""
    with contextlib.closing(_connect(place.kind, place.url)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM consent_act").fetchone() or (0,)
    return int(str(count))


def in_bulk(place: Place, made: Counter[str]) -> float:
    """Rows a second when copies of the newest rows of each table are inserted in bulk into tables of the same form."""
    with contextlib.closing(_connect(place.kind, place.url)) as connection:
        tables = [table for table in Base.metadata.sorted_tables if made[table.name] > 0]
        rows = {}
        for table in tables:
            newest = f"SELECT * FROM {table.name} ORDER BY 1 DESC LIMIT {made[table.name]}"
            rows[table.name] = connection.execute(newest).fetchall()  # type: ignore[arg-type]
            for statement in _empty_copy(connection, place.kind, table.name):
                connection.execute(statement)  # type: ignore[arg-type]
        mark = "?" if place.kind == "sqlite" else "%s"
        started = time.perf_counter()
        connection.execute("BEGIN")
        cursor = connection.cursor()
        for table in tables:
            width = len(rows[table.name][0])
            statement = f"INSERT INTO bench_{table.name} VALUES ({', '.join([mark] * width)})"
            cursor.executemany(statement, rows[table.name])  # type: ignore[arg-type]
        connection.execute("COMMIT")
        seconds = time.perf_counter() - started
        for table in tables:
            connection.execute(f"DROP TABLE bench_{table.name}")  # type: ignore[arg-type]
    return sum(len(found) for found in rows.values()) / seconds


def _empty_copy(connection: _Connection, kind: str, name: str) -> list[str]:
    """Statements that make a table like that one, with its indexes."""
    if kind == "postgresql":
        return [f"CREATE TABLE bench_{name} (LIKE {name} INCLUDING ALL)"]
    made = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('table', 'index') AND sql IS NOT NULL"
    found = [str(sql) for (sql,) in connection.execute(made, (name,))]  # type: ignore[arg-type]
    return [
        re.sub(rf"^(CREATE TABLE |CREATE (?:UNIQUE )?INDEX )(.*?)\b{name}\b", rf"\1\2bench_{name}", _renamed(sql))
        for sql in found
    ]


def _renamed(sql: str) -> str:
    """An index takes another name; a table has just its own."""
    return re.sub(r"^(CREATE (?:UNIQUE )?INDEX )(\w+)", r"\1bench_\2", sql)
