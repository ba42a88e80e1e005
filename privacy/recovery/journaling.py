"""Keep the journal: every sequenced leaf is written to it within a second or so, in order, once.

One worker at a time, by a lease with a fence; what is in the files is the truth all the same, looked at under their
lock before every turn. A worker that is killed between writing and moving on finds its lines there and goes on behind
them. A journal that belongs to another history than the database's is never continued.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.db import end_read, new_id, session, unit_of_work
from privacy.recovery.failures import JournalBroken, JournalUnwritable
from privacy.recovery.gathering import entries_from
from privacy.recovery.journal_lines import CheckpointLine, Entry
from privacy.recovery.journal_writer import JournalWriter, Tail
from privacy.recovery.models import JournalState

#: Leaves of one turn: some milliseconds of reading.
AT_ONCE = 200
#: How long nobody else writes after the holder's last sign of life.
LEASE = 10 * clock.SECOND
#: The least time between two checkpoints in the journal while leaves are coming.
CHECKPOINT_EVERY = 10 * clock.SECOND
#: The journal is behind where a leaf waits so long and nothing moved meanwhile.
BEHIND = 60 * clock.SECOND
#: How long a journal that cannot be written is left alone.
_SHORTEST_REST, _LONGEST_REST = clock.SECOND, 60 * clock.SECOND

_ONLY = 1
_INSERT = sa.text(
    "INSERT INTO journal_state (id, place, moved_at, fence, lease_until) VALUES (1, 0, :now, 0, 0)"
    " ON CONFLICT DO NOTHING"
)
_log = logging.getLogger("privacy.recovery")
Context = Callable[[], AbstractContextManager[Any]]


class Journaling:
    """Writes the journal whenever there is something to write; one for a process and thread."""

    def __init__(self, folder: Path) -> None:
        self._writer = JournalWriter(folder)
        self._me = new_id()
        self._fence: int | None = None
        self._held_until = 0
        #: The last entry that was found to be the database's own.
        self._verified: Entry | None = None
        self._rest, self._rest_until = _SHORTEST_REST, 0

    def run(self, context: Context, stop: threading.Event) -> int:
        """Write what the journal lacks, unless another worker does; returns how many leaves it was."""
        done = 0
        while not stop.is_set() and clock.micros() >= self._rest_until:
            try:
                with context():
                    written = self.turn()
            except (JournalBroken, JournalUnwritable) as error:
                _log.error("the journal is not written", extra={"reason": error.detail})
                self.release(context)  # A worker of another machine may be able to.
                self._rest_until = clock.micros() + self._rest
                self._rest = min(self._rest * 2, _LONGEST_REST)
                break
            self._rest = _SHORTEST_REST
            done += written
            if not written:
                break  # Nothing waits, and the last turn wrote down the checkpoint over all before.
        return done

    def release(self, context: Context) -> None:
        """Let another worker go on at once."""
        self._fence = None
        with context(), unit_of_work() as current:
            current.execute(sa.update(JournalState).where(JournalState.holder == self._me).values(lease_until=0))

    def turn(self) -> int:
        """Write the next portion; returns how many leaves it was. Raises `JournalBroken`, `JournalUnwritable`."""
        if not self._may_hold() or not self._hold():
            return 0
        with self._writer.turn() as tail:
            if tail is None:
                return 0
            before = tail.next
            self._ensure_ours(tail)
            entries = entries_from(before, AT_ONCE)
            checkpoint = _checkpoint_for(tail, entries)
            end_read()
            self._writer.append(tail, [*entries, *([checkpoint] if checkpoint else [])])
            self._verified = tail.last
            place = tail.next
        if place != self._known_place():
            self._move_to(place)
        return place - before

    def _may_hold(self) -> bool:
        """Whether there may be something to do and nobody else is known to do it; known without writing."""
        row = session().get(JournalState, _ONLY, populate_existing=True)
        size, published = audit.sizes()
        end_read()
        if row is None:
            return size > 0
        if row.holder not in (None, self._me) and row.lease_until >= clock.micros():
            return False
        # Once for each worker in any case: what the files hold may be less than what the database remembers.
        return self._verified is None or row.place < size or self._writer.checkpoint < published

    def _hold(self) -> bool:
        """Take the lease, or renew it in time."""
        now, mine = clock.micros(), JournalState.holder == self._me
        if self._fence is not None and now < self._held_until - LEASE // 2:
            return True
        free = sa.or_(mine, JournalState.holder.is_(None), JournalState.lease_until < now)
        with unit_of_work() as current:
            current.execute(_INSERT, {"now": now})
            self._fence = current.scalar(
                sa.update(JournalState)
                .where(free)
                .values(
                    holder=self._me,
                    fence=JournalState.fence + sa.case((mine, 0), else_=1),
                    lease_until=now + LEASE,
                )
                .returning(JournalState.fence)
                .execution_options(synchronize_session=False)
            )
        self._held_until = now + LEASE
        return self._fence is not None

    def _known_place(self) -> int | None:
        place = session().scalar(sa.select(JournalState.place))
        end_read()
        return place

    def _move_to(self, place: int) -> None:
        """Write down how far the journal is; nothing where another worker has taken over meanwhile."""
        now = clock.micros()
        with unit_of_work() as current:
            current.execute(
                sa.update(JournalState)
                .where(JournalState.holder == self._me, JournalState.fence == self._fence)
                .values(place=place, moved_at=now, lease_until=now + LEASE)
                .execution_options(synchronize_session=False)
            )
        self._held_until = now + LEASE

    def _ensure_ours(self, tail: Tail) -> None:
        """Raise `JournalBroken` unless the last entry is a leaf of this very log."""
        if tail.last is None or tail.last == self._verified:
            return
        event = audit.event_of_leaf(tail.last.n)
        if event is None:
            raise JournalBroken(
                f"The journal knows position {tail.last.n} of the log and the database does not: an older copy of the "
                "database is in its place. See docs/restore.md."
            )
        if event != tail.last.event_id:
            raise JournalBroken(
                f"The journal has another event at position {tail.last.n} than the database: it is of another log."
            )


def _checkpoint_for(tail: Tail, entries: list[Entry]) -> CheckpointLine | None:
    """The newest checkpoint over what the journal then has, where it lacks that one and it is time for one."""
    now = clock.micros()
    size = entries[-1].n + 1 if entries else tail.next
    if len(entries) == AT_ONCE or (entries and 0 <= now - tail.checkpoint_at < CHECKPOINT_EVERY):
        return None
    _, published = audit.sizes()
    if not tail.checkpoint < published <= size:
        return None
    return CheckpointLine(audit.checkpoint_of(published).note, audit.endorsements(published), published, now)


def journal_is_current(now: int) -> bool:
    """Whether the journal has what was sequenced more than `BEHIND` ago, or is on its way to it."""
    row = session().get(JournalState, _ONLY, populate_existing=True)
    place, moved_at = (row.place, row.moved_at) if row else (0, 0)
    waits_since = audit.sequenced_at(place)
    return waits_since is None or now - max(waits_since, moved_at) <= BEHIND


def journalled_place() -> int:
    """The first position that the journal lacks, as far as the database knows."""
    return session().scalar(sa.select(JournalState.place)) or 0
