"""The sequencer: gives each recorded event its place in the log, and publishes the log under signed checkpoints.

One at a time: whoever sequences holds the row of the log, locked until its transaction ends, and is named in it. One
that was paused and wakes up finds another name there and writes nothing. Before its first write it sees that the
stored log is the one that was published last; one that is not (rolled back, edited) is not continued.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from privacy import clock
from privacy.audit import keys, merkle
from privacy.audit.anchor import Anchor
from privacy.audit.appending import NewLeaf, append
from privacy.audit.checkpoint import Checkpoint, verify_checkpoint
from privacy.audit.failures import LogBroken, NotPublishedYet
from privacy.audit.merkle import Frontier
from privacy.audit.models import AuditCheckpoint, AuditEvent, AuditLeaf, AuditLog, AuditPending
from privacy.audit.note import NoteInvalid
from privacy.audit.tree import StoredTree, edge_of
from privacy.db import Driver, end_read, in_parts, new_id, session, unit_of_work

#: How long nobody else begins to sequence after the holder's last sign of life.
LEASE = 3 * clock.SECOND
#: The least time between two checkpoints: half of what publishing may take.
PUBLISH_EVERY = clock.SECOND // 2
#: Events of one transaction. On SQLite other writers wait for it.
_AT_ONCE = 2_000
#: Seconds between two looks while there is more to do soon.
_PAUSE = 0.02
#: How long a log that is broken is left alone before it is looked at again.
_REST = 60 * clock.SECOND
#: PostgreSQL ends the transaction of a sequencer that hangs in it, so that the next one can go on.
_END_WHEN_IDLE = sa.text("SET LOCAL idle_in_transaction_session_timeout = '10s'")

_log = logging.getLogger("privacy.audit")
Context = Callable[[], AbstractContextManager[Any]]


@dataclass
class _Edge:
    """The right edge of the log as this sequencer left it."""

    fence: int
    frontier: Frontier
    #: The last tile of each level from 1 on, as far as it is filled.
    tiles: dict[int, bytes]
    published: int
    published_at: int


class Sequencer:
    """Sequences and publishes whenever its turn comes; one for a process and thread."""

    def __init__(self, anchor: Anchor) -> None:
        self._anchor = anchor
        self._me = new_id()
        self._edge: _Edge | None = None
        self._rest_until = 0

    def run(self, context: Context, stop: threading.Event) -> int:
        """Sequence and publish all that waits, unless another sequencer does; returns how many events it sequenced."""
        done = 0
        while clock.micros() >= self._rest_until:
            try:
                with context():
                    done += self.turn()
                    if not _anything_to_do() or not self._may_hold():
                        break
            except LogBroken as error:
                _log.error("the log is not continued: it is not the one that was published", exc_info=error)
                self._rest_until = clock.micros() + _REST
                break
            if stop.wait(_PAUSE):
                break
        return done

    def release(self, context: Context) -> None:
        """Publish what is left and let another sequencer begin at once."""
        with context(), contextlib.suppress(LogBroken):
            if self._edge is not None:
                self.turn(publish_now=True)
            with unit_of_work() as current:
                current.execute(sa.update(AuditLog).where(AuditLog.holder == self._me).values(lease_until=0))

    def turn(self, *, publish_now: bool = False) -> int:
        """One transaction: the events that wait, and a checkpoint where it is time for one. Returns how many events.

        Raises `LogBroken`; then nothing was written.
        """
        if not _anything_to_do() or not self._may_hold():
            return 0
        try:
            with unit_of_work():
                done, note = self._turn(publish_now)
        except BaseException:
            self._edge = None  # What it says may not have been committed.
            raise
        if note is not None:
            self._anchor.write(note)
        return done

    @property
    def is_at_work(self) -> bool:
        """Whether it has sequenced, so that others wait for it."""
        return self._edge is not None

    def _may_hold(self) -> bool:
        """Whether it is worth while to open a unit of work: nobody else is known to be at work."""
        row = session().execute(sa.select(AuditLog.holder, AuditLog.lease_until)).one_or_none()
        return row is not None and (row[0] in (None, self._me) or row[1] < clock.micros())

    def _turn(self, publish_now: bool) -> tuple[int, str | None]:
        held = self._hold()
        if held is None:
            return 0, None
        fence, size = held
        edge = self._edge
        if edge is None or edge.fence != fence or edge.frontier.size != size:
            edge = self._edge = self._load(fence, size)
        done = _sequence(edge)
        note = None
        if edge.published < edge.frontier.size and (
            publish_now or not 0 <= clock.micros() - edge.published_at < PUBLISH_EVERY
        ):
            note = _publish(edge)
        return done, note

    def _hold(self) -> tuple[int, int] | None:
        """Lock the row of the log and put this sequencer's name on it; None where another one is at work."""
        now, mine = clock.micros(), AuditLog.holder == self._me
        if session().get_bind().dialect.name == "postgresql":
            session().execute(_END_WHEN_IDLE)
        taken = session().execute(
            sa.update(AuditLog)
            .where(sa.or_(mine, AuditLog.holder.is_(None), AuditLog.lease_until < now))
            .values(
                fence=AuditLog.fence + sa.case((mine, 0), else_=1),
                holder=self._me,
                lease_until=now + LEASE,
            )
            .returning(AuditLog.fence, AuditLog.size)
            .execution_options(synchronize_session=False)
        )
        row = taken.one_or_none()
        return (row[0], row[1]) if row else None

    def _load(self, fence: int, size: int) -> _Edge:
        """The edge of the stored log; raises `LogBroken` where that does not continue what was published."""
        tree = StoredTree(Driver.of(session()))
        if session().scalar(sa.select(sa.func.count()).select_from(AuditLeaf).where(AuditLeaf.sequence_number >= size)):
            raise LogBroken(f"There are leaves behind the end of the log, which has {size}.")
        edge = edge_of(size, tree)
        last = (
            session()
            .execute(sa.select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1))
            .scalar_one_or_none()
        )
        if last is not None:
            _ensure_published(last, size, tree)
        self._anchor.ensure_continued(keys.origin(), size, tree)
        published, published_at = (last.size, last.published_at) if last else (0, 0)
        return _Edge(fence, edge.frontier, edge.tiles, published, published_at)


def settle(anchor: Anchor, *, seconds: float, pause: threading.Event | None = None) -> None:
    """Return once everything recorded so far is published; sequences itself where nobody else does.

    For commands, which may run without a worker. Raises `NotPublishedYet`, `LogBroken`.
    """
    sequencer, waiter = Sequencer(anchor), pause or threading.Event()
    until = clock.micros() + int(seconds * clock.SECOND)
    last = session().scalar(sa.select(sa.func.max(AuditPending.position))) or 0
    try:
        while True:
            sequencer.turn(publish_now=True)
            if not _anything_to_do(up_to=last):
                return
            if clock.micros() > until:
                raise NotPublishedYet("Events wait to be sequenced, and another process should do it. Is it well?")
            end_read()
            waiter.wait(_PAUSE)
    finally:
        end_read()
        if sequencer.is_at_work:
            sequencer.release(contextlib.nullcontext)


def _anything_to_do(up_to: int | None = None) -> bool:
    """Whether events wait (up to that position), or leaves are not published."""
    waiting = sa.select(AuditPending.position).limit(1)
    if up_to is not None:
        waiting = waiting.where(AuditPending.position <= up_to)
    published = sa.select(sa.func.coalesce(sa.func.max(AuditCheckpoint.size), 0)).scalar_subquery()
    row = (
        session()
        .execute(sa.select(waiting.scalar_subquery(), AuditLog.size > published).select_from(AuditLog))
        .one_or_none()
    )
    return row is not None and (row[0] is not None or bool(row[1]))


def _sequence(edge: _Edge) -> int:
    """Append the events that wait to the tree, in the order in which they were recorded."""
    rows = (
        session()
        .execute(
            sa.select(AuditPending.position, AuditEvent.id, AuditEvent.v, AuditEvent.commitment)
            .join(AuditEvent, AuditEvent.id == AuditPending.event_id)
            .order_by(AuditPending.position)
            .limit(_AT_ONCE)
        )
        .all()
    )
    if not rows:
        return 0
    now = clock.micros()
    leaves = [NewLeaf(event_id, version, commitment, now) for _, event_id, version, commitment in rows]
    append(edge.frontier, edge.tiles, leaves)
    for part in in_parts([position for position, *_ in rows]):
        session().execute(sa.delete(AuditPending).where(AuditPending.position.in_(part)))
    return len(rows)


def _publish(edge: _Edge) -> str:
    """Sign a checkpoint of all that is sequenced; returns the note."""
    known = keys.log_keys()
    checkpoint = Checkpoint(keys.origin(), edge.frontier.size, edge.frontier.root())
    note = str(checkpoint.signed(keys.signing_key(keys.key_for(checkpoint.size, known))))
    edge.published, edge.published_at = checkpoint.size, clock.micros()
    session().add(
        AuditCheckpoint(size=checkpoint.size, root=checkpoint.root, note=note, published_at=edge.published_at)
    )
    return note


def _ensure_published(last: AuditCheckpoint, size: int, tree: StoredTree) -> None:
    """Raise `LogBroken` unless the log of `size` leaves continues what was published last."""
    known = keys.log_keys()
    try:
        checkpoint, _ = verify_checkpoint(last.note, keys.origin(), [keys.key_for(last.size, known).verifier])
    except NoteInvalid as error:
        raise LogBroken(f"The checkpoint of {last.size} leaves does not verify: {error.detail}") from error
    if checkpoint.size > size:
        raise LogBroken(f"The log has {size} leaves, and {checkpoint.size} were published.")
    if merkle.root_of(checkpoint.size, tree) != checkpoint.root:
        raise LogBroken(f"The first {checkpoint.size} leaves are not those that were published.")
