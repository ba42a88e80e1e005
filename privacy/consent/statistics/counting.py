"""What the acts of one person add to the statistics. Pure: the follower, the recount and the answers all ask it.

An act counts once, on the day on which it happened. From when to when a consent stood is told by the person's own
acts alone: from its `give` (or the confirmation of its `request`) until the first "no" that is not surely older.
Nothing of today's programme enters: a term that ran out, or proof that is asked for now, changes no count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from privacy import clock
from privacy.consent.acts import ANY, NOES, ActKind

#: Counted beside the kinds of acts: that a consent began to stand, and that it ceased to.
BEGUN = "begun"
ENDED = "ended"
_NOES = frozenset(kind.value for kind in NOES)
_EPOCH = date(1970, 1, 1).toordinal()


class Standing(StrEnum):
    """Whether an act counts, as far as its record says."""

    EFFECTIVE = "effective"
    NO_EFFECT = "no_effect"
    ANNULLED = "annulled"


class CountedAct(NamedTuple):
    """What is counted of an act."""

    id: UUID
    act: str
    purpose: str
    channel: str
    contact_id: UUID | None
    earliest: int
    latest: int
    source_system: str
    no_effect: str | None
    refers_to: UUID | None


class Cell(NamedTuple):
    """One count: the key of a row of `consent_statistic`."""

    realm: str
    day: int
    purpose: str
    channel: str
    source_system: str
    counted: str
    standing: str


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> date:
    """The day of that number."""
    return date.fromordinal(number + _EPOCH)


def month_of(number: int) -> int:
    """The month of a day: the year times 100 and the month."""
    day = day_of(number)
    return day.year * 100 + day.month


def counts_of(acts: Collection[CountedAct], *, realm: str, zone: ZoneInfo) -> Counter[Cell]:
    """The counts of all acts of one person; any order gives the same."""
    annulled = {act.refers_to for act in acts if act.act == ActKind.ANNUL.value}
    found: Counter[Cell] = Counter()
    valid = []
    for act in acts:
        standing = Standing.NO_EFFECT if act.no_effect else Standing.EFFECTIVE
        if act.id in annulled:
            standing = Standing.ANNULLED
        found[_cell(realm, act.earliest, act, act.act, standing, zone)] += 1
        if standing is Standing.EFFECTIVE:
            valid.append(act)
    for at, act, scope, what in _turns(valid):
        found[_cell(realm, at, act._replace(purpose=scope[0], channel=scope[1]), what, Standing.EFFECTIVE, zone)] += 1
    return found


def _cell(realm: str, at: int, act: CountedAct, counted: str, standing: Standing, zone: ZoneInfo) -> Cell:
    day = day_number(clock.from_micros(at).astimezone(zone).date())
    return Cell(realm, day, act.purpose, act.channel, act.source_system, counted, standing.value)


class _Stood(NamedTuple):
    """From when to when a consent stood, and the acts that began and ended it."""

    start: int
    begun_by: CountedAct
    end: int | None
    ended_by: CountedAct | None


def _turns(valid: Collection[CountedAct]) -> Iterator[tuple[int, CountedAct, tuple[str, str], str]]:
    """When consents began and ceased to stand: the time, the act that did it, purpose and channel, which of the two.

    Several consents of one person to one purpose by one channel (on two addresses, or said again) are one.
    """
    noes = [act for act in valid if act.act in _NOES]
    scopes: defaultdict[tuple[str, str], list[_Stood]] = defaultdict(list)
    for start, give in _gives(valid):
        if (stood := _until_no(start, give, noes)) is not None:
            scopes[give.purpose, give.channel].append(stood)
    for scope, several in scopes.items():
        for one in _joined(several):
            yield one.start, one.begun_by, scope, BEGUN
            if one.end is not None and one.ended_by is not None:
                yield one.end, one.ended_by, scope, ENDED


def _gives(valid: Collection[CountedAct]) -> Iterator[tuple[int, CountedAct]]:
    """Each consent and from when on it stands; a request stands from its first confirmation on."""
    confirmations = (
        sorted((one.earliest, one.contact_id) for one in valid if one.act == ActKind.CONFIRM.value)
        if any(one.act == ActKind.REQUEST.value for one in valid)
        else []
    )
    for act in valid:
        if act.act == ActKind.GIVE.value:
            yield act.earliest, act
        elif act.act == ActKind.REQUEST.value:
            at = next((at for at, on in confirmations if at >= act.earliest and on == act.contact_id), None)
            if at is not None:
                yield at, act


def _until_no(start: int, give: CountedAct, noes: Iterable[CountedAct]) -> _Stood | None:
    """How long a consent stood; None where a "no" is not surely older and came no later."""
    against = [no for no in noes if no.latest >= give.earliest and _covers(no, give)]
    if not against:
        return _Stood(start, give, None, None)
    first = min(against, key=lambda no: (no.earliest, no.id))
    return _Stood(start, give, first.earliest, first) if first.earliest > start else None


def _covers(no: CountedAct, give: CountedAct) -> bool:
    return (
        no.purpose in {ANY, give.purpose}
        and no.channel in {ANY, give.channel}
        and (no.contact_id is None or no.contact_id == give.contact_id)
    )


def _joined(several: Iterable[_Stood]) -> Iterator[_Stood]:
    """Stretches that overlap or touch as one."""
    current: _Stood | None = None
    for one in sorted(several, key=lambda stood: (stood.start, stood.begun_by.id)):
        if current is None or (current.end is not None and one.start > current.end):
            if current is not None:
                yield current
            current = one
        elif current.end is not None and (one.end is None or one.end > current.end):
            current = current._replace(end=one.end, ended_by=one.ended_by)
    if current is not None:
        yield current
