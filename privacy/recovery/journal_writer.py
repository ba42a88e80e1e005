"""Append to the journal: one writer at a time, every line durable before anybody relies on it.

What the files hold is looked at under the folder's lock before each turn, so that writers never interleave, whoever
they are, and nothing doubles after a crash: a line that was cut off is taken away, whole ones count as written.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from privacy import clock
from privacy.recovery.failures import JournalUnwritable
from privacy.recovery.journal import Journal, Segment
from privacy.recovery.journal_lines import CheckpointLine, Entry

#: A file of the journal is ended past this size, and with each day.
LARGEST = 16 * 1024 * 1024
_LOOKED_THROUGH = 65_536


@dataclass
class Tail:
    """Where the journal ends."""

    segment: Segment | None
    #: Length of that file.
    size: int
    #: The last entry.
    last: Entry | None
    #: The size of the last checkpoint, and when it was written down.
    checkpoint: int
    checkpoint_at: int

    @property
    def next(self) -> int:
        """The position of the entry that comes next."""
        return self.last.n + 1 if self.last else 0


class JournalWriter:
    """Writes one journal; one for a process and thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tail: Tail | None = None

    @property
    def checkpoint(self) -> int:
        """The size of the last checkpoint that it knows to be written; 0 where it knows none."""
        return self._tail.checkpoint if self._tail else 0

    @contextlib.contextmanager
    def turn(self) -> Iterator[Tail | None]:
        """Hold the journal alone. Yields its end, mended after a crash; None where another process writes.

        Raises `JournalUnwritable`, `JournalBroken`.
        """
        with self._alone() as held:
            if not held:
                yield None
                return
            try:
                if self._tail is None or self._tail.size != _size_of_last(self.folder, self._tail):
                    self._tail = _look(self.folder)
                yield self._tail
            except OSError as error:
                self._tail = None
                raise _unwritable(self.folder, error) from error
            except BaseException:
                self._tail = None
                raise

    def append(self, tail: Tail, lines: Sequence[Entry | CheckpointLine]) -> None:
        """Write lines behind the end, durably, inside a turn. Entries follow on the last one without a gap."""
        if not lines:
            return
        first = next((line for line in lines if isinstance(line, Entry)), None)
        if first is not None and _is_full(tail):
            tail.segment, tail.size = _begin(self.folder, first.n), 0
        if tail.segment is None:
            return  # A checkpoint of a log without leaves.
        data = b"".join(line.line() for line in lines)
        descriptor = os.open(tail.segment.path, os.O_WRONLY | os.O_APPEND)
        try:
            _write_all(descriptor, data)
            os.fsync(descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, tail.size)  # The next turn would do it, too.
            raise
        finally:
            os.close(descriptor)
        tail.size += len(data)
        for line in lines:
            if isinstance(line, Entry):
                tail.last = line
            else:
                tail.checkpoint, tail.checkpoint_at = line.size, line.at

    @contextlib.contextmanager
    def _alone(self) -> Iterator[bool]:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.folder, os.O_RDONLY)
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(descriptor)


def ensure_writable(folder: Path) -> None:
    """Raise `JournalUnwritable` unless a file can be made in the folder of the journal."""
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(probe, os.O_WRONLY | os.O_CREAT, 0o600))
        probe.unlink()
    except OSError as error:
        raise _unwritable(folder, error) from error


def _look(folder: Path) -> Tail:
    """Where the journal ends, once what a crash left behind the last whole line is away."""
    journal = Journal(folder)
    segments = journal.segments
    if not segments:
        return Tail(None, 0, None, 0, 0)
    size = _mended(segments[-1].path)
    newest = journal.newest_checkpoint()
    return Tail(segments[-1], size, journal.last_entry(), newest.size if newest else 0, newest.at if newest else 0)


def _mended(path: Path) -> int:
    """Cut off what stands behind the last end of a line; returns the length."""
    with path.open("r+b") as file:
        size = position = file.seek(0, os.SEEK_END)
        whole = 0
        while position and not whole:
            step = min(_LOOKED_THROUGH, position)
            position -= step
            file.seek(position)
            at = file.read(step).rfind(b"\n")
            whole = position + at + 1 if at >= 0 else 0
        if whole != size:
            file.truncate(whole)
            file.flush()
            os.fsync(file.fileno())
    return whole


def _is_full(tail: Tail) -> bool:
    if tail.segment is None:
        return True
    if tail.last is None or not tail.size:
        return False
    return tail.size >= LARGEST or clock.micros() // clock.DAY != tail.last.at // clock.DAY


def _begin(folder: Path, first: int) -> Segment:
    path = folder / f"journal-{first:020}.jsonl"
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return Segment(path, first)


def _size_of_last(folder: Path, tail: Tail) -> int:
    """The size of the file that is the last one now; -1 where that is another than the tail's."""
    segments = Journal(folder).segments
    if not segments or tail.segment is None:
        return 0 if not segments and tail.segment is None else -1
    return segments[-1].path.stat().st_size if segments[-1] == tail.segment else -1


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _unwritable(folder: Path, error: OSError) -> JournalUnwritable:
    return JournalUnwritable(
        f"The journal in {folder} cannot be written: {error.strerror or 'input or output failed'}. "
        "Mend it, or name another folder in PRIVACY_JOURNAL_DIR; the service writes what is missing by itself."
    )
