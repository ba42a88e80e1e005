"""The upkeep of data, and warnings before data go, over HTTP. Who is meant stands in a body, never in an address."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.db import Driver, session
from privacy.errors import NotFound
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import Blueprint
from privacy.http.unit import writes
from privacy.programme import service as programmes
from privacy.retention import service
from privacy.retention.service import FindingView, WarningView
from privacy.retention.upkeep_schemas import (
    ConfirmIn,
    DecisionIn,
    FindingsAsked,
    HeldOut,
    MatterOut,
    QualityFindingOut,
    QualityFindingsOut,
    ToConfirmIn,
    ToConfirmOut,
    WarningDecisionIn,
    WarningOut,
    WarningsAsked,
    WarningsOut,
)
from privacy.subjects import service as subjects

data_quality = Blueprint(
    "data_quality", __name__, url_prefix="/api/v1/data-quality", description="What people confirm, and staff look at."
)
retention_warnings = Blueprint(
    "retention_warnings",
    __name__,
    url_prefix="/api/v1/retention-warnings",
    description="Warnings of people before data about them go.",
)


@data_quality.post("/to-confirm")
@require(Permission.SUBJECTS_READ)
@data_quality.body(ToConfirmIn)
@data_quality.answers(200, ToConfirmOut)
@data_quality.problems(404)
def to_confirm(body: ToConfirmIn) -> ToConfirmOut:
    """What to ask a person at this visit: whether contact details and choices are still right."""
    return _to_confirm(body.subject)


@data_quality.post("/confirmations")
@require(Permission.SUBJECTS_WRITE)
@data_quality.body(ConfirmIn)
@writes
@data_quality.answers(200, ToConfirmOut)
@data_quality.problems(404)
def confirm(body: ConfirmIn) -> ToConfirmOut:
    """The person says that these are right; it is not asked again for a while."""
    actor = current_actor()
    [subject_id, *_] = subjects.find(subjects.name_of(programmes.current(), actor, body.subject))
    service.confirm_data(subject_id, body.matters, actor=actor, realm=actor.realm)
    return _to_confirm(body.subject)


@data_quality.get("/findings")
@require(Permission.SUBJECTS_MERGE)
@data_quality.arguments(FindingsAsked, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@data_quality.answers(200, QualityFindingsOut)
def findings(asked: dict[str, Any]) -> QualityFindingsOut:
    """Contacts that may be wrong, and people who may be one."""
    kinds, limit = [asked["kind"]] if "kind" in asked else [], asked["limit"]
    found = service.findings(
        realm=current_actor().realm, kinds=kinds, state=asked["state"], after=asked.get("after"), limit=limit
    )
    return QualityFindingsOut([_finding(one) for one in found], str(found[-1].id) if len(found) == limit else None)


@data_quality.post("/findings/<uuid:finding_id>/decision")
@require(Permission.SUBJECTS_MERGE)
@data_quality.body(DecisionIn)
@writes
@data_quality.answers(200, QualityFindingOut)
@data_quality.problems(404, 409)
def decide(body: DecisionIn, finding_id: UUID) -> QualityFindingOut:
    """Merge the two, say that they are different people, or leave it."""
    return _finding(service.decide_finding(finding_id, body.decision, reason=body.reason, actor=current_actor()))


@retention_warnings.get("")
@require(Permission.RETENTION_READ)
@retention_warnings.arguments(WarningsAsked, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@retention_warnings.answers(200, WarningsOut)
def warnings(asked: dict[str, Any]) -> WarningsOut:
    """Warnings, those that wait for a person by `state=for_a_person`."""
    limit = asked["limit"]
    found = service.listed_warnings(
        run_id=asked.get("run"),
        state=asked.get("state"),
        before=asked.get("before"),
        limit=limit,
        realm=current_actor().realm,
    )
    return WarningsOut([_warning(one) for one in found], str(found[-1].id) if len(found) == limit else None)


@retention_warnings.post("/<uuid:warning_id>/decision")
@require(Permission.RETENTION_HANDLE)
@retention_warnings.body(WarningDecisionIn)
@writes
@retention_warnings.answers(200, WarningOut)
@retention_warnings.problems(404, 409)
def decide_warning(body: WarningDecisionIn, warning_id: UUID) -> WarningOut:
    """Say that the person was told otherwise, that the data go without a warning, or that they stay."""
    actor = current_actor()
    made = service.decide_warning(
        warning_id,
        body.decision,
        actor=actor,
        reason=body.reason,
        version=body.version,
        on=body.on,
        realm=actor.realm,
    )
    return _warning(made)


def _to_confirm(subject: dict[str, str]) -> ToConfirmOut:
    actor = current_actor()
    [subject_id, *_] = subjects.find(subjects.name_of(programmes.current(), actor, subject))
    found, driver = service.to_confirm(subject_id, now=clock.micros(), realm=actor.realm), Driver.of(session())
    return ToConfirmOut(
        subjects.hide_subject(actor, subject_id),
        [MatterOut(one.matter, one.due, _time(one.confirmed_at)) for one in found.matters],
        [HeldOut(subjects.masked_value(driver, one.id), clock.isoformat(one.recorded_at)) for one in found.contacts],
    )


def _finding(one: FindingView) -> QualityFindingOut:
    actor = current_actor()
    try:
        contact = subjects.masked_value(Driver.of(session()), one.contact_id)
    except NotFound:
        contact = None
    return QualityFindingOut(
        str(one.id),
        one.kind,
        one.state,
        subjects.hide_subject(actor, one.subject_id),
        subjects.hide_subject(actor, one.other_id) if one.other_id is not None else None,
        contact,
        clock.isoformat(one.found_at),
    )


def _warning(one: WarningView) -> WarningOut:
    return WarningOut(
        str(one.id),
        one.number,
        one.rule,
        str(one.run_id),
        one.state,
        one.way,
        one.attempts,
        clock.isoformat(one.created_at),
        _time(one.delivered_at),
        one.goes_on,
        one.version,
    )


def _time(micros: int | None) -> str | None:
    return None if micros is None else clock.isoformat(micros)
