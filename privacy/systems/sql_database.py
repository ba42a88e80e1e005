"""One connection to one database: opened at first use, for reading only unless something is to be changed.

Every limit is set for each transaction or connection by itself, so that it holds behind a pooler too.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from psycopg.errors import DataError
from psycopg.types.datetime import DateLoader, TimestampLoader, TimestamptzLoader
from sqlalchemy.engine import URL, Connection
from sqlalchemy.pool import NullPool

from privacy.deadline import cut_off
from privacy.systems.connector import CONFIRM_SECONDS, Confirm, SystemUnreachable
from privacy.systems.sql_faults import faults_told

#: Seconds until a connection stands, and for one statement. A call may take five statements' time.
CONNECT_SECONDS = 10
STATEMENT_SECONDS = 60
#: How a server is told to give up a transaction that waits; SQLite is in this process and has nobody to tell.
_IDLE_LIMITS = {
    "postgresql": f"SET LOCAL idle_in_transaction_session_timeout = {int(CONFIRM_SECONDS * 1000)}",
    "mariadb": f"SET SESSION idle_write_transaction_timeout = {int(CONFIRM_SECONDS)}",
    # MySQL knows only connections that are idle; it holds for those that come later in this one too.
    "mysql": f"SET SESSION wait_timeout = {int(CONFIRM_SECONDS)}",
}


class Database:
    """The connection of one connector. Not for several threads at once."""

    def __init__(self, system: str, url: URL, *, seconds: float = STATEMENT_SECONDS) -> None:
        self.system = system
        self._seconds = seconds
        self._connection: Connection | None = None
        with faults_told(system):
            self._engine = _engine(url, seconds)
        self.dialect = self._engine.dialect.name

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction in which nothing can be written."""
        with self._transaction(writes=False) as connection:
            yield connection
            connection.rollback()

    @contextlib.contextmanager
    def writing(self, *, keep: bool = True) -> Iterator[Connection]:
        """A transaction that is committed at the end unless something is raised. Without `keep` never."""
        with self._transaction(writes=True) as connection:
            yield connection
            connection.commit() if keep else connection.rollback()

    def confirmed(self, connection: Connection, confirm: Confirm) -> None:
        """Ask whether a transaction may become final, as the last thing in it. Raises what `confirm` raises.

        A process that is stopped after the question and goes on later must not commit any more: servers end the
        transaction themselves after `CONFIRM_SECONDS`, and what waited long is taken back here.
        """
        limit = _IDLE_LIMITS.get(self.dialect)
        if limit is not None:
            connection.exec_driver_sql(limit)
        asked_at = time.monotonic()
        confirm()
        if time.monotonic() - asked_at > CONFIRM_SECONDS / 2:
            raise SystemUnreachable(f"System {self.system}: the change took too long to be confirmed; try again.")

    def close(self) -> None:
        """Let go of the connection; it may be opened again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            # It may be dead already, and nothing depends on how it ends.
            with contextlib.suppress(Exception):
                connection.close()

    @contextlib.contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        try:
            with faults_told(self.system):
                if self._connection is None:
                    self._connection = self._engine.connect()
                connection = self._connection
                with self._cut_off(connection):
                    _begin(connection, self.dialect, self._seconds, writes=writes)
                    yield connection
        except BaseException:
            self.close()  # Closing rolls back; whether the connection is still any good nobody knows.
            raise

    def _cut_off(self, connection: Connection) -> contextlib.AbstractContextManager[None]:
        """An end for PostgreSQL: psycopg waits for ever for a server that accepts and says nothing."""
        if self.dialect != "postgresql":
            return contextlib.nullcontext()
        return _ended_after(connection.connection.dbapi_connection, self._seconds * 5)


@contextlib.contextmanager
def _ended_after(connection: Any, seconds: float) -> Iterator[None]:
    with socket.socket(fileno=os.dup(connection.fileno())) as heard, cut_off(heard, seconds):
        yield


def _engine(url: URL, seconds: float) -> sa.Engine:
    options: dict[str, Any] = {"poolclass": NullPool, "hide_parameters": True}
    dialect = url.get_backend_name()
    if dialect == "sqlite":
        engine = sa.create_engine("sqlite://", creator=lambda: _sqlite(url, seconds), **options)
    elif dialect == "postgresql":
        engine = sa.create_engine(url, connect_args=_postgresql_arguments(seconds), **options)
    elif dialect in {"mysql", "mariadb"}:
        limits = {"connect_timeout": _connect_seconds(seconds), "read_timeout": seconds, "write_timeout": seconds}
        engine = sa.create_engine(url, connect_args={**limits, "charset": "utf8mb4"}, **options)
    else:
        engine = sa.create_engine(url, **options)
    sa.event.listen(engine, "connect", _prepare(dialect, seconds))
    return engine


def _connect_seconds(seconds: float) -> int:
    return max(1, int(min(seconds, CONNECT_SECONDS)))


def _sqlite(url: URL, seconds: float) -> sqlite3.Connection:
    """An existing file: one that is missing is not made."""
    name = quote(str(Path(url.database or "")))
    connection = sqlite3.connect(
        f"file:{name}?mode=rw", uri=True, timeout=min(seconds, 20), isolation_level=None, check_same_thread=False
    )
    connection.text_factory = _text_or_bytes
    return connection


def _text_or_bytes(value: bytes) -> Any:
    """SQLite does not look what it is given for text."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _postgresql_arguments(seconds: float) -> dict[str, Any]:
    return {
        "connect_timeout": _connect_seconds(seconds),
        "prepare_threshold": None,  # A pooler may hand the next statement to another server process.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": int(seconds * 1000),
    }


def _prepare(dialect: str, seconds: float) -> Any:
    """What a new connection is told once."""

    def on_connect(connection: Any, _record: object) -> None:
        if dialect == "postgresql":
            for name, loader in _LENIENT.items():
                connection.adapters.register_loader(name, loader)
            return
        cursor = connection.cursor()
        if dialect == "sqlite":
            # What is erased is overwritten in the file as well.
            for pragma in ("foreign_keys=ON", "secure_delete=ON", "recursive_triggers=ON"):
                cursor.execute(f"PRAGMA {pragma}")
        elif dialect in {"mysql", "mariadb"}:
            cursor.execute(f"SET SESSION innodb_lock_wait_timeout = {max(int(seconds), 1)}, time_zone = '+00:00'")
            # A value that does not fit is refused, not cut.
            cursor.execute("SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')")
        cursor.close()

    return on_connect


def _begin(connection: Connection, dialect: str, seconds: float, *, writes: bool) -> None:
    run = connection.exec_driver_sql
    if dialect == "sqlite":
        run(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        run("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif dialect == "postgresql":
        run(f"SET TRANSACTION READ {'WRITE' if writes else 'ONLY'}")
        milliseconds = int(seconds * 1000)
        run(f"SET LOCAL statement_timeout = {milliseconds}; SET LOCAL lock_timeout = {milliseconds}")
        run("SET LOCAL TimeZone = 'UTC'")
    elif dialect in {"mysql", "mariadb"}:
        run(f"SET SESSION TRANSACTION READ {'WRITE' if writes else 'ONLY'}")
        run("START TRANSACTION")


def _lenient(loader: Any) -> Any:
    """PostgreSQL knows `infinity` and years that Python does not: those come as text."""

    class Lenient(loader):  # type: ignore[misc]  # the base is a parameter
        def load(self, data: Any) -> Any:
            try:
                return super().load(data)
            except DataError:
                return bytes(data).decode()

    return Lenient


_LENIENT = {
    "date": _lenient(DateLoader),
    "timestamp": _lenient(TimestampLoader),
    "timestamptz": _lenient(TimestamptzLoader),
}
