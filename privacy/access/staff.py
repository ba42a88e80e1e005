"""Staff: people who act for the controller, each with a personal key. Their sign-in pages come later."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import email_validator
import sqlalchemy as sa

from privacy import clock
from privacy.access.audited import record_holder
from privacy.access.failures import OperatorOnly, StaffNotFound
from privacy.access.minting import add_named, checked_name, mint
from privacy.access.models import Staff
from privacy.authz.actors import Actor, ActorKind
from privacy.crypto import keyring
from privacy.crypto.owner_keys import create_owner_key
from privacy.db import new_id, session
from privacy.errors import InvalidInput, NotPermitted

_TABLE, _COLUMN = "staff", "email_enc"
#: The role of the data protection officer (GDPR Art. 37 to 39).
OFFICER = "dpo"
ROLES = ("staff", OFFICER)


@dataclass(frozen=True)
class IssuedStaffKey:
    """A new member of staff with the personal key, which nobody can see again."""

    id: UUID
    name: str
    key_id: UUID
    key: str = field(repr=False)
    expires_at: int


def create_staff(
    name: str, email: str, *, actor: Actor, role: str = "staff", expires_in_days: int = 365
) -> IssuedStaffKey:
    """Add a member of staff and make the personal key.

    Only the operator may: one who could invent colleagues could approve what they ask for themselves. Raises
    `OperatorOnly`, `NameTaken`, `InvalidInput`.
    """
    _ensure_operator(actor)
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
    minted = mint("staff", row, days=expires_in_days)
    record_holder("staff.created", row, actor=actor, details={"key_id": str(minted.id)})
    return IssuedStaffKey(row.id, row.name, minted.id, minted.key, minted.expires_at)


def disable_staff(staff_id: UUID, *, actor: Actor) -> None:
    """End a member's access at once. Again is no second event. Raises `OperatorOnly`, `StaffNotFound`."""
    _ensure_operator(actor)
    row = session().scalar(sa.select(Staff).where(Staff.id == staff_id).with_for_update())
    if row is None:
        raise StaffNotFound
    if row.disabled_at is None:
        row.disabled_at = clock.micros()
        record_holder("staff.disabled", row, actor=actor, details={})


def officer(name: str) -> UUID:
    """The id of the data protection officer of that name; raises `StaffNotFound`, `NotPermitted` for somebody else."""
    row = session().scalar(sa.select(Staff).where(Staff.name == name, Staff.disabled_at.is_(None)))
    if row is None:
        raise StaffNotFound
    if row.role != OFFICER:
        raise NotPermitted("Only the data protection officer decides this: a member of staff with the role dpo.")
    return row.id


def _ensure_operator(actor: Actor) -> None:
    if actor.kind is not ActorKind.OPERATOR:
        raise OperatorOnly


def _checked_email(email: str) -> str:
    try:
        return email_validator.validate_email(email, check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        # The library's message quotes the address.
        raise InvalidInput.of("email", "An e-mail address is needed, like name@example.com.") from None
