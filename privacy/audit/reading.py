"""Read the log: events by subject, actor, action, time and object, in the order of the log, in short reads.

Where few events can be meant they are found by an index and put in order; else the log is walked from place to place,
a portion at a time. Either way no read lasts long, which on SQLite would keep every writer out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit.models import AuditBody, AuditLeaf, AuditLog, AuditPending
from privacy.db import end_read, id_at, in_parts, session

#: Places of the log in one read.
WINDOW = 1_000
#: So many events are found by an index; of more, walking the log finds a page sooner than putting all in order.
_FEW = 5_000
#: How far apart the times in ids may be from the order of the log: transactions last, and clocks differ.
SLACK = 3_600 * clock.SECOND
#: Where a UUIDv7 keeps its milliseconds (RFC 9562, section 5.7).
_STAMP_SHIFT = 80
#: An action that ends with this stands for every action that begins so.
PREFIX_END = "."

#: Every action that there is, one step of the index each: there are a few dozen among millions of events.
ACTIONS = sa.text(
    "WITH RECURSIVE known(action) AS (SELECT MIN(action) FROM audit_body UNION ALL"
    " SELECT (SELECT MIN(action) FROM audit_body WHERE action > known.action) FROM known WHERE action IS NOT NULL)"
    " SELECT action FROM known WHERE action IS NOT NULL"
)


class EventRow(NamedTuple):
    """What may be searched by. Of an event whose body was deleted only its id and its place are left."""

    #: None while the event waits to be sequenced.
    sequence_number: int | None
    event_id: UUID
    occurred_at: int | None = None
    action: str | None = None
    actor_kind: str | None = None
    actor_id: UUID | None = None
    subject_id: UUID | None = None
    object_type: str | None = None
    object_id: str | None = None


BODY = (
    AuditBody.occurred_at,
    AuditBody.action,
    AuditBody.actor_kind,
    AuditBody.actor_id,
    AuditBody.subject_id,
    AuditBody.object_type,
    AuditBody.object_id,
)


@dataclass(frozen=True)
class EventFilter:
    """Which events are meant: those for which everything that is given holds. Times in microseconds."""

    subjects: frozenset[UUID] | None = None
    actor_id: UUID | None = None
    #: The whole action, or its beginning up to a dot: `consent.`.
    action: str | None = None
    actor_kind: str | None = None
    #: The first moment that counts, and the first that does not count any more.
    since: int | None = None
    until: int | None = None
    object_type: str | None = None
    object_ids: frozenset[str] | None = None

    def takes(self, row: EventRow) -> bool:
        """Whether the event is meant. One whose body is gone is, only where nothing is asked of it."""
        if row.occurred_at is None or row.action is None:
            return all(getattr(self, field.name) is None for field in fields(self))
        return (
            (self.subjects is None or row.subject_id in self.subjects)
            and (self.actor_id is None or row.actor_id == self.actor_id)
            and (self.actor_kind is None or row.actor_kind == self.actor_kind)
            and self._takes_action(row.action)
            and self._takes_time(row.occurred_at)
            and (self.object_type is None or row.object_type == self.object_type)
            and (self.object_ids is None or row.object_id in self.object_ids)
        )

    def _takes_action(self, action: str) -> bool:
        if self.action is None:
            return True
        return action.startswith(self.action) if self.action.endswith(PREFIX_END) else action == self.action

    def _takes_time(self, at: int) -> bool:
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


@dataclass(frozen=True)
class Portion:
    """What one or a few short reads found."""

    rows: Sequence[EventRow]
    #: The last place of the log that was looked at: the next look begins behind it.
    place: int
    #: Whether there is no more.
    last: bool


def scan(wanted: EventFilter, after: int = -1) -> Iterator[Portion]:
    """Events behind a place, in the order of the log, those that wait to be sequenced last.

    No read is open while the caller has a portion.
    """
    few = few_of(wanted)
    if few is not None:
        rows = _ordered([row for row in rows_of(few) if _behind(row, after) and wanted.takes(row)])
        place = max((row.sequence_number for row in rows if row.sequence_number is not None), default=after)
        yield Portion(rows, place, last=True)
        return
    place = max(after, _place_before(wanted.since))
    over = False
    for portion in _sequenced(wanted, place):
        place, over = portion.place, portion.last
        yield portion
    if over:
        yield Portion([], place, last=True)
        return
    # What waits, and then what was sequenced meanwhile: so an event may be met twice, and none is missed.
    queued, seen = waiting(), set[UUID]()
    for portion in _sequenced(wanted, place):
        place = portion.place
        seen |= {row.event_id for row in portion.rows}
        yield portion
    for part in in_parts(queued):
        bodies = {row.event_id: row for row in rows_of(part)}
        rows = [bodies.get(event_id, EventRow(None, event_id)) for event_id in part if event_id not in seen]
        yield Portion([row._replace(sequence_number=None) for row in rows if wanted.takes(row)], place, last=False)
    yield Portion([], place, last=True)


def _sequenced(wanted: EventFilter, after: int) -> Iterator[Portion]:
    """Windows of the log up to its end; the last flag says that it was left because what follows is too late."""
    over, full = False, True
    while full and not over:
        query = (
            sa.select(AuditLeaf.sequence_number, AuditLeaf.event_id, *BODY)
            .outerjoin(AuditBody, AuditBody.event_id == AuditLeaf.event_id)
            .where(AuditLeaf.sequence_number > after)
            .order_by(AuditLeaf.sequence_number)
            .limit(WINDOW)
        )
        found = [EventRow(*row) for row in session().execute(query)]
        end_read()
        full = len(found) == WINDOW
        # A clock that was wrong for a moment ends nothing: it takes a whole window of later ones.
        over = full and all(_is_past(wanted, row.event_id) for row in found)
        after = found[-1].sequence_number if found and found[-1].sequence_number is not None else after
        yield Portion([row for row in found if wanted.takes(row)], after, last=over)


def waiting() -> list[UUID]:
    """The events that wait to be sequenced, in their order."""
    found: list[UUID] = []
    last, full = 0, True
    while full:
        query = (
            sa.select(AuditPending.position, AuditPending.event_id)
            .where(AuditPending.position > last)
            .order_by(AuditPending.position)
            .limit(WINDOW)
        )
        rows = session().execute(query).all()
        end_read()
        found += [event_id for _, event_id in rows]
        full, last = len(rows) == WINDOW, rows[-1][0] if rows else last
    return found


def few_of(wanted: EventFilter) -> list[UUID] | None:
    """The ids among which all that is wanted is, where an index names few; else None."""
    for condition in _indexed(wanted):
        ids = list(session().scalars(sa.select(AuditBody.event_id).where(condition).limit(_FEW + 1)))
        end_read()
        if len(ids) <= _FEW:
            return ids
    return None


def _indexed(wanted: EventFilter) -> Iterator[sa.ColumnElement[bool]]:
    """What is asked as conditions that an index serves, those that name the fewest first."""
    if wanted.subjects is not None:
        yield AuditBody.subject_id.in_(wanted.subjects)
    if wanted.object_type is not None:
        of_type = AuditBody.object_type == wanted.object_type
        yield of_type if wanted.object_ids is None else of_type & AuditBody.object_id.in_(wanted.object_ids)
    if wanted.actor_id is not None:
        yield AuditBody.actor_id == wanted.actor_id
    if wanted.action is not None:
        if wanted.action.endswith(PREFIX_END):
            # Not a range of texts: what is between two of them depends on the database's collation.
            known = [action for action in session().scalars(ACTIONS) if action.startswith(wanted.action)]
            yield AuditBody.action.in_(known)
        else:
            yield AuditBody.action == wanted.action
    if wanted.since is not None and wanted.until is not None:
        yield AuditBody.event_id.between(id_at(wanted.since - SLACK), id_at(wanted.until + SLACK))


def rows_of(ids: Sequence[UUID]) -> Iterator[EventRow]:
    """What may be searched by of these events; those whose body is gone are missing."""
    for part in in_parts(ids):
        query = (
            sa.select(AuditLeaf.sequence_number, AuditBody.event_id, *BODY)
            .select_from(AuditBody)
            .outerjoin(AuditLeaf, AuditLeaf.event_id == AuditBody.event_id)
            .where(AuditBody.event_id.in_(part))
        )
        found = [EventRow(*row) for row in session().execute(query)]
        end_read()
        yield from found


def _behind(row: EventRow, after: int) -> bool:
    return row.sequence_number is None or row.sequence_number > after


def _ordered(rows: Sequence[EventRow]) -> list[EventRow]:
    """Those with a place by it, then those that wait, in the order in which they will get one."""
    placed = [row for row in rows if row.sequence_number is not None]
    placeless = [row for row in rows if row.sequence_number is None]
    order = {event_id: number for number, event_id in enumerate(waiting())} if placeless else {}
    # One that is not among those waiting any more has got its place meanwhile, before the others.
    return sorted(placed, key=_place) + sorted(placeless, key=lambda row: order.get(row.event_id, -1))


def _place(row: EventRow) -> int:
    return -1 if row.sequence_number is None else row.sequence_number


def _place_before(since: int | None) -> int:
    """A place of the log before which nothing is as late as that: found by halving, from the times in ids."""
    if since is None:
        return -1
    low, high = 0, session().scalar(sa.select(AuditLog.size)) or 0
    while low < high:
        middle = (low + high) // 2
        event_id = session().scalar(sa.select(AuditLeaf.event_id).where(AuditLeaf.sequence_number == middle))
        if event_id is not None and _time_in(event_id) < since - SLACK:
            low = middle + 1
        else:
            high = middle
    end_read()
    return low - 1


def _is_past(wanted: EventFilter, event_id: UUID) -> bool:
    """Whether the event is so late that behind it nothing is wanted."""
    return wanted.until is not None and _time_in(event_id) > wanted.until + SLACK


def _time_in(event_id: UUID) -> int:
    """The time in a UUIDv7, in microseconds."""
    return (event_id.int >> _STAMP_SHIFT) * 1_000
