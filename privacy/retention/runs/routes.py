"""Disposal runs over HTTP, for staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, current_app, request

from privacy.authz.actors import Realm
from privacy.authz.permissions import Permission
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import Blueprint
from privacy.http.failures import NotAcceptable
from privacy.http.unit import writes
from privacy.retention import service
from privacy.retention.runs.failures import RunNotFound
from privacy.retention.runs.schemas import (
    DisposalCertificateOut,
    PartOut,
    PartReviewIn,
    PartStatementIn,
    RunApproveIn,
    RunIn,
    RunOut,
    RunsAsked,
    RunsOut,
    RunStepIn,
    part_out,
    run_out,
    run_summary,
)
from privacy.retention.service import CertificateForm

disposal_runs = Blueprint(
    "disposal_runs",
    __name__,
    url_prefix="/api/v1/disposal-runs",
    description="Disposal runs: what is due, who agreed, what went.",
)

#: Where the application keeps its own address, which certificates name.
BASE_URL = "privacy_base_url"
_FORMS: Mapping[str, CertificateForm] = {form.value: form for form in CertificateForm}


@disposal_runs.post("")
@require(Permission.RETENTION_HANDLE)
@disposal_runs.body(RunIn)
@writes
@disposal_runs.answers(201, RunOut)
def prepare(body: RunIn) -> RunOut:
    """Prepare a run: what is due is counted by a worker, and nothing changes before people agree and it is started."""
    row = service.prepare_run(body.chosen(), actor=current_actor(), as_of=body.as_of)
    return run_out(service.view_run(row.id))


@disposal_runs.get("")
@require(Permission.RETENTION_READ)
@disposal_runs.arguments(RunsAsked, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@disposal_runs.answers(200, RunsOut)
def listed(asked: dict[str, Any]) -> RunsOut:
    """Disposal runs, the newest first."""
    rows = service.listed_runs(**asked) if _sees_runs() else ()
    return RunsOut([run_summary(row) for row in rows])


@disposal_runs.get("/<uuid:run_id>")
@require(Permission.RETENTION_READ)
@disposal_runs.answers(200, RunOut)
@disposal_runs.problems(404)
def show(run_id: UUID) -> RunOut:
    """One run: its counts, its parts, how far they are."""
    _ensure_seen()
    return run_out(service.view_run(run_id))


@disposal_runs.post("/<uuid:run_id>/preview")
@require(Permission.RETENTION_HANDLE)
@disposal_runs.body(RunStepIn)
@writes
@disposal_runs.answers(200, RunOut)
@disposal_runs.problems(404, 409)
def preview(body: RunStepIn, run_id: UUID) -> RunOut:
    """Count anew what is due by today's programme: earlier agreements count no more."""
    service.preview_run(run_id, actor=current_actor(), version=body.version)
    return run_out(service.view_run(run_id))


@disposal_runs.post("/<uuid:run_id>/approve")
@require(Permission.RETENTION_APPROVE)
@disposal_runs.body(RunApproveIn)
@writes
@disposal_runs.answers(200, RunOut)
@disposal_runs.problems(404, 409)
def approve(body: RunApproveIn, run_id: UUID) -> RunOut:
    """Agree to exactly the counts of a preview. Where the rules want two people, they are different ones."""
    service.approve_run(run_id, preview=body.preview, actor=current_actor(), version=body.version)
    return run_out(service.view_run(run_id))


@disposal_runs.post("/<uuid:run_id>/start")
@require(Permission.RETENTION_HANDLE)
@disposal_runs.body(RunStepIn)
@writes
@disposal_runs.answers(200, RunOut)
@disposal_runs.problems(404, 409)
def start(body: RunStepIn, run_id: UUID) -> RunOut:
    """Have it carried out, or go on after a stop."""
    service.start_run(run_id, actor=current_actor(), version=body.version)
    return run_out(service.view_run(run_id))


@disposal_runs.post("/<uuid:run_id>/stop")
@require(Permission.RETENTION_HANDLE)
@disposal_runs.body(RunStepIn)
@writes
@disposal_runs.answers(200, RunOut)
@disposal_runs.problems(404, 409)
def stop(body: RunStepIn, run_id: UUID) -> RunOut:
    """Stop it: what is not final in its system by now is taken back."""
    service.stop_run(run_id, actor=current_actor(), version=body.version)
    return run_out(service.view_run(run_id))


@disposal_runs.post("/<uuid:run_id>/cancel")
@require(Permission.RETENTION_HANDLE)
@disposal_runs.body(RunStepIn)
@writes
@disposal_runs.answers(200, RunOut)
@disposal_runs.problems(404, 409)
def cancel(body: RunStepIn, run_id: UUID) -> RunOut:
    """Give it up; what was done until now stays in its account."""
    service.cancel_run(run_id, actor=current_actor(), version=body.version)
    return run_out(service.view_run(run_id))


@disposal_runs.post("/<uuid:run_id>/parts/<uuid:part_id>/statement")
@require(Permission.RETENTION_HANDLE)
@disposal_runs.body(PartStatementIn)
@writes
@disposal_runs.answers(200, PartOut)
@disposal_runs.problems(404, 409)
def state_by_hand(body: PartStatementIn, run_id: UUID, part_id: UUID) -> PartOut:
    """Say what was done in a system that only a person looks after."""
    return part_out(service.state_by_hand(run_id, part_id, body.stated(), actor=current_actor(), version=body.version))


@disposal_runs.post("/<uuid:run_id>/parts/<uuid:part_id>/review")
@require(Permission.RETENTION_HANDLE)
@disposal_runs.body(PartReviewIn)
@writes
@disposal_runs.answers(200, RunOut)
@disposal_runs.problems(404, 409)
def review(body: PartReviewIn, run_id: UUID, part_id: UUID) -> RunOut:
    """Decide about rows that a rule wants reviewed, before the start: they go or stay until a day. It counts anew."""
    service.review_run_part(run_id, part_id, body.decided(), actor=current_actor(), version=body.version)
    return run_out(service.view_run(run_id))


@disposal_runs.post("/<uuid:run_id>/parts/<uuid:part_id>/again")
@require(Permission.RETENTION_HANDLE)
@disposal_runs.body(RunStepIn)
@writes
@disposal_runs.answers(200, PartOut)
@disposal_runs.problems(404, 409)
def again(body: RunStepIn, run_id: UUID, part_id: UUID) -> PartOut:
    """Try a part again whose system failed for good."""
    return part_out(service.try_part_again(run_id, part_id, actor=current_actor(), version=body.version))


@disposal_runs.get("/<uuid:run_id>/certificate")
@require(Permission.RETENTION_READ)
@disposal_runs.answers(200, DisposalCertificateOut)
@disposal_runs.gives_file(CertificateForm.PDF.value, "For people.")
@disposal_runs.problems(404, 406, 409)
def certificate(run_id: UUID) -> Response:
    """The certificate of a run that has ended: by Accept JSON or PDF; signed, and proven by the log."""
    _ensure_seen()
    wanted = request.accept_mimetypes
    found = wanted.best_match(list(_FORMS)) if wanted else CertificateForm.JSON.value
    if found is None:
        raise NotAcceptable(f"There is: {', '.join(_FORMS)}.")
    form = _FORMS[found]
    made = service.certificate_of_run(
        run_id,
        form,
        locales=list(request.accept_languages.values()),
        base_url=current_app.extensions[BASE_URL],
    )
    response = Response(made.content, content_type=form.value)
    response.vary.update(("Accept", "Accept-Language"))
    response.content_language.add(made.language)
    if form is CertificateForm.PDF:
        response.headers["Content-Disposition"] = f'attachment; filename="disposal-{run_id}.pdf"'
    return response


def _sees_runs() -> bool:
    """Runs are about live data, of which a test key sees nothing."""
    return current_actor().realm is Realm.LIVE


def _ensure_seen() -> None:
    if not _sees_runs():
        raise RunNotFound
