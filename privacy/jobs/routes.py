"""Jobs and alarms over HTTP. Nothing of them is personal data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from privacy.authz.permissions import Permission
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import Blueprint
from privacy.http.unit import writes
from privacy.jobs import service
from privacy.jobs.schemas import AlarmOut, AlarmsAsked, AlarmsOut, JobOut, JobsOut, alarm_out, job_out

job_pages = Blueprint("jobs", __name__, url_prefix="/api/v1/jobs", description="The service's own jobs.")
alarm_pages = Blueprint("alarms", __name__, url_prefix="/api/v1/alarms", description="What a person must look at.")


@job_pages.get("")
@require(Permission.JOBS_READ)
@job_pages.answers(200, JobsOut)
def listed() -> JobsOut:
    """Every job: its heartbeat, its last result, and whether somebody wants it done now."""
    return JobsOut([job_out(one) for one in service.standings()])


@job_pages.get("/<path:job>")
@require(Permission.JOBS_READ)
@job_pages.answers(200, JobOut)
@job_pages.problems(404)
def show(job: str) -> JobOut:
    """One job."""
    return job_out(service.view(job))


@job_pages.post("/<path:job>/run")
@require(Permission.JOBS_RUN)
@writes
@job_pages.answers(202, JobOut)
@job_pages.problems(404)
def run(job: str) -> JobOut:
    """Have a job done now, by the next worker that looks. That somebody wanted it is in the log."""
    return job_out(service.ask(job, actor=current_actor()))


@alarm_pages.get("")
@require(Permission.JOBS_READ)
@alarm_pages.arguments(AlarmsAsked, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@alarm_pages.answers(200, AlarmsOut)
def ringing(asked: dict[str, Any]) -> AlarmsOut:
    """The alarms that ring, the oldest first; with `ended` those that are over, the newest first."""
    return AlarmsOut([alarm_out(one) for one in service.alarms(ended="ended" in asked)])


@alarm_pages.post("/<uuid:alarm_id>/acknowledge")
@require(Permission.JOBS_RUN)
@writes
@alarm_pages.answers(200, AlarmOut)
@alarm_pages.problems(404)
def acknowledge(alarm_id: UUID) -> AlarmOut:
    """Say that you see to it: it is told no more. Who did is in the log."""
    return alarm_out(service.acknowledge(alarm_id, actor=current_actor()))
