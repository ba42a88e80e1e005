"""Acts without the people behind them: counted by what was done about what and where, and listed, newest first.

A period is read along the ids, which have the order of receipt, so that a question of a week reads no more than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Realm
from privacy.consent import reading
from privacy.consent.acts import ActKind, NoEffect
from privacy.consent.models import ConsentAct, ConsentActAlso
from privacy.consent.reading import ActView
from privacy.db import id_at, in_parts, session
from privacy.subjects import service as subjects

#: So many acts are counted for one question; of more the answer says that it does not reach further.
MOST_COUNTED = 200_000
#: How far an id and its act's receipt may be apart: transactions last, and clocks differ.
_SLACK = 60 * clock.MINUTE


class ActState(StrEnum):
    """Whether an act is taken into account."""

    COUNTS = "counts"
    WITHOUT_EFFECT = "without_effect"
    ANNULLED = "annulled"


@dataclass(frozen=True)
class WantedActs:
    """Which acts are meant. What is None does not narrow."""

    realm: Realm
    #: Received from this moment on, and before that one (microseconds).
    since: int
    before: int
    purpose: str | None = None
    channel: str | None = None
    source_system: str | None = None
    act: ActKind | None = None
    state: ActState | None = None
    no_effect: NoEffect | None = None


@dataclass(frozen=True)
class CountedActs:
    """How many acts are alike."""

    purpose: str
    channel: str
    act: ActKind
    state: ActState
    source_system: str
    acts: int


@dataclass(frozen=True)
class ActCounts:
    """The counts, and whether every act that is meant is in them."""

    rows: Sequence[CountedActs]
    whole: bool


def count_acts(wanted: WantedActs) -> ActCounts:
    """Acts by purpose, channel, kind, state and source, most first; of very many the newest alone."""
    state = sa.case(
        (_annulled(), ActState.ANNULLED.value),
        (ConsentAct.no_effect.is_not(None), ActState.WITHOUT_EFFECT.value),
        else_=ActState.COUNTS.value,
    ).label("state")
    columns = (ConsentAct.purpose, ConsentAct.channel, ConsentAct.act, state, ConsentAct.source_system)
    newest = _meant(sa.select(*columns), wanted).order_by(ConsentAct.id.desc()).limit(MOST_COUNTED + 1).subquery()
    alike = (newest.c.purpose, newest.c.channel, newest.c.act, newest.c.state, newest.c.source_system)
    found = session().execute(sa.select(*alike, sa.func.count()).group_by(*alike)).all()
    rows = [CountedActs(row[0], row[1], ActKind(row[2]), ActState(row[3]), row[4], row[5]) for row in found]
    ordered = sorted(rows, key=lambda one: (-one.acts, one.purpose, one.channel, one.act, one.state, one.source_system))
    return ActCounts(ordered, sum(one.acts for one in rows) <= MOST_COUNTED)


def newest_acts(wanted: WantedActs, *, before: UUID | None = None, most: int = 50) -> list[ActView]:
    """The newest of these acts, or the newest that are older than that one."""
    query = _meant(sa.select(ConsentAct.id), wanted)
    if before is not None:
        query = query.where(ConsentAct.id < before)
    return reading.views_of(session().scalars(query.order_by(ConsentAct.id.desc()).limit(most)).all())


def _meant(query: sa.Select[Any], wanted: WantedActs) -> sa.Select[Any]:
    query = query.where(
        ConsentAct.id >= id_at(wanted.since - _SLACK),
        ConsentAct.id < id_at(wanted.before + _SLACK),
        ConsentAct.received_at >= wanted.since,
        ConsentAct.received_at < wanted.before,
        subjects.in_realm(ConsentAct.subject_id, wanted.realm.value),
    )
    for column, value in (
        (ConsentAct.purpose, wanted.purpose),
        (ConsentAct.channel, wanted.channel),
        (ConsentAct.source_system, wanted.source_system),
        (ConsentAct.act, wanted.act),
        (ConsentAct.no_effect, wanted.no_effect),
    ):
        if value is not None:
            query = query.where(column == str(value))
    match wanted.state:
        case ActState.ANNULLED:
            return query.where(_annulled())
        case ActState.WITHOUT_EFFECT:
            return query.where(ConsentAct.no_effect.is_not(None), ~_annulled())
        case ActState.COUNTS:
            return query.where(ConsentAct.no_effect.is_(None), ~_annulled())
    return query


def _annulled() -> sa.ColumnElement[bool]:
    annulment = sa.orm.aliased(ConsentAct)
    return sa.exists().where(annulment.refers_to == ConsentAct.id)


@dataclass(frozen=True)
class Concerned:
    """Whom and what a set of acts concerns, in numbers and by a few examples."""

    acts: int
    people: int
    rows: Sequence[CountedActs]
    #: By why they have no effect; None: they have one.
    reasons: Sequence[tuple[NoEffect | None, int]]
    examples: Sequence[ActView]


def concerned_by(act_ids: Sequence[UUID], *, examples: int = 10) -> Concerned:
    """What these acts come to; none of them is annulled. Examples are spread over the whole.

    Whoever was one with the person of an act then is counted, though parted since: its effect ends for them too.
    """
    alike: dict[tuple[str, str, str, str], int] = {}
    reasons: dict[str | None, int] = {}
    subject_ids: set[UUID] = set()
    columns = (ConsentAct.subject_id, ConsentAct.purpose, ConsentAct.channel, ConsentAct.act)
    for part in in_parts(act_ids):
        query = sa.select(*columns, ConsentAct.source_system, ConsentAct.no_effect).where(ConsentAct.id.in_(part))
        for subject_id, purpose, channel, act, source, no_effect in session().execute(query):
            subject_ids.add(subject_id)
            key = (purpose, channel, act, source)
            alike[key] = alike.get(key, 0) + 1
            reasons[no_effect] = reasons.get(no_effect, 0) + 1
        also = sa.select(ConsentActAlso.subject_id).where(
            ConsentActAlso.act_id.in_(part), ConsentActAlso.via != "beside"
        )
        subject_ids |= set(session().scalars(also))
    people = {members for part in in_parts(sorted(subject_ids)) for members in subjects.portion_of(part).values()}
    rows = [
        CountedActs(purpose, channel, ActKind(act), ActState.COUNTS, source, number)
        for (purpose, channel, act, source), number in sorted(alike.items(), key=lambda one: (-one[1], one[0]))
    ]
    told = sorted(reasons.items(), key=lambda one: (-one[1], one[0] or ""))
    step = max(1, -(-len(act_ids) // examples))
    return Concerned(
        len(act_ids),
        len(people),
        rows,
        [(NoEffect(code) if code else None, number) for code, number in told],
        reading.views_of(act_ids[::step]),
    )
