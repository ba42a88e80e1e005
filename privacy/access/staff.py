"""Staff: people who act for the controller, each with a personal key. What they may do stands in their grants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import email_validator
import sqlalchemy as sa

from privacy import clock
from privacy.access.audited import record_holder
from privacy.access.failures import OperatorOnly, SelfDisabling, StaffNotFound
from privacy.access.grants import add_first_grants
from privacy.access.minting import add_named, checked_name, mint
from privacy.access.models import Staff
from privacy.access.rights import holders, holds
from privacy.access.sign_in import sessions
from privacy.access.sign_in.sessions import EndedWhy
from privacy.authz.actors import Actor, ActorKind
from privacy.authz.permissions import Permission
from privacy.authz.roles import TAKEN_ON_AS, StaffRole
from privacy.crypto import keyring
from privacy.crypto.owner_keys import create_owner_key, load_owner_key
from privacy.db import new_id, session
from privacy.errors import InvalidInput, NotPermitted

_TABLE, _COLUMN = "staff", "email_enc"
#: How somebody may be taken on.
ROLES = tuple(TAKEN_ON_AS)


@dataclass(frozen=True)
class IssuedStaffKey:
    """A new member of staff with the personal key, which nobody can see again."""

    id: UUID
    name: str
    key_id: UUID
    key: str = field(repr=False)
    expires_at: int


@dataclass(frozen=True)
class StaffFacts:
    """What may be shown of a member of staff."""

    id: UUID
    name: str
    created_at: int
    disabled_at: int | None


def create_staff(
    name: str, email: str, *, actor: Actor, role: str = "staff", expires_in_days: int = 365
) -> IssuedStaffKey:
    """Add a member of staff and make the personal key.

    Only the operator may: one who could invent colleagues could approve what they ask for themselves. `role` is one
    of `ROLES`; its grants are for every controller and without an end. Raises `OperatorOnly`, `NameTaken`,
    `InvalidInput`.
    """
    _ensure_operator(actor)
    if role not in TAKEN_ON_AS:
        raise InvalidInput.of("role", f"Choose one of: {', '.join(ROLES)}.")
    address = _checked_email(email)
    staff_id = new_id()
    owner = create_owner_key(session(), keyring.installed(), staff_id)
    row = Staff(
        id=staff_id,
        name=checked_name(name),
        email_enc=owner.seal(_TABLE, _COLUMN, staff_id, address.encode()),
        key_version=owner.version,
        role=role,
        created_at=clock.micros(),
        disabled_at=None,
    )
    add_named(row)
    add_first_grants(row)
    minted = mint("staff", row, days=expires_in_days)
    record_holder("staff.created", row, actor=actor, details={"key_id": str(minted.id)})
    return IssuedStaffKey(row.id, row.name, minted.id, minted.key, minted.expires_at)


def disable_staff(staff_id: UUID, *, actor: Actor) -> None:
    """End a member's access at once. Again is no second event. Raises `NotPermitted`, `SelfDisabling`, `StaffNotFound`.

    Nobody ends their own: so whoever gives rights remains.
    """
    if actor.kind is not ActorKind.OPERATOR:
        actor.require(Permission.STAFF_WRITE)
        if staff_id == actor.id:
            raise SelfDisabling
    row = session().scalar(sa.select(Staff).where(Staff.id == staff_id).with_for_update())
    if row is None:
        raise StaffNotFound
    if row.disabled_at is None:
        row.disabled_at = clock.micros()
        sessions.end_all(staff_id, EndedWhy.DISABLED, actor=actor)
        record_holder("staff.disabled", row, actor=actor, details={})


def list_staff() -> Sequence[StaffFacts]:
    """Everybody who works or worked here, by name."""
    query = sa.select(Staff.id, Staff.name, Staff.created_at, Staff.disabled_at).order_by(Staff.name)
    return [StaffFacts(*row) for row in session().execute(query)]


def officer(name: str) -> UUID:
    """The id of the data protection officer of that name; raises `StaffNotFound`, `NotPermitted` for somebody else."""
    staff_id = member(name)
    if not is_officer(staff_id):
        raise NotPermitted("Only the data protection officer decides this: a member of staff with the role dpo.")
    return staff_id


def an_officer() -> UUID | None:
    """The id of a data protection officer who has not left; None where there is none."""
    return next(iter(holders(StaffRole.DPO, clock.micros())), None)


def member(name: str) -> UUID:
    """The id of the member of staff of that name; raises `StaffNotFound`, also for one who has left."""
    found: UUID | None = session().scalar(sa.select(Staff.id).where(Staff.name == name, Staff.disabled_at.is_(None)))
    if found is None:
        raise StaffNotFound
    return found


def address_of(staff_id: UUID) -> str | None:
    """Where a member of staff is written to; None for one who is not there or has left. Never for a log."""
    row = session().get(Staff, staff_id)
    if row is None or row.disabled_at is not None:
        return None
    key = load_owner_key(session(), keyring.installed(), staff_id, row.key_version)
    return key.open(_TABLE, _COLUMN, staff_id, row.email_enc).decode()


def is_officer(staff_id: UUID) -> bool:
    """Whether a member of staff is the data protection officer (Art. 37 to 39), now."""
    return holds(staff_id, StaffRole.DPO, clock.micros())


def _ensure_operator(actor: Actor) -> None:
    if actor.kind is not ActorKind.OPERATOR:
        raise OperatorOnly


def _checked_email(email: str) -> str:
    try:
        return email_validator.validate_email(email, check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        # The library's message quotes the address.
        raise InvalidInput.of("email", "An e-mail address is needed, like name@example.com.") from None
