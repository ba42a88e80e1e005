"""Work in small units of work, so that live writers are never held up for long."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from privacy import clock
from privacy.consent.importing.pile import Pending
from privacy.db import session, unit_of_work
from privacy.errors import Unavailable

#: How long a unit should take, in microseconds; the limit is 200 ms.
TARGET = 60_000
#: SQLite has one writer at a time, and another process waits for its turn by trying again after 1, 2, 5, 10, 15, 20
#: and then three times 25 ms. A pause of 25 ms is surely hit by one of these tries.
PAUSE_SECONDS = 0.025
_FIRST, _MOST = 4, 400
_TRIES = 5


class _Undone(Exception):
    """Takes a unit back: its result is all that is wanted."""


def in_chunks(
    pending: Iterable[Pending], step: Callable[[Pending], Counter[str]], *, keep: bool
) -> Iterator[Counter[str]]:
    """Take the step for each address and yield, for each unit, its counts.

    A unit whose database was locked, or that lost a deadlock, is tried again. `keep=False` takes every unit back.
    Raises `Unavailable`.
    """
    waiting = iter(pending)
    size = _FIRST
    pause = PAUSE_SECONDS if session().get_bind().dialect.name == "sqlite" else 0
    while chunk := list(islice(waiting, size)):
        started = clock.micros()
        counts = _with_patience(chunk, step, keep=keep)
        took = max(clock.micros() - started, 1)
        # Each unit at most twice the one before: the first is slow while statements are compiled.
        size = max(1, min(_MOST, 2 * len(chunk), len(chunk) * TARGET // took))
        yield counts
        time.sleep(pause)


def _with_patience(chunk: list[Pending], step: Callable[[Pending], Counter[str]], *, keep: bool) -> Counter[str]:
    for tries_left in range(_TRIES - 1, -1, -1):
        try:
            return _unit(chunk, step, keep=keep)
        except Unavailable:
            if not tries_left:
                raise
    raise AssertionError("the last try returned or raised")


def _unit(chunk: list[Pending], step: Callable[[Pending], Counter[str]], *, keep: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    try:
        with unit_of_work():
            for one in chunk:
                counts.update(step(one))
            if not keep:
                raise _Undone
    except _Undone:
        pass
    return counts
