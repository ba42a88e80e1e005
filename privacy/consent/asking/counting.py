"""Count who asks, in the memory of the process, and write it down every few seconds: no check waits for a write.

What was counted since the last time is lost with a process that is killed, and what cannot be written is dropped:
a check is worth more than its count.
"""

from __future__ import annotations

import logging
import threading
from array import array
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from operator import itemgetter
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.authz.actors import Actor
from privacy.consent.acts import NO_CHANNEL
from privacy.consent.asking import storing
from privacy.consent.asking.people_set import entry
from privacy.consent.asking.storing import Answered, Question
from privacy.consent.checking import CheckOut
from privacy.db import unit_of_work
from privacy.errors import Unavailable

#: Seconds from one writing to the next.
_EVERY_SECONDS = 5
#: What a process keeps until then at most: some 40 MB of counts, 16 MB of the people of lists.
_MOST_COUNTS = 100_000
_MOST_LISTED = 2_000_000
#: Counts of one unit of work, so that none is long.
_AT_ONCE = 500
#: People of lists in one unit of work; more of one question are several sets.
_LISTED_AT_ONCE = 50_000

_log = logging.getLogger("privacy.asked")


class AskedCounter:
    """The counts of one process; safe for its threads."""

    def __init__(self, app_context: Callable[[], AbstractContextManager[Any]]) -> None:
        self._app_context = app_context
        self._lock = threading.Lock()
        self._counts: dict[Answered, int] = {}
        self._lists: dict[Question, array[int]] = {}
        self._listed = 0
        self._dropped = 0
        self._regularly = False
        self._thread: threading.Thread | None = None

    def count(self, out: CheckOut, actor: Actor) -> None:
        """Count one check that was answered."""
        if not out.about:
            return
        question, allowed = _question(actor, out.purpose.code, out.channel, out.as_of), out.decision.allowed
        with self._lock:
            for subject_id in out.about:
                key = Answered(subject_id, question, allowed)
                times = self._counts.get(key, 0)
                if times or len(self._counts) < _MOST_COUNTS:
                    self._counts[key] = times + 1
                else:
                    self._dropped += 1
        self._write_regularly()

    def count_list(
        self, rows: Sequence[tuple[Iterable[UUID], bool]], *, actor: Actor, purpose: str, channel: str | None, at: int
    ) -> None:
        """Count a list: for each row the people whom it is about, and whether the answer was yes."""
        entries = array("Q", [entry(one, allowed=allowed) for about, allowed in rows for one in about])
        question = _question(actor, purpose, channel, at)
        with self._lock:
            if self._listed + len(entries) <= _MOST_LISTED:
                self._lists.setdefault(question, array("Q")).extend(entries)
                self._listed += len(entries)
            else:
                self._dropped += len(entries)
        self._write_regularly()

    def flush(self) -> None:
        """Write down what was counted since the last time, in short units of work of its own."""
        with self._lock:
            counts, self._counts = sorted(self._counts.items(), key=itemgetter(0)), {}
            lists, self._lists, self._listed = self._lists, {}, 0
            dropped, self._dropped = self._dropped, 0
        work: list[tuple[int, Callable[[], None]]] = []
        for start in range(0, len(counts), _AT_ONCE):
            portion = counts[start : start + _AT_ONCE]
            work.append((sum(times for _, times in portion), partial(storing.add_counts, portion)))
        for question, entries in lists.items():
            for start in range(0, len(entries), _LISTED_AT_ONCE):
                people = entries[start : start + _LISTED_AT_ONCE]
                work.append((len(people), partial(storing.add_list, question, people)))
        dropped += sum(self._write(size, write) for size, write in work)
        if dropped:
            _log.warning("counts of who asked were dropped", extra={"counts": dropped})

    def write_regularly(self) -> None:
        """From now on write every few seconds, and once more when the process ends in good order.

        The thread begins with the first count, so that a process forked before that has its own.
        """
        self._regularly = True

    def _write(self, size: int, write: Callable[[], None]) -> int:
        """Write a portion; returns how many counts were lost with it."""
        try:
            with self._app_context(), unit_of_work():
                write()
        except Unavailable:
            return size
        except Exception:
            _log.exception("counts of who asked could not be written")
            return size
        return 0

    def _write_regularly(self) -> None:
        if not self._regularly or self._thread is not None:
            return
        with self._lock:
            if self._thread is None:
                # No daemon, as the threads of a web server are: the interpreter waits for it at its end.
                self._thread = threading.Thread(target=self._run, name="asked", daemon=False)
                self._thread.start()

    def _run(self) -> None:
        main = threading.main_thread()
        while main.is_alive():
            main.join(_EVERY_SECONDS)
            self.flush()


def _question(actor: Actor, purpose: str, channel: str | None, at: int) -> Question:
    return Question(at // clock.DAY, actor.id, purpose, channel or NO_CHANNEL)
