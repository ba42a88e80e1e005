"""The doors of the room: the lists of jobs, how they are run, where they stand, and alarms."""

from __future__ import annotations

from privacy.jobs.alarm_jobs import alarm_jobs
from privacy.jobs.alarm_words import AlarmCode, said
from privacy.jobs.alarms import AlarmNotFound, AlarmView, Cause, Staff, acknowledge, alarms, raise_alarm
from privacy.jobs.audited import audited_rows
from privacy.jobs.figures import figures
from privacy.jobs.leases import Holder, LeaseLost
from privacy.jobs.listing import Context, Job, LongJob, listed, long
from privacy.jobs.questions import Watched
from privacy.jobs.running import run_job, run_once, run_until
from privacy.jobs.standing import JobNotFound, ask, view
from privacy.jobs.standing import State as JobView
from privacy.jobs.standing import listed as standings
from privacy.jobs.turns import run_if_due
from privacy.jobs.watching import SILENT
from privacy.jobs.webhooks import AlarmSettingsInvalid, Webhook

__all__ = [
    "SILENT",
    "AlarmCode",
    "AlarmNotFound",
    "AlarmSettingsInvalid",
    "AlarmView",
    "Cause",
    "Context",
    "Holder",
    "Job",
    "JobNotFound",
    "JobView",
    "LeaseLost",
    "LongJob",
    "Staff",
    "Watched",
    "Webhook",
    "acknowledge",
    "alarm_jobs",
    "alarms",
    "ask",
    "audited_rows",
    "figures",
    "listed",
    "long",
    "raise_alarm",
    "run_if_due",
    "run_job",
    "run_once",
    "run_until",
    "said",
    "standings",
    "view",
]
