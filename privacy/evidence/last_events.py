"""The last event about each object, and what else a walk through the log leaves open, in a file that goes with it.

A log of a million leaves speaks of as many objects: they are kept on disk by SQLite, which deletes the file at once,
so that memory stays flat. Ids and digests, no personal data.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

_TABLES = """
CREATE TABLE last (
    type TEXT, id TEXT, number INTEGER, action TEXT, content_sha256 TEXT, subject TEXT, seen INTEGER DEFAULT 0,
    PRIMARY KEY (type, id)
) WITHOUT ROWID;
CREATE INDEX last_unseen ON last (type, id) WHERE seen = 0;
CREATE TABLE missing (event TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID;
CREATE TABLE unread (event TEXT PRIMARY KEY, number INTEGER, owner TEXT) WITHOUT ROWID;
CREATE TABLE deleted (event TEXT PRIMARY KEY, type TEXT, id TEXT) WITHOUT ROWID;
CREATE TABLE destroyed (owner TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE lost (first INTEGER, end_before INTEGER);
CREATE TABLE concerned (subject TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_PUT = """
INSERT INTO last (type, id, number, action, content_sha256, subject) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (type, id) DO UPDATE SET number = excluded.number, action = excluded.action,
content_sha256 = excluded.content_sha256, subject = excluded.subject WHERE excluded.number > number
"""


class Last(NamedTuple):
    """The last event about an object; no action and digest where its body may not be read any more."""

    object_type: str
    object_id: str
    number: int
    action: str | None
    content_sha256: str | None
    #: Whom the event is about.
    subject: str | None


class LastEvents:
    """Gathers events in the order of the log."""

    def __init__(self, types: Iterable[str]) -> None:
        """`types`: the types of objects whose rows are compared; of others nothing is kept."""
        # The empty name makes a private file in the temporary folder.
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16000;" + _TABLES)
        self._file.execute("BEGIN")
        self._types = frozenset(types)

    def close(self) -> None:
        """Delete the file."""
        self._file.close()

    def say(self, number: int, said: Mapping[str, Any]) -> None:
        """What the body of a leaf says."""
        of = said["object"]
        if said["subject"] is not None:
            self._file.execute("INSERT OR IGNORE INTO concerned VALUES (?)", (said["subject"],))
        if of["type"] in self._types:
            values = (of["type"], of["id"], number, said["action"], said["content_sha256"], said["subject"])
            self._file.execute(_PUT, values)

    def deleted(self, bodies: Iterable[Sequence[str]]) -> None:
        """Bodies that an event says were deleted: event, type and id of the object."""
        self._file.executemany("INSERT OR IGNORE INTO deleted VALUES (?, ?, ?)", [tuple(body) for body in bodies])

    def destroyed(self, owner: str) -> None:
        """An owner whose key an event says is destroyed."""
        self._file.execute("INSERT OR IGNORE INTO destroyed VALUES (?)", (owner,))

    def lost(self, first: int, end: int) -> None:
        """Leaves from `first` on and below `end` whose bodies an event says went with a database that was lost."""
        self._file.execute("INSERT INTO lost VALUES (?, ?)", (first, end))

    def is_lost(self, number: int | None) -> bool:
        """Whether an event says so of a leaf."""
        found = self._file.execute("SELECT 1 FROM lost WHERE ? >= first AND ? < end_before", (number, number))
        return found.fetchone() is not None

    def missing(self, number: int, event_id: UUID) -> None:
        """A leaf of an event without a body."""
        self._file.execute("INSERT OR REPLACE INTO missing VALUES (?, ?)", (str(event_id), number))

    def unread(self, number: int, event_id: UUID, owner: UUID | None, object_type: str, object_id: str) -> None:
        """A leaf of an event whose body's key is not there; of what it spoke only the columns beside it tell."""
        self._file.execute("INSERT OR REPLACE INTO unread VALUES (?, ?, ?)", (str(event_id), number, str(owner)))
        if object_type in self._types:
            self._file.execute(_PUT, (object_type, object_id, number, None, None, str(owner)))

    def unexplained(self) -> Iterator[tuple[str, int, bool]]:
        """Events of whose body no event says that it went: id, number, and whether it is there and can't be read."""
        # What a deleted body spoke of has had a later event than the one before it.
        self._file.execute(
            "INSERT INTO last (type, id, number) SELECT d.type, d.id, m.number FROM missing m JOIN deleted d"
            " ON d.event = m.event WHERE true ON CONFLICT (type, id) DO UPDATE SET number = excluded.number,"
            " action = NULL, content_sha256 = NULL WHERE excluded.number > number"
        )
        for event, number in self._file.execute(
            "SELECT event, number FROM missing WHERE event NOT IN (SELECT event FROM deleted)"
            " AND NOT EXISTS (SELECT 1 FROM lost WHERE number >= first AND number < end_before) ORDER BY number"
        ):
            yield event, number, False
        for event, number in self._file.execute(
            "SELECT event, number FROM unread WHERE owner NOT IN (SELECT owner FROM destroyed) ORDER BY number"
        ):
            yield event, number, True

    def of(self, object_type: str, object_id: str) -> Last | None:
        """The last event about an object; marks it as one that has a row."""
        key = (object_type, object_id)
        row = self._file.execute(
            "UPDATE last SET seen = 1 WHERE type = ? AND id = ?"
            " RETURNING type, id, number, action, content_sha256, subject",
            key,
        ).fetchone()
        return Last(*row) if row else None

    def unseen(self, object_type: str, most: int) -> list[Last]:
        """Some objects of a type of which no row was looked up, each handed out once."""
        rows = self._file.execute(
            "UPDATE last SET seen = 1 WHERE type = ?1 AND id IN"
            " (SELECT id FROM last WHERE type = ?1 AND seen = 0 ORDER BY id LIMIT ?2)"
            " RETURNING type, id, number, action, content_sha256, subject",
            (object_type, most),
        )
        return [Last(*row) for row in rows]

    def is_destroyed(self, owner: str | None) -> bool:
        """Whether an event says that the key of that owner is destroyed."""
        found = self._file.execute("SELECT 1 FROM destroyed WHERE owner = ?", (owner,)).fetchone()
        return found is not None

    def concerned(self, at_once: int) -> Iterator[list[UUID]]:
        """Everybody whom an event was about, so many at a time."""
        cursor = self._file.execute("SELECT subject FROM concerned ORDER BY subject")
        while rows := cursor.fetchmany(at_once):
            yield [UUID(subject) for (subject,) in rows]
