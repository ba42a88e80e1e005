"""The service's own jobs, and alarms: where each stands, have one done now, acknowledge what rings."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for

from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.http.auth import current_actor
from privacy.jobs import service as jobs
from privacy.jobs.service import AlarmView, JobView
from privacy.pages.blueprint import needs
from privacy.pages.languages import lazy_gettext, locale
from privacy.pages.rendering import done, render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table

console.says_after(
    {
        "job_asked": lazy_gettext("The job will be done within a minute."),
        "alarm_acknowledged": lazy_gettext("You have taken this alarm over. Nobody is told of it again."),
    }
)

_READ, _RUN = needs(Permission.JOBS_READ), needs(Permission.JOBS_RUN)


def _state(job: JobView) -> str:
    if job.failures:
        return "failing"
    return "waiting" if job.asked_at else "well"


_STATES = (
    ("well", lazy_gettext("Well")),
    ("waiting", lazy_gettext("Asked for")),
    ("failing", lazy_gettext("Failing")),
)
_SIGNS = {"well": "yes", "waiting": "wait", "failing": "late"}

_JOBS: tuple[Column[JobView], ...] = (
    Column(
        "name",
        lazy_gettext("Job"),
        lambda job: job.name,
        link=lambda job: url_for("console.jobs_one", job=job.name),
    ),
    Column(
        "state",
        lazy_gettext("State"),
        lambda job: dict(_STATES)[_state(job)],
        order=_state,
        sign=lambda job: _SIGNS[_state(job)],
    ),
    Column("beat", lazy_gettext("A worker last saw to it"), lambda job: job.beat_at, Kind.MOMENT),
    Column("ended", lazy_gettext("Last done"), lambda job: job.ended_at, Kind.MOMENT),
    Column("rows", lazy_gettext("Rows"), lambda job: job.rows, Kind.NUMBER),
    Column("failures", lazy_gettext("Failures since"), lambda job: job.failures, Kind.NUMBER),
)
_ALARMS: tuple[Column[AlarmView], ...] = (
    Column("code", lazy_gettext("What"), lambda alarm: jobs.said(alarm.code, locale()), order=lambda alarm: alarm.code),
    Column("about", lazy_gettext("Which one"), lambda alarm: alarm.about),
    Column("raised", lazy_gettext("Since"), lambda alarm: alarm.raised_at, Kind.MOMENT),
    Column("told", lazy_gettext("Times told"), lambda alarm: alarm.times_told, Kind.NUMBER),
    Column("acknowledged", lazy_gettext("Taken over"), lambda alarm: alarm.acknowledged_at, Kind.MOMENT),
    Column("over", lazy_gettext("Over"), lambda alarm: alarm.ended_at, Kind.MOMENT),
)


@console.page("/jobs", guard=_READ, endpoint="jobs")
def listed() -> Response:
    """Every job."""
    state = Choice[JobView]("state", lazy_gettext("State"), _STATES, lambda job, wanted: _state(job) == wanted)
    shown = table(lazy_gettext("Jobs"), _JOBS, jobs.standings(), choices=[state])
    return as_csv(shown, "jobs") or render("console/jobs.html", table=shown, ringing=jobs.alarms(ended=False))


@console.page("/jobs/<path:job>", guard=_READ)
def jobs_one(job: str) -> Response:
    """One job."""
    found = jobs.view(job)
    return render("console/job.html", job=found, state=dict(_STATES)[_state(found)], sign=_SIGNS[_state(found)])


@console.form("/jobs/<path:job>", guard=_RUN)
def jobs_run(job: str) -> Response:
    """Have a job done now, by the next worker that looks."""
    jobs.ask(job, actor=current_actor())
    return done("console.jobs_one", "job_asked", job=job)


@console.page("/alarms", guard=_READ, endpoint="alarms")
def alarms() -> Response:
    """The alarms that ring, or those that are over."""
    over = Choice[AlarmView]("which", lazy_gettext("Which ones"), [("over", lazy_gettext("Those that are over"))])
    shown = table(lazy_gettext("Alarms"), _ALARMS, jobs.alarms(ended=bool(over.chosen)), choices=[over])
    return as_csv(shown, "alarms") or render("console/alarms.html", table=shown)


@console.form("/alarms/<uuid:alarm_id>/acknowledge", guard=_RUN)
def alarms_acknowledge(alarm_id: UUID) -> Response:
    """Say that you see to it."""
    jobs.acknowledge(alarm_id, actor=current_actor())
    return done("console.alarms", "alarm_acknowledged")
