"""Beginning anew, for a colleague who lost every factor: they ask, an administrator who has seen them agrees.

Where there are two other administrators, one asks for it and the other agrees; where there is one alone, the colleague
who asked is the second of two people. Nobody learns from the asking whether an account exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from privacy import clock
from privacy.access import approvals
from privacy.access.approvals import OpenApproval
from privacy.access.failures import RecoveryNeedsTwo, RecoveryNotAsked, SelfGrant
from privacy.access.rights import administrators_lately
from privacy.access.sign_in import accounts, attempts, factors, invitations, members, passwords, sessions, steps
from privacy.access.sign_in.invitations import Invitation
from privacy.access.sign_in.models import StaffRecoveryAsked
from privacy.access.sign_in.sessions import EndedWhy
from privacy.audit import service as audit
from privacy.authz.actors import SERVICE, Actor
from privacy.authz.permissions import Permission
from privacy.db import session

#: What two people agree to.
ACTION = "staff.recover"
#: How long an asking stands.
ASKED_FOR = 7 * clock.DAY


def ask_for_recovery(name: str, network: str | None) -> None:
    """Somebody outside says that they lost everything by which they sign in; the same for a name that nobody has.

    Counts as an attempt of the name. Raises `TooManyAttempts`.
    """
    attempts.begin(name, network)
    staff_id = members.id_of(name)
    if staff_id is not None:
        _note(staff_id)
    audit.record(
        "sign_in.recovery_asked",
        actor=SERVICE,
        object_type="sign_in",
        object_id="unknown" if staff_id is None else str(staff_id),
        content={},
        details={},
    )


def asked_at(staff_id: UUID) -> int | None:
    """Since when a colleague waits to begin anew; None where they do not."""
    row = session().get(StaffRecoveryAsked, staff_id)
    return row.asked_at if row is not None and row.asked_at > clock.micros() - ASKED_FOR else None


def recoveries_asked() -> Mapping[UUID, int]:
    """Who waits to begin anew, and since when."""
    since = clock.micros() - ASKED_FOR
    query = sa.select(StaffRecoveryAsked.staff_id, StaffRecoveryAsked.asked_at).where(
        StaffRecoveryAsked.asked_at > since
    )
    return {row.staff_id: row.asked_at for row in session().execute(query)}


def recovery_needs_two(staff_id: UUID) -> bool:
    """Whether two administrators have to agree that a colleague begins anew: there are two others, or were lately."""
    return len(administrators_lately(clock.micros()) - {staff_id}) >= 2


def recovery_waiting(staff_id: UUID) -> OpenApproval | None:
    """What an administrator asked for a colleague, and another has yet to agree to; None where nothing waits."""
    return approvals.open_approval_of(ACTION, _payload(staff_id))


def request_recovery(staff_id: UUID, *, actor: Actor, reason: str) -> UUID:
    """The first of two administrators asks that a colleague begins anew; returns the approval's id.

    Where it was asked already the answer is the same, and no second one waits: whoever agreed to the first could use
    it alone, once the colleague has begun anew.
    Raises `NotPermitted`, `StaffNotFound`, `StaffOnly`, `SelfGrant` for one's own, `InvalidInput` without a reason.
    """
    actor.require(Permission.STAFF_WRITE)
    _ensure_another(staff_id, actor)
    members.locked(staff_id)
    if (waiting := recovery_waiting(staff_id)) is not None:
        return waiting.id
    return approvals.request_approval(ACTION, _payload(staff_id), actor=actor, reason=reason)


def recover(staff_id: UUID, approval_id: UUID, *, actor: Actor, base_url: str, locale: str = "pl") -> Invitation:
    """The second person agrees: password, factors and sessions go, and the colleague is invited anew.

    Raises the approval's errors, `NotPermitted`, `StaffNotFound`, and `SelfGrant` for one's own.
    """
    actor.require(Permission.STAFF_APPROVE)
    _ensure_another(staff_id, actor)
    approvals.approve(approval_id, ACTION, _payload(staff_id), actor=actor, permission=Permission.STAFF_APPROVE)
    return _begin_anew(staff_id, actor=actor, base_url=base_url, locale=locale)


def recover_alone(staff_id: UUID, *, actor: Actor, base_url: str, locale: str = "pl") -> None:
    """The one administrator agrees to what the colleague asked for at the sign-in; the code goes to their mail alone.

    Anybody may ask in a colleague's name: whoever saw the code too could be both of the two.
    Raises `NotPermitted`, `StaffNotFound`, `SelfGrant`, `RecoveryNotAsked`, and `RecoveryNeedsTwo` where
    `request_recovery` is the way.
    """
    actor.require(Permission.STAFF_WRITE)
    actor.require(Permission.STAFF_APPROVE)
    _ensure_another(staff_id, actor)
    if recovery_needs_two(staff_id):
        raise RecoveryNeedsTwo
    if asked_at(staff_id) is None:
        raise RecoveryNotAsked
    _begin_anew(staff_id, actor=actor, base_url=base_url, locale=locale)


def _begin_anew(staff_id: UUID, *, actor: Actor, base_url: str, locale: str) -> Invitation:
    passwords.forget(staff_id)
    factors.forget(staff_id)
    accounts.forget(staff_id)
    steps.end_all(staff_id)
    session().execute(sa.delete(StaffRecoveryAsked).where(StaffRecoveryAsked.staff_id == staff_id))
    sessions.end_all(staff_id, EndedWhy.RECOVERED, actor=actor)
    members.record("staff.recovered", staff_id, actor)
    return invitations.make(staff_id, actor=actor, base_url=base_url, locale=locale)


def _note(staff_id: UUID) -> None:
    insert = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
    now = clock.micros()
    asked = insert(StaffRecoveryAsked).values(staff_id=staff_id, asked_at=now)
    session().execute(asked.on_conflict_do_update(index_elements=["staff_id"], set_={"asked_at": now}))


def _ensure_another(staff_id: UUID, actor: Actor) -> None:
    if actor.id == staff_id:
        raise SelfGrant
    members.member(staff_id)


def _payload(staff_id: UUID) -> Mapping[str, Any]:
    return {"staff": str(staff_id)}
