"""Whose sign-in it is: members of staff who have not left, and what the log says of their steps."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from privacy.access.failures import StaffNotFound
from privacy.access.models import Staff
from privacy.audit import service as audit
from privacy.authz.actors import SERVICE, Actor, ActorKind
from privacy.db import session


def member(staff_id: UUID) -> Staff:
    """A member of staff who has not left; raises `StaffNotFound`."""
    row = session().get(Staff, staff_id)
    if row is None or row.disabled_at is not None:
        raise StaffNotFound
    return row


def locked(staff_id: UUID) -> Staff:
    """As `member`, for who gives them a way in: two at once come one after the other."""
    session().execute(sa.select(Staff.id).where(Staff.id == staff_id).with_for_update())
    return member(staff_id)


def id_of(name: str) -> UUID | None:
    """The id behind an account name; None for a name that nobody has, or who has it has left."""
    found: UUID | None = session().scalar(sa.select(Staff.id).where(Staff.name == name, Staff.disabled_at.is_(None)))
    return found


def as_actor(who: Staff) -> Actor:
    """Whoever signs in, before they may do anything."""
    return Actor(ActorKind.STAFF, who.id, who.name, frozenset())


def failed(staff_id: UUID | None, at: str) -> None:
    """An event for each failure: of a name that nobody has too, or its cost would tell which names exist."""
    told = {"at": at}
    object_id = "unknown" if staff_id is None else str(staff_id)
    audit.record(
        "sign_in.failed", actor=SERVICE, object_type="sign_in", object_id=object_id, content=told, details=told
    )


def record(action: str, staff_id: UUID, actor: Actor, **told: object) -> None:
    """An event about how a member of staff signs in."""
    audit.record(action, actor=actor, object_type="staff_sign_in", object_id=staff_id, content=told, details=told)
