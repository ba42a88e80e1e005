"""What will go in the next week, month and year, by rule and place; what is held back and why; what stayed too long.

Systems are asked page by page outside any unit of work, and only counts are kept, so that memory does not grow with
them. A system that is away, or that only a person can look through, is named as that: nobody guesses a number for it.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.db import end_read, new_id
from privacy.legal_time.days import ONE
from privacy.legal_time.periods import months_later
from privacy.programme import service as programmes
from privacy.programme.data_map import ConnectorKind, DataSet, System, Table
from privacy.programme.types import Programme, RetentionAction, RetentionRule
from privacy.retention import policy
from privacy.retention.holds import holds
from privacy.retention.policy import Applied, Term
from privacy.retention.runs import own_people, reviews
from privacy.retention.runs.own_people import Needed
from privacy.retention.runs.planning import Ground, Planning
from privacy.retention.runs.reviews import Reviewed
from privacy.retention.runs.vocabulary import Stays
from privacy.retention.runs.warned_people import STAYS
from privacy.retention.warnings import warnings
from privacy.retention.warnings.warned import Warned
from privacy.subjects.service import ListedPerson
from privacy.systems import service as systems
from privacy.systems.connector import Connector, Page, Row, SystemFailure, Task
from privacy.systems.graph import Identifier

Connect = Callable[[System, Programme], Connector]
#: Rows of one page.
_AT_ONCE = 2_000


class Horizon(StrEnum):
    """By when; what falls into an earlier one is not in the later."""

    PAST = "past"  # it should have gone before today
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class State(StrEnum):
    """How well a place is known."""

    COUNTED = "counted"
    BY_HAND = "by_hand"  # the system cannot list rows by a day: a person looks
    AWAY = "away"  # it did not answer, or refused; what was counted until then is told
    CUT_SHORT = "cut_short"  # it took longer than whoever asked waits; what was counted is too little


#: Why what a rule would let go stays, besides `Stays`: another rule needs it yet; its start is not known.
OTHER_RULE, NO_START = Needed.OTHER_RULE.value, "no_start"


@dataclass
class Place:
    """What is expected of one table of a system, or of our own people by one rule."""

    system: str
    #: `data set.table`; of our own people the rule; empty where the system is looked after as a whole.
    place: str
    rules: tuple[str, ...]
    state: State = State.COUNTED
    #: What the system said, in words that hold nothing of anybody.
    detail: str | None = None
    #: Rows of which something goes, by rule.
    goes: dict[str, Counter[Horizon]] = field(default_factory=lambda: defaultdict(Counter))
    #: Rows that stay though a rule would let them go, by reason; and of those that are held, by hold.
    stays: dict[str, Counter[Horizon]] = field(default_factory=lambda: defaultdict(Counter))
    holds: Counter[str] = field(default_factory=Counter)
    #: Since when the oldest row that nothing keeps should be gone.
    oldest: date | None = None
    #: Rows whose end nobody can tell, since a start is missing or unreadable; None where not every row was read.
    endless: int | None = None

    def total(self, until: Horizon) -> int:
        """Rows of which something goes by then, those of earlier horizons too."""
        return sum(within(counts)[until] for counts in self.goes.values())


@dataclass(frozen=True)
class Forecast:
    """What is expected of all places."""

    today: date
    #: When it was worked out, in microseconds.
    at: int
    #: The number of the programme whose rules these are.
    programme: int
    #: The last day of each horizon.
    ends: Mapping[Horizon, date]
    places: Sequence[Place]


def within(counts: Mapping[Horizon, int]) -> Mapping[Horizon, int]:
    """What goes by the end of each horizon: everything of the earlier ones too."""
    found, so_far = {}, 0
    for one in Horizon:
        so_far += counts.get(one, 0)
        found[one] = so_far
    return found


def ends_of(today: date) -> Mapping[Horizon, date]:
    """The last day of each horizon."""
    return {
        Horizon.PAST: today,
        Horizon.WEEK: today + timedelta(days=7),
        Horizon.MONTH: months_later(today, 1),
        Horizon.YEAR: months_later(today, 12),
    }


def horizon_of(today: date, last: date | None) -> Horizon | None:
    """Into which horizon something falls that is kept up to that day; None beyond all, or without such a day."""
    if last is None or last == date.max:
        return None
    day = last + ONE
    if day < today:
        return Horizon.PAST
    return next((one for one, end in ends_of(today).items() if one is not Horizon.PAST and day <= end), None)


def forecast(*, connect: Connect = systems.connect, seconds: float | None = None, thorough: bool = False) -> Forecast:
    """Work it out now, for live people and data. Not in a unit of work.

    `seconds`: how long all of it may take; places that are not done by then are `CUT_SHORT`. `thorough`: read every
    row, so that those are known whose start nobody can tell, and which no day finds.
    """
    try:
        programme, facts = programmes.current(), holds.in_force()
    finally:
        end_read()  # What follows may take minutes, and nobody's write should wait for it.
    at = clock.micros()
    today = clock.now().astimezone(programme.zone).date()
    stop = None if seconds is None else time.monotonic() + seconds
    asking = _Asking(programme, facts, today, connect, stop, thorough)
    return Forecast(today, at, programme.number, ends_of(today), list(asking.places()))


@dataclass(frozen=True)
class _Asking:
    """One forecast on its way."""

    programme: Programme
    facts: holds.Holds
    today: date
    connect: Connect
    #: By the monotonic clock.
    stop: float | None
    thorough: bool

    @cached_property
    def kept(self) -> Mapping[str, Reviewed]:
        """What somebody decided to keep of our own people, by rule."""
        return _kept_in(own_people.SYSTEM, self.today)

    def places(self) -> Iterator[Place]:
        """Every place that a rule disposes of something in."""
        for system in self.programme.systems.values():
            yield from self._of_system(system)
        for rule in own_people.rules(self.programme):
            yield self._of_people(rule)

    def _of_people(self, rule: RetentionRule) -> Place:
        """Our own people, by one rule."""
        place = Place(own_people.SYSTEM, rule.code, (rule.code,))
        after: UUID | None = None
        while not self._is_late():
            try:
                ends, after = own_people.ends_after(rule, self.programme, after)
                self._count_people(place, rule, ends)
            finally:
                end_read()
            if after is None:
                return place
        place.state = State.CUT_SHORT
        return place

    def _count_people(
        self, place: Place, rule: RetentionRule, ends: Sequence[tuple[ListedPerson, date | None]]
    ) -> None:
        some = {one: last for one, last in ends if last is not None and horizon_of(self.today, last) is not None}
        needed = own_people.needed(rule, self.programme, some)
        for person, last in some.items():
            self._count_person(place, rule, person.members, last, needed.get(person.id))

    def _count_person(
        self, place: Place, rule: RetentionRule, members: Collection[UUID], last: date, needed: Needed | None
    ) -> None:
        horizon = horizon_of(self.today, last)
        if horizon is None:
            return
        if needed is not None:
            place.stays[needed.value][horizon] += 1
            return
        held = self.facts.on_people(members) if self.facts.any else None
        if held is not None:
            place.stays[Stays.HELD.value][horizon] += 1
            place.holds[held.number] += 1
            return
        if rule.action is RetentionAction.REVIEW:
            stays = self.kept.get(rule.code, reviews.NOTHING).stays(last) or Stays.REVIEW
            place.stays[stays.value][horizon] += 1
            return
        if horizon is Horizon.PAST and rule.warning is not None:
            [why] = _stays(rule, [Warned(subject_ids=frozenset(members))])
            if why is not None:
                place.stays[why.value][horizon] += 1
                return
        place.goes[rule.code][horizon] += 1
        if horizon is Horizon.PAST:
            place.oldest = min(last + ONE, place.oldest or last + ONE)

    def _is_late(self) -> bool:
        return self.stop is not None and time.monotonic() > self.stop

    def _of_system(self, system: System) -> Iterator[Place]:
        found = list(self._tables(system))
        if not found:
            yield from _as_a_whole(self.programme, system)
            return
        listed = [one for one in found if one.before and system.connector is ConnectorKind.SQL]
        for one in found:
            if one not in listed:
                one.place.state = State.BY_HAND
        if listed:
            self._ask(system, listed)
        yield from (one.place for one in found)

    def _tables(self, system: System) -> Iterator[_Table]:
        last = ends_of(self.today)[Horizon.YEAR]
        for data_set in systems.data_sets_of(system, self.programme):
            for table in data_set.tables.values():
                rules = policy.applied(self.programme, system, data_set, table)
                codes = tuple(sorted({one.rule.code for one in rules if one.disposes}))
                if codes:
                    before = policy.before(rules, last, self.programme.zone)
                    place = Place(system.code, f"{data_set.code}.{table.name}", codes)
                    yield _Table(place, data_set, table, rules, before)

    def _ask(self, system: System, tables: Sequence[_Table]) -> None:
        try:
            connector = self.connect(system, self.programme)
        except SystemFailure as failure:
            for one in tables:
                one.place.state, one.place.detail = State.AWAY, failure.detail
            return
        finally:
            end_read()
        with contextlib.closing(connector):
            for one in tables:
                try:
                    self._count(system, connector, one)
                except SystemFailure as failure:
                    one.place.state, one.place.detail = State.AWAY, failure.detail

    def _count(self, system: System, connector: Connector, one: _Table) -> None:
        counting = _Counting(self, system, connector, one)
        one.place.endless = 0 if self.thorough else None
        after: Mapping[str, Any] | None = None
        while not self._is_late():
            page = self._page(connector, one, after)
            counting.add(page.rows)
            after = page.last
            if after is None:
                return
        one.place.state = State.CUT_SHORT

    def _page(self, connector: Connector, one: _Table, after: Mapping[str, Any] | None) -> Page:
        if self.thorough:
            return systems.every_row(connector, one.table, after=after, limit=_AT_ONCE)
        return connector.due(one.table, one.before, after=after, limit=_AT_ONCE)


@dataclass(frozen=True)
class _Table:
    place: Place
    data_set: DataSet
    table: Table
    rules: tuple[Applied, ...]
    before: tuple[Any, ...]


class _Counting:
    """Counts the rows of one table."""

    def __init__(self, asking: _Asking, system: System, connector: Connector, of: _Table) -> None:
        self._asking, self._of = asking, of
        self._zone = asking.programme.zone
        self._ends = ends_of(asking.today)
        ground = Ground(
            asking.programme,
            system,
            (of.data_set.code, of.table.name),
            asking.today,
            frozenset(),
            secrets.token_bytes(32),
            _kept_in(system.code, asking.today),
        )
        task = Task(new_id(), new_id())
        # What is due ahead of its day is warned of in time; what should be gone waits for whoever is not warned yet.
        ask = any(one.rule.warning for one in of.rules)
        self._planning = {
            horizon: Planning(
                replace(ground, as_of=day),
                *(connector, task, asking.facts, _standing),
                ahead=not (ask and horizon is Horizon.PAST),
            )
            for horizon, day in self._ends.items()
        }

    def add(self, rows: Sequence[Row]) -> None:
        """Count a page."""
        by_horizon: dict[Horizon, list[Row]] = defaultdict(list)
        days: dict[int, date] = {}
        for row in rows:
            term = policy.term(self._of.table, row, self._of.rules, self._asking.today, self._zone)
            if self._of.place.endless is not None:
                self._of.place.endless += term.until is None
            day = self._next(row, term)
            horizon = None if day is None else horizon_of(self._asking.today, day - ONE)
            if horizon is not None and day is not None:
                by_horizon[horizon].append(row)
                days[id(row)] = day
            else:
                self._kept_back(row, term)
        for horizon, some in by_horizon.items():
            self._plan(horizon, some, days)

    def _plan(self, horizon: Horizon, rows: Sequence[Row], days: Mapping[int, date]) -> None:
        place = self._of.place
        counts = self._planning[horizon].plan(rows).counts
        for rule, number in counts.rules.items():
            place.goes[rule][horizon] += number
        for why, number in counts.stays.items():
            place.stays[why][horizon] += number
        place.holds.update(counts.holds)
        if horizon is Horizon.PAST and counts.rules:
            first = min(days[id(row)] for row in rows)
            place.oldest = min(first, place.oldest or first)

    def _next(self, row: Row, term: Term) -> date | None:
        """The day on which something more goes; one in the past where it did not go yet."""
        ahead = next((day for day in term.days if day >= self._asking.today), None)
        if term.days and term.days[0] < self._asking.today and not self._is_done(row, term):
            return term.days[0]
        return ahead

    def _is_done(self, row: Row, term: Term) -> bool:
        if not (term.whole or term.over):
            return False
        if term.whole and term.action is RetentionAction.REVIEW:
            return False
        ground = self._planning[Horizon.PAST].ground
        try:
            made, _ = policy.change(
                ground.programme, ground.data_set, ground.table, row, term, ground.as_of, secret=ground.secret
            )
        except ValueError:  # Without a key; the plan says so.
            return False
        return made is None

    def _kept_back(self, row: Row, term: Term) -> None:
        """A row that one rule would let go, and another does not."""
        own = [last for one in self._of.rules if one.disposes and (last := one.ends(row, self._zone)) is not None]
        if not own or (term.days[:1] and term.days[0] <= self._asking.today):
            return  # What is left of it is as it should be.
        horizon = horizon_of(self._asking.today, min(own))
        if horizon is not None:
            self._of.place.stays[NO_START if term.until is None else OTHER_RULE][horizon] += 1


def _as_a_whole(programme: Programme, system: System) -> Iterator[Place]:
    """A system that has no tables, where a rule names it: a person is asked."""
    rules = tuple(
        rule.code for rule in programme.retention_rules.values() if rule.trigger and system.code in rule.covers.systems
    )
    if rules and not system.data_sets:
        yield Place(system.code, "", rules, State.BY_HAND)


def _kept_in(system: str, today: date) -> Mapping[str, Reviewed]:
    try:
        return reviews.kept_in(system, today)
    finally:
        end_read()


def _standing(rule: RetentionRule, people: Sequence[frozenset[Identifier]]) -> Sequence[Stays | None]:
    """How the people of rows stand that could go now; nobody is warned by a forecast."""
    named = [Warned(frozenset((one.kind, str(one.value)) for one in some)) for some in people]
    try:
        return _stays(rule, named)
    finally:
        end_read()


def _stays(rule: RetentionRule, people: Sequence[Warned]) -> Sequence[Stays | None]:
    today = clock.now().astimezone(programmes.current().zone).date()
    return [STAYS[how] for how in warnings.standing(rule, people, today)]
