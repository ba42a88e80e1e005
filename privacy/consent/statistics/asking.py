"""Statistics of a period: from the summary, and what it lacks counted on the spot, so that the answer is exact."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeVar
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Realm
from privacy.consent.committed import ACT_OBJECT
from privacy.consent.statistics import following
from privacy.consent.statistics.counting import BEGUN, ENDED, Cell, day_number, day_of, month_of
from privacy.consent.statistics.following import Standpoint
from privacy.consent.statistics.models import ConsentStatistic
from privacy.consent.statistics.rates import Tally
from privacy.db import end_read, in_unit_of_work, session
from privacy.errors import InvalidInput, Unavailable
from privacy.programme import service as programmes

_Group = TypeVar("_Group")

#: So many events that the summary lacks are counted on the spot; of more the answer says how far it reaches.
_TAIL = 1_000
#: How often a question is asked again because the follower moved in between.
_TRIES = 50


class Grain(StrEnum):
    """How finely time is told."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class Wanted:
    """Which acts are meant: of a realm, of days by the clock of the jurisdiction (both included), narrowed."""

    realm: Realm
    first: date
    last: date
    grain: Grain = Grain.MONTH
    purpose: str | None = None
    channel: str | None = None
    source_system: str | None = None

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidInput.of("last", "The last day comes before the first.")


class Count(NamedTuple):
    """How often something was counted in one step of the period."""

    #: The first day of the step, or of the part of a month that the period has.
    step: date
    purpose: str
    channel: str
    source_system: str
    counted: str
    standing: str
    number: int


@dataclass(frozen=True)
class Statistics:
    """The answer: counts from which tallies by anything are made."""

    wanted: Wanted
    #: Everything that was on record then is in, and nothing of later days.
    as_of: int
    #: False while the counting was begun anew and has not gone through everybody: the figures are too low.
    is_whole: bool
    counts: tuple[Count, ...]
    #: Consents that stood when the period began, by purpose, channel and source.
    stood_before: Mapping[tuple[str, str, str], int]

    @property
    def total(self) -> Tally:
        """All of the period."""
        return self._tally(self.counts, self._known(sum(self.stood_before.values())))

    def by_purpose(self) -> Mapping[tuple[str, str], Tally]:
        """By purpose and channel, in the order of their codes."""
        groups = self._grouped(lambda one: (one.purpose, one.channel))
        stood: Counter[tuple[str, str]] = Counter()
        for (purpose, channel, _), number in self.stood_before.items():
            stood[purpose, channel] += number
        keys = sorted(groups.keys() | {key for key, number in stood.items() if number})
        return {key: self._tally(groups.get(key, ()), self._known(stood[key])) for key in keys}

    def by_source(self) -> Mapping[str, Tally]:
        """By source: what each collected. What one began another may have ended, so nothing stands by source."""
        groups = self._grouped(lambda one: one.source_system)
        return {key: self._tally(groups[key], None) for key in sorted(groups)}

    def over_time(self) -> Mapping[date, Tally]:
        """By step, each beginning with what the one before left."""
        groups = self._grouped(lambda one: one.step)
        stood = self._known(sum(self.stood_before.values()))
        found: dict[date, Tally] = {}
        for step in sorted(groups):
            found[step] = self._tally(groups[step], stood)
            stood = found[step].stands_after
        return found

    def standing_over_time(self) -> Mapping[tuple[str, str], Mapping[date, int]]:
        """By purpose and channel the consents that stand at the end of each step, all steps that have anything."""
        steps = sorted({one.step for one in self.counts})
        moves: defaultdict[tuple[str, str], Counter[date]] = defaultdict(Counter)
        for (purpose, channel, _), number in self.stood_before.items():
            moves[purpose, channel][date.min] += number
        for one in self.counts:
            if one.counted in {BEGUN, ENDED}:
                moves[one.purpose, one.channel][one.step] += one.number if one.counted == BEGUN else -one.number
        return {key: _running(moves[key], steps) for key in sorted(moves)}

    def _known(self, stood: int) -> int | None:
        """None where the answer is about one source: what it began others may have ended."""
        return stood if self.wanted.source_system is None else None

    def _grouped(self, key: Callable[[Count], _Group]) -> dict[_Group, list[Count]]:
        groups: dict[_Group, list[Count]] = {}
        for one in self.counts:
            groups.setdefault(key(one), []).append(one)
        return groups

    @staticmethod
    def _tally(counts: Iterable[Count], stood_before: int | None) -> Tally:
        return Tally.of(((one.counted, one.standing, one.number) for one in counts), stood_before=stood_before)


def statistics(wanted: Wanted) -> Statistics:
    """Answer from the summary and what the log has beyond it. Raises `Unavailable` where it moves all the time."""
    zone = programmes.current().zone
    for _ in range(_TRIES):
        asked_at = clock.micros()
        known = following.standpoint()
        if known is None or known.zone != zone.key:
            return Statistics(wanted, asked_at, False, (), {})
        counts, before = _stored(wanted)
        ids, place = _untold(known)
        tail = following.tail(known, zone, ids) if ids is not None else Counter[Cell]()
        unmoved = following.standpoint() == known
        _let_go()
        if unmoved:
            _add(wanted, tail, counts, before)
            as_of = asked_at if ids is not None else (place or known.moved_at)
            return _answer(wanted, as_of, known, counts, before)
    raise Unavailable("The statistics are being counted; try again.")


_Key = tuple[date, str, str, str, str, str]
_Scope = tuple[str, str, str]


def _stored(wanted: Wanted) -> tuple[Counter[_Key], Counter[_Scope]]:
    """What the summary has of the period, and what stood before it."""
    table = ConsentStatistic
    first, last = day_number(wanted.first), day_number(wanted.last)
    where = [table.realm == wanted.realm.value]
    for name in ("purpose", "channel", "source_system"):
        if (value := getattr(wanted, name)) is not None:
            where.append(getattr(table, name) == value)
    time = table.day if wanted.grain is Grain.DAY else table.month
    key = (table.purpose, table.channel, table.source_system, table.counted, table.standing)
    query = sa.select(sa.func.sum(table.acts), time, *key).where(*where, table.day.between(first, last))
    counts: Counter[_Key] = Counter()
    for number, step, purpose, channel, source, counted, standing in session().execute(query.group_by(time, *key)):
        counts[_step(wanted, step), purpose, channel, source, counted, standing] += int(number)
    scope = (table.purpose, table.channel, table.source_system)
    turns = sa.select(sa.func.sum(table.acts), table.counted, *scope).where(
        *where, table.day < first, table.counted.in_([BEGUN, ENDED])
    )
    before: Counter[_Scope] = Counter()
    for number, counted, *of in session().execute(turns.group_by(table.counted, *scope)):
        before[of[0], of[1], of[2]] += int(number) if counted == BEGUN else -int(number)
    return counts, before


def _step(wanted: Wanted, step: int) -> date:
    """The first day of a step that lies in the period."""
    if wanted.grain is Grain.DAY:
        return day_of(step)
    return max(date(step // 100, step % 100, 1), wanted.first)


def _untold(known: Standpoint) -> tuple[list[UUID] | None, int | None]:
    """The acts of which the log speaks beyond the counts.

    None where they are too many to be counted now; then also up to when the counts have everything.
    """
    # Those that wait come first: one that is sequenced meanwhile is then met twice, and none is missed.
    waiting = audit.objects_waiting(_TAIL + 1)
    leaves = audit.sequenced_leaves(known.place, _TAIL + 1)
    notes = following.notes_waiting(_TAIL + 1)
    if not known.is_whole or max(len(waiting), len(leaves), notes) > _TAIL:
        return None, audit.sequenced_at(known.place - 1)
    told = [*waiting, *((leaf.object_type, leaf.object_id) for leaf in leaves)]
    return [UUID(object_id) for object_type, object_id in told if object_type == ACT_OBJECT and object_id], None


def _add(wanted: Wanted, tail: Mapping[Cell, int], counts: Counter[_Key], before: Counter[_Scope]) -> None:
    first, last = day_number(wanted.first), day_number(wanted.last)
    for cell, number in tail.items():
        if not _is_meant(wanted, cell) or cell.day > last:
            continue
        scope = (cell.purpose, cell.channel, cell.source_system)
        if cell.day >= first:
            step = _step(wanted, cell.day if wanted.grain is Grain.DAY else month_of(cell.day))
            counts[step, *scope, cell.counted, cell.standing] += number
        elif cell.counted in {BEGUN, ENDED}:
            before[scope] += number if cell.counted == BEGUN else -number


def _is_meant(wanted: Wanted, cell: Cell) -> bool:
    narrowed = (
        (wanted.purpose, cell.purpose),
        (wanted.channel, cell.channel),
        (wanted.source_system, cell.source_system),
    )
    return cell.realm == wanted.realm.value and all(value is None or value == of for value, of in narrowed)


def _answer(
    wanted: Wanted, as_of: int, known: Standpoint, counts: Counter[_Key], before: Counter[_Scope]
) -> Statistics:
    rows = tuple(Count(*key, number) for key, number in sorted(counts.items()) if number)
    return Statistics(wanted, as_of, known.is_whole, rows, {scope: n for scope, n in sorted(before.items()) if n})


def _running(moves: Mapping[date, int], steps: Iterable[date]) -> Mapping[date, int]:
    stands, found = moves.get(date.min, 0), {}
    for step in steps:
        stands += moves.get(step, 0)
        found[step] = stands
    return found


def _let_go() -> None:
    if not in_unit_of_work():
        end_read()
