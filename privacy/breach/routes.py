"""Breaches over HTTP. What a breach holds in words is opened by a POST, for the log."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from privacy.authz.permissions import Permission
from privacy.breach import service, shown
from privacy.breach.list_schemas import BreachesAsked
from privacy.breach.models import PersonalDataBreach
from privacy.breach.schemas import (
    BreachAssessIn,
    BreachAwareCorrectedIn,
    BreachAwareIn,
    BreachClocksOut,
    BreachDecideIn,
    BreachDetailOut,
    BreachDetectionCorrectedIn,
    BreachesOut,
    BreachFactsIn,
    BreachIn,
    BreachNoticeIn,
    BreachNoticeOut,
    BreachOpenedOut,
    BreachOpineIn,
    BreachOut,
    BreachStepIn,
    BreachStepsOut,
    BreachTaskAssignIn,
    BreachTaskEndIn,
    BreachTaskIn,
    BreachTasksOut,
)
from privacy.breach.service import Asked, State
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import Blueprint
from privacy.http.unit import writes
from privacy.programme import service as programmes

breaches = Blueprint(
    "breaches", __name__, url_prefix="/api/v1/breaches", description="Personal data breaches (Art. 33, 34)."
)


@breaches.post("")
@require(Permission.BREACHES_REPORT)
@breaches.body(BreachIn)
@writes
@breaches.answers(201, BreachOut)
def open_breach(body: BreachIn) -> BreachOut:
    """Say that something happened. A machine may do so too; people look at it."""
    return _summary(service.open_breach(body.report(_zone()), actor=current_actor()))


@breaches.get("")
@require(Permission.BREACHES_READ)
@breaches.arguments(BreachesAsked, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@breaches.answers(200, BreachesOut)
def listed(asked: dict[str, Any]) -> BreachesOut:
    """Breaches, the newest first: real ones, or rehearsals."""
    wanted = Asked(
        state=State(asked["state"]) if "state" in asked else None,
        is_open="open" in asked,
        rehearsals="rehearsals" in asked,
        after=asked.get("after"),
        limit=int(asked["limit"]),
    )
    return shown.listed(service.page(wanted, actor=current_actor()))


@breaches.get("/<uuid:breach_id>")
@require(Permission.BREACHES_READ)
@breaches.answers(200, BreachDetailOut)
def show(breach_id: UUID) -> BreachDetailOut:
    """One breach with its clocks, what was judged and what was notified."""
    return shown.detail(service.view(_mine(breach_id)))


@breaches.get("/<uuid:breach_id>/clocks")
@require(Permission.BREACHES_READ)
@breaches.answers(200, BreachClocksOut)
def clocks(breach_id: UUID) -> BreachClocksOut:
    """Every time limit: of Art. 33, and of other laws and contracts, each with its own time."""
    return shown.clocks(service.view(_mine(breach_id)))


@breaches.get("/<uuid:breach_id>/steps")
@require(Permission.BREACHES_READ)
@breaches.answers(200, BreachStepsOut)
def steps(breach_id: UUID) -> BreachStepsOut:
    """The course of a breach: who did what, and when."""
    row = _mine(breach_id)
    return shown.steps(row, service.steps(row, actor=current_actor()))


@breaches.get("/<uuid:breach_id>/tasks")
@require(Permission.BREACHES_HANDLE)
@breaches.answers(200, BreachTasksOut)
def tasks(breach_id: UUID) -> BreachTasksOut:
    """What is to be done, by whom and until when."""
    row = _mine(breach_id)
    return shown.tasks(row, service.tasks(row))


@breaches.post("/<uuid:breach_id>/open")
@require(Permission.BREACHES_HANDLE)
@writes
@breaches.answers(200, BreachOpenedOut)
def open_file(breach_id: UUID) -> BreachOpenedOut:
    """Everything that a breach holds, in words. That somebody read it is in the log."""
    row = _mine(breach_id)
    return shown.opened(row, service.open_breach_file(row.id, actor=current_actor()))


@breaches.post("/<uuid:breach_id>/facts")
@require(Permission.BREACHES_HANDLE)
@breaches.body(BreachFactsIn)
@writes
@breaches.answers(200, BreachOut)
def add_facts(body: BreachFactsIn, breach_id: UUID) -> BreachOut:
    """Record what more is known."""
    row = _mine(breach_id)
    return _summary(
        service.add_facts(row.id, body.facts, actor=current_actor(), version=body.version, reason=body.reason)
    )


@breaches.post("/<uuid:breach_id>/aware")
@require(Permission.BREACHES_HANDLE)
@breaches.body(BreachAwareIn)
@writes
@breaches.answers(200, BreachOut)
def become_aware(body: BreachAwareIn, breach_id: UUID) -> BreachOut:
    """Record since when the controller is aware, and why then: the hours run from there."""
    row, at = _mine(breach_id), body.moment(_zone())
    return _summary(
        service.become_aware(row.id, actor=current_actor(), reason=body.reason, aware_at=at, version=body.version)
    )


@breaches.post("/<uuid:breach_id>/correct-awareness")
@require(Permission.BREACHES_HANDLE)
@breaches.body(BreachAwareCorrectedIn)
@writes
@breaches.answers(200, BreachOut)
def correct_awareness(body: BreachAwareCorrectedIn, breach_id: UUID) -> BreachOut:
    """Correct since when the controller is aware. Times that move are in the log, as they were and as they are."""
    row, at = _mine(breach_id), body.moment(_zone())
    return _summary(
        service.correct_awareness(row.id, actor=current_actor(), reason=body.reason, aware_at=at, version=body.version)
    )


@breaches.post("/<uuid:breach_id>/correct-detection")
@require(Permission.BREACHES_HANDLE)
@breaches.body(BreachDetectionCorrectedIn)
@writes
@breaches.answers(200, BreachOut)
def correct_detection(body: BreachDetectionCorrectedIn, breach_id: UUID) -> BreachOut:
    """Correct when it was noticed. Times that move are in the log, as they were and as they are."""
    row, at = _mine(breach_id), body.moment(_zone())
    return _summary(
        service.correct_detection(
            row.id, actor=current_actor(), reason=body.reason, detected_at=at, version=body.version
        )
    )


@breaches.post("/<uuid:breach_id>/assess")
@require(Permission.BREACHES_HANDLE)
@breaches.body(BreachAssessIn)
@writes
@breaches.answers(200, BreachOut)
def assess(body: BreachAssessIn, breach_id: UUID) -> BreachOut:
    """Record in writing what may follow for the persons."""
    row = _mine(breach_id)
    return _summary(
        service.assess(row.id, body.assessment, actor=current_actor(), version=body.version, reason=body.reason)
    )


@breaches.post("/<uuid:breach_id>/opine")
@require(Permission.BREACHES_HANDLE)
@breaches.body(BreachOpineIn)
@writes
@breaches.answers(200, BreachOut)
def opine(body: BreachOpineIn, breach_id: UUID) -> BreachOut:
    """Record the opinion of the data protection officer, who alone gives it."""
    row = _mine(breach_id)
    return _summary(service.opine(row.id, body.opinion, actor=current_actor(), version=body.version))


@breaches.post("/<uuid:breach_id>/decide")
@require(Permission.BREACHES_DECIDE)
@breaches.body(BreachDecideIn)
@writes
@breaches.answers(200, BreachOut)
def decide(body: BreachDecideIn, breach_id: UUID) -> BreachOut:
    """Record the controller's decision: whether the authority is notified, and the persons are told."""
    row = _mine(breach_id)
    return _summary(service.decide(row.id, body.decision, actor=current_actor(), version=body.version))


@breaches.post("/<uuid:breach_id>/notifications")
@require(Permission.BREACHES_HANDLE)
@breaches.body(BreachNoticeIn)
@writes
@breaches.answers(201, BreachNoticeOut)
def record_notification(body: BreachNoticeIn, breach_id: UUID) -> BreachNoticeOut:
    """Record what was told to the authority or another who has a clock, their answer, or why none is told."""
    row, given = _mine(breach_id), body.notification(_zone())
    return shown.notification(service.record_notification(row.id, given, actor=current_actor(), version=body.version))


@breaches.post("/<uuid:breach_id>/tasks")
@require(Permission.BREACHES_HANDLE)
@breaches.body(BreachTaskIn)
@writes
@breaches.answers(200, BreachOut)
def add_task(body: BreachTaskIn, breach_id: UUID) -> BreachOut:
    """Add something else that is to be done."""
    row, due_at = _mine(breach_id), service.read_moment(body.due_at, _zone(), "due_at")
    return _summary(
        service.add_task(row.id, body.title, due_at, actor=current_actor(), owner=body.owner, version=body.version)
    )


@breaches.post("/<uuid:breach_id>/tasks/assign")
@require(Permission.BREACHES_HANDLE)
@breaches.body(BreachTaskAssignIn)
@writes
@breaches.answers(200, BreachOut)
def assign_task(body: BreachTaskAssignIn, breach_id: UUID) -> BreachOut:
    """Say who does a task, or until when."""
    row = _mine(breach_id)
    due_at = None if body.due_at is None else service.read_moment(body.due_at, _zone(), "due_at")
    return _summary(
        service.assign_task(
            row.id,
            body.task,
            actor=current_actor(),
            owner=body.owner,
            due_at=due_at,
            reason=body.reason,
            version=body.version,
        )
    )


@breaches.post("/<uuid:breach_id>/tasks/end")
@require(Permission.BREACHES_HANDLE)
@breaches.body(BreachTaskEndIn)
@writes
@breaches.answers(200, BreachOut)
def end_task(body: BreachTaskEndIn, breach_id: UUID) -> BreachOut:
    """A task is done, or dropped with a reason."""
    row = _mine(breach_id)
    return _summary(
        service.end_task(row.id, body.task, body.state, actor=current_actor(), reason=body.reason, version=body.version)
    )


@breaches.post("/<uuid:breach_id>/<string:step>")
@require(Permission.BREACHES_HANDLE)
@breaches.body(BreachStepIn)
@writes
@breaches.answers(200, BreachOut)
def take(body: BreachStepIn, breach_id: UUID, step: str) -> BreachOut:
    """Take a step that brings nothing but a reason.

    triage, dismiss, contain, communicate, review, close, reopen, note.
    """
    row = _mine(breach_id)
    return _summary(service.take(row.id, step, actor=current_actor(), version=body.version, reason=body.reason))


def _mine(breach_id: UUID) -> PersonalDataBreach:
    return service.visible(breach_id, actor=current_actor())


def _zone() -> ZoneInfo:
    return programmes.current().zone


def _summary(row: PersonalDataBreach) -> BreachOut:
    return shown.summary(service.view(row))
