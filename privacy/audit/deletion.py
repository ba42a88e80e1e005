"""Delete bodies of events: what happened stays proven, what was said of it is gone (GDPR Art. 5(1)(e), 17)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa

from privacy.audit import recording
from privacy.audit.failures import BodyKept
from privacy.audit.models import AuditBody
from privacy.authz.actors import Actor
from privacy.db import in_parts, session
from privacy.errors import InvalidInput

#: The event that names the bodies which went, and why.
BODIES_DELETED = "audit_body.deleted"
#: The event that names the leaves whose bodies went with a database that was lost.
LOG_RESTORED = "log.restored"
#: Without these nobody could tell whether a key counts, or whether a body is missing rightly.
_KEPT = ("log.opened", "log_key.endorsed", BODIES_DELETED, LOG_RESTORED)


def bodies_about(subject_ids: Sequence[UUID], objects: Iterable[tuple[str, str]] = ()) -> list[UUID]:
    """The events about these data subjects, and those about these objects (type and id), whose body is there."""
    found: set[UUID] = set()
    for part in in_parts(list(subject_ids)):
        found |= set(session().scalars(sa.select(AuditBody.event_id).where(AuditBody.subject_id.in_(part))))
    of_type: dict[str, list[str]] = {}
    for object_type, object_id in objects:
        of_type.setdefault(object_type, []).append(object_id)
    for object_type, object_ids in of_type.items():
        query = sa.select(AuditBody.event_id).where(AuditBody.object_type == object_type)
        for ids in in_parts(object_ids):
            found |= set(session().scalars(query.where(AuditBody.object_id.in_(ids))))
    return sorted(found)


def delete_bodies(event_ids: Sequence[UUID], *, actor: Actor, why: str) -> int:
    """Delete the bodies of these events, in the open unit of work, and say how many there were.

    Their leaves and proofs stay as they are. One event for every 500 names them, the objects that they spoke of (so
    that a row is not taken for one without an event) and why; none where there was nothing to delete. `why` holds no
    personal data. Raises `InvalidInput` without a reason and `BodyKept` for a body that the log needs itself.
    """
    if not why.strip():
        raise InvalidInput.of("why", "Say why the bodies go.")
    deleted = 0
    for part in in_parts(sorted(set(event_ids))):
        columns = (AuditBody.event_id, AuditBody.action, AuditBody.object_type, AuditBody.object_id)
        rows = session().execute(sa.select(*columns).where(AuditBody.event_id.in_(part))).all()
        if any(row.action in _KEPT for row in rows):
            raise BodyKept
        if not rows:
            continue
        details = {
            "why": why.strip(),
            "bodies": [[str(row.event_id), row.object_type, row.object_id] for row in rows],
        }
        recording.record(
            BODIES_DELETED,
            actor=actor,
            object_type="audit_body",
            object_id=rows[0].event_id,
            content=details,
            details=details,
        )
        session().execute(sa.delete(AuditBody).where(AuditBody.event_id.in_([row.event_id for row in rows])))
        deleted += len(rows)
    return deleted
