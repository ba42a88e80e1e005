"""Write the counts of who asked, read them for a person, and delete them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from privacy.consent.asking.models import AskedCount, AskedList
from privacy.consent.asking.people_set import entry, pack, part_of, unpack
from privacy.db import Driver, Id, Statement, in_parts, new_id, session
from privacy.subjects import service as subjects

#: Sets that one read takes: no read on SQLite may last, because writers wait for it.
_SETS_AT_ONCE = 200


class Question(NamedTuple):
    """Who asked on which day, and for what."""

    #: Days since 1970-01-01, UTC.
    day: int
    asked_by: UUID
    purpose: str
    channel: str


class Answered(NamedTuple):
    """A question about one person, and the answer."""

    subject_id: UUID
    question: Question
    allowed: bool


#: Adds to a count, but for somebody who was deleted meanwhile: of whom nothing may be left.
_COLUMNS = ["subject_id", "day", "asked_by", "purpose", "channel", "allowed", "times"]
_IF_KNOWN = sa.select(
    subjects.FAMILY_ID,
    sa.cast(sa.bindparam("day"), sa.Integer),
    sa.cast(sa.bindparam("asked_by", type_=Id), Id),
    sa.cast(sa.bindparam("purpose"), sa.String),
    sa.cast(sa.bindparam("channel"), sa.String),
    sa.cast(sa.bindparam("allowed"), sa.Boolean),
    sa.cast(sa.bindparam("times"), sa.BigInteger),
).where(sa.bindparam("subject_id", type_=Id) == subjects.FAMILY_ID)
_KEY = list(AskedCount.__table__.primary_key)


def _adding(insert: Any) -> Statement:
    return Statement(
        insert.from_select(_COLUMNS, _IF_KNOWN).on_conflict_do_update(
            index_elements=_KEY, set_={"times": AskedCount.times + insert.excluded.times}
        )
    )


_ADD = {"sqlite": _adding(sqlite.insert(AskedCount)), "postgresql": _adding(postgresql.insert(AskedCount))}
_ADD_SET = Statement(sa.insert(AskedList))


def add_counts(counts: Iterable[tuple[Answered, int]]) -> None:
    """Add to the counts of a day, in the open unit of work. They come sorted, so that no two writers deadlock."""
    driver = Driver.of(session())
    driver.run_all(
        (
            _ADD[driver.dialect],
            {"subject_id": one.subject_id, "allowed": one.allowed, "times": times, **one.question._asdict()},
        )
        for one, times in counts
    )


def add_list(question: Question, entries: Iterable[int]) -> None:
    """Write down the people of a list, in the open unit of work."""
    parts: defaultdict[int, list[int]] = defaultdict(list)
    for one in entries:
        parts[part_of(one)].append(one)
    Driver.of(session()).run_all(
        (_ADD_SET, {"id": new_id(), "part": part, "people": pack(people), **question._asdict()})
        for part, people in sorted(parts.items())
    )


def asked_about(subject_ids: Collection[UUID]) -> dict[tuple[Question, bool], int]:
    """How often each question was asked about any of them and answered so."""
    found: Counter[tuple[Question, bool]] = Counter()
    columns = (AskedCount.day, AskedCount.asked_by, AskedCount.purpose, AskedCount.channel, AskedCount.allowed)
    counts = sa.select(*columns, sa.func.sum(AskedCount.times)).group_by(*columns)
    for day, asked_by, purpose, channel, allowed, times in session().execute(
        counts.where(AskedCount.subject_id.in_(subject_ids))
    ):
        found[Question(day, asked_by, purpose, channel), allowed] += int(times)
    wanted = [(entry(one, allowed=allowed), allowed) for one in subject_ids for allowed in (False, True)]
    for row in _sets(subject_ids):
        entries = unpack(row.people)
        for one, allowed in wanted:
            if times := entries.count(one):
                found[Question(row.day, row.asked_by, row.purpose, row.channel), allowed] += times
    return dict(found)


def forget_asked(subject_ids: Collection[UUID]) -> None:
    """Delete all that says who asked about these subjects, in the open unit of work.

    For the erasure of a person, whose event names it: none is recorded here.
    """
    for ids in in_parts(sorted(subject_ids)):
        session().execute(sa.delete(AskedCount).where(AskedCount.subject_id.in_(ids)))
    gone = {entry(one, allowed=allowed) for one in subject_ids for allowed in (False, True)}
    for row in _sets(subject_ids, lock=True):
        entries = unpack(row.people)
        if not gone.isdisjoint(entries):
            left = [one for one in entries if one not in gone]
            of_row = AskedList.id == row.id
            session().execute(
                sa.update(AskedList).where(of_row).values(people=pack(left))
                if left
                else sa.delete(AskedList).where(of_row)
            )


def delete_before(day: int, limit: int) -> int:
    """Delete counts and sets of earlier days, at most so many rows of each; returns how many."""
    deleted = 0
    for key, of_day in ((_KEY, AskedCount.day), ([AskedList.id], AskedList.day)):
        old = sa.select(*key).where(of_day < day).order_by(of_day).limit(limit)
        deleting = sa.delete(of_day.class_).where(sa.tuple_(*key).in_(old))
        result = session().execute(deleting.execution_options(synchronize_session=False))
        deleted += cast("sa.CursorResult[Any]", result).rowcount
    return deleted


def _sets(subject_ids: Collection[UUID], *, lock: bool = False) -> Iterator[sa.Row[Any]]:
    """The sets that may hold one of them, a portion at a time."""
    parts = sorted({part_of(entry(one, allowed=False)) for one in subject_ids})
    query = sa.select(AskedList.__table__).where(AskedList.part.in_(parts)).order_by(AskedList.id).limit(_SETS_AT_ONCE)
    last: UUID | None = None
    while True:
        later = query if last is None else query.where(AskedList.id > last)
        rows: Sequence[sa.Row[Any]] = session().execute(later.with_for_update() if lock else later).all()
        yield from rows
        if len(rows) < _SETS_AT_ONCE:
            return
        last = rows[-1].id
