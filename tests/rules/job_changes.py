"""The stories of jobs and alarms, and of what a job says of consents."""

from __future__ import annotations

import itertools

from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.consent import service as consent
from privacy.jobs import service as jobs
from privacy.jobs import standing
from privacy.jobs.service import AlarmCode, Cause, Staff
from privacy.programme import service as programmes
from tests.consent.desk import Desk
from tests.rules.changes import CHANGES, Change, a_programme, before, story

__all__ = ["CHANGES"]

_numbers = itertools.count()


@story("jobs.ask", "job.asked")
def _() -> Change:
    before(lambda: standing.ensure_known(["sequencer"]))
    return lambda: jobs.ask("sequencer", actor=OPERATOR)


@story("jobs.acknowledge", "alarm.acknowledged")
def _() -> Change:
    cause = Cause(AlarmCode.JOB_SILENT, f"job {next(_numbers)}")
    alarm_id = before(lambda: jobs.raise_alarm(cause, Staff()))
    return lambda: jobs.acknowledge(alarm_id, actor=OPERATOR)


@story("consent.note_expired", "consent.expired")
def _() -> Change:
    a_programme()
    Desk(programmes.current()).record({"email": "anna.nowak@example.com"}, "give")
    return lambda: consent.note_expired(clock.micros() + 5 * 365 * clock.DAY, actor=SERVICE)
