"""Stream the log to a sink, in order and at least once: the place in the log moves on when the sink has what is before.

One worker at a time, by a lease. Whoever is killed between sending and moving on sends the same again; by the sequence
number a sink knows it. Nothing here delays the sequencer: it is a thread of its own that only reads the log.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa

from privacy import clock
from privacy.audit import keys
from privacy.audit.models import AuditLeaf, AuditSink
from privacy.audit.sinks.failures import SinkUnreachable
from privacy.audit.sinks.line import Line, lines_from
from privacy.audit.sinks.targets import Sink
from privacy.db import new_id, session, unit_of_work

#: Events that are sent at once.
AT_ONCE = 250
#: How long nobody else streams after the holder's last sign of life; longer than a delivery takes.
LEASE = 60 * clock.SECOND
#: The pauses after failures: doubled from one to the other.
_SHORTEST_REST, _LONGEST_REST = clock.SECOND, 60 * clock.SECOND
#: A sink is behind where an event waits so long and nothing moved meanwhile.
BEHIND = 15 * 60 * clock.SECOND

_INSERT = sa.text(
    "INSERT INTO audit_sink (sink, place, moved_at, lease_until) VALUES (:sink, 0, :now, 0) ON CONFLICT DO NOTHING"
)

_log = logging.getLogger("privacy.audit")
Context = Callable[[], AbstractContextManager[Any]]


class Forwarder:
    """Streams to one sink; one for a process and thread."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._me = new_id()
        self._rest = _SHORTEST_REST
        self._rest_until = 0

    def run(self, context: Context, stop: threading.Event) -> int:
        """Send what the sink lacks, unless another worker does; returns how many events it was."""
        done = 0
        while not stop.is_set() and clock.micros() >= self._rest_until:
            with context():
                lines = self._lines()
            if not lines:
                break
            try:
                self._sink.target.deliver(lines)
            except SinkUnreachable as error:
                _log.warning("the sink of the audit log cannot be reached", extra={"reason": error.detail})
                self._rest_until = clock.micros() + self._rest
                self._rest = min(self._rest * 2, _LONGEST_REST)
                break
            self._rest = _SHORTEST_REST
            with context():
                if not self._move_to(lines[-1].sequence_number + 1):
                    break
            done += len(lines)
        return done

    def release(self, context: Context) -> None:
        """Let another worker go on at once."""
        with context(), unit_of_work() as current:
            current.execute(sa.update(AuditSink).where(*self._mine()).values(holder=None))

    def _lines(self) -> list[Line]:
        """What comes next; none where there is nothing or another worker is at it."""
        place = self._place()
        if place is None:
            return []
        lines = lines_from(place, origin=keys.origin(), limit=AT_ONCE)
        if not lines:
            return []
        held = self._hold()
        if held is None:
            return []
        return lines if held == place else lines_from(held, origin=keys.origin(), limit=AT_ONCE)

    def _place(self) -> int | None:
        """The place as far as is known without writing; None where another worker streams."""
        row = session().get(AuditSink, self._sink.name)
        if row is None:
            return 0
        free = row.holder in (None, self._me) or row.lease_until < clock.micros()
        return row.place if free else None

    def _hold(self) -> int | None:
        """Take the lease and return the place; None where another worker was first."""
        now, mine = clock.micros(), AuditSink.holder == self._me
        free = sa.or_(mine, AuditSink.holder.is_(None), AuditSink.lease_until < now)
        with unit_of_work() as current:
            current.execute(_INSERT, {"sink": self._sink.name, "now": now})
            return current.scalar(
                sa.update(AuditSink)
                .where(AuditSink.sink == self._sink.name, free)
                .values(holder=self._me, lease_until=now + LEASE)
                .returning(AuditSink.place)
                .execution_options(synchronize_session=False)
            )

    def _move_to(self, place: int) -> bool:
        """Write down how far the sink is; False where another worker has taken over meanwhile."""
        now = clock.micros()
        with unit_of_work() as current:
            moved = current.scalar(
                sa.update(AuditSink)
                .where(*self._mine())
                .values(place=place, moved_at=now, lease_until=now + LEASE)
                .returning(AuditSink.place)
                .execution_options(synchronize_session=False)
            )
        return moved is not None

    def _mine(self) -> tuple[sa.ColumnElement[bool], ...]:
        return AuditSink.sink == self._sink.name, AuditSink.holder == self._me


def is_current(sink: Sink, now: int) -> bool:
    """Whether the sink has what is older than `BEHIND`, or is on its way to it."""
    row = session().get(AuditSink, sink.name)
    if row is None:
        place, moved_at = 0, 0
    else:
        place, moved_at = row.place, row.moved_at
    waits_since = session().scalar(sa.select(AuditLeaf.sequenced_at).where(AuditLeaf.sequence_number == place))
    return waits_since is None or now - max(waits_since, moved_at) <= BEHIND
