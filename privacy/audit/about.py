"""Which events speak of an object, what they say, and whether one was recorded lately."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.audit.models import AuditBody
from privacy.audit.proofs import opened_bodies
from privacy.crypto import canonical
from privacy.db import in_parts, session


@dataclass(frozen=True)
class Told:
    """What an event says."""

    event_id: UUID
    at: int
    action: str
    actor_id: UUID
    object_id: str
    details: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Deed:
    """Something that somebody did to an object, and about whom."""

    action: str
    actor_id: UUID
    object_type: str
    object_id: str
    subject_ids: Collection[UUID]


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


def told_of(
    object_type: str, actions: Collection[str], object_id: UUID | str | None = None, *, most: int
) -> list[Told]:
    """The newest events of these actions on objects of a type, or on one of them, newest first.

    Those whose body or key is gone are missing.
    """
    query = sa.select(AuditBody).where(AuditBody.action.in_(actions), AuditBody.object_type == object_type)
    if object_id is not None:
        query = query.where(AuditBody.object_id == str(object_id))
    rows = list(session().scalars(query.order_by(AuditBody.event_id.desc()).limit(most)))
    opened = {
        one: body for part in in_parts([row.event_id for row in rows]) for one, body in opened_bodies(part).items()
    }
    return [
        Told(
            row.event_id,
            row.occurred_at,
            row.action,
            row.actor_id,
            row.object_id,
            canonical.decode(opened[row.event_id].body)["details"],
        )
        for row in rows
        if row.event_id in opened
    ]


def last_done(deed: Deed) -> int | None:
    """When that was last done, as the log has it, in microseconds; None where it never was."""
    return session().scalar(
        sa.select(sa.func.max(AuditBody.occurred_at)).where(
            AuditBody.object_type == deed.object_type,
            AuditBody.object_id == deed.object_id,
            AuditBody.action == deed.action,
            AuditBody.actor_id == deed.actor_id,
            AuditBody.subject_id.in_(deed.subject_ids),
        )
    )
