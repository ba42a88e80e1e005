"""Which events speak of somebody, found by what stands beside the sealed body: also once nobody can open it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy.audit.deletion import BODIES_DELETED
from privacy.audit.models import AuditBody
from privacy.audit.proofs import opened_bodies
from privacy.crypto import canonical
from privacy.db import in_parts, session


@dataclass(frozen=True)
class Mention:
    """An event and the object that it speaks of."""

    event_id: UUID
    object_type: str
    object_id: str


def mentions_of(subject_ids: Sequence[UUID], objects: Iterable[tuple[UUID, str]] = ()) -> list[Mention]:
    """Every event about these data subjects, in the order of their ids.

    Of others' events those about `objects` (whose it is, its id): what was said of several people stands with one of
    them. Of the service's own those about one of these subjects or of their objects: an erasure is told by an event
    that no person's key seals. Events whose body was deleted are found where an object of theirs is known.
    """
    found = {one for part in in_parts(list(subject_ids)) for one in _rows(AuditBody.subject_id.in_(part))}
    names = {str(subject_id) for subject_id in subject_ids} | {mention.object_id for mention in found}
    for owner, object_id in sorted(set(objects)):
        names.add(object_id)
        if owner not in subject_ids:
            found |= set(_rows(sa.and_(AuditBody.subject_id == owner, AuditBody.object_id == object_id)))
    for part in in_parts(sorted(names)):
        found |= set(_rows(sa.and_(AuditBody.subject_id.is_(None), AuditBody.object_id.in_(part))))
    found |= set(_deleted(names))
    return sorted(found, key=lambda mention: mention.event_id)


def _rows(condition: sa.ColumnElement[bool]) -> Iterator[Mention]:
    query = sa.select(AuditBody.event_id, AuditBody.object_type, AuditBody.object_id).where(condition)
    return (Mention(*row) for row in session().execute(query))


def _deleted(names: Collection[str]) -> Iterator[Mention]:
    """The events about these objects whose bodies were deleted, as the events of the deletions name them."""
    told = sa.select(AuditBody.event_id).where(AuditBody.action == BODIES_DELETED).order_by(AuditBody.event_id)
    for part in in_parts(session().scalars(told).all()):
        for opened in opened_bodies(part).values():
            for event_id, object_type, object_id in canonical.decode(opened.body)["details"]["bodies"]:
                if object_id in names:
                    yield Mention(UUID(event_id), object_type, object_id)
