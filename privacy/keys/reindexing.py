"""Rotate the key of the blind indexes while the service runs: begin, publish, move, finish, let go of the old key.

Whoever runs it may be killed anywhere and run it again, and two runs at once do no harm: the steps are rows of the
database, and the keyring is changed by one process at a time. The caller changes the keyring, since that is a file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto.keyring import Keyring, KeyUse
from privacy.db import unit_of_work
from privacy.errors import Unavailable
from privacy.subjects import service as subjects
from privacy.subjects.service import SAFE_AFTER, Moved, RotationView

BEGAN, ROTATED = "keys.index_rotation_began", "keys.index_rotated"
#: How long a portion should take and the pause after it (seconds), in which others write and read.
_TARGET, _PAUSE = 0.06, 0.06
#: Values of a portion: at first and at most.
_FIRST, _MOST = 25, 2_000


def record_index_began(ring: Keyring, *, actor: Actor) -> RotationView:
    """Say in the database that the index key is rotated, in the open unit of work.

    Where a rotation is in hand, or older keys are still in the ring, it is that one, and nothing is recorded. Where the
    ring has a newer key than the database knows, because an older copy was restored, values move to that.
    """
    view, newest = subjects.index_rotation(), ring.current(KeyUse.INDEX).number
    if view is not None and (view.finished_at is None or (view.new == newest and _others(ring))):
        return view
    old = min(ring.numbers(KeyUse.INDEX)) if view is None else view.new
    new = newest if newest != old else ring.with_new(KeyUse.INDEX).current(KeyUse.INDEX).number
    view = subjects.begin_index_rotation(old, new)
    _event(BEGAN, old, new, actor)
    return view


def record_index_rotated(*, actor: Actor) -> RotationView:
    """Say in the database that every value has moved, in the open unit of work, once.

    Raises `IndexKeyInUse` where one has not.
    """
    view, ended = subjects.finish_index_rotation()
    if ended:
        _event(ROTATED, view.old, view.new, actor, rows=view.moved, unread=view.unread)
    return view


def publish_index_rotation() -> None:
    """Say in the database that the new key is in the keyring's file, in the open unit of work."""
    subjects.publish_index_rotation()


def finish_index_rotation(*, actor: Actor) -> RotationView:
    """The same in a unit of work of its own, as soon as no writer is slow."""
    while True:
        try:
            with unit_of_work():
                return record_index_rotated(actor=actor)
        except Unavailable:
            time.sleep(_PAUSE)


def wait_for_reads(view: RotationView) -> None:
    """Until every read is over that began before the end of a rotation: nobody needs the old key after that."""
    if view.finished_at is not None:
        time.sleep(max(view.finished_at + SAFE_AFTER - clock.micros(), 0) / clock.SECOND)


def move_indexes(*, on_portion: Callable[[Moved], None] = lambda _moved: None) -> None:
    """Move every value that is left, in short units of work of its own with pauses between them."""
    most = _FIRST
    while True:
        started = time.monotonic()
        try:
            with unit_of_work():
                moved = subjects.move_portion(most)
        except Unavailable:
            time.sleep(_PAUSE)  # A writer was slow: nobody should wait behind us.
            continue
        if moved.wait_until is not None:
            time.sleep(min(max((moved.wait_until - clock.micros()) / clock.SECOND, _PAUSE), 1.0))
            continue
        on_portion(moved)
        if moved.done:
            return
        most = _sized(most, moved, time.monotonic() - started)
        time.sleep(_PAUSE)


def indexed_apart(ring: Keyring) -> bool:
    """Whether the database needs an index key that the ring has no more: it was restored to before a rotation."""
    view, needed = subjects.index_rotation(), set(subjects.indexed_under())
    if view is not None:
        needed |= {view.new} if view.finished_at is not None else {view.old, view.new}
    return not needed <= set(ring.numbers(KeyUse.INDEX))


def reindex_all(*, on_portion: Callable[[Moved], None] = lambda _moved: None) -> int:
    """Index every value anew under the current key, in units of work of its own; returns how many could not be read.

    For a restored database whose index keys the keyring has no more. Nobody else may read or write it meanwhile. May be
    killed and run again.
    """
    unread = 0
    for moved in _portions():
        unread += moved.unread
        on_portion(moved)
    return unread


def _portions() -> Iterator[Moved]:
    moved = Moved()
    while not moved.done:
        with unit_of_work():
            moved = subjects.reindex_portion(_MOST)
        yield moved


def _sized(most: int, moved: Moved, took: float) -> int:
    """How many values fit a portion, at most twice as many as in the one before."""
    values = max(moved.values, 1)
    return max(1, min(_MOST, 2 * most, int(values * _TARGET / max(took, 0.001))))


def _others(ring: Keyring) -> list[int]:
    """The index keys of a ring that are not the one in use."""
    return ring.numbers(KeyUse.INDEX)[1:]


def _event(action: str, old: int, new: int, actor: Actor, **more: int) -> None:
    what = {"from": old, "to": new, **more}
    audit.record(action, actor=actor, object_type="key", object_id=f"{KeyUse.INDEX}-{new}", content=what, details=what)
