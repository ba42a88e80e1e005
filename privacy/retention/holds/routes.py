"""Legal holds over HTTP. Who is held is named in a body, never in an address."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import Blueprint
from privacy.http.unit import writes
from privacy.programme import service as programmes
from privacy.retention import service
from privacy.retention.holds.schemas import (
    HoldIn,
    HoldOut,
    HoldReleaseIn,
    HoldReleaseOut,
    HoldReviewIn,
    HoldsAsked,
    HoldsOut,
)
from privacy.retention.service import HoldView, WantedHold
from privacy.subjects import service as subjects

P = ParamSpec("P")
R = TypeVar("R")

legal_holds = Blueprint(
    "legal_holds", __name__, url_prefix="/api/v1/legal-holds", description="Legal holds: what must not be deleted."
)


def _waits(view: Callable[P, R]) -> Callable[P, R]:
    """Let a deletion that is being made final end before the unit of work begins."""

    @functools.wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with service.waited():
            return view(*args, **kwargs)

    return wrapper


@legal_holds.post("")
@require(Permission.RETENTION_HANDLE)
@legal_holds.body(HoldIn)
@_waits
@writes
@legal_holds.answers(201, HoldOut)
@legal_holds.problems(404)
def place(body: HoldIn) -> HoldOut:
    """Place a legal hold. From the answer on nothing that it holds is deleted, by whatever is under way."""
    actor, programme = current_actor(), programmes.current()
    people = tuple(
        subjects.name_of(programme, actor, one, place=f"people.{number}") for number, one in enumerate(body.people)
    )
    wanted = WantedHold(
        reference=body.reference,
        statute=body.statute,
        owner=actor.name if body.owner is None else body.owner,
        review_on=body.review_on,
        reason=body.reason,
        people=people,
        systems=tuple(body.systems),
        categories=tuple(body.categories),
    )
    return _out(service.place_hold(wanted, actor=actor))


@legal_holds.get("")
@require(Permission.RETENTION_READ)
@legal_holds.arguments(HoldsAsked, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@legal_holds.answers(200, HoldsOut)
def listed(asked: dict[str, Any]) -> HoldsOut:
    """Legal holds in force, or those whose review day has come."""
    realm = current_actor().realm
    if "due" in asked:
        return HoldsOut([_out(one) for one in service.due_for_review(clock.micros(), realm=realm)], None)
    limit = asked["limit"]
    found = service.listed_holds(realm=realm, released="released" in asked, after=asked.get("after"), limit=limit)
    return HoldsOut([_out(one) for one in found], str(found[-1].id) if len(found) == limit else None)


@legal_holds.get("/<uuid:hold_id>")
@require(Permission.RETENTION_READ)
@legal_holds.answers(200, HoldOut)
@legal_holds.problems(404)
def show(hold_id: UUID) -> HoldOut:
    """One legal hold."""
    return _out(service.view_hold(hold_id, realm=current_actor().realm))


@legal_holds.post("/<uuid:hold_id>/review")
@require(Permission.RETENTION_HANDLE)
@legal_holds.body(HoldReviewIn)
@writes
@legal_holds.answers(200, HoldOut)
@legal_holds.problems(404, 409)
def review(body: HoldReviewIn, hold_id: UUID) -> HoldOut:
    """Say that a legal hold is needed yet, and when it is looked at again."""
    return _out(service.review_hold(hold_id, body.review_on, reason=body.reason, actor=current_actor()))


@legal_holds.post("/<uuid:hold_id>/release")
@require(Permission.RETENTION_HANDLE)
@legal_holds.body(HoldReleaseIn)
@writes
@legal_holds.answers(200, HoldReleaseOut)
@legal_holds.problems(404, 409)
def release(body: HoldReleaseIn, hold_id: UUID) -> HoldReleaseOut:
    """Release a legal hold. One person asks with a reason; another sends the approval's id, and it is released."""
    actor = current_actor()
    if body.approval is None:
        asked = service.request_release_of_hold(hold_id, actor=actor, reason=body.reason or "")
        return HoldReleaseOut(str(asked), released=False, hold=_out(service.view_hold(hold_id, realm=actor.realm)))
    try:
        approval = UUID(body.approval)
    except ValueError:
        raise InvalidInput.of("approval", "This has not the form of an approval's id.") from None
    return HoldReleaseOut(str(approval), released=True, hold=_out(service.release_hold(hold_id, approval, actor=actor)))


def _out(hold: HoldView) -> HoldOut:
    may_handle = Permission.RETENTION_HANDLE in current_actor().permissions
    return HoldOut(
        id=str(hold.id),
        number=hold.number,
        reference=hold.reference,
        statute=hold.statute,
        systems=list(hold.systems),
        categories=list(hold.categories),
        people=hold.people,
        names=hold.names,
        owner=hold.owner,
        review_on=hold.review_on,
        placed_at=clock.isoformat(hold.placed_at),
        placed_by=hold.placed_by,
        released_at=None if hold.released_at is None else clock.isoformat(hold.released_at),
        released_by=hold.released_by,
        reason=hold.reason if may_handle else None,
    )
