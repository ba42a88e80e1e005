"""What `privacy doctor` asks a database: is it there, current, whole, and does it keep what it has acknowledged?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from config import Config
from privacy import clock, schema
from privacy.cli.opening import engine_of
from privacy.db import engine_url, wal_is_safe
from privacy.errors import PrivacyError

#: Past this size looking at every page takes longer than a diagnosis should, in bytes.
_MOST_TO_CHECK = 512 * 1024 * 1024
#: What PostgreSQL needs so that an acknowledged commit outlives a power cut.
_DURABLE = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "remote_write", "remote_apply")}
#: How far the two clocks may differ, in microseconds.
_CLOCK_TOLERANCE = 5 * clock.SECOND


def examine_database(config: Config) -> Iterator[tuple[bool, str]]:
    """Findings, each whether it is a problem, and the text."""
    if config.on_sqlite:
        file = Path(engine_url(config.database_url).database or "")
        if not file.exists():
            yield (
                True,
                f"{file} is missing. A new installation makes it: privacy init. Else restore it from its backup.",
            )
            return
    with engine_of(config) as engine:
        try:
            with engine.connect() as connection:
                yield from _sqlite(connection) if config.on_sqlite else _postgresql(connection)
            schema.ensure_current(engine)
        except PrivacyError as error:
            yield True, error.detail
        except sa.exc.DBAPIError as error:
            yield (
                True,
                f"It cannot be used ({type(error.orig).__name__}). Is PRIVACY_DATABASE_URL right, and does it run?",
            )
        else:
            yield False, f"The schema is at {schema.head()}, as this version needs."


def _sqlite(connection: sa.Connection) -> Iterator[tuple[bool, str]]:
    journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    safe = wal_is_safe(sqlite3.sqlite_version_info)
    why = "" if safe else ", since this version has the WAL-reset bug (mended in 3.51.3, 3.50.7, 3.44.6)"
    yield False, f"SQLite {sqlite3.sqlite_version} with journal mode {journal}{why}."
    size = connection.exec_driver_sql(
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    ).scalar_one()
    if size <= _MOST_TO_CHECK:
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if verdict != "ok":
            yield True, "The file is damaged. Keep it as it is and restore from the backup."


def _postgresql(connection: sa.Connection) -> Iterator[tuple[bool, str]]:
    version = connection.exec_driver_sql("SHOW server_version").scalar_one()
    yield False, f"PostgreSQL {version}."
    for setting, durable in _DURABLE.items():
        found = connection.exec_driver_sql(f"SHOW {setting}").scalar_one()
        if found not in durable:
            mend = f"ALTER SYSTEM SET {setting} = on, then reload."
            yield True, f"{setting} is {found}: an acknowledged withdrawal may be lost in a power cut. Run: {mend}"
    if connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar_one():
        yield True, "This is a replica, which cannot be written. Let PRIVACY_DATABASE_URL name the primary."
    theirs = clock.to_micros(connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one())
    apart = abs(theirs - clock.micros())
    if apart > _CLOCK_TOLERANCE:
        yield True, f"Its clock and ours are {apart // clock.SECOND} s apart. Let both follow a time server."
