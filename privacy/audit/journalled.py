"""What is written down of the log outside the database: its leaves as they were published, and of which row each is."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from privacy.audit import merkle
from privacy.audit.models import AuditBody, AuditCheckpoint, AuditEvent, AuditLeaf, AuditLog
from privacy.audit.tree import StoredTree
from privacy.db import Driver, Statement, session

_LOG = Statement(sa.select(AuditLog.origin, AuditLog.size))


class SequencedLeaf(NamedTuple):
    """A leaf and, where its body is still there, what it is about."""

    n: int
    event_id: UUID
    v: int
    commitment: bytes
    sequenced_at: int
    action: str | None
    object_type: str | None
    object_id: str | None
    subject_id: UUID | None


class LogState(NamedTuple):
    """The log as one database, or one moment of it, has it."""

    origin: str
    size: int
    root: bytes


def sequenced_leaves(first: int, limit: int) -> list[SequencedLeaf]:
    """The leaves from `first` on, in order, at most so many."""
    query = (
        sa.select(
            AuditLeaf.sequence_number,
            AuditEvent.id,
            AuditEvent.v,
            AuditEvent.commitment,
            AuditLeaf.sequenced_at,
            AuditBody.action,
            AuditBody.object_type,
            AuditBody.object_id,
            AuditBody.subject_id,
        )
        .join(AuditEvent, AuditEvent.id == AuditLeaf.event_id)
        .outerjoin(AuditBody, AuditBody.event_id == AuditEvent.id)
        .where(AuditLeaf.sequence_number >= first)
        .order_by(AuditLeaf.sequence_number)
        .limit(limit)
    )
    return [SequencedLeaf(*row) for row in session().execute(query)]


def sequenced_at(n: int) -> int | None:
    """When the leaf of that number was sequenced; None where there is none yet."""
    return session().scalar(sa.select(AuditLeaf.sequenced_at).where(AuditLeaf.sequence_number == n))


def leaves_before(at: int, size: int) -> int:
    """How many of the first `size` leaves were sequenced before that moment, in microseconds. Leaves are in order of
    time but for what a clock that was set back makes of it; then it is a number near the right one.
    """
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        found = sequenced_at(middle)
        if found is not None and found < at:
            low = middle + 1
        else:
            high = middle
    return low


def event_of_leaf(n: int) -> UUID | None:
    """The event of a leaf; None where there is none."""
    return session().scalar(sa.select(AuditLeaf.event_id).where(AuditLeaf.sequence_number == n))


def sizes() -> tuple[int, int]:
    """How many leaves are sequenced, and how many the last checkpoint covers."""
    published = sa.select(sa.func.coalesce(sa.func.max(AuditCheckpoint.size), 0)).scalar_subquery()
    row = session().execute(sa.select(AuditLog.size, published)).one_or_none()
    return (row[0], row[1]) if row else (0, 0)


def log_state(driver: Driver) -> LogState | None:
    """The log as a connection sees it, which need not be the session's; None before it is opened."""
    rows = driver.rows(_LOG, {})
    if not rows:
        return None
    origin, size = rows[0]
    return LogState(origin, size, merkle.root_of(size, StoredTree(driver)))
