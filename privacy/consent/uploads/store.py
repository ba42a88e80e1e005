"""Where the files of imports lie, sealed: each under a key of its own, which stands in the database with its import.

So a file without its row is nothing but noise: to forget one is to delete a key, in the transaction that says so, and
what then lies in the folder is only tidied away.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from privacy.crypto.owner_keys import OwnerKey
from privacy.crypto.sealed_file import UNFINISHED, SealedWriter, open_sealed_file


@dataclass(frozen=True)
class FileName:
    """One file of an import."""

    import_id: UUID
    #: Also the owner of its key.
    file_id: UUID

    def __str__(self) -> str:
        return f"{self.import_id}.{self.file_id}"


class ImportStore:
    """A folder of sealed files."""

    def __init__(self, folder: Path, *, longest: int) -> None:
        """`longest`: bytes that one upload may have."""
        self.folder = folder
        self.longest = longest

    def write(self, name: FileName, key: OwnerKey) -> SealedWriter:
        """A new file, to be used as a context manager."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return SealedWriter(self._path(name), key.secret, str(name))

    def open(self, name: FileName, key: OwnerKey) -> io.BufferedReader:
        """The contents; raises `SealBroken`, and `FileNotFoundError` where it lies on another machine."""
        return open_sealed_file(self._path(name), key.secret, str(name))

    def has(self, name: FileName) -> bool:
        """Whether the file is here."""
        return self._path(name).is_file()

    def remove(self, name: FileName) -> None:
        """Delete a file that nobody may open any more; one that is gone is no fault."""
        self._path(name).unlink(missing_ok=True)

    def remove_all(self, import_id: UUID) -> None:
        """Delete whatever an import has left here, but for what is being written."""
        for name in self.names():
            if name.import_id == import_id:
                self.remove(name)

    def names(self, *, untouched_since: int | None = None) -> Iterator[FileName]:
        """The finished files; only those that nobody has touched since that time (seconds) where one is given."""
        for entry in self._entries(untouched_since):
            if name := _parsed(entry.name):
                yield name

    def remove_unfinished(self, untouched_since: int) -> int:
        """Delete what was begun and never finished; returns how many files went."""
        found = [entry for entry in self._entries(untouched_since) if entry.name.endswith(UNFINISHED)]
        for entry in found:
            Path(entry).unlink(missing_ok=True)
        return len(found)

    def _entries(self, untouched_since: int | None) -> Iterator[os.DirEntry[str]]:
        if not self.folder.is_dir():
            return
        with os.scandir(self.folder) as entries:
            for entry in entries:
                try:
                    if untouched_since is None or entry.stat().st_mtime < untouched_since:
                        yield entry
                except FileNotFoundError:
                    continue  # Another worker was faster.

    def _path(self, name: FileName) -> Path:
        return self.folder / str(name)


def _parsed(text: str) -> FileName | None:
    import_id, _, file_id = text.partition(".")
    try:
        return FileName(UUID(import_id), UUID(file_id))
    except ValueError:
        return None
