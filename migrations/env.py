"""Runs the migrations on the engine that `privacy.schema` hands over, or on `alembic -x url=...` for developers.

Everything happens in one transaction: on PostgreSQL under an advisory lock, so that servers which start at the same
time take turns, and with a lock timeout, so that a migration gives up rather than hold every reader behind it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.operations.ops import MigrationScript

from privacy import schema
from privacy.db import Base, Id, engine_options, engine_url, prepare_engine

#: "privacy" in ASCII: the key of the advisory lock of this program's migrations.
LOCK_KEY = int.from_bytes(b"privacy", "big")
FOLDER = Path(__file__).resolve().parent


def engine_from_command_line() -> sa.Engine:
    url = engine_url(context.get_x_argument(as_dictionary=True)["url"])
    engine = sa.create_engine(url, **engine_options(url, pool_size=1))
    prepare_engine(engine)
    schema.load_models()
    return engine


def render_item(kind: str, item: Any, _autogenerate: Any) -> str | bool:
    """Own column types as plain SQLAlchemy: a migration must not change when the code does."""
    return "ID" if kind == "type" and isinstance(item, Id) else False


def number_revision(_context: Any, _revision: Any, directives: list[MigrationScript]) -> None:
    """Name the new migration by the next number and its message, and note it as the head."""
    script = directives[0]
    last = max((int(path.name[:4]) for path in (FOLDER / "versions").glob("[0-9]*.py")), default=0)
    name = re.sub(r"\W+", "_", script.message or "change").strip("_").lower()
    script.rev_id = f"{last + 1:04d}_{name}"
    (FOLDER / "HEAD").write_text(f"{script.rev_id}\n")


def run() -> None:
    engine = context.config.attributes.get("engine")
    if engine is None:
        engine = engine_from_command_line()
    with engine.connect().execution_options(privacy_write=True) as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            render_item=render_item,
            process_revision_directives=number_revision,
            # SQLite takes part: its BEGIN IMMEDIATE covers schema changes too.
            transactional_ddl=True,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SET LOCAL lock_timeout = '20s'"))
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
            context.run_migrations()


run()
