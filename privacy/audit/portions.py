"""The log in portions, each read by itself: on SQLite a long read would keep every writer waiting."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.audit import proofs
from privacy.audit.failures import LogBroken
from privacy.audit.leaf import leaf_bytes
from privacy.audit.models import AuditEvent, AuditLeaf
from privacy.crypto import canonical
from privacy.db import end_read, session

#: Leaves of one read: some milliseconds.
_AT_ONCE = 500


def leaves(size: int) -> Iterator[bytes]:
    """The first `size` leaves as they were published, in order. Raises `LogBroken` where one is missing."""
    for portion in _portions(size):
        yield from (leaf for _, leaf in portion)


def bodies(size: int) -> Iterator[dict[str, Any]]:
    """Event id, body and salt of the first `size` leaves, in order, without those that were erased."""
    for portion in _portions(size):
        opened = proofs.opened_bodies([event_id for event_id, _ in portion])
        end_read()
        for event_id, _ in portion:
            if (found := opened.get(event_id)) is not None:
                salt = base64.b64encode(found.salt).decode()
                yield {"event_id": str(event_id), "body": canonical.decode(found.body), "salt": salt}


def _portions(size: int) -> Iterator[list[tuple[UUID, bytes]]]:
    for first in range(0, size, _AT_ONCE):
        end = min(first + _AT_ONCE, size)
        query = (
            sa.select(AuditEvent.id, AuditEvent.v, AuditEvent.commitment)
            .join(AuditLeaf, AuditLeaf.event_id == AuditEvent.id)
            .where(AuditLeaf.sequence_number >= first, AuditLeaf.sequence_number < end)
            .order_by(AuditLeaf.sequence_number)
        )
        rows = [(row[0], leaf_bytes(*row)) for row in session().execute(query)]
        end_read()
        if len(rows) != end - first:
            raise LogBroken(f"Of the leaves {first} to {end - 1} {end - first - len(rows)} are missing.")
        yield rows
