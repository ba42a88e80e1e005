"""All that an import says, sorted into circles of people who have to do with each other, in little memory.

Files are read to the end before anything is recorded. So each circle is dealt with once, with all that the files say
about it: their order cannot matter, nobody is allowed for a moment who withdrew in a file not yet read, and the
decision before can be compared with the one after. Two rows are of one circle when they name the same identifier or
contact, directly or by way of others, or when what they name is of one person or on one contact in the database
already. The rows lie in SQLite's own temporary file, which has no name; they are sealed with a key that lives only in
this process, and are found by keyed indexes.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from privacy.consent.importing.meaning import Statement
from privacy.crypto import envelope

_CACHE = "PRAGMA cache_size=-32000"  # 32 MB
_PLACE = envelope.binding("import", "row", "", 1)
_AT_ONCE = 5_000


class RowSaid(msgspec.Struct, frozen=True, array_like=True):
    """What one row says, and of whom."""

    #: Identifiers and contacts by our names; personal data.
    names: tuple[tuple[str, str], ...]
    statements: tuple[Statement, ...]
    #: What might have allowed something and could not be taken, and the name of the cause.
    dropped: tuple[tuple[Statement, str], ...]
    #: Number of its file, and its line there.
    file: int
    line: int

    def __repr__(self) -> str:
        """Without personal data."""
        return f"RowSaid(file={self.file}, line={self.line})"


@dataclass(frozen=True)
class Circle:
    """Rows that have to do with each other, in an order that does not depend on that of the files."""

    rows: tuple[RowSaid, ...] = field(repr=False)


class Pile:
    """Collects rows, then yields them by circle."""

    def __init__(self) -> None:
        self._key = os.urandom(envelope.KEY_BYTES)
        self._database = sqlite3.connect("", isolation_level=None)
        for statement in ("PRAGMA journal_mode=OFF", "PRAGMA temp_store=FILE", _CACHE, "BEGIN"):
            self._database.execute(statement)
        self._database.execute("CREATE TABLE pile (number INTEGER PRIMARY KEY, body BLOB)")
        self._database.execute("CREATE TABLE named (name BLOB, number INTEGER)")
        self._decoder = msgspec.msgpack.Decoder(RowSaid)
        self._encoder = msgspec.msgpack.Encoder()
        self.rows = 0

    def add(self, indexes: Iterable[bytes], said: RowSaid) -> None:
        """Put one row on the pile, which names these indexes."""
        sealed = envelope.seal(self._key, self._encoder.encode(said), _PLACE)
        self._database.execute("INSERT INTO pile VALUES (?, ?)", (self.rows, sealed))
        self._database.executemany("INSERT INTO named VALUES (?, ?)", ((index, self.rows) for index in indexes))
        self.rows += 1

    def names(self) -> Iterator[list[bytes]]:
        """Every index that is named, some thousands at a time."""
        found = self._database.execute("SELECT DISTINCT name FROM named ORDER BY name")
        while names := found.fetchmany(_AT_ONCE):
            yield [name for (name,) in names]

    def join(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        """Say that whoever names the first index names the second too."""
        self._database.execute("CREATE TABLE IF NOT EXISTS joined (name BLOB, also BLOB)")
        self._database.executemany("INSERT INTO joined VALUES (?, ?)", pairs)

    def by_circle(self) -> Iterator[Circle]:
        """Every circle once, the rows of each."""
        self._also()
        heads = self._heads()
        self._database.execute("CREATE TABLE circle (head INTEGER, number INTEGER)")
        self._database.executemany("INSERT INTO circle VALUES (?, ?)", ((head, n) for n, head in enumerate(heads)))
        del heads
        rows = self._database.execute(
            "SELECT circle.head, pile.body FROM circle JOIN pile USING (number) ORDER BY circle.head, circle.number"
        )
        for _, same in itertools.groupby(rows, key=lambda row: row[0]):
            yield self._circle([body for _, body in same])

    def close(self) -> None:
        """Forget everything."""
        self._database.close()

    def _also(self) -> None:
        """Rows that name something joined name what it is joined with."""
        if self._database.execute("SELECT 1 FROM sqlite_master WHERE name = 'joined'").fetchone():
            self._database.execute("CREATE INDEX joined_name ON joined (name)")
            self._database.execute(
                "INSERT INTO named SELECT joined.also, named.number FROM joined JOIN named USING (name)"
            )

    def _heads(self) -> array[int]:
        """For each row the first row of its circle."""
        heads = array("I", range(self.rows))

        def find(row: int) -> int:
            while heads[row] != row:
                heads[row] = heads[heads[row]]
                row = heads[row]
            return row

        before: tuple[bytes, int] | None = None
        for name, number in self._database.execute("SELECT name, number FROM named ORDER BY name"):
            if before is not None and before[0] == name:
                low, high = sorted((find(before[1]), find(number)))
                heads[high] = low
            before = name, number
        for row in range(self.rows):
            heads[row] = find(row)
        return heads

    def _circle(self, bodies: Sequence[bytes]) -> Circle:
        rows = (self._decoder.decode(envelope.open_sealed(self._key, body, _PLACE)) for body in bodies)
        return Circle(tuple(sorted(rows, key=lambda row: (row.names, self._encoder.encode(row.statements)))))
