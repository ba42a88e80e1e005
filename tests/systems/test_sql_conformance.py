"""Databases do what every system does: SQLite, PostgreSQL and MariaDB, real ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from tests.systems.conformance import Conformance, pytest_generate_tests
from tests.systems.sql_labs import MariadbLab, PostgresqlLab, ServerLab, SqliteLab

__all__ = ["pytest_generate_tests"]


class TestSqlite(Conformance):
    faults = SqliteLab.faults

    @pytest.fixture
    def lab(self, tmp_path: Path) -> SqliteLab:
        return SqliteLab(tmp_path)


class TestPostgresql(Conformance):
    faults = ServerLab.faults

    @pytest.fixture
    def lab(self, postgresql_user: str, postgresql_database: URL) -> PostgresqlLab:
        return PostgresqlLab(postgresql_database, postgresql_user)


class TestMariadb(Conformance):
    faults = ServerLab.faults

    @pytest.fixture
    def lab(self, mariadb_user: str, mariadb_database: URL) -> MariadbLab:
        return MariadbLab(mariadb_database, mariadb_user)
