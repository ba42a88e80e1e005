"""Read the log from its end: the newest events first, for people who look at it. Short reads, as in `reading`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

import sqlalchemy as sa

from privacy.audit.models import AuditBody, AuditCheckpoint, AuditLeaf
from privacy.audit.reading import ACTIONS, BODY, SLACK, WINDOW, EventFilter, EventRow, Portion, few_of, rows_of
from privacy.db import end_read, id_at, session


def scan_back(wanted: EventFilter, before: int | None = None) -> Iterator[Portion]:
    """Sequenced events before a place, the last one first. What waits for its place is not among them.

    `place` of a portion is the first place that was looked at: the next look ends before it.
    """
    few = few_of(wanted)
    if few is not None:
        found = [row for row in rows_of(few) if row.sequence_number is not None and wanted.takes(row)]
        rows = [row for row in found if before is None or _place(row) < before]
        yield Portion(sorted(rows, key=_place, reverse=True), 0, last=True)
        return
    last = False
    while not last:
        found = _window(before)
        end_read()
        before = _place(found[-1]) if found else 0
        # Places of a log have no gaps; times in it are in order but for the length of a transaction.
        last = len(found) < WINDOW or before == 0 or _is_before(wanted, found)
        yield Portion([row for row in found if wanted.takes(row)], before, last=last)


def row_of(event_id: UUID) -> EventRow | None:
    """What may be searched by of one event; None for one that is not there."""
    found = next(rows_of([event_id]), None)
    if found is None:
        place = session().scalar(sa.select(AuditLeaf.sequence_number).where(AuditLeaf.event_id == event_id))
        end_read()
        found = None if place is None else EventRow(place, event_id)
    return found


def actions() -> Sequence[str]:
    """Every action that the log has events of, by the alphabet."""
    return sorted(session().scalars(ACTIONS))


def checkpoint_sizes(most: int) -> Sequence[tuple[int, int]]:
    """Size and time of the newest published checkpoints, the newest first."""
    query = sa.select(AuditCheckpoint.size, AuditCheckpoint.published_at).order_by(AuditCheckpoint.size.desc())
    return [(size, at) for size, at in session().execute(query.limit(most))]


def _window(before: int | None) -> list[EventRow]:
    query = (
        sa.select(AuditLeaf.sequence_number, AuditLeaf.event_id, *BODY)
        .outerjoin(AuditBody, AuditBody.event_id == AuditLeaf.event_id)
        .order_by(AuditLeaf.sequence_number.desc())
        .limit(WINDOW)
    )
    if before is not None:
        query = query.where(AuditLeaf.sequence_number < before)
    return [EventRow(*row) for row in session().execute(query)]


def _is_before(wanted: EventFilter, found: Sequence[EventRow]) -> bool:
    """Whether all of these are so early that before them nothing is wanted."""
    if wanted.since is None:
        return False
    edge = id_at(wanted.since - SLACK)
    return all(row.event_id < edge for row in found)


def _place(row: EventRow) -> int:
    assert row.sequence_number is not None  # only those with a place are ordered by it
    return row.sequence_number
