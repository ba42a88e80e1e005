"""A moment of a PostgreSQL database: an exported snapshot, which pg_dump reads as well.

The password never stands among the arguments of a program, in its environment or on a disk: pg_dump reads it from a
file in memory that has no name. Other users see a program's arguments, its environment is copied into whatever it
starts, and a file would outlive a crash.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from privacy.db import Driver
from privacy.recovery.failures import BackupImpossible
from privacy.recovery.snapshot import KEYS_TABLE, OWNER_KEY_COLUMNS, OWNER_KEYS, Held, held_by

#: Rows of the keys' table that are fetched at once.
_ROWS = 2_000
_BLOCK = 1 << 18
#: Fast: what is sealed does not shrink anyway.
_COMPRESSION = "--compress=1"
_VERSION = re.compile(r"\s(\d+)(?:\.\d+)*")
#: The service's own settings are none of a tool's business.
_OURS = "PRIVACY_"


class PostgresqlSnapshot:
    """A transaction that sees one moment."""

    database = "postgresql"

    def __init__(self, connection: psycopg.Connection[Any], url: sa.URL) -> None:
        self._connection, self._url = connection, url
        self.name: str = _first(connection.execute("SELECT pg_export_snapshot()"))
        driver = Driver(connection, "postgresql")
        self.held: Held = held_by(driver, lambda query: connection.execute(query.encode()).fetchall())

    def owner_keys(self) -> Iterator[Mapping[str, Any]]:
        """As `Snapshot` says."""
        with self._connection.cursor("owner_keys") as cursor:
            cursor.itersize = _ROWS
            cursor.execute(OWNER_KEYS)
            for row in cursor:
                yield dict(zip(OWNER_KEY_COLUMNS, row, strict=True))

    def write_data(self, into: BinaryIO) -> None:
        """As `Snapshot` says: an archive of pg_dump, streamed, never on a disk in the clear."""
        program = tool("pg_dump", self._connection.info.server_version)
        with connecting(self._url) as (conninfo, options):
            arguments = [program, "--format=custom", _COMPRESSION, f"--snapshot={self.name}"]
            arguments += [f"--exclude-table-data={KEYS_TABLE}", f"--dbname={conninfo}"]
            # Not a pipe, which nobody would empty while the archive is read.
            with tempfile.TemporaryFile() as complaints:
                with subprocess.Popen(  # noqa: S603  # the program is PostgreSQL's, the arguments are ours
                    arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, **options
                ) as process:
                    try:
                        assert process.stdout is not None
                        shutil.copyfileobj(process.stdout, into, _BLOCK)
                    except BaseException:
                        process.kill()
                        raise
                complaints.seek(0)
                complaint = complaints.read()
        if process.returncode:
            raise BackupImpossible(f"pg_dump failed: {_last_line(complaint)}")


@contextlib.contextmanager
def postgresql_snapshot(url: sa.URL) -> Iterator[PostgresqlSnapshot]:
    """Hold one moment of the database. Raises `BackupImpossible`."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    options = "-c TimeZone=UTC -c idle_in_transaction_session_timeout=0 -c lock_timeout=0 -c statement_timeout=0"
    try:
        connection = psycopg.connect(plain, connect_timeout=5, options=options, prepare_threshold=None)
    except psycopg.OperationalError:
        raise BackupImpossible("The database cannot be reached.") from None
    with contextlib.closing(connection):
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        # Before anything is read: a tool that does not do is better known at once.
        tool("pg_dump", connection.info.server_version)
        yield PostgresqlSnapshot(connection, url)


@contextlib.contextmanager
def connecting(url: sa.URL) -> Iterator[tuple[str, dict[str, Any]]]:
    """How a program of PostgreSQL's connects: the connection's words without the password, and options to start it."""
    words = conninfo_to_dict(url.set(drivername="postgresql").render_as_string(hide_password=False))
    password = words.pop("password", None)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    conninfo = make_conninfo("", **words)
    if password is None:
        yield conninfo, {"env": environment}
        return
    descriptor = os.memfd_create("pgpass")
    try:
        os.fchmod(descriptor, 0o600)
        escaped = re.sub(r"([\\:])", r"\\\1", str(password))
        os.write(descriptor, f"*:*:*:*:{escaped}\n".encode())
        environment["PGPASSFILE"] = f"/proc/self/fd/{descriptor}"
        environment.pop("PGPASSWORD", None)
        yield conninfo, {"env": environment, "pass_fds": (descriptor,)}
    finally:
        os.close(descriptor)


def tool(name: str, server_version: int) -> str:
    """A program of PostgreSQL's that is not older than the server; raises `BackupImpossible`."""
    program = shutil.which(name)
    needed = server_version // 10_000
    if program is None:
        raise BackupImpossible(f"{name} is not here. Install the client programs of PostgreSQL {needed} or newer.")
    printed = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = _VERSION.search(printed)
    if found is None or int(found[1]) < needed:
        raise BackupImpossible(
            f"{program} is {printed.strip() or 'of no known version'} and the server is PostgreSQL {needed}: "
            f"install the client programs of PostgreSQL {needed} or newer."
        )
    return program


def _first(cursor: psycopg.Cursor[Any]) -> Any:
    row = cursor.fetchone()
    assert row is not None
    return row[0]


def _last_line(complaint: bytes) -> str:
    """A tool's complaint about what it cannot read names tables, never their rows."""
    lines = complaint.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing."
