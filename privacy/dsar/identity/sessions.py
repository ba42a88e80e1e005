"""A person's own session: for a quarter of an hour they see one request, and fetch what answers it (reliability M6).

It is opened by a code that went to an address on file, or by the controller's own sign-on. What a session may do does
not grow with the request: it is of that request and of no other.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import SERVICE, Actor
from privacy.db import new_id, savepoint, session
from privacy.dsar import cases
from privacy.dsar.execution import course
from privacy.dsar.execution.course import SystemOutcome
from privacy.dsar.failures import NotThatPerson, RequestNotFound
from privacy.dsar.identity import codes, identifying
from privacy.dsar.identity.models import RequestSession
from privacy.dsar.models import DataSubjectRequest, RequestStep
from privacy.dsar.package import packages
from privacy.dsar.package.packages import PackageView
from privacy.dsar.vocabulary import CaseType, Event, ProofLevel, Role, State
from privacy.dsar.workflow import NotPossible
from privacy.erasure import service as erasure
from privacy.erasure.service import SeveralPeople
from privacy.errors import InvalidInput, NotAuthenticated, NotFound, NotPermitted
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming

LASTS = 900 * clock.SECOND
#: For secret scanners: what a token begins with.
PREFIX = "prs_"
_TOKEN = re.compile(r"prs_[A-Za-z0-9_-]{43}")
_KNOWN_AS = {State.RECEIVED, State.IDENTIFYING}
#: After these it is open anew who the person is: whoever had a session opens another.
_ANEW = (Event.IDENTIFY.value, Event.DOUBT_IDENTITY.value, Event.REOPEN.value)
_AT_ONCE = 200


@dataclass(frozen=True)
class Opened:
    """A session that was opened: the token is shown now and never again."""

    token: str = field(repr=False)
    expires_at: int


@dataclass(frozen=True)
class Own:
    """What a token opens."""

    request_id: UUID
    proof: ProofLevel


@dataclass(frozen=True)
class OwnView:
    """A request as its person sees it: its course, what came of it in each system, the package."""

    row: DataSubjectRequest
    steps: Sequence[RequestStep]
    outcomes: Sequence[SystemOutcome]
    package: PackageView | None


def open_by_code(request_id: UUID, code: str) -> Opened | None:
    """Open a session by a code, in the open unit of work; None where it is wrong, which the caller commits too.

    Whoever has the code is the person: a request that waits for no surer proof is identified by it.
    """
    now = clock.micros()
    try:
        row = cases.lock(request_id)
    except RequestNotFound:
        return None
    used = codes.redeem(row, code, now)
    if used is None:
        return None
    if used.subject_id is None:  # The person was erased since, and reads what was done for as long as the file is kept.
        return open_session(row, ProofLevel.CONTROL, SERVICE) if cases.lost_its_person(row) else None
    holder = used.subject_id
    _identify(row, ProofLevel.CONTROL, holder)
    row = cases.lock(request_id)
    if row.subject_id is not None and holder not in subjects.natural_person(row.subject_id):
        return None
    return open_session(row, ProofLevel.CONTROL, SERVICE)


def open_by_sign_on(request_id: UUID, account: Naming, *, actor: Actor) -> Opened:
    """Open a session because a client of the controller has signed the person in, in the open unit of work.

    The client vouches for it. Raises `NotPermitted` where it sent the request for the person, `NotThatPerson` where the
    account is not that of the request's person, `NotFound`, `SeveralPeople`, `RequestNotFound`.
    """
    row = cases.lock(request_id)
    identifying.ensure_not_its_sender(row, actor)
    if not account.by_account:
        raise InvalidInput.of("subject", "Name the account that signed in, by its identifier.")
    if account.realm.value != row.realm:
        raise RequestNotFound
    holder = erasure.the_one(account, actor=actor)
    if identifying.names_another(row, holder, actor):
        raise NotThatPerson  # Else somebody's request, and what they wrote in it, would become the other's.
    _identify(row, ProofLevel.ACCOUNT, holder, account, actor)
    row = cases.lock(request_id)
    if row.subject_id is None or holder not in subjects.natural_person(row.subject_id):
        raise NotThatPerson
    return open_session(row, ProofLevel.ACCOUNT, actor)


def own(token: str, request_id: UUID) -> Own:
    """What a token opens; raises `NotAuthenticated` for one that is unknown, too old, or of another request.

    It is too old, too, where the person was identified after it, or the identification was taken back.
    """
    if not _TOKEN.fullmatch(token):
        raise NotAuthenticated
    query = sa.select(RequestSession).where(RequestSession.token_sha256 == _digest(token))
    found = session().scalar(query.execution_options(populate_existing=True))
    if found is None or found.request_id != request_id or found.expires_at <= clock.micros() or _is_open_anew(found):
        raise NotAuthenticated
    return Own(found.request_id, ProofLevel(found.proof))


def own_view(mine: Own) -> OwnView:
    """The request as its person sees it."""
    row = cases.read(mine.request_id)
    steps = cases.steps_of(row.id)
    return OwnView(row, steps, course.outcomes(row.id), packages.newest(row.id))


def begin_fetch(mine: Own) -> PackageView:
    """Count one download of the package by its person, in the open unit of work.

    Where the programme wants a sign-in for such requests, a code alone does not open the package (reliability M4).
    Raises `NotPermitted` then, and what `packages.begin_fetch` raises.
    """
    wanted = cases.rule_of(cases.read(mine.request_id)).proof
    if wanted is ProofLevel.ACCOUNT and mine.proof is not ProofLevel.ACCOUNT:
        raise NotPermitted("Sign in to your account to fetch this package.")
    return packages.begin_fetch(mine.request_id, actor=SERVICE)


def delete_ended(now: int, *, actor: Actor) -> int:
    """Delete sessions that are over, some at a time, in the open unit of work; returns how many."""
    query = sa.select(RequestSession.id).where(RequestSession.expires_at <= now).order_by(RequestSession.expires_at)
    ids = session().scalars(query.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
    if ids:
        gone = sa.delete(RequestSession).where(RequestSession.id.in_(ids))
        session().execute(gone.execution_options(synchronize_session=False))
        audit.record(
            "request_sessions.deleted",
            actor=actor,
            object_type="request_session",
            object_id=ids[0],
            content={"sessions": [str(one) for one in ids]},
            details={"count": len(ids)},
        )
    return len(ids)


def _identify(
    row: DataSubjectRequest, proof: ProofLevel, holder: UUID, subject: Naming | None = None, actor: Actor = SERVICE
) -> None:
    """Identify the person, where the request waits for that and no more is wanted; else leave it as it is.

    `holder`: whose proof it is. What the request names may lead to somebody else by now, who has proven nothing.
    """
    if State(row.state) not in _KNOWN_AS or not CaseType(row.case_type).of_a_person:
        return
    if proof is ProofLevel.CONTROL and _was_doubted(row):
        return  # Whoever reads the mailbox was doubted: the same mailbox is no answer to that.
    with contextlib.suppress(NotPossible, SeveralPeople, InvalidInput, NotFound, NotThatPerson), savepoint():
        identifying.identify(row, proof, Role.PERSON, actor=actor, subject=subject)
        if row.subject_id is None or holder not in subjects.natural_person(row.subject_id):
            raise NotThatPerson


def open_session(row: DataSubjectRequest, proof: ProofLevel, actor: Actor) -> Opened:
    """Open a session of a locked request for whoever has proven to be its person, in the open unit of work."""
    now = clock.micros()
    token = PREFIX + secrets.token_urlsafe(32)
    made = RequestSession(
        id=new_id(),
        request_id=row.id,
        proof=proof.value,
        token_sha256=_digest(token),
        opened_at=now,
        expires_at=now + LASTS,
    )
    session().add(made)
    audit.record(
        "request_session.opened",
        actor=actor,
        object_type="request_session",
        object_id=made.id,
        content={"id": str(made.id), "request": str(row.id), "proof": proof.value, "expires_at": made.expires_at},
        details={"number": row.number, "proof": proof.value},
    )
    return Opened(token, made.expires_at)


def _is_open_anew(found: RequestSession) -> bool:
    later = sa.select(RequestStep.id).where(
        RequestStep.request_id == found.request_id, RequestStep.event.in_(_ANEW), RequestStep.at > found.opened_at
    )
    return session().scalars(later.limit(1)).first() is not None


def _was_doubted(row: DataSubjectRequest) -> bool:
    return any(step.event == Event.DOUBT_IDENTITY for step in cases.steps_of(row.id))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
