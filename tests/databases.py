"""A fresh, migrated database for each test, copied from a template that is built once.

Truncating between tests is no option: the triggers that keep history forbid it, as they should.
"""

from __future__ import annotations

import itertools
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from privacy import clock, schema
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring, KeyUse
from privacy.crypto.owner_keys import SERVICE_OWNER, create_owner_key, open_wrapping_key
from privacy.db import db, engine_options, engine_url, prepare_engine, unit_of_work
from tests.consent.desk import lay_programme

KINDS = ("sqlite", "postgresql")
_numbers = itertools.count()


@dataclass(frozen=True)
class Database:
    """A database of one test."""

    kind: str
    url: str

    def engine(self) -> sa.Engine:
        """An engine of its own, set up as the service does; the caller disposes of it."""
        return engine_of(self.url)


class SqliteTemplate:
    """A file to copy."""

    def __init__(self, folder: Path, ring: Keyring | None) -> None:
        self._folder = folder
        self._file = folder / f"template-{next(_numbers)}.sqlite3"
        if ring:
            _fill(f"sqlite:///{self._file}", ring)

    @property
    def itself(self) -> Database:
        """The template, to be added to before it is copied."""
        return Database("sqlite", f"sqlite:///{self._file}")

    def twin(self) -> SqliteTemplate:
        """A second template that has the same rows."""
        made = SqliteTemplate(self._folder, None)
        shutil.copy(self._file, made._file)
        return made

    def copy_to(self, folder: Path) -> Database:
        target = folder / "privacy.sqlite3"
        if self._file.exists():
            shutil.copy(self._file, target)
        return Database("sqlite", f"sqlite:///{target}")

    def drop(self, database: Database) -> None:
        """The folder of the test goes as a whole."""

    def close(self) -> None:
        """The folder of the run goes as a whole."""


class PostgresqlTemplate:
    """A database to copy: CREATE DATABASE ... TEMPLATE."""

    def __init__(self, server: URL, ring: Keyring | None, like: str = "template0") -> None:
        self._server = server
        self._admin = sa.create_engine(server.set(database="postgres"), isolation_level="AUTOCOMMIT", pool_size=1)
        self._name = _name("template")
        self._create(self._name, like)
        if ring:
            _fill(self._url(self._name), ring)

    @property
    def itself(self) -> Database:
        """The template, to be added to before it is copied."""
        return Database("postgresql", self._url(self._name))

    def twin(self) -> PostgresqlTemplate:
        """A second template that has the same rows."""
        return PostgresqlTemplate(self._server, None, like=self._name)

    def copy_to(self, _folder: Path) -> Database:
        name = _name("test")
        self._create(name, self._name)
        return Database("postgresql", self._url(name))

    def drop(self, database: Database) -> None:
        self._run(f"DROP DATABASE {engine_url(database.url).database} WITH (FORCE)")

    def close(self) -> None:
        self._run(f"DROP DATABASE {self._name} WITH (FORCE)")
        self._admin.dispose()

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _create(self, name: str, like: str) -> None:
        with self._admin.connect() as connection:
            # Page by page through the write-ahead log, as it is done from 15 on, takes four times as long.
            version = connection.dialect.server_version_info or (0,)
            how = " STRATEGY file_copy" if version >= (15,) else ""
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {like}{how}")

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)


Template = SqliteTemplate | PostgresqlTemplate


class UnderProgramme:
    """Twins of a template in which the example programme is in force, one for each time at which it was applied."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._twins: dict[int | None, Template] = {}

    def now(self) -> Template:
        """The twin of the instant at which the test's clock stands; where it runs, one is for the whole run."""
        at = clock.micros() if time_machine.escape_hatch.is_travelling() else None
        if at not in self._twins:
            self._twins[at] = twin = self._template.twin()
            _lay_programme(twin.itself)
        return self._twins[at]

    def close(self) -> None:
        for twin in self._twins.values():
            twin.close()


def engine_of(url: str) -> sa.Engine:
    """An engine set up as the service does."""
    parsed = engine_url(url)
    engine = sa.create_engine(parsed, **engine_options(parsed, pool_size=5))
    prepare_engine(engine)
    return engine


def bare_app(database: Database) -> Flask:
    """An application that has a database and nothing else: enough for services."""
    app = Flask("privacy-tests")
    url = engine_url(database.url)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url, pool_size=5)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    return app


def _name(purpose: str) -> str:
    return f"privacy_{purpose}_{os.getpid()}_{next(_numbers)}"


def _fill(url: str, ring: Keyring) -> None:
    """Migrate, make the service's own key and open the log, as `privacy init` does."""
    engine = engine_of(url)
    schema.upgrade(engine)
    with Session(engine) as session, session.begin():
        open_wrapping_key(session, ring.current(KeyUse.WRAP).number)
        create_owner_key(session, ring, SERVICE_OWNER)
    engine.dispose()
    keyring.install(ring)
    app = bare_app(Database("", url))
    with app.app_context():
        with unit_of_work():
            audit.open_log("log.example.org/tests", actor=OPERATOR)
        db.session.remove()
        db.engine.dispose()


def _lay_programme(database: Database) -> None:
    app = bare_app(database)
    with app.app_context():
        lay_programme()
        db.session.remove()
        db.engine.dispose()
