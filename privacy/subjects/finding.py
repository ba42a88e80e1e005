"""Who is meant by a name: the subjects that it finds, none made."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from privacy.db import session
from privacy.errors import NotFound
from privacy.subjects.locking import named_subjects
from privacy.subjects.models import DataSubject, SubjectContact
from privacy.subjects.naming import Naming
from privacy.subjects.placing import steadily


def find(naming: Naming) -> tuple[UUID, ...]:
    """The subjects that a request names, the leading one first; raises `NotFound` where there is none."""
    found = find_ids(naming)
    if not found:
        raise NotFound("There is no such person.")
    return found


def find_ids(naming: Naming) -> tuple[UUID, ...]:
    """The subjects that a request names, none made; a contact also finds the accounts that hold it, after its own."""
    return steadily(None, lambda _driver: _find_ids(naming))


def _find_ids(naming: Naming) -> tuple[UUID, ...]:
    names = naming.names()
    named = (
        sa.select(DataSubject.id)
        .where(DataSubject.id.in_(named_subjects(names.shape())), DataSubject.realm == naming.realm.value)
        .order_by(DataSubject.id)
    )
    found = list(session().scalars(named, names.binds()))
    if not naming.by_account and naming.contacts:
        indexes = [c.index for c in naming.contacts.values()]
        held = sa.select(SubjectContact.subject_id).where(SubjectContact.value_bidx.in_(indexes))
        found += sorted(set(session().scalars(held)) - set(found))
    return tuple(found)
