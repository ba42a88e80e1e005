"""What an installation holds: its files and every row, to see whether a command changed anything."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from tests.databases import engine_of


@contextlib.contextmanager
def database() -> Iterator[sa.Connection]:
    """A connection to the installation's database, committed at the end."""
    engine = engine_of(os.environ["PRIVACY_DATABASE_URL"])
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def snapshot() -> tuple[dict[str, bytes], dict[str, list[str]]]:
    """Every file of the folder and every row, but what a running service adds: counters, beats, the journal."""
    folder = Path(os.environ["PRIVACY_DATA_DIR"])
    passing = ("rate-limits", "metrics", "privacy.sqlite3", "journal")
    files = {
        str(path): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not str(path.relative_to(folder)).startswith(passing)
    }
    with database() as connection:
        names = set(sa.inspect(connection).get_table_names()) - {"journal_state", "consent_statistic_place", "job"}
        rows = {
            name: sorted(str(row) for row in connection.execute(sa.text(f"SELECT * FROM {name}"))) for name in names
        }
    return files, rows


def log_is_published() -> bool:
    """Whether the worker has nothing left to do with the log: a start after that adds nothing to it."""
    with database() as connection:
        waiting, leaves, published = connection.execute(
            sa.text(
                "SELECT (SELECT count(*) FROM audit_pending), (SELECT count(*) FROM audit_leaf),"
                " (SELECT coalesce(max(size), 0) FROM audit_checkpoint)"
            )
        ).one()
    return waiting == 0 and leaves == published > 0


def clear() -> None:
    """Back to nothing."""
    folder = Path(os.environ["PRIVACY_DATA_DIR"])
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
    if os.environ["PRIVACY_DATABASE_URL"].startswith("postgresql"):
        with database() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
