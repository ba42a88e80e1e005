"""Work in small units of work, so that live writers are never held up for long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from privacy import clock
from privacy.consent.importing.pending import Pending
from privacy.consent.importing.recorder import Decisions, Done, Portion, Recorder
from privacy.db import session, unit_of_work
from privacy.errors import Unavailable

#: How long a unit should take, in microseconds; the limit is 200 ms.
TARGET = 100_000
#: SQLite has one writer at a time, and another process waits for its turn by trying again after 1, 2, 5, 10, 15, 20
#: and then three times 25 ms. A pause of 25 ms is surely hit by one of these tries.
PAUSE_SECONDS = 0.025
#: Things that rows say, in one unit of work: at first and at most.
_FIRST, _MOST = 8, 400
#: What rows say of one circle of people, from which on it is parted.
_LARGE = 50
_TRIES = 5


_Found = TypeVar("_Found")


class _Undone(Exception):
    """Takes a unit back: its result is all that is wanted."""


def in_chunks(pending: Iterable[Pending], recorder: Recorder, *, keep: bool) -> Iterator[list[Done]]:
    """Record each circle and yield, for each unit of work, what was done.

    A unit whose database was locked, or that lost a deadlock, is tried again. `keep=False` takes every unit back; then
    a circle is one unit whatever its size, since a part would not see another that was taken back.
    """
    waiting = _portions(pending, apart=keep)
    size = _FIRST
    pause = PAUSE_SECONDS if session().get_bind().dialect.name == "sqlite" else 0
    while chunk := _chunk(waiting, size):
        before = _apart(lambda chunk=chunk: recorder.before(chunk))  # type: ignore[misc]  # mypy knows no default in a lambda
        started = clock.micros()
        done = _with_patience(chunk, recorder, before, keep=keep)
        took = max(clock.micros() - started, 1)
        if keep:
            _apart(lambda chunk=chunk, done=done, before=before: recorder.compare(chunk, done, before))  # type: ignore[misc]
        weight = sum(portion.weight for portion in chunk)
        # Each unit at most twice the one before: the first is slow while statements are compiled.
        size = max(1, min(_MOST, 2 * weight, weight * TARGET // took))
        yield done
        time.sleep(pause)


def _apart(read: Callable[[], _Found]) -> _Found:
    """Read outside any unit of work, so that it holds nobody up, and leave no read open."""
    try:
        return read()
    finally:
        session().close()


def _portions(pending: Iterable[Pending], *, apart: bool) -> Iterator[Portion]:
    """Each circle; a large one part by part, every "no" before what may allow."""
    for one in pending:
        if len(one.units) <= _LARGE or not apart:
            yield Portion(one, one.units)
            continue
        units = sorted(one.units, key=lambda unit: unit.allows)
        starts = range(0, len(units), _LARGE)
        for start in starts:
            yield Portion(one, units[start : start + _LARGE], first=start == 0, last=start == starts[-1])


def _chunk(waiting: Iterator[Portion], size: int) -> list[Portion]:
    chunk: list[Portion] = []
    weight = 0
    while weight < size and (one := next(waiting, None)) is not None:
        chunk.append(one)
        weight += one.weight
    return chunk


def _with_patience(
    chunk: Sequence[Portion], recorder: Recorder, before: Sequence[Decisions], *, keep: bool
) -> list[Done]:
    for tries_left in range(_TRIES - 1, -1, -1):
        try:
            return _unit(chunk, recorder, before, keep=keep)
        except Unavailable:
            if not tries_left:
                raise
    raise AssertionError("the last try returned or raised")


def _unit(chunk: Sequence[Portion], recorder: Recorder, before: Sequence[Decisions], *, keep: bool) -> list[Done]:
    done: list[Done] = []
    try:
        with unit_of_work():
            done = recorder.record(chunk)
            if not keep:
                recorder.compare(chunk, done, before)  # Afterwards there is nothing to be seen.
                raise _Undone
    except _Undone:
        pass
    return done
