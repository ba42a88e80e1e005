"""Where events stand in the log, and which wait for a place: for what follows the log at its own pace."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from privacy.audit.models import AuditBody, AuditLeaf, AuditPending
from privacy.db import in_parts, session


def first_events(object_type: str, object_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The first event about each of these objects whose body is there."""
    found: dict[UUID, UUID] = {}
    for part in in_parts(sorted(object_ids)):
        query = sa.select(AuditBody.object_id, AuditBody.event_id).where(
            AuditBody.object_type == object_type, AuditBody.object_id.in_([str(one) for one in part])
        )
        for object_id, event_id in session().execute(query):
            known = found.setdefault(UUID(object_id), event_id)
            found[UUID(object_id)] = min(known, event_id)
    return found


def places_of(event_ids: Collection[UUID]) -> dict[UUID, int | None]:
    """The sequence number of each of these events, None while it waits for one; missing is what this log lacks."""
    found: dict[UUID, int | None] = {}
    for part in in_parts(sorted(event_ids)):
        # Those that wait come first: one that is sequenced between the two questions is then met in both.
        waiting = sa.select(AuditPending.event_id).where(AuditPending.event_id.in_(part))
        found.update(dict.fromkeys(session().scalars(waiting)))
        placed = sa.select(AuditLeaf.event_id, AuditLeaf.sequence_number).where(AuditLeaf.event_id.in_(part))
        for event_id, number in session().execute(placed):
            found.setdefault(event_id, number)
    return found


def objects_waiting(limit: int) -> list[tuple[str | None, str | None]]:
    """Of what the first so many events speak that wait to be sequenced: type and id, None where the body is gone."""
    query = (
        sa.select(AuditBody.object_type, AuditBody.object_id)
        .select_from(AuditPending)
        .outerjoin(AuditBody, AuditBody.event_id == AuditPending.event_id)
        .order_by(AuditPending.position)
        .limit(limit)
    )
    return [(object_type, object_id) for object_type, object_id in session().execute(query)]
