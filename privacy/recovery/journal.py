"""Read the journal: files of lines, one after another, named by the first position that they hold.

Nothing here writes, and nothing needs a database: a restore reads a journal whose database is gone. A line that a
crash cut off at the very end is as if it had not been written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from privacy.recovery.failures import JournalBroken
from privacy.recovery.journal_lines import CheckpointLine, Entry, parse_line

_SEGMENT = re.compile(r"journal-([0-9]{20})\.jsonl")
#: Read at once from the end of a file, while its last line is looked for.
_TAIL = 65_536


@dataclass(frozen=True)
class Segment:
    """One file of the journal."""

    path: Path
    #: The position of its first entry.
    first: int


@dataclass(frozen=True)
class Gap:
    """Positions that are missing: from `first` on and below `end`."""

    first: int
    end: int


class Journal:
    """The journal of one log, in one folder. An empty or missing folder is a journal without entries."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def segments(self) -> Sequence[Segment]:
        """Its files, in order."""
        if not self.folder.is_dir():
            return []
        found = [
            Segment(path, int(match[1])) for path in self.folder.iterdir() if (match := _SEGMENT.fullmatch(path.name))
        ]
        return sorted(found, key=lambda segment: segment.first)

    @property
    def last_position(self) -> int:
        """The last position that it holds; -1 where it holds none. Raises `JournalBroken`."""
        last = self.last_entry()
        return last.n if last else -1

    def last_entry(self) -> Entry | None:
        """The last entry. Raises `JournalBroken`."""
        for segment in reversed(self.segments):
            for line in lines_backwards(segment):
                if isinstance(line, Entry):
                    return line
        return None

    def entries(self, after: int = -1) -> Iterator[Entry]:
        """Every entry behind a position, in order. Raises `JournalBroken` where the order is not the log's."""
        last = after
        for segment in self._from(after):
            for line in lines_of(segment):
                if not isinstance(line, Entry) or line.n <= after:
                    continue
                if line.n <= last:
                    raise JournalBroken(f"{segment.path.name} holds position {line.n} behind position {last}.")
                last = line.n
                yield line

    def checkpoints(self, after: int = -1) -> Iterator[CheckpointLine]:
        """Every checkpoint of a larger size than `after`, in order."""
        for segment in self._from(after):
            for line in lines_of(segment):
                if isinstance(line, CheckpointLine) and line.size > after:
                    yield line

    def newest_checkpoint(self) -> CheckpointLine | None:
        """The last checkpoint; None where it holds none. Its signature is for the caller to verify."""
        for segment in reversed(self.segments):
            for line in lines_backwards(segment):
                if isinstance(line, CheckpointLine):
                    return line
        return None

    def gaps(self, after: int | None = None, end: int | None = None) -> list[Gap]:
        """What is missing between its first and its last entry; with bounds, also behind `after` and below `end`."""
        found: list[Gap] = []
        expected = None if after is None else after + 1
        for entry in self.entries(-1 if after is None else after):
            if expected is not None and entry.n > expected:
                found.append(Gap(expected, entry.n))
            expected = entry.n + 1
        if end is not None and (expected or 0) < end:
            found.append(Gap(expected or 0, end))
        return found

    def _from(self, after: int) -> Sequence[Segment]:
        """The files that may hold what comes behind a position."""
        every = self.segments
        first = max((number for number, segment in enumerate(every) if segment.first <= after + 1), default=0)
        return every[first:]


def lines_of(segment: Segment) -> Iterator[Entry | CheckpointLine]:
    """The lines of a file. The end of the last one may be missing after a crash; then it is none."""
    with segment.path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.endswith(b"\n"):
                yield parse_line(line, f"{segment.path.name}, line {number},")


def lines_backwards(segment: Segment) -> Iterator[Entry | CheckpointLine]:
    """The lines of a file from its last on, without those before the one asked for being read."""
    where = f"{segment.path.name}, near its end,"
    with segment.path.open("rb") as file:
        position = file.seek(0, 2)
        rest, whole = b"", False
        while position:
            step = min(_TAIL, position)
            position -= step
            file.seek(position)
            first, *others = (file.read(step) + rest).split(b"\n")
            for line in reversed(others):
                if whole:
                    yield parse_line(line, where)
                whole = True  # What stands behind the last end of a line is none.
            rest = first
        if whole and rest:
            yield parse_line(rest, where)
