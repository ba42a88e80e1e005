"""Tombstones: that a subject was erased, told by a keyed hash of its id and by nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.crypto import blind_index, keyring
from privacy.db import in_parts, session
from privacy.erasure.models import Tombstone

_DOMAIN = "tombstone"


def tombstone_index(subject_id: UUID) -> bytes:
    """What stands for a subject in tombstones: under the suppression key, which is never rotated."""
    return blind_index.for_suppression(keyring.installed(), _DOMAIN, str(subject_id))


def is_erased(subject_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the subjects who were erased: what a restore brought back of them must go again."""
    by_index = {tombstone_index(subject_id): subject_id for subject_id in subject_ids}
    found: set[UUID] = set()
    for part in in_parts(sorted(by_index)):
        query = sa.select(Tombstone.index_bidx).where(Tombstone.index_bidx.in_(part))
        found |= {by_index[bytes(index)] for index in session().scalars(query)}
    return found


def tombstones_of(erasure_id: UUID) -> list[Mapping[str, Any]]:
    """The rows that an erasure left, by column: what is written down outside the database and its backups."""
    query = sa.select(*Tombstone.__table__.columns).where(Tombstone.erasure_id == erasure_id)
    return [dict(row._mapping) for row in session().execute(query.order_by(Tombstone.index_bidx))]


def bury(subject_ids: Collection[UUID], erasure_id: UUID, *, erased_at: int, ends_at: int) -> int:
    """Leave a tombstone for each subject, in the open unit of work; returns how many are new.

    One that is there already stays, until the later of both dates.
    """
    indexes = sorted(tombstone_index(subject_id) for subject_id in subject_ids)
    known: set[bytes] = set()
    for part in in_parts(indexes):
        of_part = Tombstone.index_bidx.in_(part)
        known |= {bytes(index) for index in session().scalars(sa.select(Tombstone.index_bidx).where(of_part))}
        session().execute(
            sa.update(Tombstone)
            .where(of_part, Tombstone.ends_at < ends_at)
            .values(ends_at=ends_at)
            .execution_options(synchronize_session=False)
        )
    fresh = [index for index in indexes if index not in known]
    for index in fresh:
        session().add(Tombstone(index_bidx=index, erasure_id=erasure_id, erased_at=erased_at, ends_at=ends_at))
    session().flush()  # What is read below SQLAlchemy must find them.
    return len(fresh)
