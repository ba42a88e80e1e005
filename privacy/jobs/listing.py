"""The lists of jobs: short ones, and long ones that have a thread of their own.

A short job does a portion in one short unit of work and says how much, until nothing is left. A portion is safe to
repeat and to run beside another worker's: its rows are locked before they are judged, and what is gone is no longer
found. So any number of workers may run, and a kill loses at most a portion that nobody saw. A long job sees to that
itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import SERVICE
from privacy.consent import service as consent

#: Opens what a job needs to reach the database: the application's context.
Context = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Job:
    """One short job."""

    name: str
    #: Seconds from one run to the next.
    every_seconds: int
    #: Does one portion at the time given (microseconds), in an open unit of work; returns how many rows it dealt with.
    portion: Callable[[int], int]
    #: Whether a portion is all there is to do.
    whole: bool = False


@dataclass(frozen=True)
class LongJob:
    """One job that may take hours, and opens contexts and units of work of its own."""

    name: str
    #: Seconds from the end of one run to the next.
    every_seconds: int
    #: Does what there is to do, or stops soon after the event is set; returns how much it did.
    run: Callable[[Context, threading.Event], int]


def listed(*, idempotency_days: int) -> tuple[Job, ...]:
    """Every job. `idempotency_days`: how long stored answers are kept."""
    kept = idempotency_days * clock.DAY
    return (
        Job("delete_unconfirmed", 600, lambda now: consent.delete_unconfirmed(now, actor=SERVICE)),
        Job("delete_network_evidence", 3600, lambda now: consent.delete_network_evidence(now, actor=SERVICE)),
        Job("cancel_abandoned_imports", 600, lambda now: consent.cancel_abandoned_imports(now, actor=SERVICE)),
        Job("delete_import_rejects", 3600, lambda now: consent.delete_import_rejects(now, actor=SERVICE)),
        Job("forget_answers", 3600, lambda now: access.forget_answers(now - kept, actor=SERVICE), whole=True),
    )


def long(store: consent.ImportStore) -> tuple[LongJob, ...]:
    """Every long job. `store`: where the files of imports lie on this machine."""
    return (
        # Somebody may be watching: the wait until an import begins should not be seen.
        LongJob("imports", 2, lambda context, stop: consent.run_imports(store, context, stop)),
        LongJob("remove_forgotten_files", 3600, lambda context, _stop: consent.remove_forgotten_files(store, context)),
    )
