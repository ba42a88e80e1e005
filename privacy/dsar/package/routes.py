"""A person's own session, their package, and its review by staff. Staff review items; the package is the person's."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, stream_with_context

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.db import end_read, unit_of_work
from privacy.dsar import deciding, views
from privacy.dsar.execution.course import SystemOutcome
from privacy.dsar.execution.tasks import OWN_SYSTEM
from privacy.dsar.failures import WrongRequestCode
from privacy.dsar.identity import codes, sessions
from privacy.dsar.identity.sessions import Opened, Own, OwnView
from privacy.dsar.package import packages
from privacy.dsar.package.packages import MEDIA_TYPE, PackageView
from privacy.dsar.package.schemas import (
    AccountIn,
    CodeAskedOut,
    CodeIn,
    OwnFateOut,
    OwnRequestOut,
    OwnStepOut,
    OwnSystemOut,
    PackageOut,
    ReviewDecidedOut,
    ReviewDecisionIn,
    ReviewItemOut,
    ReviewOut,
    SessionOut,
    StopIn,
    StoppedOut,
)
from privacy.dsar.vocabulary import CaseType, Outcome, State, TaskState
from privacy.http.auth import bearer_key, current_actor, public, require
from privacy.http.blueprint import Blueprint
from privacy.http.sources import few
from privacy.http.unit import writes
from privacy.legal_time import days
from privacy.programme import service as programmes
from privacy.programme.types import Programme
from privacy.subjects import service as subjects

own_requests = Blueprint(
    "own_requests",
    __name__,
    url_prefix="/api/v1/requests",
    description="A person's own view of a request by a one-time code, the package, and its review.",
)

_ASKED = CodeAskedOut("If the request is known, a code goes to the address that we hold for the person.")
_NEVER_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@own_requests.post("/<uuid:request_id>/code")
@public
@few
@writes
@own_requests.answers(202, CodeAskedOut)
@own_requests.problems(429)
def ask_code(request_id: UUID) -> CodeAskedOut:
    """Ask for a one-time code to the address on file. The answer is the same whatever is known of the request."""
    codes.ask(request_id)
    return _ASKED


@own_requests.post("/<uuid:request_id>/session")
@public
@few
@own_requests.body(CodeIn)
@own_requests.answers(201, SessionOut)
@own_requests.problems(401, 429)
def open_session(body: CodeIn, request_id: UUID) -> SessionOut:
    """Open the person's own session with the code; its token is the bearer of what follows, for this request only."""
    with unit_of_work():
        opened = sessions.open_by_code(request_id, body.code)
    if opened is None:
        raise WrongRequestCode
    return _session(opened)


@own_requests.post("/stop")
@public
@few
@own_requests.body(StopIn)
@writes
@own_requests.answers(200, StoppedOut)
@own_requests.problems(401, 429)
def stop(body: StopIn) -> StoppedOut:
    """Stop an erasure that has not begun, by the reference and the code of the letter to every contact on file."""
    return StoppedOut(State(deciding.stop(body.number, body.code).state))


@own_requests.post("/<uuid:request_id>/sign-on")
@require(Permission.REQUESTS_IDENTIFY)
@own_requests.body(AccountIn)
@own_requests.answers(201, SessionOut)
@own_requests.problems(404, 409)
def sign_on(body: AccountIn, request_id: UUID) -> SessionOut:
    """Open the person's own session because your sign-on knows them: you vouch that this account asks."""
    actor = current_actor()
    account = subjects.name_of(programmes.current(), actor, body.subject)
    with unit_of_work():
        opened = sessions.open_by_sign_on(request_id, account, actor=actor)
    return _session(opened)


@own_requests.get("/<uuid:request_id>/own")
@public
@own_requests.answers(200, OwnRequestOut)
@own_requests.problems(401)
def own(request_id: UUID) -> OwnRequestOut:
    """The request as its person sees it, with the bearer of their session: its course, and what came of it where."""
    return _own(sessions.own_view(_mine(request_id)), programmes.current())


@own_requests.get("/<uuid:request_id>/package")
@public
@own_requests.gives_file(MEDIA_TYPE, "The archive; `privacy-verify` verifies it.")
@own_requests.problems(401, 403, 404, 409)
def package(request_id: UUID) -> Response:
    """Fetch the package with the bearer of the person's own session; counted, and capped."""
    mine = _mine(request_id)
    end_read()
    if request.method == "HEAD":
        return Response(content_type=MEDIA_TYPE, headers=_NEVER_KEPT)
    with unit_of_work():
        fetched = sessions.begin_fetch(mine)
    response = Response(stream_with_context(packages.parts(fetched.id)), content_type=MEDIA_TYPE, headers=_NEVER_KEPT)
    response.headers["Content-Disposition"] = 'attachment; filename="package.zip"'
    response.content_length = fetched.size
    return response


@own_requests.post("/<uuid:request_id>/review/open")
@require(Permission.REQUESTS_SEARCH)
@writes
@own_requests.answers(200, ReviewOut)
@own_requests.problems(404)
def open_review(request_id: UUID) -> ReviewOut:
    """What in the package is about somebody else too, with the values. That somebody read it is in the log."""
    row = views.visible(request_id, actor=current_actor())
    seen = packages.review(row.id, actor=current_actor())
    items = [
        ReviewItemOut(one.ref, one.system, one.place, one.path, one.row, list(one.values), one.why, one.verdict)
        for one in seen.items
    ]
    return ReviewOut(seen.undecided, items)


@own_requests.post("/<uuid:request_id>/review/decide")
@require(Permission.REQUESTS_HANDLE)
@own_requests.body(ReviewDecisionIn)
@writes
@own_requests.answers(200, ReviewDecidedOut)
@own_requests.problems(404)
def decide_review(body: ReviewDecisionIn, request_id: UUID) -> ReviewDecidedOut:
    """Keep or leave out items of the review, with the reason (Art. 15(4), 20(4))."""
    actor = current_actor()
    row = views.visible(request_id, actor=actor)
    decided = packages.decide(row.id, body.items, body.verdict, reason=body.reason, actor=actor, version=body.version)
    return ReviewDecidedOut(decided)


def _mine(request_id: UUID) -> Own:
    return sessions.own(bearer_key(request.headers.get("Authorization")), request_id)


def _session(opened: Opened) -> SessionOut:
    return SessionOut(opened.token, clock.isoformat(opened.expires_at))


def _own(seen: OwnView, programme: Programme) -> OwnRequestOut:
    row = seen.row
    return OwnRequestOut(
        number=row.number,
        type=CaseType(row.case_type),
        state=State(row.state),
        outcome=Outcome(row.outcome) if row.outcome else None,
        received_at=clock.isoformat(row.received_at),
        due_on=days.named(row.due_on).isoformat(),
        steps=[OwnStepOut(one.event, State(one.to_state), clock.isoformat(one.at)) for one in seen.steps],
        systems=[_system(one, programme, row.locale) for one in seen.outcomes],
        package=_package(seen.package) if seen.package else None,
    )


def _system(one: SystemOutcome, programme: Programme, locale: str) -> OwnSystemOut:
    known = programme.systems.get(one.system)
    names = known.names if known else {}
    name = names.get(locale.partition("-")[0]) or next(iter(names.values()), one.system)
    fates = [OwnFateOut(fate.table, fate.field, fate.strategy, fate.until, fate.statute) for fate in one.fates]
    done_at = clock.isoformat(one.done_at) if one.done_at is not None else None
    state = TaskState(one.state)
    reason = None if one.system == OWN_SYSTEM else one.reason
    return OwnSystemOut(one.system, name, state, one.found, one.deleted, one.changed, done_at, fates, reason)


def _package(one: PackageView) -> PackageOut:
    there = not one.gone and one.expires_at > clock.micros() and one.downloads < one.most_downloads
    made_at, expires_at = clock.isoformat(one.made_at), clock.isoformat(one.expires_at)
    return PackageOut(made_at, expires_at, one.size, one.downloads, one.most_downloads, there)
