"""Servers that systems of the tests live on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from bench import mariadb
from tests.databases import PostgresqlTemplate


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[URL]:
    """A MariaDB server; skips where there is none."""
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(mariadb.server())
        except mariadb.MariadbMissing as missing:
            pytest.skip(str(missing))
        yield url


@pytest.fixture
def mariadb_database(mariadb_server: URL) -> Iterator[URL]:
    """An empty database on it."""
    with mariadb.database(mariadb_server) as url:
        yield url


@pytest.fixture
def mariadb_user(mariadb_server: URL) -> Iterator[str]:
    """A user of that server who may do nothing."""
    name = f"privacy_user_{id(mariadb_server)}"
    mariadb.run(mariadb_server, f"CREATE USER {name}@localhost")
    yield name
    mariadb.run(mariadb_server, f"DROP USER {name}@localhost")


@pytest.fixture
def postgresql_database(postgresql_server: str, tmp_path: object) -> Iterator[URL]:
    """An empty database on the test run's PostgreSQL."""
    template = PostgresqlTemplate(make_url(postgresql_server), None)
    made = template.copy_to(tmp_path)  # type: ignore[arg-type]
    yield make_url(made.url)
    template.drop(made)
    template.close()


@pytest.fixture
def postgresql_user(postgresql_server: str) -> Iterator[str]:
    """A user of that server who may do nothing."""
    name = f"privacy_user_{id(postgresql_server)}"
    server = make_url(postgresql_server).set(database="postgres")
    engine = sa.create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN")
        yield name
        connection.exec_driver_sql(f"DROP ROLE {name}")
