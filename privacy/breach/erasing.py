"""The part of this room in the erasure of people: their names leave the lists, their letters go."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from privacy.breach.models import PersonalDataBreach
from privacy.breach.telling import affected, letters
from privacy.breach.telling.models import BreachAffected
from privacy.outbox import service as outbox


def breaches_of(subject_ids: Collection[UUID]) -> sa.Select[UUID]:
    """The ids of the breaches by which these people are affected, in the order of locking."""
    theirs = sa.select(BreachAffected.breach_id).where(BreachAffected.subject_id.in_(subject_ids))
    return sa.select(PersonalDataBreach.id).where(PersonalDataBreach.id.in_(theirs)).order_by(PersonalDataBreach.id)


def forget_subjects(subject_ids: Sequence[UUID]) -> Mapping[str, int]:
    """Take erased people out of what they were told, in the open unit of work of their erasure; says what went.

    How many were affected and told stays, and how it came out. Messages go before letters: whoever sends locks them so.
    """
    gone = outbox.forget_people(subject_ids)
    letters.forget_of(subject_ids)
    affected.forget(subject_ids)
    return {"outbox_message": gone}
