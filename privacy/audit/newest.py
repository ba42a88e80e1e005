"""Read the log from its end: the newest events first, for people who look at it. Short reads, as in `reading`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

import sqlalchemy as sa

from privacy.audit.models import AuditBody, AuditCheckpoint, AuditLeaf
from privacy.audit.reading import (
    ACTIONS,
    BODY,
    SLACK,
    WINDOW,
    EventFilter,
    EventRow,
    Portion,
    few_of,
    rows_of,
    waiting,
)
from privacy.db import end_read, id_at, in_parts, session

#: Behind every place that a log will have.
LAST_PLACE = 2**53 - 1


def scan_back(wanted: EventFilter, before: int | None = None) -> Iterator[Portion]:
    """Events before a place, the last one first; without `before` those that wait for their place stand first of all.

    `place` of a portion is the first place that was looked at: the next look ends before it.
    """
    few = few_of(wanted)
    if few is not None:
        rows = [row for row in rows_of(few) if wanted.takes(row) and (before is None or _place(row) < before)]
        yield Portion(sorted(rows, key=_order, reverse=True), 0, last=True)
        return
    if before is None:
        rows = [row for part in in_parts(waiting()) for row in rows_of(part) if wanted.takes(row)]
        yield Portion([row._replace(sequence_number=None) for row in reversed(rows)], LAST_PLACE, last=False)
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
    return LAST_PLACE if row.sequence_number is None else row.sequence_number


def _order(row: EventRow) -> tuple[int, UUID]:
    """By place, and those that wait by their ids, which are made in the order of time."""
    return _place(row), row.event_id
