"""Heartbeats: what one worker saw of its jobs, written down together now and then.

A beat says that a worker still sees to a job, whether or not there was anything to do. A run that goes on for longer
than it may counts as silence.
"""

from __future__ import annotations

import threading
from typing import Any

from privacy import clock
from privacy.db import unit_of_work
from privacy.jobs import standing

#: Seconds between two writings.
EVERY = 30


class Beats:
    """The heartbeats of one worker; any of its threads may call it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: set[str] = set()
        self._seen: set[str] = set()
        self._busy: dict[str, int] = {}
        self._changes: dict[str, dict[str, Any]] = {}

    def seen(self, name: str) -> None:
        """A worker looked whether there is anything to do."""
        with self._lock:
            self._seen.add(name)

    def began(self, name: str, *, may_take: float) -> None:
        """A run began that may take so many seconds."""
        with self._lock:
            self._seen.add(name)
            self._busy[name] = clock.micros() + int(may_take * clock.SECOND)

    def ended(self, name: str, rows: int) -> None:
        """A run ended well."""
        self._end(name, standing.ended_well(rows))

    def failed(self, name: str, error: BaseException) -> None:
        """A run failed."""
        self._end(name, standing.failed(error))

    def put_off(self, name: str) -> None:
        """A run could not be, through no fault of its own."""
        with self._lock:
            self._busy.pop(name, None)

    def write(self) -> None:
        """Write down what was seen since the last time, in a unit of work of its own."""
        seen, changes, known = self._taken()
        try:
            with unit_of_work():
                standing.ensure_known(seen - known)
                for name in sorted(seen | changes.keys()):
                    standing.note(name, beat_at=clock.micros(), **changes.get(name, {}))
        except BaseException:
            with self._lock:
                self._seen |= seen
                self._changes = changes | self._changes
            raise
        with self._lock:
            self._known |= seen

    def _end(self, name: str, changes: dict[str, Any]) -> None:
        with self._lock:
            self._seen.add(name)
            self._busy.pop(name, None)
            self._changes[name] = changes

    def _taken(self) -> tuple[set[str], dict[str, dict[str, Any]], set[str]]:
        now = clock.micros()
        with self._lock:
            seen = self._seen | {name for name, until in self._busy.items() if now <= until}
            changes = self._changes
            self._seen, self._changes = set(), {}
            return seen, changes, set(self._known)
