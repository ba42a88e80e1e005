"""Open an installation for a command: the application with its database and keyring, or just the database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import sqlalchemy as sa

from config import Config
from privacy.cli import settings
from privacy.db import db, engine_options, engine_url, prepare_engine


@contextlib.contextmanager
def opened(config: Config | None = None) -> Iterator[Config]:
    """An application context. Raises what keeps the installation from being used, each with its mend."""
    from privacy.app import create_app

    config = config or settings.load()
    with create_app(config).app_context():
        try:
            yield config
        finally:
            db.session.remove()
            db.engine.dispose()


@contextlib.contextmanager
def engine_of(config: Config) -> Iterator[sa.Engine]:
    """The database alone, for what comes before the application: its schema, and looking for faults."""
    url = engine_url(config.database_url)
    options = engine_options(url, pool_size=1, trust_sqlite_wal=config.trust_sqlite_wal)
    engine = sa.create_engine(url, **options)
    prepare_engine(engine)
    try:
        yield engine
    finally:
        engine.dispose()
