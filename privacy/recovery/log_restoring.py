"""The log of a restored database: continued from the journal leaf by leaf, or, where some are missing, begun anew.

The database must be in quarantine. Every step can be repeated: whoever was killed anywhere runs the whole again.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from privacy.audit import service as audit
from privacy.audit.service import (
    Anchor,
    Checkpoint,
    Followed,
    LogBroken,
    NewLeaf,
    Note,
    NoteInvalid,
)
from privacy.authz.actors import Actor
from privacy.db import end_read, unit_of_work
from privacy.recovery.chain import end_log, ended_logs
from privacy.recovery.failures import JournalBroken
from privacy.recovery.journal import Journal
from privacy.recovery.journal_lines import CheckpointLine, Entry
from privacy.recovery.quarantine import Quarantine, replayed

_Answer = TypeVar("_Answer")

#: Leaves of one transaction.
_AT_ONCE = 1_000
#: What stands between the name of a log and what tells apart those that followed it.
_AFTER = "/after/"
_WHY = "restored from a backup: the bodies were written after it"

#: Is told what is done, how much of it, and how much there is.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Continued:
    """How the log goes on."""

    origin: str
    #: How many leaves are known, by the count of the log that was backed up.
    known: int
    #: What is missing, in words; None where nothing is, and the log goes on as the one that it was.
    gap: str | None


@dataclass(frozen=True)
class Files:
    """What is kept outside the database."""

    #: The folder of the journal.
    journal: Path
    #: The last checkpoint, and what was verified last.
    anchor: Path
    verified: Path


def continue_log(state: Quarantine, files: Files, *, actor: Actor, progress: Progress) -> Continued:
    """Bring back what came after the backup. Raises what the database and the files raise."""
    origin = _read(audit.origin)
    if state.complete_through is None:
        continued = _continue(origin, state.position, files, actor, progress)
    else:
        continued = Continued(origin, state.complete_through, state.gap)
    _set_aside(files, continued.origin)
    return continued


def _continue(origin: str, position: int, files: Files, actor: Actor, progress: Progress) -> Continued:
    ended = next((one for one in ended_logs(files.journal) if one.is_about(origin)), None)
    journal = ended.journal if ended else Journal(files.journal)
    gap = ended.gap if ended else _why_not(journal, position, Anchor(files.anchor), origin)
    broken = _reappend(journal, progress)
    known = _read(audit.log_size) or 0
    gap = gap or broken or _readopt(journal)
    if gap is None:
        with unit_of_work():
            if position < known:
                audit.declare_lost_bodies(position, known, actor=actor, why=_WHY)
            replayed(known, None)
        return Continued(origin, known, None)
    follows = _last_known(journal, origin, known)
    end_log(files.journal, origin, gap, audit.old_log())
    end_read()
    name = f"{origin.partition(_AFTER)[0]}{_AFTER}{secrets.token_hex(4)}"
    with unit_of_work():
        audit.begin_anew(name, follows, actor=actor)
        if position < known:
            # Every leaf stands one place further on, behind the first, which says what this log follows.
            audit.declare_lost_bodies(position + 1, known + 1, actor=actor, why=_WHY)
        replayed(known, gap)
    return Continued(name, known, gap)


def _why_not(journal: Journal, position: int, anchor: Anchor, origin: str) -> str | None:
    """What keeps the log from going on as it was; None where the journal has everything that is known."""
    end = journal.last_position + 1
    if not end:
        return "The journal is missing: what came after the backup is not known."
    newest = journal.newest_checkpoint()
    published = [_stated(newest)] if newest else []
    try:
        published += [kept] if (kept := anchor.read()) else []
    except LogBroken:
        return "The file of the last checkpoint cannot be read."
    other = next((one.origin for one in published if one.origin != origin), None)
    if other is not None:
        return f"What is known of the log outside the backup is of another one: {other}."
    if end < position:
        return f"The journal ends with leaf {end - 1}, before the backup was made."
    if gaps := journal.gaps(after=position - 1, end=max(one.size for one in published) if published else None):
        return f"The journal lacks leaves: {', '.join(f'{gap.first} to {gap.end - 1}' for gap in gaps)}."
    return None


def _stated(line: CheckpointLine) -> Checkpoint:
    """What a checkpoint of the journal says, not yet verified."""
    return Checkpoint.parse(Note.parse(line.checkpoint).text)


def _reappend(journal: Journal, progress: Progress) -> str | None:
    """Bring back leaves as far as they follow one another; returns what is wrong where they don't follow the log."""
    size = _read(audit.log_size) or 0
    end, entries = journal.last_position + 1, journal.entries(size - 1)
    while portion := _following(islice(entries, _AT_ONCE), size):
        try:
            with unit_of_work():
                audit.reappend(
                    size, [NewLeaf(one.event_id, one.v, one.commitment, one.sequenced_at) for one in portion]
                )
        except LogBroken as error:
            return error.detail
        size += len(portion)
        progress("leaves", size, end)
        if len(portion) < _AT_ONCE:
            break
    return None


def _following(entries: Iterable[Entry], first: int) -> list[Entry]:
    """As many as follow one another from a position on."""
    found: list[Entry] = []
    for entry in entries:
        if entry.n != first + len(found):
            break
        found.append(entry)
    return found


def _readopt(journal: Journal) -> str | None:
    """Bring back keys and checkpoints; returns what is wrong where the leaves are not those that were published."""
    size = _read(audit.log_size) or 0
    try:
        with unit_of_work():
            newest: CheckpointLine | None = None
            for newest in journal.checkpoints():
                if newest.size <= size:
                    audit.readopt_keys(newest.endorsements)
                    audit.readopt_checkpoint(newest.checkpoint, newest.at)
    except (LogBroken, NoteInvalid) as error:
        return error.detail
    return None


def _last_known(journal: Journal, origin: str, known: int) -> Followed:
    """The last checkpoint that anybody has of a log which ends."""
    with contextlib.suppress(NoteInvalid, JournalBroken):
        if (newest := journal.newest_checkpoint()) is not None:
            said = _stated(newest)
            return Followed(said.origin, said.size, said.root.hex())
    stored = _read(audit.newest_stored)
    return Followed(origin, stored.size, stored.root.hex()) if stored else Followed(origin, known, None)


def _set_aside(files: Files, origin: str) -> None:
    """Take away what was kept outside the database about a log that ended; the new one begins without."""
    with contextlib.suppress(LogBroken):
        kept = Anchor(files.anchor).read()
        if kept is None or kept.origin == origin:
            return
    ended = ended_logs(files.journal)
    for path in (files.anchor, files.verified):
        if path.exists() and ended:
            shutil.move(path, ended[-1].folder / path.name)


def _read(question: Callable[[], _Answer]) -> _Answer:
    """An answer, with the read ended: what follows may take long."""
    try:
        return question()
    finally:
        end_read()
