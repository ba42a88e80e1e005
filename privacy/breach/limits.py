"""The clocks of a breach in the database: set by its moments, met by what is recorded, and never moved in silence.

A clock keeps the rule by which it was set. When a moment is corrected, or a programme with other hours is applied, the
old clock stays as a record; a new one is set by a step alone, which says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Realm
from privacy.breach.clock import Limit, Standing, limits, standing
from privacy.breach.models import BreachClock, BreachJudgement, BreachNotification, PersonalDataBreach
from privacy.breach.vocabulary import Notice, State
from privacy.db import new_id, session
from privacy.legal_time import days
from privacy.programme import service as programmes
from privacy.programme.law import AUTHORITY, PROCESSOR
from privacy.programme.types import BreachMoment

#: Kinds of notices that meet a clock: what was told.
_TOLD = frozenset({Notice.INITIAL, Notice.COMPLETE})


@dataclass(frozen=True)
class Running:
    """One clock of a breach as it stands now."""

    clock: BreachClock
    standing: Standing
    #: When what it wants was done.
    met_at: int | None
    #: How often it was set before, and to when last.
    before: tuple[BreachClock, ...] = ()


@dataclass(frozen=True)
class Alarming:
    """A clock that was not met, for those who are to hear of it. No personal data."""

    breach_id: UUID
    number: str
    rehearsal: bool
    code: str
    standing: Standing
    due_at: int


def set_clocks(row: PersonalDataBreach) -> list[Mapping[str, Any]]:
    """Set every clock whose moment is new or another by now; returns what was set, for the step's event.

    Only a moment sets a clock: another programme since then does not.
    """
    programme, now = programmes.current(), clock.micros()
    moments = {
        BreachMoment.DETECTED: row.detected_at,
        BreachMoment.AWARE: row.aware_at,
        BreachMoment.TOLD: row.processor_aware_at,
    }
    known = {moment: at for moment, at in moments.items() if at is not None}
    current = {one.code: one for one in newest(clocks_of([row.id]))}
    rules = {moment: programme.breach_rules_on(days.day_of(at, programme.zone)) for moment, at in known.items()}
    changed: list[Mapping[str, Any]] = []
    for limit in limits(rules, known, programme.zone):
        old = current.get(limit.code)
        if old is not None and (old.counted_from, old.started_at) == (limit.counted_from.value, limit.started_at):
            continue
        _insert(row.id, limit, 1 if old is None else old.number + 1, programme.number, now)
        was = None if old is None else clock.isoformat(old.due_at)
        changed.append({"clock": limit.code, "due_at": clock.isoformat(limit.due_at), "was": was})
    return changed


def clocks_of(breach_ids: Sequence[UUID]) -> list[BreachClock]:
    """Every clock that was ever set for breaches, in the order in which they were."""
    query = sa.select(BreachClock).where(BreachClock.breach_id.in_(breach_ids))
    return list(session().scalars(query.order_by(BreachClock.breach_id, BreachClock.code, BreachClock.number)))


def newest(clocks: Sequence[BreachClock]) -> list[BreachClock]:
    """Those that count, of one breach: the last one of each code, the first due first."""
    last = {one.code: one for one in clocks}
    return sorted(last.values(), key=lambda one: (one.due_at, one.code))


def authority_clock(row: PersonalDataBreach) -> BreachClock | None:
    """The clock of Art. 33(1); None before the controller is aware."""
    return next((one for one in newest(clocks_of([row.id])) if one.code == AUTHORITY), None)


def running(row: PersonalDataBreach, *, now: int | None = None) -> list[Running]:
    """Every clock of a breach as it stands, the first due first."""
    at = clock.micros() if now is None else now
    return _running(row, clocks_of([row.id]), notices_of([row.id]), at)


def notices_of(breach_ids: Sequence[UUID]) -> list[BreachNotification]:
    """What was recorded of notifications of breaches, in its order."""
    query = sa.select(BreachNotification).where(BreachNotification.breach_id.in_(breach_ids))
    return list(session().scalars(query.order_by(BreachNotification.breach_id, BreachNotification.number)))


def alarming(now: int, *, realm: Realm = Realm.LIVE) -> Sequence[Alarming]:
    """Clocks of open breaches that come near or are over, and were not met. Rehearsals are among them, marked."""
    return [one for one in running_clocks(now, realm=realm) if one.standing in {Standing.NEAR, Standing.OVER}]


def running_clocks(now: int, *, realm: Realm = Realm.LIVE) -> Sequence[Alarming]:
    """Every clock of an open breach that was not met, rehearsals among them, marked."""
    open_ones = [state.value for state in State if not state.ended]
    query = sa.select(PersonalDataBreach).where(
        PersonalDataBreach.realm == realm.value, PersonalDataBreach.state.in_(open_ones)
    )
    rows = list(session().scalars(query.order_by(PersonalDataBreach.id)))
    found: list[Alarming] = []
    for row in rows:  # Open breaches are few.
        found += [
            Alarming(row.id, row.number, row.rehearsal, one.clock.code, one.standing, one.clock.due_at)
            for one in running(row, now=now)
            if one.standing in {Standing.RUNNING, Standing.NEAR, Standing.OVER}
        ]
    return found


def told_of(notices: Sequence[BreachNotification], code: str) -> list[BreachNotification]:
    """What stands of one clock: what was told since it was last withdrawn."""
    mine = [one for one in notices if one.clock == code]
    withdrawn = max((one.number for one in mine if one.kind == Notice.WITHDRAWAL), default=0)
    return [one for one in mine if one.number > withdrawn and one.kind != Notice.RECEIPT]


def _running(
    row: PersonalDataBreach, clocks: Sequence[BreachClock], notices: Sequence[BreachNotification], now: int
) -> list[Running]:
    found = []
    for one in newest(clocks):
        told = told_of(notices, one.code)
        met_at = min((notice.sent_at for notice in told if notice.kind in _TOLD), default=None)
        if one.code == PROCESSOR and met_at is None:
            met_at = row.told_at
        how = standing(
            one.due_at,
            one.hours,
            now,
            met_at=met_at,
            not_needed=any(notice.kind == Notice.NOT_NEEDED for notice in told) or _decided_away(row, one.code),
            ended=State(row.state).ended,
        )
        before = tuple(old for old in clocks if old.code == one.code and old.number < one.number)
        found.append(Running(one, how, met_at, before))
    return found


def _decided_away(row: PersonalDataBreach, code: str) -> bool:
    """Whether the controller decided that the authority is not notified."""
    if code != AUTHORITY or row.decision_id is None:
        return False
    return session().get_one(BreachJudgement, row.decision_id).notify is False


def _insert(breach_id: UUID, limit: Limit, number: int, programme: int, now: int) -> None:
    session().add(
        BreachClock(
            id=new_id(),
            breach_id=breach_id,
            code=limit.code,
            number=number,
            hours=limit.hours,
            counted_from=limit.counted_from.value,
            started_at=limit.started_at,
            due_at=limit.due_at,
            outer_at=limit.outer_at,
            rule_from=limit.rule_from,
            programme=programme,
            statute=limit.statute,
            set_at=now,
        )
    )
