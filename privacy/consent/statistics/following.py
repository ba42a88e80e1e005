"""The follower: takes what the log has new into the counts, portion by portion, and what was deleted out of them.

What always holds: the counts are those of the acts whose event stands before `place`, of the people up to `walked`,
deleted acts included as long as their note is there. A portion moves `place`, `walked` and the counts, and deletes the
notes that it took, in one unit of work; so it may be killed anywhere, and two workers at once count once.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.consent.committed import ACT_OBJECT
from privacy.consent.models import ConsentAct
from privacy.consent.statistics.counting import Cell, month_of
from privacy.consent.statistics.gathering import Person, Placed, people_with, subjects_of
from privacy.consent.statistics.leaving import half_of, ids_of_half
from privacy.consent.statistics.models import ConsentActGone, ConsentStatistic, ConsentStatisticPlace
from privacy.db import Driver, Statement, in_parts, session, unit_of_work
from privacy.programme import service as programmes

#: Events, notes and people of one unit of work: some ten milliseconds, which other writers on SQLite wait for.
AT_ONCE = 200
#: Everybody has been gone through.
EVERYBODY = 2**63 - 1
_NOBODY = -1
_ROW = 1

_ADD = Statement(
    sa.text(
        "INSERT INTO consent_statistic"
        " (realm, day, purpose, channel, source_system, counted, standing, month, acts)"
        " VALUES (:realm, :day, :purpose, :channel, :source_system, :counted, :standing, :month, :acts)"
        " ON CONFLICT (realm, day, purpose, channel, source_system, counted, standing)"
        " DO UPDATE SET acts = consent_statistic.acts + excluded.acts"
    )
)


@dataclass(frozen=True)
class Standpoint:
    """What the counts cover."""

    origin: str
    zone: str
    place: int
    walked: int
    moved_at: int

    @property
    def is_whole(self) -> bool:
        """Whether everybody has been gone through since the counting began."""
        return self.walked == EVERYBODY


def standpoint(*, lock: bool = False) -> Standpoint | None:
    """What the counts cover now; None where nothing was counted yet."""
    columns = (getattr(ConsentStatisticPlace, name) for name in Standpoint.__dataclass_fields__)
    query = sa.select(*columns)
    row = session().execute(query.with_for_update() if lock else query).one_or_none()
    return Standpoint(*row) if row else None


def follow(at_once: int = AT_ONCE) -> int:
    """Do one portion in the open unit of work; returns how much it dealt with, 0 where the counts have all there is.

    Begins anew by itself where another log is followed than before, or days are counted by another clock.
    """
    zone = programmes.current().zone
    known = standpoint(lock=True)
    size = audit.sizes()[0]
    if known is None:
        _lay_row()
        return 1
    if known.origin != audit.origin() or known.zone != zone.key or known.place > size:
        _begin(zone, size)
        return 1
    notes = session().execute(_notes(at_once)).all()
    leaves = audit.sequenced_leaves(known.place, at_once)
    place = leaves[-1].n + 1 if leaves else known.place
    met, walked = _walk(known.walked, at_once)
    told = {UUID(leaf.object_id) for leaf in leaves if leaf.object_type == ACT_OBJECT and leaf.object_id}
    people = people_with(met | subjects_of(told), [(bytes(note.person), note.half) for note in notes])
    taken = {note.id for note in notes}
    _add(_moves(people, zone, known, Standpoint(known.origin, known.zone, place, walked, clock.micros()), taken))
    for part in in_parts(sorted(taken)):
        session().execute(sa.delete(ConsentActGone).where(ConsentActGone.id.in_(part)))
    if (place, walked) != (known.place, known.walked):
        _move(place=place, walked=walked, moved_at=clock.micros())
    return len(notes) + len(leaves) + (walked != known.walked)


def run_following(context: Callable[[], AbstractContextManager[Any]], stop: threading.Event) -> int:
    """Follow until nothing is left, each portion in a unit of work of its own, or until `stop`; returns how much."""
    done = 0
    with context():
        while not stop.is_set():
            with unit_of_work():
                portion = follow()
            done += portion
            if not portion:
                break
    return done


def begin_anew(*, actor: Actor) -> None:
    """Forget all counts, in the open unit of work; the worker then counts everybody again, portion by portion."""
    _lay_row()
    standpoint(lock=True)
    _begin(programmes.current().zone, audit.sizes()[0])
    audit.record(
        "consent_statistics.begun_anew",
        actor=actor,
        object_type="consent_statistics",
        object_id="consent_statistics",
        content={"place": audit.sizes()[0]},
    )


def tail(known: Standpoint, zone: ZoneInfo, act_ids: Collection[UUID]) -> Counter[Cell]:
    """What is not in the counts yet: acts that were deleted, and these, whose events stand behind or wait."""
    notes = session().execute(_notes(None)).all()
    people = people_with(subjects_of(act_ids), [(bytes(note.person), note.half) for note in notes])
    return _moves(people, zone, known, None, {note.id for note in notes})


def notes_waiting(limit: int) -> int:
    """How many notes of deleted acts wait, counted up to so many."""
    return session().scalar(sa.select(sa.func.count()).select_from(_notes(limit).subquery())) or 0


def _moves(
    people: Mapping[bytes, Person],
    zone: ZoneInfo,
    known: Standpoint,
    then: Standpoint | None,
    taken: Collection[UUID],
) -> Counter[Cell]:
    """By how much the counts of these people differ. `then`: None for all there is, whatever the place."""
    moves: Counter[Cell] = Counter()
    for person in people.values():
        if person.half <= known.walked:
            moves.subtract(person.counts(zone, lambda one: one.is_before(known.place)))
        if then is None or person.half <= then.walked:
            moves.update(person.counts(zone, lambda one: one.gone not in taken and _is_in(one, then)))
    return Counter({cell: number for cell, number in moves.items() if number})


def _is_in(one: Placed, then: Standpoint | None) -> bool:
    return then is None or one.is_before(then.place)


def _lay_row() -> None:
    """Make the row, of no log yet; whoever holds its lock then begins. Two who come to an empty table make one row."""
    current = session()
    row = {"origin": "", "zone": "", "place": 0, "walked": _NOBODY, "moved_at": clock.micros()}
    insert = postgresql.insert if current.get_bind().dialect.name == "postgresql" else sqlite.insert
    current.execute(insert(ConsentStatisticPlace).values(id=_ROW, **row).on_conflict_do_nothing())


def _begin(zone: ZoneInfo, place: int) -> None:
    session().execute(sa.delete(ConsentStatistic))
    _move(origin=audit.origin(), zone=zone.key, place=place, walked=_NOBODY, moved_at=clock.micros())


def _move(**values: int | str) -> None:
    session().execute(sa.update(ConsentStatisticPlace).values(**values).execution_options(synchronize_session=False))


def _notes(limit: int | None) -> sa.Select[UUID, bytes, int]:
    query = sa.select(ConsentActGone.id, ConsentActGone.person, ConsentActGone.half)
    return query.order_by(ConsentActGone.id).limit(limit)


def _walk(walked: int, at_once: int) -> tuple[set[UUID], int]:
    """The next people to be gone through, and up to where they reach."""
    if walked == EVERYBODY:
        return set(), EVERYBODY
    after = UUID(int=0) if walked == _NOBODY else ids_of_half(walked)[1]
    behind = ConsentAct.subject_id > after
    of_one = sa.select(ConsentAct.subject_id).where(behind).distinct().order_by(ConsentAct.subject_id).limit(at_once)
    found: Sequence[UUID] = session().scalars(of_one).all()
    if len(found) < at_once:
        return set(found), EVERYBODY
    half = half_of(found[-1])
    # Whoever shares the first half with the last one comes along.
    alike = sa.select(ConsentAct.subject_id).where(ConsentAct.subject_id.between(*ids_of_half(half))).distinct()
    return set(found) | set(session().scalars(alike)), half


def _add(moves: Mapping[Cell, int]) -> None:
    Driver.of(session()).run_all(
        (_ADD, {**cell._asdict(), "month": month_of(cell.day), "acts": number})
        for cell, number in sorted(moves.items())
    )
