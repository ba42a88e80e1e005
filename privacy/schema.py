"""The schema and its migrations: upgrade, downgrade, where we are, and whether models and tables agree.

Plain Alembic on an engine of ours. The migrations are in the repository's `migrations/`, and inside the package once
it is installed from a wheel. Alembic costs half a second to import, so only what changes the schema imports this file.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import privacy
from privacy.db import Base
from privacy.errors import Unavailable

_PACKAGE = Path(__file__).resolve().parent


class SchemaNotCurrent(Unavailable):
    """The database's schema is not the one that this version needs."""

    code = "schema-not-current"


def folder() -> Path:
    """Where the migrations are: inside an installed package, beside it in a source tree."""
    installed = _PACKAGE / "migrations"
    return installed if installed.is_dir() else _PACKAGE.parent / "migrations"


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the schema up to a revision, all in one transaction; one process at a time, the others wait."""
    command.upgrade(_config(engine), revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Take the schema back to a revision (`base` is before the first)."""
    command.downgrade(_config(engine), revision)


def current(engine: sa.Engine) -> str | None:
    """The revision that the database is at; None where there is none yet."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The newest revision that this version knows."""
    newest = ScriptDirectory.from_config(_config(None)).get_current_head()
    assert newest is not None  # The first migration is part of the service.
    return newest


def ensure_current(engine: sa.Engine) -> None:
    """Raise `SchemaNotCurrent` unless the database is at `head()`."""
    found = current(engine)
    if found != head():
        raise SchemaNotCurrent(f"The schema is at {found or 'nothing'}, {head()} is needed. Run: privacy db upgrade")


def differences(engine: sa.Engine) -> list[Any]:
    """What the migrated schema lacks of the models or has too much; empty where both agree."""
    load_models()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def load_models() -> None:
    """Import the tables of every room, so that the metadata is whole."""
    for room in pkgutil.iter_modules(privacy.__path__, "privacy."):
        if not room.ispkg:
            continue
        package = importlib.import_module(room.name)
        for module in pkgutil.walk_packages(package.__path__, f"{room.name}."):
            if module.name.endswith(("models", "_keys", ".quarantine")):
                importlib.import_module(module.name)


def _config(engine: sa.Engine | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder()).replace("%", "%%"))
    config.attributes["engine"] = engine
    return config
