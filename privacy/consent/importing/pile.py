"""All that an import says, sorted by address, in little memory.

Files are read to the end before anything is recorded. So each address is dealt with once, with all that the files say
about it: their order cannot matter, nobody is allowed for a moment who withdrew in a file not yet read, and the
decision before can be compared with the one after. The rows lie in SQLite's own temporary file, which has no name;
addresses are sealed with a key that lives only in this process, and are sorted by their keyed index.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from privacy.consent.importing.meaning import Said, Statement
from privacy.crypto import envelope

_CACHE = "PRAGMA cache_size=-32000"  # 32 MB
_PLACE = envelope.binding("import", "address", "", 1)


@dataclass(frozen=True)
class Pending:
    """One address and what the files say about it, each thing once, in order of time."""

    address: str = field(repr=False)
    statements: tuple[Statement, ...]
    #: How many rows spoke of it, and how many acts they named, repeats included.
    rows: int
    acts: int


class Pile:
    """Collects rows, then yields them by address."""

    def __init__(self) -> None:
        self._key = os.urandom(envelope.KEY_BYTES)
        self._database = sqlite3.connect("", isolation_level=None)
        for statement in ("PRAGMA journal_mode=OFF", "PRAGMA temp_store=FILE", _CACHE, "BEGIN"):
            self._database.execute(statement)
        self._database.execute("CREATE TABLE pile (address_index BLOB, address BLOB, statements BLOB)")
        self.rows = 0

    def add(self, index: bytes, address: str, statements: Sequence[Statement]) -> None:
        """Put one row on the pile."""
        sealed = envelope.seal(self._key, address.encode(), _PLACE)
        packed = msgspec.msgpack.encode([(statement.said.value, statement.at) for statement in statements])
        self._database.execute("INSERT INTO pile VALUES (?, ?, ?)", (index, sealed, packed))
        self.rows += 1

    def by_address(self) -> Iterator[Pending]:
        """Every address once."""
        rows = self._database.execute("SELECT address_index, address, statements FROM pile ORDER BY address_index")
        for _, same in itertools.groupby(rows, key=lambda row: row[0]):
            yield self._pending([(address, packed) for _, address, packed in same])

    def close(self) -> None:
        """Forget everything."""
        self._database.close()

    def _pending(self, rows: Sequence[tuple[bytes, bytes]]) -> Pending:
        every = [Statement(Said(said), at) for _, packed in rows for said, at in msgspec.msgpack.decode(packed)]
        acts = sum(statement.said is not Said.BOUNCED for statement in every)
        # Of several spellings the same one is taken whatever the order of the rows.
        address = min(envelope.open_sealed(self._key, sealed, _PLACE).decode() for sealed, _ in rows)
        return Pending(address, tuple(sorted(set(every), key=Statement.order)), len(rows), acts)
