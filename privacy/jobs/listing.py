"""The list of jobs. Each does a portion in one short unit of work and says how much, until nothing is left.

A portion is safe to repeat and to run beside another worker's: its rows are locked before they are judged, and what
is gone is no longer found. So any number of workers may run, and a kill loses at most a portion that nobody saw.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import SERVICE
from privacy.consent import service as consent


@dataclass(frozen=True)
class Job:
    """One job."""

    name: str
    #: Seconds from one run to the next.
    every_seconds: int
    #: Does one portion at the time given (microseconds), in an open unit of work; returns how many rows it dealt with.
    portion: Callable[[int], int]
    #: Whether a portion is all there is to do.
    whole: bool = False


def listed(*, idempotency_days: int) -> tuple[Job, ...]:
    """Every job. `idempotency_days`: how long stored answers are kept."""
    kept = idempotency_days * clock.DAY
    return (
        Job("delete_unconfirmed", 600, lambda now: consent.delete_unconfirmed(now, actor=SERVICE)),
        Job("delete_network_evidence", 3600, lambda now: consent.delete_network_evidence(now, actor=SERVICE)),
        Job("forget_answers", 3600, lambda now: access.forget_answers(now - kept, actor=SERVICE), whole=True),
    )
