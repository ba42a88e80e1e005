"""What a sink is told of an event: that it happened and where it stands, and nothing about anybody.

No details and no names. Who it is about is a reference that is made for sinks alone: the same for the same person, and
of no use anywhere else.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit.models import AuditBody, AuditLeaf
from privacy.crypto import canonical, keyring
from privacy.crypto.pairwise import Pairwise
from privacy.db import session

#: Whom the references are made for; no client has this id.
SINK_ID = UUID(int=3)
_SUBJECT = "subject"
#: Objects of the installation, as whoever runs it knows them.
_OURS = frozenset({"api_client", "api_key", "staff", "approval", "consent_import"})


@dataclass(frozen=True)
class Line:
    """One sequenced event. `sequence_number` tells a repeated one."""

    sequence_number: int
    event_id: UUID
    #: When it was sequenced, microseconds.
    sequenced_at: int
    #: None where the body was deleted.
    action: str | None
    #: One line of JSON, without its end.
    text: str


def lines_from(place: int, *, origin: str, limit: int) -> list[Line]:
    """The events at that place of the log and behind it, in order."""
    query = (
        sa.select(
            AuditLeaf.sequence_number,
            AuditLeaf.event_id,
            AuditLeaf.sequenced_at,
            AuditLeaf.leaf_hash,
            AuditBody.occurred_at,
            AuditBody.action,
            AuditBody.actor_kind,
            AuditBody.actor_id,
            AuditBody.subject_id,
            AuditBody.object_type,
            AuditBody.object_id,
        )
        .outerjoin(AuditBody, AuditBody.event_id == AuditLeaf.event_id)
        .where(AuditLeaf.sequence_number >= place)
        .order_by(AuditLeaf.sequence_number)
        .limit(limit)
    )
    return [_line(row, origin) for row in session().execute(query)]


def _line(row: Any, origin: str) -> Line:
    whole = row.action is not None
    content = {
        "log": origin,
        "sequence_number": row.sequence_number,
        "event_id": str(row.event_id),
        "leaf_hash": base64.b64encode(row.leaf_hash).decode(),
        "at": clock.isoformat(row.occurred_at) if whole else None,
        "action": row.action,
        "actor": {"kind": row.actor_kind, "id": str(row.actor_id)} if whole else None,
        "subject": _hidden(_SUBJECT, row.subject_id) if row.subject_id else None,
        "object": {"type": row.object_type, "id": _object(row)} if whole else None,
    }
    text = canonical.encode(content).decode()
    return Line(row.sequence_number, row.event_id, row.sequenced_at, row.action, text)


def _object(row: Any) -> str:
    """Ids of rows are hidden, whomever they belong to; names of the programme's parts and of actors stay."""
    try:
        value = UUID(row.object_id)
    except ValueError:
        return str(row.object_id)
    if row.subject_id is None and row.object_type in _OURS:
        return str(value)
    return _hidden(_SUBJECT if row.object_type == _SUBJECT or value == row.subject_id else row.object_type, value)


def _hidden(kind: str, value: UUID) -> str:
    return str(Pairwise(keyring.installed(), SINK_ID).hide(kind, value))
