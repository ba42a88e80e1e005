"""What audit events commit to of clients, staff and approvals: the whole row, and of a holder its keys as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.access.models import ApiClient, ApiKey, Approval, Staff, StaffGrant
from privacy.access.rights import EVERY_CONTROLLER
from privacy.audit import service as audit
from privacy.audit.service import AuditedRows
from privacy.authz.actors import SERVICE_ID, Actor
from privacy.authz.roles import TAKEN_ON_AS
from privacy.db import session


def audited_rows() -> tuple[AuditedRows, ...]:
    """The tables of this room that the log vouches for."""
    return (
        AuditedRows("api_client", ApiClient, lambda rows: _holders(rows, ApiKey.client_id, client_content)),
        AuditedRows("staff", Staff, _all_staff),
        AuditedRows("approval", Approval, audit.each(approval_content)),
    )


def client_content(row: Any, keys: Iterable[Any]) -> Mapping[str, Any]:
    """A client as it is, with all its keys."""
    return {
        "id": str(row.id),
        "name": row.name,
        "scopes": row.scopes,
        "realm": row.realm,
        "partner": row.partner,
        "controller": row.controller,
        "created_at": row.created_at,
        "disabled_at": row.disabled_at,
        "keys": [_key(key) for key in keys],
    }


def staff_content(row: Any, keys: Iterable[Any], grants: Iterable[Any]) -> Mapping[str, Any]:
    """A member of staff, with all keys and grants; the address sealed as it is.

    A grant that follows from the role, and is as it was made, is told by the role.
    """
    told = [_grant(one) for one in grants if not _follows(one, row)]
    return ({"grants": told} if told else {}) | {
        "id": str(row.id),
        "name": row.name,
        "email_enc": row.email_enc.hex(),
        "key_version": row.key_version,
        "role": row.role,
        "created_at": row.created_at,
        "disabled_at": row.disabled_at,
        "keys": [_key(key) for key in keys],
    }


def approval_content(row: Any) -> Mapping[str, Any]:
    """An approval; the reason sealed as it is."""
    return {
        "id": str(row.id),
        "action": row.action,
        "digest": row.digest.hex(),
        "requested_by": str(row.requested_by),
        "requested_at": row.requested_at,
        "reason_enc": row.reason_enc.hex(),
        "key_version": row.key_version,
        "decided_by": str(row.decided_by) if row.decided_by else None,
        "decided_at": row.decided_at,
        "outcome": row.outcome,
        "expires_at": row.expires_at,
    }


def record_holder(action: str, holder: ApiClient | Staff, *, actor: Actor, details: Mapping[str, Any]) -> None:
    """The event of a change of a client or member of staff, or of their keys, in the open unit of work."""
    session().flush()  # A key of this unit counts.
    is_client = isinstance(holder, ApiClient)
    column = ApiKey.client_id if is_client else ApiKey.staff_id
    keys = session().scalars(sa.select(ApiKey).where(column == holder.id).order_by(ApiKey.id)).all()
    content = client_content(holder, keys) if is_client else staff_content(holder, keys, _grants([holder.id]))
    audit.record(
        action,
        actor=actor,
        object_type="api_client" if is_client else "staff",
        object_id=holder.id,
        content=content,
        details=details,
    )


def _key(row: Any) -> Mapping[str, Any]:
    return {
        "id": str(row.id),
        "client": str(row.client_id),
        "staff": str(row.staff_id),
        "sha256": row.key_sha256.hex(),
        "prefix": row.prefix,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
    }


def _grant(row: Any) -> Mapping[str, Any]:
    return {
        "id": str(row.id),
        "number": row.number,
        "role": row.role,
        "scope": row.scope,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "granted_by": str(row.granted_by),
        "granted_at": row.granted_at,
        "reason_enc": row.reason_enc.hex() if row.reason_enc is not None else None,
        "approval": str(row.approval_id) if row.approval_id else None,
        "agreed_at": row.agreed_at,
        "agreed_by": str(row.agreed_by) if row.agreed_by else None,
        "ended_at": row.ended_at,
        "ended_by": str(row.ended_by) if row.ended_by else None,
    }


def _follows(grant: Any, staff: Any) -> bool:
    """Whether a grant says what being taken on in that role says, and no more."""
    return (
        grant.role in TAKEN_ON_AS.get(staff.role, ())
        and (grant.scope, grant.valid_from, grant.valid_until) == (EVERY_CONTROLLER, staff.created_at, None)
        and (grant.granted_by, grant.agreed_by, grant.ended_at) == (SERVICE_ID, None, None)
    )


def _grants(staff_ids: Sequence[UUID]) -> Sequence[Any]:
    query = sa.select(*StaffGrant.__table__.columns).where(StaffGrant.staff_id.in_(staff_ids))
    return session().execute(query.order_by(StaffGrant.number)).all()


def _all_staff(rows: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
    grants: dict[UUID, list[Any]] = {row.id: [] for row in rows}
    for grant in _grants(list(grants)):
        grants[grant.staff_id].append(grant)
    return _holders(rows, ApiKey.staff_id, lambda row, keys: staff_content(row, keys, grants[row.id]))


def _holders(rows: Sequence[Any], column: Any, content: Any) -> Sequence[Mapping[str, Any]]:
    keys: dict[UUID, list[Any]] = {row.id: [] for row in rows}
    query = sa.select(*ApiKey.__table__.columns).where(column.in_(keys)).order_by(ApiKey.id)
    for row in session().execute(query):
        keys[getattr(row, column.key)].append(row)
    return [content(row, keys[row.id]) for row in rows]
