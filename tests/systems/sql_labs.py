"""Databases for the conformance tests: real ones, broken in the ways in which databases break."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from privacy.systems.connector import Connector
from privacy.systems.sql import SqlConnector
from tests.systems.conformance import Rows
from tests.systems.proxies import Trouble, door

#: What a statement may take here, in seconds: long on a busy machine, short for a test of what hangs.
PATIENCE = 1.0
_numbers = itertools.count()

_metadata = sa.MetaData()
_PERSON = sa.Table(
    "person",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("email", sa.String(80), index=True),
    sa.Column("code", sa.String(80), index=True),
    sa.Column("name", sa.String(80)),
    sa.Column("unmapped", sa.String(80), server_default="stays"),
)
_VISIT = sa.Table(
    "visit",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.ForeignKey("person.id"), index=True),
    sa.Column("place", sa.String(80)),
)


class SqlLab:
    """A database with both tables. What is common to all kinds."""

    def __init__(self, url: URL) -> None:
        self.url = url
        #: By which the connector reaches it, while it is broken.
        self.by: URL | None = None
        self._engine = sa.create_engine(url, poolclass=NullPool)
        _metadata.create_all(self._engine)

    def put(self, rows: Rows) -> None:
        with self._engine.begin() as connection:
            for table in (_PERSON, _VISIT):
                if rows[table.name]:
                    connection.execute(sa.insert(table), [dict(row) for row in rows[table.name]])

    def rows(self) -> Rows:
        with self._engine.connect() as connection:
            return {table.name: list(_read(connection, table)) for table in (_PERSON, _VISIT)}

    @contextlib.contextmanager
    def connect(self) -> Iterator[Connector]:
        with contextlib.closing(SqlConnector("lab", self.by or self.url, seconds=PATIENCE)) as made:
            yield made

    def run(self, *statements: str) -> None:
        with self._engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    @contextlib.contextmanager
    def broken(self, fault: str) -> Iterator[None]:
        with getattr(self, f"_{fault}")():
            yield
        self.by = None

    @contextlib.contextmanager
    def _reached_by(self, url: URL) -> Iterator[None]:
        self.by = url
        yield

    @contextlib.contextmanager
    def _while(self, before: Sequence[str], after: Sequence[str]) -> Iterator[None]:
        self.run(*before)
        yield
        self.run(*after)

    def _table_renamed(self) -> contextlib.AbstractContextManager[None]:
        return self._while(["ALTER TABLE visit RENAME TO visits"], ["ALTER TABLE visits RENAME TO visit"])

    def _column_renamed(self) -> contextlib.AbstractContextManager[None]:
        return self._while(
            ["ALTER TABLE person RENAME COLUMN name TO full_name"],
            ["ALTER TABLE person RENAME COLUMN full_name TO name"],
        )

    def _still_referred_to(self) -> contextlib.AbstractContextManager[None]:
        made = "CREATE TABLE unmapped (visit_id INTEGER, FOREIGN KEY (visit_id) REFERENCES visit (id))"
        return self._while([made, "INSERT INTO unmapped VALUES (11)"], ["DROP TABLE unmapped"])

    @contextlib.contextmanager
    def _row_locked(self) -> Iterator[None]:
        with self._engine.begin() as connection:
            connection.execute(sa.update(_PERSON).where(_PERSON.c.id == 1).values(name="Anna"))
            yield


class SqliteLab(SqlLab):
    """A file."""

    faults = (
        *("missing", "directory", "no_database", "cut_short", "empty", "locked", "read_only_rows"),
        *("table_renamed", "column_renamed", "still_referred_to", "change_undone", "row_comes_back"),
    )

    def __init__(self, folder: Path) -> None:
        self._file = folder / f"lab-{next(_numbers)}.sqlite3"
        super().__init__(URL.create("sqlite", database=str(self._file)))

    @contextlib.contextmanager
    def _replaced(self, content: bytes | None) -> Iterator[None]:
        aside = self._file.with_suffix(".aside")
        self._file.rename(aside)
        if content is not None:
            self._file.write_bytes(content)
        yield
        assert self._file.exists() is (content is not None), "a missing file is not made"
        self._file.unlink(missing_ok=True)
        aside.rename(self._file)

    def _missing(self) -> contextlib.AbstractContextManager[None]:
        return self._replaced(None)

    def _no_database(self) -> contextlib.AbstractContextManager[None]:
        return self._replaced(os.urandom(8_192))

    def _cut_short(self) -> contextlib.AbstractContextManager[None]:
        return self._replaced(self._file.read_bytes()[:5_000])

    def _empty(self) -> contextlib.AbstractContextManager[None]:
        return self._replaced(b"")

    def _directory(self) -> contextlib.AbstractContextManager[None]:
        return self._reached_by(self.url.set(database=str(self._file.parent)))

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            yield
            connection.exec_driver_sql("ROLLBACK")

    def _read_only_rows(self) -> contextlib.AbstractContextManager[None]:
        made = "CREATE TRIGGER t BEFORE UPDATE ON person BEGIN SELECT RAISE(ABORT, 'Anna may not'); END"
        return self._while([made], ["DROP TRIGGER t"])

    def _change_undone(self) -> contextlib.AbstractContextManager[None]:
        made = "CREATE TRIGGER t AFTER UPDATE OF name ON person WHEN NEW.name = 'erased' "
        made += "BEGIN UPDATE person SET name = OLD.name WHERE id = OLD.id; END"
        return self._while([made], ["DROP TRIGGER t"])

    def _row_comes_back(self) -> contextlib.AbstractContextManager[None]:
        made = "CREATE TRIGGER t AFTER DELETE ON visit "
        made += "BEGIN INSERT INTO visit VALUES (OLD.id, OLD.person_id, 'again'); END"
        return self._while([made], ["DROP TRIGGER t"])


class ServerLab(SqlLab):
    """A database on a server, reached through doors."""

    faults = (
        *("gone", "hangs", "cut", "rubbish", "not_let_in", "not_permitted", "row_locked", "table_renamed"),
        *("column_renamed", "still_referred_to", "change_refused", "change_undone"),
    )

    def __init__(self, url: URL, user: str) -> None:
        super().__init__(url)
        #: A user who may do nothing yet.
        self.user = user

    def server(self) -> str | tuple[str, int]:
        """Its socket, or its address."""
        raise NotImplementedError

    def _through(self, port: int) -> URL:
        return self.url.set(host="127.0.0.1", port=port).difference_update_query(["host", "unix_socket"])

    @contextlib.contextmanager
    def _troubled(self, trouble: Trouble) -> Iterator[None]:
        with door(self.server(), trouble) as port:
            self.by = self._through(port)
            yield

    def _hangs(self) -> contextlib.AbstractContextManager[None]:
        return self._troubled(Trouble.HANGS)

    def _cut(self) -> contextlib.AbstractContextManager[None]:
        return self._troubled(Trouble.CUT)

    def _rubbish(self) -> contextlib.AbstractContextManager[None]:
        return self._troubled(Trouble.RUBBISH)

    @contextlib.contextmanager
    def _gone(self) -> Iterator[None]:
        with door(self.server(), Trouble.HANGS) as port:
            self.by = self._through(port)
        yield

    def _not_let_in(self) -> contextlib.AbstractContextManager[None]:
        return self._reached_by(self.url.set(username="nobody_known", password="wrong"))

    @contextlib.contextmanager
    def _not_permitted(self) -> Iterator[None]:
        self.run(*(f"GRANT SELECT ON {table} TO {self.granted}" for table in ("person", "visit")))
        self.by = self.as_user()
        yield

    @property
    def granted(self) -> str:
        """The user as rights are given to it."""
        return self.user

    def as_user(self) -> URL:
        """By which the user is let in."""
        return self.url.set(username=self.user)


class PostgresqlLab(ServerLab):
    """A database on a server of the test run's own."""

    def server(self) -> str | tuple[str, int]:
        host = str(self.url.query.get("host") or self.url.host)
        return f"{host}/.s.PGSQL.5432" if host.startswith("/") else (host, self.url.port or 5432)

    def _change_refused(self) -> contextlib.AbstractContextManager[None]:
        return self._trigger("RAISE EXCEPTION 'Anna may not'")

    def _change_undone(self) -> contextlib.AbstractContextManager[None]:
        return self._trigger("RETURN OLD")

    def _trigger(self, does: str) -> contextlib.AbstractContextManager[None]:
        function = f"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {does}; END$$"
        made = "CREATE TRIGGER t BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION f()"
        return self._while([function, made], ["DROP TRIGGER t ON person", "DROP FUNCTION f"])


class MariadbLab(ServerLab):
    """A database whose text columns take upper and lower case, accents and trailing spaces for the same."""

    @property
    def granted(self) -> str:
        return f"{self.user}@localhost"

    def server(self) -> str | tuple[str, int]:
        path = self.url.query.get("unix_socket")
        return str(path) if path else (str(self.url.host), self.url.port or 3306)

    def _change_refused(self) -> contextlib.AbstractContextManager[None]:
        return self._trigger("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Anna may not'")

    def _change_undone(self) -> contextlib.AbstractContextManager[None]:
        return self._trigger("SET NEW.name = OLD.name")

    def _trigger(self, does: str) -> contextlib.AbstractContextManager[None]:
        made = f"CREATE TRIGGER t BEFORE UPDATE ON person FOR EACH ROW {does}"
        return self._while([made], ["DROP TRIGGER t"])


def _read(connection: sa.Connection, table: sa.Table) -> Iterator[Mapping[str, Any]]:
    columns = [column for column in table.columns if column.name != "unmapped"]
    for row in connection.execute(sa.select(*columns).order_by(table.c.id)):
        yield dict(row._mapping)
