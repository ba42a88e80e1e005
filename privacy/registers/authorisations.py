"""Authorisations to process personal data (Art. 29, 32(4)): read from the grants of access, and not kept twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from privacy.access import service as access


@dataclass(frozen=True)
class Authorisation:
    """That somebody may process personal data: what, from when until when, and on whose word. Times in microseconds."""

    #: The member of staff.
    holder: str
    #: The role, and the controller to which it is narrowed or `all`.
    role: str
    scope: str
    given_at: int
    given_by: str
    #: None for one without an end date.
    ends_at: int | None
    #: None while it is not taken back.
    revoked_at: int | None


def authorisations() -> Sequence[Authorisation]:
    """Every authorisation that ever counted, in the order in which they were given."""
    found = [one for one in access.grants() if one.approval_id is None or one.agreed_at is not None]
    who = access.principals({one.granted_by for one in found})
    return [
        Authorisation(
            holder=one.staff_name,
            role=one.role.value,
            scope=one.scope,
            given_at=one.granted_at,
            given_by=who[one.granted_by].name if one.granted_by in who else str(one.granted_by),
            ends_at=one.valid_until,
            revoked_at=one.ended_at,
        )
        for one in sorted(found, key=lambda one: one.number)
    ]
