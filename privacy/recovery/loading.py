"""Load a backup of the data into its place, with the row of the quarantine in it before anybody can open it.

SQLite: into a file beside the database's, checked and made durable, which then takes its name. PostgreSQL: one
transaction with everything, the row last. So a run that was killed leaves either nothing or a database in quarantine.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
import sqlalchemy as sa

from privacy.recovery.failures import BackupBroken, RestoreImpossible
from privacy.recovery.postgresql_snapshot import connecting, tool

#: Suffix of a file that is being loaded.
RESTORING = ".restoring"
_BLOCK = 1 << 20
#: What SQLite keeps beside a database; it belongs to that very file.
_BESIDE = ("", "-journal", "-wal", "-shm")
_COLUMNS = ("id", "since", "data_backup", "key_backup", "position")

#: Is told how many bytes are loaded.
Loaded = Callable[[int], None]


def load_sqlite(
    body: BinaryIO, target: Path, quarantine: Mapping[str, Any], *, loaded: Loaded, suffix: str | None = None
) -> None:
    """Load a file of SQLite's and give it the name of the database; one that is there is renamed by the suffix.

    Raises `BackupBroken`; then nothing was changed.
    """
    pending = target.with_name(target.name + RESTORING)
    for beside in _BESIDE:
        pending.with_name(pending.name + beside).unlink(missing_ok=True)
    descriptor = os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        _copy(body, file, loaded)
    with contextlib.closing(sqlite3.connect(pending, isolation_level=None)) as connection:
        # Durable as a whole below, before it gets its name.
        connection.execute("PRAGMA synchronous=OFF")
        try:
            found = [text for (text,) in connection.execute("PRAGMA integrity_check(3)")]
        except sqlite3.DatabaseError as error:
            found = [str(error)]
        if found != ["ok"]:
            raise BackupBroken(f"The database in the backup is damaged: {found[0]}. Take another backup.")
        connection.execute("DELETE FROM quarantine")
        names, values = ", ".join(_COLUMNS), ", ".join(f":{name}" for name in _COLUMNS)
        connection.execute(f"INSERT INTO quarantine ({names}) VALUES ({values})", dict(quarantine))  # noqa: S608  # names of ours
    _durably(pending)
    if suffix is not None:
        _set_aside(target, suffix)
    pending.rename(target)
    _durably(target.parent)


def _set_aside(target: Path, suffix: str) -> None:
    """Give a SQLite database that is replaced another name, with what SQLite keeps beside it."""
    for beside in reversed(_BESIDE):
        path = target.with_name(target.name + beside)
        if path.exists():
            path.rename(target.with_name(target.name + suffix + beside))
    _durably(target.parent)


def load_postgresql(body: BinaryIO, url: sa.URL, quarantine: Mapping[str, Any], *, loaded: Loaded) -> None:
    """Load an archive of pg_dump into an empty database. Raises `RestoreImpossible`; then nothing is in it."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, connect_timeout=5) as connection:
        version = connection.info.server_version
        row = connection.execute("SELECT current_schema()").fetchone()
        assert row is not None
        into = psycopg.sql.Identifier(row[0], "quarantine")
        names = psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, _COLUMNS))
        values = psycopg.sql.SQL(", ").join(psycopg.sql.Literal(quarantine[name]) for name in _COLUMNS)
        insert = psycopg.sql.SQL("DELETE FROM {0}; INSERT INTO {0} ({1}) VALUES ({2});\nCOMMIT;\n")
        last = insert.format(into, names, values).as_string(connection)
    reader, writer = tool("pg_restore", version), tool("psql", version)
    with connecting(url) as (conninfo, options):
        script = subprocess.Popen(  # noqa: S603  # PostgreSQL's program, arguments of ours
            [reader, "--file=-", "--no-owner", "--no-privileges", "--exit-on-error"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=options["env"],
        )
        session = subprocess.Popen(  # noqa: S603  # the same
            [writer, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={conninfo}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            **options,
        )
        _run(script, session, body, last, loaded)


class _Feeder(threading.Thread):
    """Hands the archive to the program that makes a script of it."""

    def __init__(self, script: subprocess.Popen[bytes], body: BinaryIO, loaded: Loaded) -> None:
        super().__init__()
        self._script, self._body, self._loaded = script, body, loaded
        self.trouble: BaseException | None = None

    def run(self) -> None:
        """Until the archive ends; whatever is wrong with it ends the program."""
        try:
            with self._script.stdin as pipe:  # type: ignore[union-attr]  # it was opened with a pipe
                _copy(self._body, pipe, self._loaded)
        except BrokenPipeError:
            pass  # The program says on its own why it ended.
        except BaseException as error:
            self.trouble = error
            self._script.kill()


class _Listener(threading.Thread):
    """Hears a program's complaints out, so that it never waits for somebody to listen."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__()
        self.process, self.said = process, b""

    def run(self) -> None:
        """Until the program ends."""
        with self.process.stderr as pipe:  # type: ignore[union-attr]  # it was opened with a pipe
            self.said = pipe.read()


def _run(
    script: subprocess.Popen[bytes], session: subprocess.Popen[bytes], body: BinaryIO, last: str, loaded: Loaded
) -> None:
    """Feed the archive to the one, its script to the other; without the last line nothing is committed."""
    feeder, listeners = _Feeder(script, body, loaded), [_Listener(script), _Listener(session)]
    for thread in (feeder, *listeners):
        thread.start()
    with contextlib.suppress(BrokenPipeError), session.stdin as pipe:  # type: ignore[union-attr]  # opened with a pipe
        pipe.write(b"BEGIN;\n")
        with script.stdout as lines:  # type: ignore[union-attr]  # the same
            shutil.copyfileobj(lines, pipe, _BLOCK)
        feeder.join()
        if script.wait() == 0 and feeder.trouble is None:
            pipe.write(last.encode())
    for thread in (feeder, *listeners):
        thread.join()
    if feeder.trouble is not None:
        raise feeder.trouble
    for name, listener in zip(("pg_restore", "psql"), listeners, strict=True):
        if listener.process.wait():
            raise RestoreImpossible(f"{name} failed: {_told(listener.said)}")


def _told(complaint: bytes) -> str:
    """The first line of a complaint that says what; the lines behind it may quote a row."""
    lines = complaint.decode(errors="replace").strip().splitlines()
    return next(
        (line for line in lines if "ERROR" in line or "error" in line), lines[0] if lines else "it said nothing"
    )


def _copy(body: BinaryIO, file: Any, loaded: Loaded) -> None:
    done = 0
    while block := body.read(_BLOCK):
        file.write(block)
        done += len(block)
        loaded(done)


def _durably(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
