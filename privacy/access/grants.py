"""Grants: who may act in which role, for which controller, from when and until when (Art. 29, 32(4)).

Each is an authorisation with a number, given by somebody else. What decides about others, or lets others decide, is
given by two once there are two administrators; the operator of the server may do it alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.access import approvals
from privacy.access.audited import record_holder
from privacy.access.failures import (
    GrantEnded,
    GrantNeedsTwo,
    GrantNotFound,
    LastAdministrator,
    RolesConflict,
    SelfGrant,
    StaffNotFound,
)
from privacy.access.models import Staff, StaffGrant
from privacy.access.rights import EVERY_CONTROLLER, administrators, administrators_lately
from privacy.access.sign_in import sessions
from privacy.access.sign_in.sessions import EndedWhy
from privacy.authz.actors import SERVICE_ID, Actor, ActorKind
from privacy.authz.permissions import Permission
from privacy.authz.roles import GRAVE, NOT_BESIDE_DPO, TAKEN_ON_AS, StaffRole
from privacy.crypto import keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, load_owner_key
from privacy.db import new_id, session
from privacy.errors import InvalidInput

#: As long as an inspection lasts; a longer one asks again.
MOST_INSPECTOR_DAYS = 90
_ACTION = "staff.grant"
_SCOPE = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_LONGEST_REASON = 500
_TABLE, _COLUMN = "staff_grant", "reason_enc"


@dataclass(frozen=True)
class GrantFacts:
    """An authorisation, as it may be shown to staff."""

    id: UUID
    number: int
    staff_id: UUID
    staff_name: str
    role: StaffRole
    #: Code of a controller, or `all`.
    scope: str
    valid_from: int
    #: The first moment at which it is over; None where it has no end.
    valid_until: int | None
    #: Who gave it, by id: a member of staff, the operator, or the service where it follows from taking somebody on.
    granted_by: UUID
    granted_at: int
    #: What a second person has to agree to, where it needed one.
    approval_id: UUID | None
    agreed_at: int | None
    agreed_by: UUID | None
    ended_at: int | None
    ended_by: UUID | None
    reason: str = field(repr=False)

    def in_force(self, now: int) -> bool:
        """Whether it counts at a moment."""
        begun = self.agreed_at is not None and self.valid_from <= now
        return begun and self.ended_at is None and (self.valid_until is None or now < self.valid_until)

    @property
    def waits(self) -> bool:
        """Whether a second person has yet to agree."""
        return self.agreed_at is None and self.ended_at is None


@dataclass(frozen=True)
class Wanted:
    """What somebody is to be authorised for. Times in microseconds; the reason names no data subject."""

    role: StaffRole
    reason: str = field(repr=False)
    scope: str = EVERY_CONTROLLER
    valid_from: int | None = None
    valid_until: int | None = None


def grant(staff_id: UUID, wanted: Wanted, *, actor: Actor) -> GrantFacts:
    """Authorise a member of staff, in the open unit of work.

    Raises `NotPermitted`, `StaffNotFound`, `SelfGrant`, `RolesConflict`, `InvalidInput`, and `GrantNeedsTwo` where
    `ask_for_grant` is the way.
    """
    actor.require(Permission.STAFF_WRITE)
    if _needs_two(wanted.role, actor):
        raise GrantNeedsTwo
    holder = _holder(staff_id, actor)
    row = _add(holder, wanted, actor)
    row.agreed_at = row.granted_at
    _record("staff.authorised", holder, row, actor)
    return _facts(row, holder.name)


def ask_for_grant(staff_id: UUID, wanted: Wanted, *, actor: Actor) -> GrantFacts:
    """The first of two people asks that somebody be authorised; it counts once another agrees.

    Raises as `grant` does, and `StaffOnly`.
    """
    actor.require(Permission.STAFF_WRITE)
    holder = _holder(staff_id, actor)
    row = _add(holder, wanted, actor)
    row.approval_id = approvals.request_approval(_ACTION, _payload(row), actor=actor, reason=wanted.reason)
    _record("staff.authorisation_asked", holder, row, actor)
    return _facts(row, holder.name)


def agree_to_grant(grant_id: UUID, *, actor: Actor) -> GrantFacts:
    """The second person agrees, and the grant counts.

    Raises the approval's errors, `NotPermitted`, `GrantNotFound`, `GrantEnded`, `SelfGrant`, `RolesConflict`.
    """
    actor.require(Permission.STAFF_APPROVE)
    row, holder = _locked(grant_id)
    if row.ended_at is not None or row.approval_id is None:
        raise GrantEnded
    if holder.id == actor.id:
        raise SelfGrant
    approvals.approve(row.approval_id, _ACTION, _payload(row), actor=actor, permission=Permission.STAFF_APPROVE)
    _ensure_together(holder.id, StaffRole(row.role))
    row.agreed_at, row.agreed_by = clock.micros(), actor.id
    _record("staff.authorised", holder, row, actor)
    return _facts(row, holder.name)


def end_grant(grant_id: UUID, *, actor: Actor) -> GrantFacts:
    """End an authorisation at once, with every session of its holder. Again is the same answer and no second event.

    Raises `NotPermitted`, `GrantNotFound`, `LastAdministrator`.
    """
    actor.require(Permission.STAFF_WRITE)
    row, holder = _locked(grant_id)
    if row.ended_at is not None:
        return _facts(row, holder.name)
    if actor.kind is not ActorKind.OPERATOR and _is_the_last_administrator(row):
        raise LastAdministrator
    row.ended_at, row.ended_by = clock.micros(), actor.id
    if row.agreed_at is not None:
        sessions.end_all(holder.id, EndedWhy.RIGHTS_LOST, actor=actor)
    _record("staff.authorisation_ended", holder, row, actor)
    return _facts(row, holder.name)


def grants(staff_id: UUID | None = None) -> Sequence[GrantFacts]:
    """Every authorisation in order of its number, of one member of staff or of all."""
    query = sa.select(StaffGrant, Staff.name).join(Staff, Staff.id == StaffGrant.staff_id).order_by(StaffGrant.number)
    if staff_id is not None:
        query = query.where(StaffGrant.staff_id == staff_id)
    return [_facts(row, name) for row, name in session().execute(query)]


def grant_of(grant_id: UUID) -> GrantFacts:
    """One authorisation; raises `GrantNotFound`."""
    row, holder = _locked(grant_id, lock=False)
    return _facts(row, holder.name)


def needs_two(role: StaffRole, *, actor: Actor) -> bool:
    """Whether this actor needs a second person to give a role."""
    return _needs_two(role, actor)


def add_first_grants(holder: Staff) -> None:
    """The grants that follow from how somebody is taken on; the event of taking them on tells of them."""
    for role in TAKEN_ON_AS[holder.role]:
        session().add(
            StaffGrant(
                id=new_id(),
                number=_next_number(),
                staff_id=holder.id,
                role=role.value,
                scope=EVERY_CONTROLLER,
                valid_from=holder.created_at,
                valid_until=None,
                granted_by=SERVICE_ID,
                granted_at=holder.created_at,
                reason_enc=None,
                key_version=1,
                agreed_at=holder.created_at,
            )
        )
        session().flush()  # The next number counts it.


def _needs_two(role: StaffRole, actor: Actor) -> bool:
    if actor.kind is ActorKind.OPERATOR or role not in GRAVE:
        return False
    return len(administrators_lately(clock.micros())) >= 2


def _is_the_last_administrator(row: StaffGrant) -> bool:
    counts = row.role == StaffRole.ADMINISTRATOR and row.scope == EVERY_CONTROLLER and row.agreed_at is not None
    return counts and administrators(clock.micros()) == {row.staff_id}


def _holder(staff_id: UUID, actor: Actor) -> Staff:
    if staff_id == actor.id:
        raise SelfGrant
    found = session().scalar(
        sa.select(Staff).where(Staff.id == staff_id, Staff.disabled_at.is_(None)).with_for_update()
    )
    if found is None:
        raise StaffNotFound
    return found


def _locked(grant_id: UUID, *, lock: bool = True) -> tuple[StaffGrant, Staff]:
    """A grant with its holder, who is locked before it: the event tells all that is the holder's."""
    staff_id = session().scalar(sa.select(StaffGrant.staff_id).where(StaffGrant.id == grant_id))
    if staff_id is None:
        raise GrantNotFound
    holder = session().get_one(Staff, staff_id, with_for_update=lock or None)
    return session().get_one(StaffGrant, grant_id, with_for_update=lock or None, populate_existing=lock), holder


def _add(holder: Staff, wanted: Wanted, actor: Actor) -> StaffGrant:
    now = clock.micros()
    start = now if wanted.valid_from is None else wanted.valid_from
    _check(wanted, start, now)
    _ensure_together(holder.id, wanted.role)
    grant_id = new_id()
    owner = load_owner_key(session(), keyring.installed(), SERVICE_OWNER)
    row = StaffGrant(
        id=grant_id,
        number=_next_number(),
        staff_id=holder.id,
        role=wanted.role.value,
        scope=wanted.scope,
        valid_from=start,
        valid_until=wanted.valid_until,
        granted_by=actor.id,
        granted_at=now,
        reason_enc=owner.seal(_TABLE, _COLUMN, grant_id, wanted.reason.strip().encode()),
        key_version=owner.version,
    )
    session().add(row)
    return row


def _check(wanted: Wanted, start: int, now: int) -> None:
    if not 1 <= len(wanted.reason.strip()) <= _LONGEST_REASON:
        raise InvalidInput.of("reason", f"Say why, in up to {_LONGEST_REASON} characters.")
    if not _SCOPE.fullmatch(wanted.scope):
        raise InvalidInput.of("scope", "Name a controller by its code, or write all.")
    end = wanted.valid_until
    if end is not None and end <= max(start, now):
        raise InvalidInput.of("until", "The end lies after the beginning, and in the future.")
    if wanted.role is StaffRole.INSPECTOR and (end is None or end - start > MOST_INSPECTOR_DAYS * clock.DAY):
        raise InvalidInput.of("until", f"An inspector's authorisation ends after at most {MOST_INSPECTOR_DAYS} days.")


def _ensure_together(staff_id: UUID, role: StaffRole) -> None:
    """No data protection officer decides, now or later: grants that have yet to begin count too."""
    others = NOT_BESIDE_DPO if role is StaffRole.DPO else {StaffRole.DPO} if role in NOT_BESIDE_DPO else frozenset()
    still = sa.select(StaffGrant.id).where(
        StaffGrant.staff_id == staff_id,
        StaffGrant.role.in_([one.value for one in others]),
        StaffGrant.agreed_at.is_not(None),
        StaffGrant.ended_at.is_(None),
        sa.or_(StaffGrant.valid_until.is_(None), StaffGrant.valid_until > clock.micros()),
    )
    if others and session().scalar(still.limit(1)) is not None:
        raise RolesConflict


def _next_number() -> int:
    """One more than the last; two at once are told apart by the constraint, and the later one is tried again."""
    return (session().scalar(sa.select(sa.func.max(StaffGrant.number))) or 0) + 1


def _payload(row: StaffGrant) -> Mapping[str, Any]:
    """What two people agree to."""
    return {
        "grant": str(row.id),
        "staff": str(row.staff_id),
        "role": row.role,
        "scope": row.scope,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
    }


def _facts(row: StaffGrant, name: str) -> GrantFacts:
    reason = b""
    if row.reason_enc is not None:
        owner = load_owner_key(session(), keyring.installed(), SERVICE_OWNER, row.key_version)
        reason = owner.open(_TABLE, _COLUMN, row.id, row.reason_enc)
    return GrantFacts(
        row.id,
        row.number,
        row.staff_id,
        name,
        StaffRole(row.role),
        row.scope,
        row.valid_from,
        row.valid_until,
        row.granted_by,
        row.granted_at,
        row.approval_id,
        row.agreed_at,
        row.agreed_by,
        row.ended_at,
        row.ended_by,
        reason.decode(),
    )


def _record(action: str, holder: Staff, row: StaffGrant, actor: Actor) -> None:
    details = {"grant": str(row.id), "number": row.number, "role": row.role, "scope": row.scope}
    record_holder(action, holder, actor=actor, details=details)
