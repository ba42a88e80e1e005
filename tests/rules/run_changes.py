"""The stories of disposal runs: what stands before, and the change whose events are counted."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.db import session
from privacy.retention import service as retention
from privacy.retention.runs.counting import staying
from privacy.retention.runs.models import DisposalPart, DisposalRun
from privacy.retention.runs.vocabulary import PartState, RunState, Stays, Way
from tests.rules.changes import CHANGES, Change, a_programme, before, story

__all__ = ["CHANGES"]

_SEEN = "0" * 64


@story("retention.prepare_run", "disposal_part.laid", "disposal_run.prepared")
def _() -> Change:
    a_programme()
    return _prepare


@story("retention.preview_run", "disposal_run.recounted")
def _() -> Change:
    run_id = _counted()
    return lambda: retention.preview_run(run_id, actor=OPERATOR)


@story("retention.approve_run", "disposal_run.approved")
def _() -> Change:
    run_id = _counted()
    before(lambda: _stands(run_id, state=RunState.PREVIEWED.value, approvals=1, preview=_SEEN))
    return lambda: retention.approve_run(run_id, preview=_SEEN, actor=OPERATOR)


@story("retention.start_run", "disposal_run.started", "disposal_part.begun")
def _() -> Change:
    run_id = _counted()
    return lambda: retention.start_run(run_id, actor=OPERATOR)


@story("retention.stop_run", "disposal_run.stopped")
def _() -> Change:
    run_id = _counted()
    before(lambda: retention.start_run(run_id, actor=OPERATOR))
    return lambda: retention.stop_run(run_id, actor=OPERATOR)


@story("retention.cancel_run", "disposal_run.cancelled")
def _() -> Change:
    run_id = _counted()
    return lambda: retention.cancel_run(run_id, actor=OPERATOR)


@story("retention.state_by_hand", "disposal_part.stated", "disposal_run.part_stated", "disposal_run.done")
def _() -> Change:
    run_id = _counted()
    part_id = before(lambda: _waits(run_id, Way.BY_HAND))
    said = retention.RunStatement(3, 0, "three folders were shredded")
    return lambda: retention.state_by_hand(run_id, part_id, said, actor=OPERATOR)


@story("retention.forget_statements", "disposal_part.statement_deleted")
def _() -> Change:
    run_id = _counted()
    part_id = before(lambda: _waits(run_id, Way.BY_HAND))
    said = retention.RunStatement(3, 0, "three folders were shredded")
    before(lambda: retention.state_by_hand(run_id, part_id, said, actor=OPERATOR))
    return lambda: retention.forget_statements(clock.micros() + 1100 * clock.DAY, actor=OPERATOR)


@story("retention.review_run_part", "disposal_part.reviewed", "disposal_run.recounted")
def _() -> Change:
    run_id = _counted()
    part_id = before(lambda: _wants_review(run_id))
    decided = retention.Review(retention.ReviewChoice.ERASE, "nothing in it is needed")
    return lambda: retention.review_run_part(run_id, part_id, decided, actor=OPERATOR)


@story("retention.try_part_again", "disposal_run.part_tried_again")
def _() -> Change:
    run_id = _counted()
    part_id = before(lambda: _waits(run_id, Way.OWN))
    return lambda: retention.try_part_again(run_id, part_id, actor=OPERATOR)


def _prepare() -> UUID:
    return retention.prepare_run(retention.Chosen(systems=("privacy",)), actor=OPERATOR).id


def _counted() -> UUID:
    a_programme()
    run_id = before(_prepare)
    retention.run_disposals(current_app.app_context)
    return run_id


def _stands(run_id: UUID, **values: object) -> None:
    session().execute(sa.update(DisposalRun).where(DisposalRun.id == run_id).values(**values))


def _wants_review(run_id: UUID) -> UUID:
    part = session().scalars(sa.select(DisposalPart).where(DisposalPart.run_id == run_id)).one()
    part.counted = staying(Stays.REVIEW).stored()
    return part.id


def _waits(run_id: UUID, way: Way) -> UUID:
    """The run goes on, and its part waits for a person."""
    _stands(run_id, state=RunState.RUNNING.value)
    part = session().scalars(sa.select(DisposalPart).where(DisposalPart.run_id == run_id)).one()
    part.way, part.state = way.value, PartState.FOR_A_PERSON.value
    return part.id
