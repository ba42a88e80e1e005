"""Signing in, step by step: a password or an invitation, then a second factor, then a session.

Every answer to somebody who is not inside yet is the same and costs the same, whether or not the name exists. What
failed returns None instead of raising, so that the attempt stays counted in the caller's unit of work.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.access import approvals
from privacy.access.failures import OperatorOnly, SelfGrant, StaffNotFound, WrongFactor
from privacy.access.models import Staff
from privacy.access.sign_in import attempts, factors, passwords, sessions, steps
from privacy.access.sign_in.factors import (
    FactorFacts,
    FactorKind,
    address_for_app,
    make_recovery_codes,
    recovery_codes_left,
)
from privacy.access.sign_in.models import StaffInvitation
from privacy.access.sign_in.sessions import (
    EndedWhy,
    ListedSession,
    OpenedSession,
    StaffSessionFacts,
    Way,
    browser_of,
    end_all,
    end_session,
    is_to_be_noted,
    note_use,
    session_of,
)
from privacy.access.sign_in.steps import StepKind
from privacy.audit import service as audit
from privacy.authz.actors import SERVICE, Actor, ActorKind, Realm
from privacy.authz.permissions import Permission
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import new_id, session
from privacy.outbox import service as outbox

__all__ = [
    "EndedWhy",
    "FactorFacts",
    "FactorKind",
    "Invitation",
    "ListedSession",
    "OpenedSession",
    "StaffSessionFacts",
    "Way",
    "add_app",
    "address_for_app",
    "begin_app",
    "browser_of",
    "change_password",
    "end_all",
    "end_others",
    "end_session",
    "enrol",
    "enrolling",
    "factors_of",
    "give_factor",
    "give_invitation",
    "give_password",
    "invite",
    "is_invited",
    "is_to_be_noted",
    "make_recovery_codes",
    "note_use",
    "prove_again",
    "recover",
    "recovery_codes_left",
    "remove_factor",
    "request_recovery",
    "session_of",
    "sessions_of",
]

#: How long a code with which somebody begins is good.
INVITED_FOR = 72 * 60 * clock.MINUTE
_RECOVERY = "staff.recover"
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True)
class Invitation:
    """A code for a first password and factor, which nobody can see again."""

    name: str
    expires_at: int
    code: str = field(repr=False)


@dataclass(frozen=True)
class Enrolling:
    """Somebody who has chosen a password and is to show that their app works."""

    name: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Enrolled:
    """Somebody who is inside for the first time, with the codes for when the app is lost."""

    opened: OpenedSession
    recovery_codes: list[str] = field(repr=False)


def invite(staff_id: UUID, *, actor: Actor, base_url: str, locale: str = "pl") -> Invitation:
    """A new code with which a member of staff sets a password and a first factor; earlier ones are void.

    It goes by mail to their work address as well. Raises `NotPermitted`, `StaffNotFound`, and `SelfGrant` for one's
    own. Who has a factor already needs `recover`, which takes two: `OperatorOnly` says so.
    """
    actor.require(Permission.STAFF_WRITE)
    if actor.id == staff_id:
        raise SelfGrant
    if actor.kind is not ActorKind.OPERATOR and factors.factors(staff_id):
        raise OperatorOnly("This colleague signs in already: ask for a recovery, to which another person agrees.")
    return _invite(staff_id, actor=actor, base_url=base_url, locale=locale)


def is_invited(staff_id: UUID) -> bool:
    """Whether an invitation of a member of staff waits to be used."""
    waiting = sa.select(StaffInvitation.id).where(StaffInvitation.staff_id == staff_id, *_good())
    return session().scalar(waiting.limit(1)) is not None


def request_recovery(staff_id: UUID, *, actor: Actor, reason: str) -> UUID:
    """The first of two people asks that a colleague who lost every factor begins anew; returns the approval's id."""
    actor.require(Permission.STAFF_WRITE)
    _member(staff_id)
    return approvals.request_approval(_RECOVERY, {"staff": str(staff_id)}, actor=actor, reason=reason)


def recover(staff_id: UUID, approval_id: UUID, *, actor: Actor, base_url: str, locale: str = "pl") -> Invitation:
    """The second person agrees: password, factors and sessions go, and the colleague is invited anew.

    Raises the approval's errors, `NotPermitted`, `StaffNotFound`, and `SelfGrant` for one's own.
    """
    actor.require(Permission.STAFF_APPROVE)
    if actor.id == staff_id:
        raise SelfGrant
    approvals.approve(
        approval_id, _RECOVERY, {"staff": str(staff_id)}, actor=actor, permission=Permission.STAFF_APPROVE
    )
    passwords.forget(staff_id)
    factors.forget(staff_id)
    steps.end_all(staff_id)
    sessions.end_all(staff_id, EndedWhy.RECOVERED, actor=actor)
    return _invite(staff_id, actor=actor, base_url=base_url, locale=locale)


def give_invitation(name: str, code: str, password: str, network: str | None) -> str | None:
    """Begin with an invitation and a chosen password; returns the token of `enrolling`, None where it is not right.

    Raises `TooManyAttempts`, and `InvalidInput` for a password that is no good, which tells nothing about the name.
    """
    passwords.ensure_good(password, name)
    attempt = attempts.begin(name, network)
    phc = passwords.hashed(password)  # Whether or not the code is right: it costs the same.
    row = session().scalar(
        sa.select(StaffInvitation)
        .join(Staff, Staff.id == StaffInvitation.staff_id)
        .where(StaffInvitation.code_sha256 == _sha256(code), Staff.name == name, Staff.disabled_at.is_(None), *_good())
    )
    if row is None:
        _failed(_staff_id(name), "invitation")
        return None
    attempts.passed(attempt)
    kept = {"invitation": str(row.id), "phc": phc, "secret": b64encode(factors.new_secret()).decode()}
    return steps.begin(StepKind.ENROL, row.staff_id, kept)


def enrolling(token: str | None) -> Enrolling | None:
    """Who is about to show that their app works; None where nobody is."""
    step = steps.look(token, StepKind.ENROL)
    if step is None or step.staff_id is None:
        return None
    return Enrolling(_member(step.staff_id).name, b64decode(step.kept["secret"]))


def enrol(token: str, code: str, label: str, browser: str) -> Enrolled | None:
    """Finish with the app's first code: password, factor and recovery codes are there, and a session is open.

    None where the code is wrong or the step over. A wrong code counts as an attempt of the name.
    """
    step = steps.look(token, StepKind.ENROL)
    if step is None or step.staff_id is None:
        return None
    member = _member(step.staff_id)
    attempt = attempts.begin(member.name, None)
    secret = b64decode(step.kept["secret"])
    at = factors.step_of(secret, code)
    if at is None or not _use(UUID(step.kept["invitation"])):
        _failed(member.id, "factor")
        return None
    attempts.succeeded(attempt)
    steps.end(token)
    actor = _as(member)
    passwords.put(member.id, step.kept["phc"])
    factors.forget(member.id)
    factors.add_totp(member.id, secret, label, step=at, actor=actor)
    codes = factors.make_recovery_codes(member.id, actor=actor)
    sessions.end_all(member.id, EndedWhy.PASSWORD_CHANGED, actor=actor)
    return Enrolled(sessions.open_session(member.id, Way.PASSWORD, browser, actor=actor), codes)


def give_password(name: str, password: str, network: str | None) -> str | None:
    """The first step with name and password; returns the token of the next step, None where they are not right.

    Raises `TooManyAttempts`.
    """
    attempt = attempts.begin(name, network)
    staff_id = _staff_id(name)
    if not passwords.is_right(staff_id, password):
        _failed(staff_id, "password")
        return None
    attempts.passed(attempt)
    return steps.begin(StepKind.FACTOR, staff_id, {})


def give_factor(token: str, code: str, browser: str, network: str | None) -> OpenedSession | None:
    """The second step, with a code of the app or a recovery code; None where it is not right, or too late.

    The step stays for another try, as often as the name may try at all. Raises `TooManyAttempts`.
    """
    step = steps.look(token, StepKind.FACTOR)
    if step is None or step.staff_id is None:
        return None
    member = _member(step.staff_id)
    attempt = attempts.begin(member.name, network)
    actor = _as(member)
    if not (factors.take_code(member.id, code) or factors.take_recovery_code(member.id, code, actor=actor)):
        _failed(member.id, "factor")
        return None
    if not steps.end(token):
        return None
    attempts.succeeded(attempt)
    return sessions.open_session(member.id, Way.PASSWORD, browser, actor=actor)


def prove_again(found: StaffSessionFacts, code: str, network: str | None) -> OpenedSession | None:
    """Somebody inside gives a code once more: a new token for the session, fresh for some minutes. None: it is wrong.

    Raises `TooManyAttempts`.
    """
    attempt = attempts.begin(found.name, network)
    if not factors.take_code(found.staff_id, code):
        _failed(found.staff_id, "factor")
        return None
    attempts.succeeded(attempt)
    return sessions.renew(found.id, Way.PASSWORD, actor=found.actor)


def change_password(found: StaffSessionFacts, old: str, new: str, network: str | None) -> bool:
    """Change one's own password; every other session ends. False where the old one is wrong.

    Raises `TooManyAttempts`, `InvalidInput` for a new one that is no good.
    """
    passwords.ensure_good(new, found.name, field="new")
    attempt = attempts.begin(found.name, network)
    if not passwords.is_right(found.staff_id, old):
        _failed(found.staff_id, "password")
        return False
    attempts.succeeded(attempt)
    passwords.put(found.staff_id, passwords.hashed(new))
    _record("staff_password.changed", found.staff_id, found.actor)
    steps.end_all(found.staff_id)
    sessions.end_all(found.staff_id, EndedWhy.PASSWORD_CHANGED, actor=found.actor, but=found.id)
    return True


def begin_app(found: StaffSessionFacts) -> tuple[str, bytes]:
    """Somebody inside begins to add another app: the token of the step, and the app's secret."""
    secret = factors.new_secret()
    return steps.begin(StepKind.NEW_TOTP, found.staff_id, {"secret": b64encode(secret).decode()}), secret


def add_app(found: StaffSessionFacts, token: str | None, code: str, label: str) -> None:
    """Finish with the new app's first code; every other session ends. Raises `WrongFactor`."""
    step = steps.look(token, StepKind.NEW_TOTP)
    if token is None or step is None or step.staff_id != found.staff_id:
        raise WrongFactor
    secret = b64decode(step.kept["secret"])
    at = factors.step_of(secret, code)
    if at is None or not steps.end(token):
        raise WrongFactor
    factors.add_totp(found.staff_id, secret, label, step=at, actor=found.actor)
    sessions.end_all(found.staff_id, EndedWhy.FACTORS_CHANGED, actor=found.actor, but=found.id)


def remove_factor(found: StaffSessionFacts, factor_id: UUID) -> None:
    """Remove one of one's own factors; every other session ends. Raises `FactorNotFound`, `LastFactor`."""
    factors.remove_factor(found.staff_id, factor_id, actor=found.actor)
    sessions.end_all(found.staff_id, EndedWhy.FACTORS_CHANGED, actor=found.actor, but=found.id)


def end_others(found: StaffSessionFacts) -> int:
    """End every session of one's own but this one; says how many."""
    return sessions.end_all(found.staff_id, EndedWhy.ENDED, actor=found.actor, but=found.id)


def factors_of(staff_id: UUID) -> list[FactorFacts]:
    """The factors of a member of staff."""
    return list(factors.factors(staff_id))


def sessions_of(staff_id: UUID) -> list[ListedSession]:
    """The sessions of a member of staff that are alive, the newest first."""
    return list(sessions.sessions(staff_id))


def _invite(staff_id: UUID, *, actor: Actor, base_url: str, locale: str) -> Invitation:
    member = _member(staff_id)
    now = clock.micros()
    session().execute(
        sa.update(StaffInvitation).where(StaffInvitation.staff_id == staff_id, *_good()).values(used_at=now)
    )
    code = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(6))
    row = StaffInvitation(
        id=new_id(),
        staff_id=staff_id,
        code_sha256=_sha256(code),
        made_by=actor.id,
        made_at=now,
        expires_at=now + INVITED_FOR,
        used_at=None,
    )
    session().add(row)
    _record("staff.invited", staff_id, actor)
    key = load_owner_key(session(), keyring.installed(), staff_id)
    address = load_owner_key(session(), keyring.installed(), staff_id, member.key_version).open(
        "staff", "email_enc", staff_id, member.email_enc
    )
    values = {"NAME": member.name, "CODE": code, "ADDRESS": f"{base_url}/console/begin"}
    outbox.enqueue(
        outbox.Message("staff_invitation", locale, values),
        key=key,
        to=address.decode(),
        cause=row.id,
        not_after=row.expires_at,
        realm=Realm.LIVE,
    )
    return Invitation(member.name, row.expires_at, code)


def _good() -> tuple[sa.ColumnElement[bool], ...]:
    return StaffInvitation.used_at.is_(None), StaffInvitation.expires_at > clock.micros()


def _use(invitation_id: UUID) -> bool:
    used = session().execute(
        sa.update(StaffInvitation).where(StaffInvitation.id == invitation_id, *_good()).values(used_at=clock.micros())
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]  # of a statement that returns no rows


def _member(staff_id: UUID) -> Staff:
    row = session().get(Staff, staff_id)
    if row is None or row.disabled_at is not None:
        raise StaffNotFound
    return row


def _staff_id(name: str) -> UUID | None:
    found: UUID | None = session().scalar(sa.select(Staff.id).where(Staff.name == name, Staff.disabled_at.is_(None)))
    return found


def _as(member: Staff) -> Actor:
    """Whoever signs in, before they may do anything."""
    return Actor(ActorKind.STAFF, member.id, member.name, frozenset())


def _sha256(code: str) -> bytes:
    return hashlib.sha256("".join(code.upper().split()).replace("-", "").encode()).digest()


def _failed(staff_id: UUID | None, at: str) -> None:
    """An event for each failure: of a name that nobody has too, or its cost would tell which names exist."""
    told = {"at": at}
    object_id = "unknown" if staff_id is None else str(staff_id)
    audit.record(
        "sign_in.failed", actor=SERVICE, object_type="sign_in", object_id=object_id, content=told, details=told
    )


def _record(action: str, staff_id: UUID, actor: Actor) -> None:
    audit.record(action, actor=actor, object_type="staff_sign_in", object_id=staff_id, content={}, details={})
