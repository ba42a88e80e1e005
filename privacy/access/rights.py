"""What a member of staff may do at a moment: the permissions of the grants in force then, and of no others.

Read from the database with each request, together with who asks: a grant that ends is over with the next request of
every process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.access.models import Staff, StaffGrant
from privacy.authz.permissions import Permission
from privacy.authz.roles import ROLES, StaffRole
from privacy.db import session

#: The scope of a grant for every controller.
EVERY_CONTROLLER = "all"
_SEPARATOR = ";"
#: So long an administrator who is one no more still counts where it takes two: as long as an approval waits.
_STILL_COUNTS = 4 * clock.DAY


@dataclass(frozen=True)
class Rights:
    """What the grants in force amount to."""

    permissions: frozenset[Permission]
    for_controller: frozenset[tuple[str, Permission]]


def grants_column() -> sa.ScalarSelect[Any]:
    """The grants of the `Staff` of a query that may be in force, as one text for `rights_of`.

    One value and not rows of their own, so that whoever has a key is known by one row.
    """
    # Written out: a statement that is compiled once has no values of its own.
    space, nothing = sa.literal_column("' '", sa.String), sa.literal_column("''", sa.String)
    separator: Any = sa.literal_column(f"'{_SEPARATOR}'")
    end = sa.func.coalesce(sa.cast(StaffGrant.valid_until, sa.String), nothing)
    told = StaffGrant.role + space + StaffGrant.scope + space + sa.cast(StaffGrant.valid_from, sa.String) + space + end
    return (
        sa.select(sa.func.aggregate_strings(told, separator))
        .where(StaffGrant.staff_id == Staff.id, StaffGrant.agreed_at.is_not(None), StaffGrant.ended_at.is_(None))
        .correlate(Staff)
        .scalar_subquery()
    )


def rights_of(stored: str | None, now: int) -> Rights:
    """What the text of `grants_column` allows at a moment. A role that this version does not know allows nothing."""
    everywhere: set[Permission] = set()
    somewhere: set[tuple[str, Permission]] = set()
    for line in (stored or "").split(_SEPARATOR):
        if not line:
            continue
        role, scope, start, end = line.split(" ")
        if role not in set(StaffRole) or now < int(start) or (end and now >= int(end)):
            continue
        permissions = ROLES[StaffRole(role)]
        if scope == EVERY_CONTROLLER:
            everywhere |= permissions
        else:
            somewhere |= {(scope, permission) for permission in permissions}
    return Rights(frozenset(everywhere), frozenset(somewhere))


def holds(staff_id: UUID, role: StaffRole, now: int) -> bool:
    """Whether a member of staff who has not left acts in a role at a moment."""
    return session().scalar(_in_force(role, now).where(StaffGrant.staff_id == staff_id)) is not None


def holders(role: StaffRole, now: int) -> list[UUID]:
    """Who acts in a role at a moment, by id, for whichever controller."""
    return sorted(set(session().scalars(_in_force(role, now))))


def administrators(now: int) -> set[UUID]:
    """Who may give rights at a moment: an administrator for one controller alone may not."""
    everywhere = StaffGrant.scope == EVERY_CONTROLLER
    return set(session().scalars(_in_force(StaffRole.ADMINISTRATOR, now).where(everywhere)))


def administrators_lately(now: int) -> set[UUID]:
    """Who may give rights, and who might some days ago: by ending the other, one does not become the only one."""
    since = now - _STILL_COUNTS
    were = (
        sa.select(StaffGrant.staff_id)
        .join(Staff, Staff.id == StaffGrant.staff_id)
        .where(
            StaffGrant.role == StaffRole.ADMINISTRATOR.value,
            StaffGrant.scope == EVERY_CONTROLLER,
            StaffGrant.agreed_at.is_not(None),
            StaffGrant.valid_from <= now,
            sa.or_(StaffGrant.ended_at.is_(None), StaffGrant.ended_at > since),
            sa.or_(StaffGrant.valid_until.is_(None), StaffGrant.valid_until > since),
            sa.or_(Staff.disabled_at.is_(None), Staff.disabled_at > since),
        )
    )
    return set(session().scalars(were))


def _in_force(role: StaffRole, now: int) -> sa.Select[Any]:
    return (
        sa.select(StaffGrant.staff_id)
        .join(Staff, Staff.id == StaffGrant.staff_id)
        .where(
            StaffGrant.role == role.value,
            StaffGrant.agreed_at.is_not(None),
            StaffGrant.ended_at.is_(None),
            StaffGrant.valid_from <= now,
            sa.or_(StaffGrant.valid_until.is_(None), StaffGrant.valid_until > now),
            Staff.disabled_at.is_(None),
        )
    )
