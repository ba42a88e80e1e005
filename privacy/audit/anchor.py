"""The last checkpoint, kept outside the database: whoever rolls the database back cannot take this with it."""

from __future__ import annotations

import os
from pathlib import Path

from privacy.audit import merkle
from privacy.audit.checkpoint import Checkpoint
from privacy.audit.failures import LogBroken
from privacy.audit.merkle import Subtrees
from privacy.audit.note import Note, NoteInvalid


class Anchor:
    """One file, replaced as a whole with each checkpoint."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, note: str) -> None:
        """Keep a checkpoint, durably."""
        pending = self._path.with_name(self._path.name + f".{os.getpid()}")
        descriptor = os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        pending.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def read(self) -> Checkpoint | None:
        """The checkpoint that is kept; None before the first. Raises `LogBroken` for a file that holds none."""
        try:
            return Checkpoint.parse(Note.parse(self._path.read_bytes()).text)
        except FileNotFoundError:
            return None
        except NoteInvalid as error:
            raise LogBroken(f"{self._path.name} holds no checkpoint: {error.detail}") from error

    def ensure_continued(self, origin: str, size: int, tree: Subtrees) -> None:
        """Raise `LogBroken` unless the log of `size` leaves continues the checkpoint that is kept."""
        kept = self.read()
        if kept is None:
            return
        if kept.origin != origin:
            raise LogBroken(f"{self._path.name} is of another log.")
        if kept.size > size:
            raise LogBroken(f"The log has {size} leaves, and {kept.size} were published: it was rolled back.")
        if merkle.root_of(kept.size, tree) != kept.root:
            raise LogBroken(f"The first {kept.size} leaves are not those that were published: the log has forked.")
