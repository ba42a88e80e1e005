"""A moment of a SQLite database: a copy by the online backup API, in steps between which writers go on.

SQLite begins the copy anew when somebody writes between two steps. So after each such time the steps become longer,
until one of them outlasts the pause between two writes; writers wait for a step, and none is refused. The copy lies in
a private folder of the backups, is rid of the keys' rows with their bytes overwritten, written anew into a second file
without free pages, checked, and is gone when the backup is sealed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa

from privacy.db import LOCK_TIMEOUT, Driver, as_uuid
from privacy.recovery.failures import BackupImpossible
from privacy.recovery.snapshot import KEYS_TABLE, OWNER_KEY_COLUMNS, OWNER_KEYS, Held, Progress, held_by

#: Pages (of 4 KiB) of the first steps: a few milliseconds. Longer ones are tried when writers were faster so often.
_PAGES, _LONGER, _FASTER = 1_024, 4, 3
#: Seconds between two steps: as long as a writer that waits needs to get its turn.
_PAUSE = 0.002
_BLOCK = 1 << 20


class SqliteSnapshot:
    """A copy of the file."""

    database = "sqlite"

    def __init__(self, copy: Path, work: Path, *, longest_hold: float) -> None:
        self._copy, self._work = copy, work
        #: Seconds for which writers had to wait at the longest.
        self.longest_hold = longest_hold
        with opened_copy(copy) as connection:
            driver = Driver(connection, "sqlite")
            self.held: Held = held_by(driver, lambda query: connection.execute(query).fetchall())

    def owner_keys(self) -> Iterator[Mapping[str, Any]]:
        """As `Snapshot` says."""
        with opened_copy(self._copy) as connection:
            for owner_id, *values in connection.execute(OWNER_KEYS):
                yield dict(zip(OWNER_KEY_COLUMNS, (as_uuid(owner_id), *values), strict=True))

    def write_data(self, into: BinaryIO) -> None:
        """As `Snapshot` says: a SQLite file. The copy is spent by it."""
        whole = self._work / "data.sqlite3"
        with opened_copy(self._copy) as connection:
            connection.execute(f"DELETE FROM {KEYS_TABLE}")  # noqa: S608  # a name of ours
            connection.execute("VACUUM INTO ?", (str(whole),))
        self._copy.unlink()
        with opened_copy(whole) as connection:
            found = [text for (text,) in connection.execute("PRAGMA integrity_check(3)")]
        if found != ["ok"]:
            raise BackupImpossible(f"The database is damaged: {found[0]}. Keep the backups that you have.")
        with whole.open("rb") as file:
            shutil.copyfileobj(file, into, _BLOCK)
        whole.unlink()


@contextlib.contextmanager
def sqlite_snapshot(file: Path, work: Path, progress: Progress) -> Iterator[SqliteSnapshot]:
    """Copy the database `file` into the folder `work` and hold it there. Raises `BackupImpossible`."""
    copy = work / "copy.sqlite3"
    descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.close(descriptor)
    longest = _copied(file, copy, progress)
    yield SqliteSnapshot(copy, work, longest_hold=longest)


class _TooOften(Exception):
    """Writers were faster."""


def _copied(file: Path, copy: Path, progress: Progress) -> float:
    """Copy the file; returns for how many seconds a writer had to wait at the longest."""
    pages, longest = _PAGES, 0.0
    while True:
        steps = _Steps(progress, patient=pages <= 0)
        try:
            with _source(file) as source, contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as target:
                target.execute("PRAGMA synchronous=OFF")
                steps.begun = time.monotonic()
                source.backup(target, pages=pages, progress=steps, sleep=0.01)
            return max(longest, steps.longest)
        except _TooOften:
            longest = max(longest, steps.longest)
            # Past all of the database a step is everything.
            pages = pages * _LONGER if pages < steps.total else -1
        except sqlite3.OperationalError as error:
            raise BackupImpossible(f"{file} cannot be copied now: {error}. Try again.") from error


class _Steps:
    """Called after each step: notices a copy that began anew, and lets writers pass."""

    def __init__(self, progress: Progress, *, patient: bool) -> None:
        self._progress, self._patient = progress, patient
        self._left, self._anew = -1, 0
        self.total = 0
        self.longest = 0.0
        self.begun = 0.0

    def __call__(self, _status: int, left: int, total: int) -> None:
        self.longest = max(self.longest, time.monotonic() - self.begun)
        self.total = total
        if 0 <= self._left <= left and left:
            self._anew += 1
            if self._anew >= _FASTER and not self._patient:
                raise _TooOften
        self._left = left
        self._progress(total - left, total)
        if left:
            time.sleep(_PAUSE)
        self.begun = time.monotonic()


@contextlib.contextmanager
def _source(file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=LOCK_TIMEOUT
    )
    with contextlib.closing(connection):
        yield connection


@contextlib.contextmanager
def opened_copy(file: Path) -> Iterator[sqlite3.Connection]:
    """A copy that nobody else has: what is deleted is overwritten, and nothing is kept to take it back."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        # First, so that a copy of a database with a write-ahead log stops having one.
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA secure_delete=ON")
        yield connection


def file_of(url: sa.URL) -> Path:
    """The file of a SQLite database."""
    assert url.database is not None  # A database in memory is refused by the settings.
    return Path(url.database)
