"""One action, two people (ASVS 2.3.5): asked for by one member of staff, approved by another, done once.

An approval is bound to a keyed digest of the action and its payload, so that what was approved is what is done. The
one who approves runs the action: `approve` stands at the start of its unit of work, and both are committed or none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.access.audited import approval_content
from privacy.access.failures import (
    ApprovalExpired,
    ApprovalMismatch,
    ApprovalNotFound,
    ApprovalUsed,
    SelfApproval,
    StaffOnly,
)
from privacy.access.models import Approval, Staff
from privacy.audit import service as audit
from privacy.authz.actors import Actor, ActorKind
from privacy.authz.permissions import Permission
from privacy.crypto import blind_index, canonical, keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, OwnerKey, load_owner_key
from privacy.db import new_id, session
from privacy.errors import InvalidInput

#: Over a long weekend, and no longer: what was sensible on Friday may not be in a month.
_VALID = 96 * 3600 * clock.SECOND
_LONGEST_REASON = 500
_TABLE, _COLUMN = "approval", "reason_enc"


class Outcome(StrEnum):
    """How an approval was decided."""

    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True)
class OpenApproval:
    """What an approver sees before deciding."""

    id: UUID
    action: str
    requested_by: UUID
    requested_at: int
    expires_at: int
    reason: str = field(repr=False)


def request_approval(action: str, payload: Mapping[str, Any], *, actor: Actor, reason: str) -> UUID:
    """Ask for a second signature under an action with exactly this payload; returns the approval's id.

    The payload is JSON without floats. Raises `StaffOnly`, `InvalidInput` for a missing reason.
    """
    _ensure_staff(actor)
    text = reason.strip()
    if not 1 <= len(text) <= _LONGEST_REASON:
        raise InvalidInput.of("reason", f"Say why, in up to {_LONGEST_REASON} characters.")
    approval_id, now = new_id(), clock.micros()
    owner = _service_key()
    row = Approval(
        id=approval_id,
        action=action,
        digest=_digest(approval_id, action, payload),
        requested_by=actor.id,
        requested_at=now,
        reason_enc=owner.seal(_TABLE, _COLUMN, approval_id, text.encode()),
        key_version=owner.version,
        decided_by=None,
        decided_at=None,
        outcome=None,
        expires_at=now + _VALID,
    )
    session().add(row)
    _record("approval.requested", row, actor=actor)
    return approval_id


def approve(
    approval_id: UUID,
    action: str,
    payload: Mapping[str, Any],
    *,
    actor: Actor,
    permission: Permission = Permission.APPROVALS_GIVE,
) -> None:
    """Approve the action about to be done, in its own unit of work; `permission` is what the approver needs.

    Raises `StaffOnly`, `NotPermitted`, `ApprovalNotFound`, `SelfApproval`, `ApprovalUsed`, `ApprovalMismatch` where it
    was asked for something else, and `ApprovalExpired`, also where whoever asked has left since: they say nothing now.
    """
    row = _open_for(approval_id, actor, permission)
    if session().scalar(sa.select(Staff.disabled_at).where(Staff.id == row.requested_by)) is not None:
        raise ApprovalExpired
    if _digest(approval_id, action, payload) != row.digest:
        raise ApprovalMismatch
    _decide(row, Outcome.APPROVED, actor=actor)


def refuse(approval_id: UUID, *, actor: Actor, permission: Permission = Permission.APPROVALS_GIVE) -> None:
    """Refuse what somebody else asked for. Raises as `approve` does."""
    _decide(_open_for(approval_id, actor, permission), Outcome.REFUSED, actor=actor)


def open_approvals() -> Sequence[OpenApproval]:
    """Everything that waits for a second person, oldest first."""
    return [_opened(row) for row in session().scalars(_waiting().order_by(Approval.id))]


def open_approval_of(action: str, payload: Mapping[str, Any]) -> OpenApproval | None:
    """The newest that waits for an action with exactly this payload; None where nobody asked for just that."""
    query = _waiting().where(Approval.action == action).order_by(Approval.id.desc())
    rows = (row for row in session().scalars(query) if _digest(row.id, action, payload) == row.digest)
    return next((_opened(row) for row in rows), None)


def _waiting() -> sa.Select[Approval]:
    works_here = sa.select(Staff.id).where(Staff.id == Approval.requested_by, Staff.disabled_at.is_(None)).exists()
    return sa.select(Approval).where(Approval.outcome.is_(None), Approval.expires_at > clock.micros(), works_here)


def _opened(row: Approval) -> OpenApproval:
    reason = _service_key(row.key_version).open(_TABLE, _COLUMN, row.id, row.reason_enc).decode()
    return OpenApproval(row.id, row.action, row.requested_by, row.requested_at, row.expires_at, reason)


def is_approved(action: str, payload: Mapping[str, Any]) -> bool:
    """Whether two people have agreed to exactly this action before."""
    query = sa.select(Approval).where(Approval.action == action, Approval.outcome == Outcome.APPROVED.value)
    return any(_digest(row.id, action, payload) == row.digest for row in session().scalars(query))


def _open_for(approval_id: UUID, actor: Actor, permission: Permission) -> Approval:
    """The approval, locked, if this actor may decide it now."""
    _ensure_staff(actor)
    actor.require(permission)
    row = session().scalar(sa.select(Approval).where(Approval.id == approval_id).with_for_update())
    if row is None:
        raise ApprovalNotFound
    if row.requested_by == actor.id:
        raise SelfApproval
    if row.outcome is not None:
        raise ApprovalUsed
    if clock.micros() >= row.expires_at:
        raise ApprovalExpired
    return row


def _decide(row: Approval, outcome: Outcome, *, actor: Actor) -> None:
    row.decided_by, row.decided_at, row.outcome = actor.id, clock.micros(), outcome.value
    _record(f"approval.{outcome.value}", row, actor=actor)


def _ensure_staff(actor: Actor) -> None:
    if actor.kind is not ActorKind.STAFF:
        raise StaffOnly


def _digest(approval_id: UUID, action: str, payload: Mapping[str, Any]) -> bytes:
    content = canonical.encode({"approval": str(approval_id), "action": action, "payload": dict(payload)})
    return blind_index.of_repeat(keyring.installed(), b"approval " + content)


def _service_key(version: int | None = None) -> OwnerKey:
    return load_owner_key(session(), keyring.installed(), SERVICE_OWNER, version)


def _record(action: str, row: Approval, *, actor: Actor) -> None:
    content = approval_content(row)
    audit.record(action, actor=actor, object_type="approval", object_id=row.id, content=content)
