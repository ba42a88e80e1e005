"""An installation with the ring of its own file, and a place to restore to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config import Config
from privacy.db import engine_url
from tests.callers import Service
from tests.databases import Database, PostgresqlTemplate
from tests.recovery.desk import own_ring


@pytest.fixture
def target(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where to restore to: nothing is there."""
    if database.kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'restored.sqlite3'}"
        return
    empty = PostgresqlTemplate(engine_url(request.getfixturevalue("postgresql_server")), None)
    yield empty.itself.url
    empty.close()


@pytest.fixture
def installed(service: Service, config: Config) -> Service:
    own_ring(config.keyring_path)
    return service
