"""Acts that are deleted are noted for the follower, in the transaction that deletes them: rows are only inserted."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.consent.committed import ACT_OBJECT
from privacy.consent.models import ConsentAct
from privacy.consent.statistics.counting import CountedAct
from privacy.consent.statistics.models import ConsentActGone
from privacy.db import in_parts, new_id, session
from privacy.subjects import service as subjects

#: The columns that are counted, in the order of `CountedAct`.
COUNTED = tuple(getattr(ConsentAct, name) for name in CountedAct._fields)
#: How many bits of an id its second half has, and one more: so the first half fits a signed number.
_HALF = 65


def person_of(subject_id: UUID) -> bytes:
    """How rows of deleted acts know those of one person from others': no id is kept."""
    return hashlib.sha256(subject_id.bytes).digest()


def half_of(subject_id: UUID) -> int:
    """The first half of an id, by which people are gone through."""
    return subject_id.int >> _HALF


def ids_of_half(half: int) -> tuple[UUID, UUID]:
    """The first and the last id that has this first half."""
    return UUID(int=half << _HALF), UUID(int=((half + 1) << _HALF) - 1)


def note_leaving(condition: sa.ColumnElement[bool]) -> None:
    """Note the acts that meet the condition and are about to be deleted, in the open unit of work."""
    rows = session().execute(sa.select(ConsentAct.subject_id, *COUNTED).where(condition)).all()
    if not rows:
        return
    events = audit.first_events(ACT_OBJECT, [row.id for row in rows])
    realms = subjects.realms_of({row.subject_id for row in rows})
    noted = [
        {
            **{name: getattr(row, name) for name in CountedAct._fields},
            "id": new_id(),
            "act_id": row.id,
            "person": person_of(row.subject_id),
            "half": half_of(row.subject_id),
            "event_id": events.get(row.id),
            "realm": realms[row.subject_id].value,
        }
        for row in rows
    ]
    session().execute(sa.insert(ConsentActGone), noted)


def note_people_leaving(subject_ids: Collection[UUID]) -> None:
    """Note all acts of these people, who are about to be erased, in the open unit of work."""
    for part in in_parts(sorted(subject_ids)):
        note_leaving(ConsentAct.subject_id.in_(part))
