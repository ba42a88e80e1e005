"""Installations to measure: made as `privacy init` makes them, each in a folder and database of its own."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL

from bench import postgres
from config import Config
from privacy.cli import installation
from privacy.crypto.keyring import Keyring
from privacy.db import engine_url

#: More than any measurement sends: what is measured is not the limit.
_RATE_LIMIT = 1_000_000_000
_numbers = itertools.count()


@dataclass(frozen=True)
class Place:
    """One installation."""

    kind: str
    config: Config

    @property
    def key(self) -> str:
        """Its first API key."""
        return (self.config.data_dir / installation.KEY_FILE).read_text().strip()

    @property
    def url(self) -> str:
        """The database for a raw driver: a file on SQLite, a connection string of libpq on PostgreSQL."""
        url = engine_url(self.config.database_url)
        if self.kind == "sqlite":
            return str(url.database)
        return url.set(drivername="postgresql").render_as_string(hide_password=False)

    def settings(self, *, threads: int) -> dict[str, str]:
        """The environment of a server on it."""
        return {
            "PRIVACY_DATA_DIR": str(self.config.data_dir),
            "PRIVACY_DATABASE_URL": self.config.database_url,
            "PRIVACY_RATE_LIMIT": str(_RATE_LIMIT),
            "PRIVACY_THREADS": str(threads),
            "PRIVACY_POOL_SIZE": str(threads),
            "PRIVACY_LOG_LEVEL": "WARNING",
        }


class Site:
    """Where the places of one run are made; they share a keyring, so that rows made once fit all of them."""

    def __init__(self, folder: Path, server: str | None) -> None:
        self.folder = folder
        self.ring = Keyring.generate()
        self._server = server

    @property
    def kinds(self) -> tuple[str, ...]:
        """The databases at hand."""
        return ("sqlite", "postgresql") if self._server else ("sqlite",)

    @contextlib.contextmanager
    def place(self, kind: str) -> Iterator[Place]:
        """A fresh installation, gone afterwards."""
        folder = self.folder / f"place-{next(_numbers)}"
        folder.mkdir(mode=0o700)
        with contextlib.ExitStack() as stack:
            url = ""
            if kind == "postgresql":
                url = stack.enter_context(self.postgresql()).render_as_string(hide_password=False)
            try:
                config = Config.for_tests(data_dir=folder, database_url=url)
                self.ring.save(config.keyring_path)
                installation.prepare(config)
                yield Place(kind, config)
            finally:
                for file in folder.glob("privacy.sqlite3*"):
                    file.unlink()

    @contextlib.contextmanager
    def postgresql(self) -> Iterator[URL]:
        """An empty PostgreSQL database, gone afterwards; only where `kinds` offers PostgreSQL."""
        assert self._server is not None
        name = f"privacy_bench_{os.getpid()}_{next(_numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield engine_url(self._server).set(database=name)
        finally:
            self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        assert self._server is not None
        admin = sa.create_engine(engine_url(self._server).set(database="postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(statement)
        admin.dispose()


@contextlib.contextmanager
def site(folder: Path) -> Iterator[Site]:
    """A site with SQLite and, where there is one, a durable PostgreSQL."""
    with contextlib.ExitStack() as stack:
        try:
            server: str | None = stack.enter_context(postgres.server())
        except postgres.PostgresqlMissing as missing:
            print(f"Without PostgreSQL: {missing}.")
            server = None
        yield Site(folder, server)
