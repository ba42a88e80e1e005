"""The database: metadata, sessions, `unit_of_work()`. The only file that commits.

SQLite and PostgreSQL are equals. A unit of work ends any earlier read and begins anew, on SQLite with
`BEGIN IMMEDIATE`: a deferred transaction that reads and then writes fails at once with "database is locked" when
another one got there first, and no timeout helps it.

SQLite before 3.51.3 (but for the fixed 3.50.7 and 3.44.6) can corrupt a file in WAL mode when two connections write
and checkpoint at the same instant (https://sqlite.org/wal.html#walresetbug), so WAL is used only where it is mended.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from privacy import clock, quarantine
from privacy.errors import Unavailable
from privacy.pipeline import Pipeline

_Value = TypeVar("_Value")

#: What a driver raises when the database is away, locked or restarting: the answer is then unavailable, never no.
DRIVER_ERRORS = (sqlite3.OperationalError, psycopg.OperationalError)
#: What a write below SQLAlchemy, or by it, raises that a constraint refuses.
INTEGRITY_ERRORS = (sa.exc.IntegrityError, sqlite3.IntegrityError, psycopg.IntegrityError)
#: How long a writer waits for the others, in seconds. Past it the caller is told to try again.
LOCK_TIMEOUT = 20
#: Values that one question to the database names at most.
_MOST_NAMED = 500
#: As much of a SQLite file as a connection may map; SQLite allows no more than 2 GiB by default.
_MAPPED_BYTES = 2**31 - 65_536


class Base(DeclarativeBase):
    """The metadata of every table; constraints get names that migrations can speak of."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Id(TypeDecorator[uuid.UUID]):
    """A UUID: the native type on PostgreSQL, 16 bytes on SQLite."""

    impl = sa.LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.Uuid(as_uuid=True))
        return dialect.type_descriptor(sa.LargeBinary(16))

    def process_bind_param(self, value: uuid.UUID | None, dialect: sa.Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else value.bytes

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> uuid.UUID | None:
        return None if value is None else as_uuid(value)


def as_uuid(value: uuid.UUID | bytes) -> uuid.UUID:
    """The id that a raw driver returned: a UUID on PostgreSQL, 16 bytes on SQLite."""
    return value if isinstance(value, uuid.UUID) else uuid.UUID(bytes=bytes(value))


sqlite3.register_adapter(uuid.UUID, lambda value: value.bytes)


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): ordered by creation to the millisecond, 74 random bits."""
    random = int.from_bytes(os.urandom(10), "big")
    stamp = clock.micros() // 1_000
    return uuid.UUID(int=(stamp << 80) | (0x7 << 76) | (random >> 68 << 64) | (0x2 << 62) | (random & ((1 << 62) - 1)))


def id_at(micros: int) -> uuid.UUID:
    """A bound below every id that is made from that time on; ids made before it are lower."""
    return uuid.UUID(int=max(micros // 1_000, 0) << 80)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def session() -> Session:
    """The session of this application context."""
    return db.session()


def engine_url(url: str) -> URL:
    """The URL with the driver that we use; a wrong one raises ValueError without its password."""
    try:
        parsed = make_url(url)
    except Exception:
        raise ValueError("the database URL cannot be read") from None
    if parsed.drivername in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the WAL-reset mend: from 3.51.3, 3.50.7 and 3.44.6 of their lines, and before 3.7.0."""
    return (
        version >= (3, 51, 3)
        or version < (3, 7, 0)
        or (3, 50, 7) <= version < (3, 51, 0)
        or (3, 44, 6) <= version < (3, 45, 0)
    )


def engine_options(url: URL, *, pool_size: int, trust_sqlite_wal: bool = False) -> dict[str, Any]:
    """Options for the engine: pool, timeouts, and no bound values in any error text."""
    common: dict[str, Any] = {"hide_parameters": True, "echo": False}
    if url.get_backend_name() == "sqlite":
        wal = trust_sqlite_wal or wal_is_safe(sqlite3.sqlite_version_info)
        return common | {
            "connect_args": {"timeout": LOCK_TIMEOUT, "isolation_level": None, "check_same_thread": False},
            "execution_options": {"privacy_wal": wal},
            "pool_size": pool_size,
            "max_overflow": 8,
        }
    return common | {
        "connect_args": {
            "options": f"-c lock_timeout={LOCK_TIMEOUT}s -c TimeZone=UTC",
            "connect_timeout": 5,
            "prepare_threshold": None,  # See `Pipeline`.
        },
        "pool_size": pool_size,
        "max_overflow": 4,
        "pool_timeout": LOCK_TIMEOUT,
    }


def prepare_engine(engine: sa.Engine) -> None:
    """Attach what each connection needs. Called once for an engine."""
    _look_for_quarantine(engine)
    if engine.dialect.name != "sqlite":
        _send_in_order(engine)
        return
    wal = engine.get_execution_options().get("privacy_wal", False)

    @sa.event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        prepare_sqlite(connection, wal=wal)

    @sa.event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("privacy_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _look_for_quarantine(engine: sa.Engine) -> None:
    dialect = engine.dialect.name

    def look() -> bool:
        with engine.connect() as connection:
            return quarantine.is_on(dialect, lambda sql: connection.exec_driver_sql(sql).first() is not None)

    @sa.event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        quarantine.found(_is_quarantined(connection, dialect), look)
        connection.rollback()


def _is_quarantined(connection: Any, dialect: str) -> bool:
    def ask(sql: str) -> bool:
        cursor = connection.cursor()
        try:
            return cursor.execute(sql).fetchone() is not None
        finally:
            cursor.close()

    return quarantine.is_on(dialect, ask)


def _send_in_order(engine: sa.Engine) -> None:
    """What a driver holds back goes out before any statement of SQLAlchemy's, and never after a rollback."""

    @sa.event.listens_for(engine, "before_cursor_execute")
    @sa.event.listens_for(engine, "commit")
    def on_work(connection: Connection, *_statement: object) -> None:
        if driver := connection.info.get("privacy_driver"):
            driver.send()

    @sa.event.listens_for(engine, "rollback")
    @sa.event.listens_for(engine, "rollback_savepoint")
    def on_rollback(connection: Connection, *_savepoint: object) -> None:
        if driver := connection.info.get("privacy_driver"):
            driver.forget()


def prepare_sqlite(connection: sqlite3.Connection, *, wal: bool) -> None:
    """Settings of one SQLite connection: durable, foreign keys and triggers on, freed pages overwritten."""
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={LOCK_TIMEOUT * 1000}",
        f"journal_mode={'WAL' if wal else 'TRUNCATE'}",
        "synchronous=FULL",
        "foreign_keys=ON",
        # Without it INSERT OR REPLACE passes the triggers that keep tables insert-only.
        "recursive_triggers=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
        # A check or an act descends dozens of trees: mapped pages cost no system call each.
        f"mmap_size={_MAPPED_BYTES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


#: SQLite lets one connection write at a time and wakes the others by polling. Queueing the writers of this process
#: here hands the turn on at once, so that the polling only serves other processes.
_sqlite_writer = threading.Lock()


@contextlib.contextmanager
def unit_of_work() -> Iterator[Session]:
    """Everything inside is committed together, or nothing is.

    Ends any earlier read of this session and begins anew, ready to write. Units don't nest. Raises `Unavailable`
    when the database cannot be had or stayed locked for `LOCK_TIMEOUT` seconds, `InQuarantine` in quarantine.
    """
    current = session()
    if current.info.get("unit"):
        raise RuntimeError("a unit of work is open already: services never open one")
    current.rollback()
    sqlite = current.get_bind().dialect.name == "sqlite"
    queue: contextlib.AbstractContextManager[Any] = _sqlite_writer if sqlite else contextlib.nullcontext()
    with queue:
        try:
            current.connection(execution_options={"privacy_write": True})
            quarantine.ensure_out()
            current.info["unit"] = True
            yield current
            current.flush()
            Driver.of(current).send(commit=True)
            current.commit()
        except (sa.exc.OperationalError, sa.exc.TimeoutError, *DRIVER_ERRORS) as error:
            current.rollback()
            raise Unavailable("The database cannot be written now. Nothing was changed; try again.") from error
        except BaseException:
            current.rollback()
            raise
        finally:
            current.info.pop("unit", None)


@contextlib.contextmanager
def savepoint() -> Iterator[None]:
    """Everything inside stays in the unit of work together, or nothing does. Below SQLAlchemy, to save round trips."""
    current = session()
    current.flush()
    driver = Driver.of(current)
    driver.run_later([(_SAVEPOINT, {})])
    try:
        yield
        current.flush()
        driver.run_later([(_RELEASE, {})])
        driver.send()
    except BaseException:
        if not driver.forget(_SAVEPOINT):
            driver.run_all([(_BACK, {}), (_RELEASE, {})])  # Its mark goes too: one around it has the same name.
        current.expunge_all()  # What was made inside is not there any more.
        raise


def end_read() -> None:
    """End this session's read, so that the next one sees what was committed meanwhile. Not inside a unit of work."""
    current = session()
    assert not current.info.get("unit")
    current.rollback()


def in_unit_of_work() -> bool:
    """Whether a unit of work is open on this session."""
    return bool(session().info.get("unit"))


class Statement:
    """A Core statement compiled once for each database and run on the driver itself.

    Used only on the hot paths, where SQLAlchemy's execution costs several times the statement. Parameters are
    bound by name; ids are UUIDs, times whole microseconds, so that no type needs converting on the way in.
    """

    def __init__(self, construct: sa.Executable) -> None:
        self._construct = construct
        self._sql: dict[str, str] = {}

    def sql(self, dialect: str) -> str:
        """The text for `sqlite` or `postgresql`, with named parameters."""
        text = self._sql.get(dialect)
        if text is None:
            target: sa.Dialect = (
                SQLiteDialect_pysqlite(paramstyle="named") if dialect == "sqlite" else PGDialect_psycopg()  # type: ignore[no-untyped-call]  # untyped upstream
            )
            compiled = self._construct.compile(dialect=target)  # type: ignore[attr-defined]  # Executable is a mixin
            text = self._sql[dialect] = str(compiled)
        return text


#: A statement and its values.
Written = tuple[Statement, Mapping[str, Any]]
#: Sets are filled up to a power of two, and past this to a multiple of it.
_LARGE_SET = 1_024


def in_parts(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    """The values in parts that one question to the database may name."""
    for start in range(0, len(values), _MOST_NAMED):
        yield values[start : start + _MOST_NAMED]


def filled_up(values: Collection[_Value]) -> list[_Value]:
    """The values, the last one repeated, so that sets of any size share a few statements: `IN` asks for each once."""
    filled = list(values)
    size = len(filled)
    power = 1 << max(size - 1, 0).bit_length()
    full = power if power <= _LARGE_SET else -(-size // _LARGE_SET) * _LARGE_SET
    return filled + filled[-1:] * (full - size)


class Among:
    """A statement about a set of values, however many: compiled once for each size that sets are filled up to."""

    def __init__(
        self, build: Callable[[Sequence[sa.BindParameter[Any]]], sa.Executable], kind: type[sa.types.TypeEngine[Any]]
    ) -> None:
        self._build = build
        self._kind = kind
        self._statements: dict[int, Statement] = {}

    def asked(self, values: Collection[Any]) -> tuple[Statement, dict[str, Any]]:
        """The statement for these values, with its parameters. There must be a value."""
        filled = filled_up(values)
        statement = self._statements.get(len(filled))
        if statement is None:
            binds = [sa.bindparam(f"one{n}", type_=self._kind) for n in range(len(filled))]
            statement = self._statements[len(filled)] = Statement(self._build(binds))
        return statement, {f"one{n}": value for n, value in enumerate(filled)}


def by_statement(work: Iterable[Written]) -> list[Written]:
    """The same rows, those of one statement together, the statements in the order in which they first come."""
    runs: dict[Statement, list[Written]] = {}
    for one in work:
        runs.setdefault(one[0], []).append(one)
    return [one for run in runs.values() for one in run]


_SAVEPOINT = Statement(sa.text("SAVEPOINT part"))
_RELEASE = Statement(sa.text("RELEASE SAVEPOINT part"))
_BACK = Statement(sa.text("ROLLBACK TO SAVEPOINT part"))


class Driver:
    """The driver connection below a session or a reader: runs compiled statements."""

    def __init__(self, connection: Any, dialect: str) -> None:
        self.connection = connection
        self.dialect = dialect
        self._pipeline = Pipeline(connection) if dialect == "postgresql" else None
        self._later: list[tuple[str, Mapping[str, Any]]] = []

    @classmethod
    def of(cls, current: Session) -> Driver:
        """The driver connection of the session's transaction."""
        connection = current.connection()
        known: Driver | None = connection.info.get("privacy_driver")
        if known is None:
            driver = connection.connection.driver_connection
            known = connection.info["privacy_driver"] = cls(driver, connection.dialect.name)
        return known

    def run(self, statement: Statement, values: Mapping[str, Any]) -> None:
        """Run a statement whose rows nobody reads."""
        self.run_all([(statement, values)])

    def rows(self, statement: Statement, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """Run a statement and return all its rows."""
        return self.rows_of([(statement, values)])[0]

    def rows_of(self, questions: Sequence[tuple[Statement, Mapping[str, Any]]]) -> list[Sequence[tuple[Any, ...]]]:
        """The rows of several statements in order: one round trip on PostgreSQL, one locked read on SQLite."""
        if self._pipeline is not None:
            waiting = self._taken()
            asked = [(statement.sql("postgresql"), values) for statement, values in questions]
            return [*self._pipeline.run([*waiting, *asked])[len(waiting) :]]
        alone = len(questions) > 1 and not self.connection.in_transaction
        if alone:
            self.connection.execute("BEGIN")
        try:
            return [self.connection.execute(s.sql("sqlite"), values).fetchall() for s, values in questions]
        finally:
            if alone:
                self.connection.execute("COMMIT")

    def run_all(self, work: Iterable[tuple[Statement, Mapping[str, Any]]]) -> None:
        """Run statements one after another: one round trip on PostgreSQL."""
        self.run_later(work)
        self.send()

    def run_later(self, work: Iterable[tuple[Statement, Mapping[str, Any]]]) -> None:
        """Run statements before anything else happens on the connection; on PostgreSQL with the commit if that is next.

        What they raise comes then, too: for a unit's last statements, whose failure nobody handles.
        """
        if self._pipeline is not None:
            self._later += [(statement.sql("postgresql"), values) for statement, values in work]
        else:
            for statement, alike in groupby(work, key=itemgetter(0)):
                run = [values for _, values in alike]
                if len(run) == 1:
                    self.connection.execute(statement.sql("sqlite"), run[0])
                else:
                    self.connection.executemany(statement.sql("sqlite"), run)

    def send(self, *, commit: bool = False) -> None:
        """Send what waits, and with it the commit."""
        if self._later and self._pipeline is not None:
            self._pipeline.run([*self._taken(), *([("COMMIT", {})] if commit else [])])

    def forget(self, mark: Statement | None = None) -> bool:
        """Drop what waits, because it is rolled back before it was sent; says whether `mark` was among it."""
        dropped = [text for text, _ in self._taken()]
        return mark is not None and mark.sql("postgresql") in dropped

    def _taken(self) -> list[tuple[str, Mapping[str, Any]]]:
        waiting, self._later = self._later, []
        return waiting


class Readers:
    """One autocommitting driver connection for each thread, for the paths that read below SQLAlchemy.

    Each statement sees the primary's newest committed state; no transaction stays open between them.
    """

    def __init__(self, url: URL, *, wal: bool) -> None:
        self._url = url
        self._wal = wal
        self._local = threading.local()

    def get(self) -> Driver:
        """The asking thread's connection, opened at first use; raises `Unavailable` where there is none to be had."""
        driver: Driver | None = getattr(self._local, "driver", None)
        if driver is None or (driver.dialect == "postgresql" and driver.connection.closed):
            try:
                driver = self._local.driver = self._open()
            except (sqlite3.Error, psycopg.Error) as error:
                raise Unavailable("The database cannot be reached.") from error
        return driver

    def drop(self) -> None:
        """Close this thread's connection; the next use opens a new one."""
        driver: Driver | None = self._local.__dict__.pop("driver", None)
        if driver is not None:
            driver.connection.close()

    def _open(self) -> Driver:
        if self._url.get_backend_name() == "sqlite":
            connection = sqlite3.connect(
                f"file:{self._url.database}?mode=rw",
                uri=True,
                isolation_level=None,
                timeout=LOCK_TIMEOUT,
                cached_statements=256,
            )
            prepare_sqlite(connection, wal=self._wal)
            quarantine.found(_is_quarantined(connection, "sqlite"))
            return Driver(connection, "sqlite")
        plain = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        server = psycopg.connect(
            plain, autocommit=True, connect_timeout=5, options="-c TimeZone=UTC", prepare_threshold=None
        )
        quarantine.found(_is_quarantined(server, "postgresql"))
        return Driver(server, "postgresql")
