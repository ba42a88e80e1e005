"""The first sign-in: a code, a password of one's own, and an app that shows its first code; or an account elsewhere."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.access.failures import OperatorOnly, SelfGrant
from privacy.access.models import Staff
from privacy.access.sign_in import accounts, attempts, factors, members, passwords, sessions, steps
from privacy.access.sign_in.accounts import Account
from privacy.access.sign_in.attempts import Attempt
from privacy.access.sign_in.models import StaffInvitation
from privacy.access.sign_in.sessions import EndedWhy, OpenedSession, Way
from privacy.access.sign_in.steps import StepKind
from privacy.authz.actors import Actor, ActorKind, Realm
from privacy.authz.permissions import Permission
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import new_id, session
from privacy.outbox import service as outbox

#: How long a code with which somebody begins is good.
INVITED_FOR = 72 * 60 * clock.MINUTE
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
    own. Who signs in already needs `recover`, which takes two: `OperatorOnly` says so.
    """
    actor.require(Permission.STAFF_WRITE)
    if actor.id == staff_id:
        raise SelfGrant
    members.locked(staff_id)
    if actor.kind is not ActorKind.OPERATOR and signs_in(staff_id):
        raise OperatorOnly("This colleague signs in already: ask for a recovery, to which another person agrees.")
    return make(staff_id, actor=actor, base_url=base_url, locale=locale)


def link_account(staff_id: UUID, account: Account, *, actor: Actor) -> None:
    """Link an account for a new colleague, who then signs in by it from the first day; a code that waits is void.

    Raises `NotPermitted`, `StaffNotFound`, `AccountTaken`, `InvalidInput`, `SelfGrant` for one's own, and
    `OperatorOnly` for one who signs in already: whoever could link accounts to others could sign in as them. So could
    whoever has seen a code that stayed good beside the account.
    """
    actor.require(Permission.STAFF_WRITE)
    if actor.id == staff_id:
        raise SelfGrant
    members.locked(staff_id)
    if actor.kind is not ActorKind.OPERATOR and signs_in(staff_id):
        raise OperatorOnly("This colleague signs in already, and links an account on their own page.")
    accounts.link(staff_id, account, actor=actor)
    take_back(staff_id)


def signs_in(staff_id: UUID) -> bool:
    """Whether a member of staff has anything by which they sign in."""
    return bool(factors.factors(staff_id) or accounts.accounts_of(staff_id))


def is_invited(staff_id: UUID) -> bool:
    """Whether an invitation of a member of staff waits to be used."""
    waiting = sa.select(StaffInvitation.id).where(StaffInvitation.staff_id == staff_id, *_good())
    return session().scalar(waiting.limit(1)) is not None


def begin_invitation(name: str, password: str, network: str | None) -> Attempt:
    """Count an attempt with an invitation; what the password becomes is worked out after it, outside any transaction.

    Raises `TooManyAttempts`, and `InvalidInput` for a password that is no good, which tells nothing about the name.
    """
    passwords.ensure_good(password, name)
    return attempts.begin(name, network)


def give_invitation(attempt: Attempt, name: str, code: str, phc: str) -> str | None:
    """Begin with an invitation and a chosen password, as `hash_password` made it; the token of `enrolling`.

    None where the code is not right.
    """
    row = session().scalar(
        sa.select(StaffInvitation)
        .join(Staff, Staff.id == StaffInvitation.staff_id)
        .where(StaffInvitation.code_sha256 == _sha256(code), Staff.name == name, Staff.disabled_at.is_(None), *_good())
    )
    if row is None:
        members.failed(members.id_of(name), "invitation")
        return None
    attempts.passed(attempt)
    kept = {"invitation": str(row.id), "phc": phc, "secret": b64encode(factors.new_secret()).decode()}
    return steps.begin(StepKind.ENROL, row.staff_id, kept)


def enrolling(token: str | None) -> Enrolling | None:
    """Who is about to show that their app works; None where nobody is."""
    step = steps.look(token, StepKind.ENROL)
    if step is None or step.staff_id is None:
        return None
    return Enrolling(members.member(step.staff_id).name, b64decode(step.kept["secret"]))


def enrol(token: str, code: str, label: str, browser: str) -> Enrolled | None:
    """Finish with the app's first code: password, factor and recovery codes are there, and a session is open.

    None where the code is wrong or the step over. A wrong code counts as an attempt of the name.
    """
    step = steps.look(token, StepKind.ENROL)
    if step is None or step.staff_id is None:
        return None
    who = members.locked(step.staff_id)
    attempt = attempts.begin(who.name, None)
    secret = b64decode(step.kept["secret"])
    at = factors.step_of(secret, code)
    if at is None or not _use(UUID(step.kept["invitation"])):
        members.failed(who.id, "factor")
        return None
    attempts.succeeded(attempt)
    steps.end(token)
    actor = members.as_actor(who)
    passwords.put(who.id, step.kept["phc"])
    factors.forget(who.id)
    factors.add_totp(who.id, secret, label, step=at, actor=actor)
    codes = factors.make_recovery_codes(who.id, actor=actor)
    sessions.end_all(who.id, EndedWhy.PASSWORD_CHANGED, actor=actor)
    return Enrolled(sessions.open_session(who.id, Way.PASSWORD, browser, actor=actor), codes)


def make(staff_id: UUID, *, actor: Actor, base_url: str, locale: str) -> Invitation:
    """A new code, in the open unit of work of whoever has made sure that the actor may."""
    who = members.member(staff_id)
    now = clock.micros()
    take_back(staff_id)
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
    members.record("staff.invited", staff_id, actor)
    key = load_owner_key(session(), keyring.installed(), staff_id)
    address = load_owner_key(session(), keyring.installed(), staff_id, who.key_version).open(
        "staff", "email_enc", staff_id, who.email_enc
    )
    values = {"NAME": who.name, "CODE": code, "ADDRESS": f"{base_url}/console/begin"}
    outbox.enqueue(
        outbox.Message("staff_invitation", locale, values),
        key=key,
        to=address.decode(),
        cause=row.id,
        not_after=row.expires_at,
        realm=Realm.LIVE,
    )
    return Invitation(who.name, row.expires_at, code)


def take_back(staff_id: UUID) -> None:
    """Make every code that waits worthless, in the open unit of work of what tells of it."""
    waiting = sa.update(StaffInvitation).where(StaffInvitation.staff_id == staff_id, *_good())
    session().execute(waiting.values(used_at=clock.micros()))


def _good() -> tuple[sa.ColumnElement[bool], ...]:
    return StaffInvitation.used_at.is_(None), StaffInvitation.expires_at > clock.micros()


def _use(invitation_id: UUID) -> bool:
    used = session().execute(
        sa.update(StaffInvitation).where(StaffInvitation.id == invitation_id, *_good()).values(used_at=clock.micros())
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]  # of a statement that returns no rows


def _sha256(code: str) -> bytes:
    return hashlib.sha256("".join(code.upper().split()).replace("-", "").encode()).digest()
