"""Hold people for a change that is nobody's act: no version counts up, and nobody else of the person is touched."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from privacy.db import session
from privacy.subjects.models import DataSubject


def hold(subject_ids: Collection[UUID]) -> set[UUID]:
    """Lock those of the subjects who are there, in the order of their ids as every writer does; returns who they are.

    A handful at a time: one question names them all.
    """
    query = sa.select(DataSubject.id).where(DataSubject.id.in_(subject_ids)).order_by(DataSubject.id)
    return set(session().scalars(query.with_for_update()))
