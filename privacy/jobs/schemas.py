"""What the HTTP API gives of jobs and alarms. None of it is personal data."""

from __future__ import annotations

import marshmallow
from msgspec import Struct

from privacy import clock
from privacy.jobs.service import AlarmView, JobView

AlarmsAsked = marshmallow.Schema.from_dict(
    {
        "ended": marshmallow.fields.String(
            validate=marshmallow.validate.OneOf(["true"]), metadata={"description": "Those that are over."}
        )
    }
)


class JobOut(Struct):
    """Where a job stands."""

    name: str
    #: When a worker last saw to it.
    beat_at: str
    #: When it last ended well, and with how many rows.
    ended_at: str | None
    rows: int
    #: Failures since then, one after another, and the code of the last one.
    failures: int
    failure: str | None
    failed_at: str | None
    #: Since when somebody wants it done out of turn.
    asked_at: str | None


class JobsOut(Struct):
    """Every job by name."""

    jobs: list[JobOut]


class AlarmOut(Struct):
    """One alarm."""

    id: str
    code: str
    #: Which job, request or breach; empty where there is only one that it can be.
    about: str
    raised_at: str
    told_at: str
    times_told: int
    acknowledged_at: str | None
    ended_at: str | None


class AlarmsOut(Struct):
    """Alarms."""

    alarms: list[AlarmOut]


def job_out(seen: JobView) -> JobOut:
    """A job as the API gives it."""
    return JobOut(
        seen.name,
        clock.isoformat(seen.beat_at),
        _time(seen.ended_at),
        seen.rows,
        seen.failures,
        seen.failure,
        _time(seen.failed_at),
        _time(seen.asked_at),
    )


def alarm_out(seen: AlarmView) -> AlarmOut:
    """An alarm as the API gives it."""
    return AlarmOut(
        str(seen.id),
        seen.code.value,
        seen.about,
        clock.isoformat(seen.raised_at),
        clock.isoformat(seen.told_at),
        seen.times_told,
        _time(seen.acknowledged_at),
        _time(seen.ended_at),
    )


def _time(at: int | None) -> str | None:
    return None if at is None else clock.isoformat(at)
