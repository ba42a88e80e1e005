"""People one page after another, for whoever goes through all of them: ids and times, nothing about anybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy.authz.actors import Realm
from privacy.db import in_parts, session
from privacy.subjects.models import DataSubject
from privacy.subjects.types import Standing


@dataclass(frozen=True)
class ListedPerson:
    """A natural person."""

    #: The head: the smallest id of the members.
    id: UUID
    #: Every subject who is this person.
    members: frozenset[UUID]
    #: When the newest of them was first named.
    created_at: int


def people_after(after: UUID | None, *, realm: Realm, limit: int) -> Sequence[ListedPerson]:
    """At most so many people in the order of their ids, after that one."""
    query = sa.select(DataSubject.person_id).where(DataSubject.realm == realm.value).distinct()
    if after is not None:
        query = query.where(DataSubject.person_id > after)
    heads = list(session().scalars(query.order_by(DataSubject.person_id).limit(limit)))
    return _listed(heads)


def listed_person(subject_id: UUID) -> ListedPerson | None:
    """The person behind a subject; None where there is nobody by now."""
    head = session().scalar(sa.select(DataSubject.person_id).where(DataSubject.id == subject_id))
    found = _listed([head]) if head is not None else ()
    return found[0] if found else None


def restricted_of(subject_ids: Collection[UUID]) -> set[UUID]:
    """Those of these subjects whose data are restricted now (Art. 18): nobody erases them unasked."""
    found: set[UUID] = set()
    bit = DataSubject.standing.bitwise_and(Standing.RESTRICTED.value) != 0
    for part in in_parts(sorted(subject_ids)):
        found |= set(session().scalars(sa.select(DataSubject.id).where(DataSubject.id.in_(part), bit)))
    return found


def _listed(heads: Sequence[UUID]) -> Sequence[ListedPerson]:
    members: dict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    for part in in_parts(heads):
        rows = sa.select(DataSubject.person_id, DataSubject.id, DataSubject.created_at)
        for head, subject_id, created_at in session().execute(rows.where(DataSubject.person_id.in_(part))):
            members[head].append((subject_id, created_at))
    return [
        ListedPerson(head, frozenset(one for one, _ in members[head]), max(at for _, at in members[head]))
        for head in heads
        if members[head]
    ]
