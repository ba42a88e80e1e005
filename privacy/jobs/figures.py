"""How old the heartbeats are, for Prometheus: names of jobs and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa

from privacy import clock
from privacy.db import DRIVER_ERRORS, session
from privacy.errors import Unavailable
from privacy.jobs import standing
from privacy.jobs.models import Alarm
from privacy.jobs.standing import State

_AGE = "Seconds since a worker last saw to the job."
_ENDED = "Seconds since the job last ended well."
_FAILURES = "Failures of the job since it last ended well."
_ALARMS = "Alarms that ring."


def figures() -> bytes:
    """The figures in Prometheus' text format; none where the database is away, whose own alarm that is."""
    try:
        states, now = standing.listed(), clock.micros()
        ringing = session().scalar(sa.select(sa.func.count()).select_from(Alarm).where(Alarm.ended_at.is_(None)))
    except (Unavailable, sa.exc.DBAPIError, sa.exc.TimeoutError, *DRIVER_ERRORS):
        return b""
    lines = [
        *_series("privacy_job_age_seconds", _AGE, {one.name: _seconds(now - one.beat_at) for one in states}),
        *_series("privacy_job_ended_seconds", _ENDED, _ended(states, now)),
        *_series("privacy_job_failures", _FAILURES, {one.name: float(one.failures) for one in states}),
        f"# HELP privacy_alarms {_ALARMS}",
        "# TYPE privacy_alarms gauge",
        f"privacy_alarms {ringing or 0}",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _ended(states: Sequence[State], now: int) -> Mapping[str, float]:
    return {one.name: _seconds(now - one.ended_at) for one in states if one.ended_at is not None}


def _series(name: str, says: str, values: Mapping[str, float]) -> Iterator[str]:
    yield f"# HELP {name} {says}"
    yield f"# TYPE {name} gauge"
    for job, value in values.items():
        label = job.replace("\\", "\\\\").replace('"', '\\"')
        yield f'{name}{{job="{label}"}} {value}'


def _seconds(micros: int) -> float:
    return max(0.0, micros / clock.SECOND)
