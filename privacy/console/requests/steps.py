"""The steps that bring a reason and no more: a page says what will happen, and its form does it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from flask import Response
from msgspec import Meta

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.gate import current_staff
from privacy.console.requests import actions
from privacy.console.requests.actions import OWN_PAGES, STEPS, plainly
from privacy.console.requests.one import ONE, head
from privacy.dsar import service as dsar
from privacy.errors import InvalidInput, NotFound
from privacy.http.auth import current_actor
from privacy.pages.blueprint import StepUpNeeded, needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.rendering import done, render

_HANDLE = needs(Permission.REQUESTS_HANDLE)
#: Ends or undoes something: who does it has proven themselves just now.
_HANDLE_AGAIN = needs(Permission.REQUESTS_HANDLE, fresh=True)
_WRITE_AGAIN = needs(Permission.REQUESTS_WRITE, fresh=True)
_DECIDE = needs(Permission.REQUESTS_DECIDE)
_APPROVE = needs(Permission.APPROVALS_GIVE, fresh=True)
_MOVED = "request-moved"
Reason = Annotated[str, Meta(max_length=4_000)]


class StepTaken(msgspec.Struct, forbid_unknown_fields=True):
    """A step, from the version of the request that was looked at."""

    version: int
    reason: Reason = ""


class _Joined(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    earlier: Annotated[str, Meta(min_length=1, max_length=36)]
    reason: Reason = ""


@console.page("/requests/<uuid:request_id>/steps/<step>", guard=_HANDLE)
def requests_step(request_id: UUID, step: str, errors: FormErrors = NO_ERRORS) -> Response:
    """What a step does, before it does."""
    _ensure_may(step)
    return _shown(request_id, step, errors)


@console.form("/requests/<uuid:request_id>/steps/<step>", guard=_HANDLE, again=requests_step)
def requests_take(request_id: UUID, step: str) -> Response:
    """Take it."""
    _ensure_may(step)
    row, given = dsar.visible(request_id, actor=current_actor()), _read(step)
    with plainly():
        dsar.take(row.id, step, actor=current_actor(), version=given.version, reason=given.reason or None)
    return done(ONE, _MOVED, request_id=request_id)


@console.page("/requests/<uuid:request_id>/withdraw", guard=_WRITE_AGAIN)
def requests_withdraw(request_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """What taking a request back does."""
    return _shown(request_id, "withdraw", errors)


@console.form("/requests/<uuid:request_id>/withdraw", guard=_WRITE_AGAIN, again=requests_withdraw)
def requests_withdrawn(request_id: UUID) -> Response:
    """The person takes it back, and told us so."""
    row, given, actor = dsar.visible(request_id, actor=current_actor()), _read("withdraw"), current_actor()
    with plainly():
        dsar.withdraw(row.id, dsar.role_of(actor), actor=actor, version=given.version, reason=given.reason)
    return done(ONE, _MOVED, request_id=request_id)


@console.page("/requests/<uuid:request_id>/approve", guard=_APPROVE)
def requests_approve(request_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """What a second person agrees to."""
    return _shown(request_id, "approve", errors)


@console.form("/requests/<uuid:request_id>/approve", guard=_APPROVE, again=requests_approve)
def requests_approved(request_id: UUID) -> Response:
    """Agree to what another granted."""
    row, given = dsar.visible(request_id, actor=current_actor()), _read("approve")
    with plainly():
        dsar.approve(row.id, actor=current_actor(), version=given.version, reason=given.reason or None)
    return done(ONE, _MOVED, request_id=request_id)


@console.page("/requests/<uuid:request_id>/answer", guard=_DECIDE)
def requests_answer(request_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """What sending the answer does."""
    return _shown(request_id, "answer", errors)


@console.form("/requests/<uuid:request_id>/answer", guard=_DECIDE, again=requests_answer)
def requests_answered(request_id: UUID) -> Response:
    """End a request that is ready with its answer."""
    row, given = dsar.visible(request_id, actor=current_actor()), _read("answer")
    with plainly():
        dsar.answer(row.id, actor=current_actor(), version=given.version, reason=given.reason or None)
    return done(ONE, _MOVED, request_id=request_id)


@console.page("/requests/<uuid:request_id>/join", guard=_HANDLE_AGAIN)
def requests_join(request_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """What joining does."""
    return _shown(request_id, "join", errors)


@console.form("/requests/<uuid:request_id>/join", guard=_HANDLE_AGAIN, again=requests_join)
def requests_joined(request_id: UUID) -> Response:
    """End this one because the same person asked the same before."""
    actor, given = current_actor(), read_form(_Joined)
    row = dsar.visible(request_id, actor=actor)
    try:
        earlier = dsar.named(given.earlier, actor=actor)
    except NotFound:
        raise InvalidInput.of("earlier", "There is no request of that number.") from None
    with plainly():
        dsar.join(row.id, earlier.id, actor=actor, version=given.version, reason=given.reason or None)
    return done(ONE, _MOVED, request_id=request_id)


def _ensure_may(step: str) -> None:
    """Raise `NotFound` for what is no step here, and `StepUpNeeded` before one that ends or undoes something."""
    if step not in STEPS or step in OWN_PAGES:
        raise NotFound
    if STEPS[step].grave and not current_staff().is_fresh(clock.micros()):
        raise StepUpNeeded


def _read(step: str) -> StepTaken:
    """The form of a step. Raises `InvalidInput` where its reason is missing."""
    given = read_form(StepTaken)
    if STEPS[step].asks is not None and not given.reason:
        raise InvalidInput.of("reason", "Say why.")
    return given


def _shown(request_id: UUID, name: str, errors: FormErrors) -> Response:
    shown = head(request_id)
    possible = name in actions.possible(shown["row"], current_actor())
    return render("requests/step.html", **shown, step=STEPS[name], name=name, can=possible, errors=errors)
