"""Record audit events, each in the transaction of its change (GDPR Art. 5(2))."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from privacy import clock
from privacy.audit.models import AuditBody, AuditEvent, AuditPending
from privacy.authz.actors import Actor
from privacy.crypto import canonical, keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, OwnerKey, load_owner_key
from privacy.db import Driver, Statement, in_unit_of_work, new_id, session

_BODY_VERSION = 1
_SALT_BYTES = 32

_INSERT_EVENT = Statement(sa.insert(AuditEvent))
_INSERT_BODY = Statement(sa.insert(AuditBody))
_INSERT_PENDING = Statement(
    sa.insert(AuditPending).values(event_id=sa.bindparam("event_id"), recorded_at=sa.bindparam("recorded_at"))
)

#: Statements with their values, ready for `Driver.run_all`.
Work = list[tuple[Statement, Mapping[str, Any]]]


def record(
    action: str,
    *,
    actor: Actor,
    object_type: str,
    object_id: UUID | str,
    content: Mapping[str, Any],
    subject_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
) -> UUID:
    """Record one event in the open unit of work and return its id.

    `content` is the changed row as it now is (or was, for a deletion); the event commits to its digest. `details`
    and `content` are JSON values without floats; neither may hold plaintext personal data. Sealed with the subject's
    key, or the service's where there is no subject.
    """
    if not in_unit_of_work():
        raise RuntimeError("an audit event belongs to a unit of work")
    current = session()
    key = load_owner_key(current, keyring.installed(), subject_id or SERVICE_OWNER)
    event_id, work = prepare(
        action,
        actor=actor,
        object_type=object_type,
        object_id=object_id,
        content=content,
        subject_id=subject_id,
        details=details,
        key=key,
    )
    current.flush()  # Rows of this unit stand before the event that speaks of them.
    Driver.of(current).run_all(work)
    return event_id


def prepare(
    action: str,
    *,
    actor: Actor,
    object_type: str,
    object_id: UUID | str,
    content: Mapping[str, Any],
    key: OwnerKey,
    subject_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
) -> tuple[UUID, Work]:
    """The event's id and the statements that record it, for a caller that sends several in one round trip."""
    if key.owner_id not in {subject_id, SERVICE_OWNER}:
        raise ValueError("an event is sealed with the key of its subject, or with the service's")
    event_id = new_id()
    occurred_at = clock.micros()
    body = canonical.encode(
        {
            "v": _BODY_VERSION,
            "id": str(event_id),
            "at": clock.isoformat(occurred_at),
            "action": action,
            "actor": {"kind": actor.kind.value, "id": str(actor.id)},
            "subject": str(subject_id) if subject_id else None,
            "object": {"type": object_type, "id": str(object_id)},
            "content_sha256": canonical.sha256(dict(content)),
            "details": dict(details or {}),
        }
    )
    salt = os.urandom(_SALT_BYTES)
    return event_id, [
        (_INSERT_EVENT, {"id": event_id, "v": _BODY_VERSION, "commitment": commitment(salt, body)}),
        (
            _INSERT_BODY,
            {
                "event_id": event_id,
                "occurred_at": occurred_at,
                "action": action,
                "actor_kind": actor.kind.value,
                "actor_id": actor.id,
                "subject_id": subject_id,
                "object_type": object_type,
                "object_id": str(object_id),
                "owner_id": key.owner_id,
                "key_version": key.version,
                "body_enc": key.seal("audit_body", "body_enc", event_id, salt + body),
            },
        ),
        (_INSERT_PENDING, {"event_id": event_id, "recorded_at": occurred_at}),
    ]


def commitment(salt: bytes, body: bytes) -> bytes:
    """What the event commits to: HMAC-SHA256 of the canonical body under its salt."""
    return hmac.new(salt, body, hashlib.sha256).digest()


def count_events(current: Session) -> int:
    """How many events are recorded."""
    return current.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) or 0


def actions_since(current: Session, after: UUID | None) -> Sequence[str]:
    """The actions of all events after that one, in order of recording; for tests of "one change, one event" only."""
    query = sa.select(AuditBody.action).order_by(AuditBody.event_id)
    if after is not None:
        query = query.where(AuditBody.event_id > after)
    return current.scalars(query).all()
