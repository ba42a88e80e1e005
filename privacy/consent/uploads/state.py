"""Where an import over the API stands, and how long it will take; pure."""

from __future__ import annotations

from enum import StrEnum

from privacy import clock


class ImportState(StrEnum):
    """Where an import stands."""

    AWAITING_UPLOAD = "awaiting_upload"
    #: The file is here and waits for a worker.
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: States from which it goes on; the others are its end.
OPEN = frozenset({ImportState.AWAITING_UPLOAD, ImportState.QUEUED, ImportState.RUNNING})


def percent(done: int, of: int) -> int:
    """How much of a stage is done, rounded down: 100 only where nothing is left."""
    return min(100, done * 100 // of) if of > 0 else 0


def seconds_left(done: int, of: int, *, began: int, now: int) -> int | None:
    """How long the stage will still take if it goes on as it went; None while nobody can tell."""
    if done <= 0 or of <= 0 or now <= began:
        return None
    return max(0, (now - began) * (of - min(done, of)) // done // clock.SECOND)
