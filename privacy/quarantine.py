"""Whether the database is in quarantine: restored, and what came after its backup not replayed yet.

Meanwhile it may hold people who were erased, and every yes in it may be stale: nothing is answered, nothing is changed
and nothing leaves, except by what mends it. A database says so in a row of its own, which stands in it before anybody
can open it. Whoever opens a connection looks there, so that the question costs nothing afterwards; only while the
answer is yes it is asked again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from privacy.errors import Unavailable

#: How often a process that knows of a quarantine looks whether it has ended, in seconds.
LOOK_EVERY = 1.0
#: Finds the table by every name that the connection may mean, where an older schema has none.
_IS_THERE = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'quarantine'",
    "postgresql": "SELECT 1 WHERE to_regclass('quarantine') IS NOT NULL",
}
_IS_ON = "SELECT 1 FROM quarantine WHERE released_at IS NULL"

#: Runs one statement and says whether it has a row.
Ask = Callable[[str], bool]


class InQuarantine(Unavailable):
    """The database was restored from a backup, and what came after it is not replayed yet; see: privacy restore."""

    code = "in-quarantine"


class _Process:
    """What this process knows. One process serves one installation."""

    def __init__(self) -> None:
        self.on = False
        self.looked = 0.0
        self.look: Callable[[], bool] | None = None


_process = _Process()
_mending: ContextVar[bool] = ContextVar("privacy_mending", default=False)


def is_on(dialect: str, ask: Ask) -> bool:
    """What a database says of itself, on a connection of that dialect."""
    return ask(_IS_THERE[dialect]) and ask(_IS_ON)


def found(on: bool, look: Callable[[], bool] | None = None) -> None:
    """What a new connection has found. `look`: how to ask again."""
    _process.on, _process.looked = on, time.monotonic()
    if look is not None:
        _process.look = look


def quarantined() -> bool:
    """Whether nothing may be answered, changed or sent now."""
    if not _process.on or _mending.get():
        return False
    if _process.look is not None and time.monotonic() - _process.looked > LOOK_EVERY:
        _process.looked = time.monotonic()
        # What can't be asked is not over.
        with contextlib.suppress(Exception):
            _process.on = _process.look()
    return _process.on


def ensure_out() -> None:
    """Raise `InQuarantine` where that is so."""
    if quarantined():
        raise InQuarantine


@contextlib.contextmanager
def mending() -> Iterator[None]:
    """For what replays, verifies and releases: the quarantine does not bind it."""
    token = _mending.set(True)
    try:
        yield
    finally:
        _mending.reset(token)
