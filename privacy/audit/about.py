"""Which events speak of an object."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from privacy.audit.models import AuditBody
from privacy.db import session


def events_about(object_type: str, object_id: UUID | str) -> list[UUID]:
    """The ids of the events whose body names the object, in the order of their ids; not those whose body is deleted."""
    query = (
        sa.select(AuditBody.event_id)
        .where(AuditBody.object_type == object_type, AuditBody.object_id == str(object_id))
        .order_by(AuditBody.event_id)
    )
    return list(session().scalars(query))


def actions_about(object_type: str, object_id: UUID | str) -> list[str]:
    """What happened to the object, in the order of the events' ids."""
    query = (
        sa.select(AuditBody.action)
        .where(AuditBody.object_type == object_type, AuditBody.object_id == str(object_id))
        .order_by(AuditBody.event_id)
    )
    return list(session().scalars(query))
