"""Every journal of an installation in its order: those of logs that ended in a restore, and the one that is written.

A log that could not be continued goes on under another name, with a journal of its own. What the one before says is
kept beside it, in a folder that names where it ended; a backup of that time still needs it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from privacy.audit.service import Checkpoint, Note
from privacy.recovery.failures import JournalBroken
from privacy.recovery.journal import Journal
from privacy.recovery.journal_lines import Entry

_BEFORE = "before-"
_ENDED, _LOG = "ended.json", "log.jsonl"


@dataclass(frozen=True)
class Ended:
    """A log that ended in a restore, with what is kept of it."""

    number: int
    folder: Path
    origin: str
    #: Why it could not be continued.
    gap: str
    #: The log of the journal that is kept with it: another one where an older backup was restored once more.
    journal_of: str

    @property
    def journal(self) -> Journal:
        """Its journal, as far as there is one."""
        return Journal(self.folder)

    def is_about(self, origin: str) -> bool:
        """Whether that log ended here, by itself or because an older one took its place."""
        return origin in {self.origin, self.journal_of}


def ended_logs(folder: Path) -> list[Ended]:
    """Those whose journals lie in a folder of journals, the oldest first. Raises `JournalBroken`."""
    found = []
    for path in sorted(folder.glob(f"{_BEFORE}*/{_ENDED}")):
        try:
            said = json.loads(path.read_bytes())
            number = int(path.parent.name.removeprefix(_BEFORE))
            found.append(Ended(number, path.parent, str(said["origin"]), str(said["gap"]), str(said["journal_of"])))
        except (ValueError, KeyError, TypeError, OSError):
            raise JournalBroken(f"{path} does not say which log ended there.") from None
    return sorted(found, key=lambda ended: ended.number)


def entries_since(folder: Path, origin: str, position: int) -> Iterator[Entry]:
    """Every entry that may speak of what came after the first `position` leaves of that log, in order.

    A log that follows it begins with the same events; what a backup has already is known when it comes again.
    """
    ended = ended_logs(folder)
    since = next((number for number, one in enumerate(ended) if one.is_about(origin)), len(ended))
    for number, one in enumerate(ended[since:]):
        yield from one.journal.entries(position - 1 if number == 0 and one.journal_of == origin else -1)
    yield from Journal(folder).entries(position - 1 if since == len(ended) else -1)


def all_entries(folder: Path) -> Iterator[Entry]:
    """Every entry of every journal."""
    for one in ended_logs(folder):
        yield from one.journal.entries()
    yield from Journal(folder).entries()


def end_log(folder: Path, origin: str, gap: str, kept: Iterable[Mapping[str, Any]]) -> Ended:
    """Keep what is known of a log that ends, durably, and begin a journal without entries.

    `kept`: lines about its leaves, keys and checkpoints. Whoever was killed here and comes again makes another folder
    of it: nothing that was kept is ever written over.
    """
    known = ended_logs(folder)
    number = known[-1].number + 1 if known else 1
    newest = Journal(folder).newest_checkpoint()
    journal_of = Checkpoint.parse(Note.parse(newest.checkpoint).text).origin if newest else origin
    place = folder / f"{_BEFORE}{number:04}"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(place / _LOG, (json.dumps(line, sort_keys=True).encode() + b"\n" for line in kept))
    _write(place / _ENDED, [json.dumps({"origin": origin, "gap": gap, "journal_of": journal_of}).encode() + b"\n"])
    _move_segments(folder, place)
    return Ended(number, place, origin, gap, journal_of)


def _move_segments(folder: Path, place: Path) -> None:
    for segment in Journal(folder).segments:
        segment.path.rename(place / segment.path.name)
    _sync(place)
    _sync(folder)


def _write(path: Path, lines: Iterable[bytes]) -> None:
    """A whole file with mode 0600, or none."""
    pending = path.with_name(path.name + ".new")
    descriptor = os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for line in lines:
            file.write(line)
        file.flush()
        os.fsync(file.fileno())
    pending.rename(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
