"""The systems of `privacy demo requests`: databases that it makes, and drops again when it is done."""

from __future__ import annotations

import contextlib
import getpass
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from config import Config, env_name
from privacy.cli.demo_requests_people import Holdings, Row

_SOCKET = Path("/run/mysqld/mysqld.sock")
_META = sa.MetaData()
_SHORT, _LONG = sa.String(60), sa.String(254)
_TABLES: Mapping[str, tuple[sa.Table, ...]] = {
    "shop": (
        sa.Table(
            "customer",
            _META,
            sa.Column("id", _SHORT, primary_key=True),
            sa.Column("email", _LONG, index=True),
            sa.Column("phone", _SHORT),
            sa.Column("name", _LONG),
            sa.Column("address", _LONG),
            sa.Column("likely_to_return", sa.Boolean),
            sa.Column("restricted", sa.Boolean, nullable=False),
        ),
        sa.Table(
            "orders",
            _META,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("customer_id", sa.ForeignKey("customer.id"), index=True),
            sa.Column("ordered_on", sa.Date),
            sa.Column("product", _LONG),
            sa.Column("gift_for", _LONG),
            sa.Column("restricted", sa.Boolean, nullable=False),
        ),
        sa.Table(
            "cart",
            _META,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("customer_id", sa.ForeignKey("customer.id"), index=True),
            sa.Column("product", _LONG),
            sa.Column("added_at", _SHORT),
        ),
    ),
    "billing": (
        sa.Table(
            "invoice",
            _META,
            sa.Column("number", _SHORT, primary_key=True),
            sa.Column("customer_id", _SHORT, index=True),
            sa.Column("buyer_email", _LONG, index=True),
            sa.Column("buyer", _LONG),
            sa.Column("address", _LONG),
            sa.Column("tax_due_on", sa.Date),
            sa.Column("total", sa.Numeric(9, 2)),
            sa.Column("restricted", sa.Boolean, nullable=False),
        ),
        sa.Table(
            "payment",
            _META,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("invoice_number", sa.ForeignKey("invoice.number"), index=True),
            sa.Column("account", _SHORT),
            sa.Column("paid_on", sa.Date),
        ),
    ),
    "crm": (
        sa.Table(
            "contact",
            _META,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("email", _LONG, index=True),
            sa.Column("phone", _SHORT),
            sa.Column("name", _LONG),
        ),
        sa.Table(
            "conversation",
            _META,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("contact_id", sa.ForeignKey("contact.id"), index=True),
            sa.Column("words", sa.Text),
            sa.Column("written_on", sa.Date),
        ),
    ),
}


@dataclass(frozen=True)
class Place:
    """A database of the demo."""

    system: str
    #: What it runs on, in words.
    kind: str
    url: URL = field(repr=False)

    def fill(self, held: Holdings) -> None:
        """Make the tables with their rows."""
        with self._engine().begin() as connection:
            _META.create_all(connection, tables=_TABLES[self.system])
            for table in _TABLES[self.system]:
                connection.execute(table.insert(), held[self.system][table.name])

    def rows(self) -> dict[str, list[Row]]:
        """Everything that it holds now."""
        with self._engine().connect() as connection:
            return {
                table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
                for table in _TABLES[self.system]
            }

    def _engine(self) -> sa.Engine:
        return sa.create_engine(self.url, poolclass=NullPool)


@dataclass
class Found:
    """Where the demo may put its systems, and why some are not there."""

    places: list[Place] = field(default_factory=list)
    #: System -> what is missing.
    absent: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def put_up(folder: Path, config: Config) -> Iterator[Found]:
    """Empty databases wherever there is a server that lets us make one; dropped afterwards."""
    found = Found([Place("shop", "SQLite", URL.create("sqlite", database=str(folder / "shop.sqlite3")))])
    servers = (
        ("billing", "PostgreSQL", _postgresql(config), "demo_postgresql_url"),
        ("crm", "MariaDB", _mariadb(config), "demo_mariadb_url"),
    )
    with contextlib.ExitStack() as made:
        for system, kind, server, setting in servers:
            name = f"privacy_demo_{os.getpid()}_{secrets.token_hex(3)}"
            try:
                found.places.append(Place(system, kind, made.enter_context(_database(server, name))))
            except (SQLAlchemyError, OSError) as error:
                # Its text may hold the password of the address.
                why = f"no {kind} lets {getpass.getuser()} make a database ({type(error).__name__})"
                found.absent[system] = f"{why}; {env_name(setting)} names one that does"
        yield found


@contextlib.contextmanager
def _database(server: URL, name: str) -> Iterator[URL]:
    _run(server, f"CREATE DATABASE {name}")
    try:
        yield server.set(database=name)
    finally:
        _run(server, f"DROP DATABASE {name}" + (" WITH (FORCE)" if server.drivername.startswith("postgres") else ""))


def _run(server: URL, statement: str) -> None:
    engine = sa.create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


def _postgresql(config: Config) -> URL:
    """The server of the settings, else the one that libpq finds by itself: its own variables, or a socket here."""
    given = make_url(config.demo_postgresql_url or "postgresql://")
    return given.set(drivername="postgresql+psycopg", database=given.database or "postgres")


def _mariadb(config: Config) -> URL:
    """The server of the settings, else the one whose socket is here, as the user who runs this."""
    if config.demo_mariadb_url:
        return make_url(config.demo_mariadb_url).set(drivername="mariadb+pymysql", database=None)
    socket = {"unix_socket": str(_SOCKET)}
    return URL.create("mariadb+pymysql", username=getpass.getuser(), host="localhost", query=socket)
