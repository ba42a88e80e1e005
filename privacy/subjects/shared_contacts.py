"""Contacts that accounts of different people hold: a household's address, a shop's number typed in for customers.

Nobody can tell from the database whose they are, so they are listed for a review, in order of their keyed index and in
portions: one contact's holders may be few or thousands, and no read lasts long enough to hold writers up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy.db import Driver, session
from privacy.programme.types import ContactKind
from privacy.subjects import identifiers
from privacy.subjects.contact_value import open_contact
from privacy.subjects.models import DataSubject, SubjectContact

#: Contacts looked at in one statement.
_WINDOW = 2_000
#: Windows that one page may look through: past them it ends early, and the next page goes on.
_MOST_WINDOWS = 50


@dataclass(frozen=True)
class SharedContact:
    """A contact that accounts of different people hold now."""

    kind: str
    masked: str
    people: int
    sources: tuple[str, ...]
    #: When the second of them came to hold it, as the sources say.
    since: int


def shared_after(realm: str, after: bytes, limit: int) -> tuple[list[SharedContact], bytes | None]:
    """The next contacts that accounts of several people hold, and the index after which to go on.

    That is None where there is nothing more.
    """
    found: list[SharedContact] = []
    for _ in range(_MOST_WINDOWS):
        window = _window(after)
        candidates = sorted(index for index, number in window.counts.items() if number > 1)
        for start in range(0, len(candidates), limit):
            for index, people in _holders(realm, candidates[start : start + limit]):
                found += _shared(index, people)
                if len(found) == limit:
                    return found, index
        if window.ends is None:
            return found, None
        after = window.ends
    return found, after


def alone_on(contact_ids: Iterable[UUID]) -> list[UUID]:
    """The people who are one of these contacts and nothing else: what they said speaks for whoever holds it."""
    mine, other = sa.orm.aliased(SubjectContact), sa.orm.aliased(SubjectContact)
    query = (
        sa.select(other.subject_id)
        .join(mine, mine.value_bidx == other.value_bidx)
        .where(mine.id.in_(list(contact_ids)), other.alone)
        .order_by(other.subject_id)
    )
    return list(dict.fromkeys(session().scalars(query)))


@dataclass(frozen=True)
class _Window:
    """Some contacts in order of their index."""

    #: How many accounts hold each now.
    counts: Mapping[bytes, int]
    #: The last one; None where there are no more.
    ends: bytes | None


def _window(after: bytes) -> _Window:
    """The next contacts, each with all its holders: one whose holders don't fit goes to the next window."""
    columns = (SubjectContact.value_bidx, SubjectContact.held_until, SubjectContact.alone)
    order = SubjectContact.value_bidx
    rows = session().execute(sa.select(*columns).where(order > after).order_by(order).limit(_WINDOW)).all()
    if len(rows) < _WINDOW:
        return _Window(_counts(rows), None)
    last = bytes(rows[-1].value_bidx)
    whole = [row for row in rows if bytes(row.value_bidx) != last]
    if not whole:  # One contact with so many holders: it fills the window, and the next begins after it.
        return _Window({last: len(rows)}, last)
    return _Window(_counts(whole), bytes(whole[-1].value_bidx))


def _counts(rows: Iterable[sa.Row[bytes, int | None, bool]]) -> Counter[bytes]:
    return Counter(bytes(row.value_bidx) for row in rows if row.held_until is None and not row.alone)


def _held_now(realm: str) -> sa.Select[bytes, int]:
    return (
        sa.select(SubjectContact.value_bidx, sa.func.count(sa.distinct(DataSubject.person_id)).label("people"))
        .join(DataSubject, DataSubject.id == SubjectContact.subject_id)
        .where(SubjectContact.held_until.is_(None), ~SubjectContact.alone, DataSubject.realm == realm)
    )


def _holders(realm: str, indexes: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """Of these contacts those that several people hold, in order, with their number."""
    query = (
        _held_now(realm)
        .where(SubjectContact.value_bidx.in_(indexes))
        .group_by(SubjectContact.value_bidx)
        .having(sa.func.count(sa.distinct(DataSubject.person_id)) > 1)
        .order_by(SubjectContact.value_bidx)
    )
    return [(bytes(row.value_bidx), row.people) for row in session().execute(query)]


def _shared(index: bytes, people: int) -> list[SharedContact]:
    """The contact; nothing where it ceased to be shared while it was looked at."""
    held = sa.and_(SubjectContact.value_bidx == index, SubjectContact.held_until.is_(None), ~SubjectContact.alone)
    first, since = session().scalar(sa.select(SubjectContact.id).where(held).limit(1)), _second(index)
    if first is None or since is None:
        return []
    kind, value = open_contact(Driver.of(session()), first)
    sources = session().scalars(sa.select(SubjectContact.source).where(held).distinct().order_by(SubjectContact.source))
    return [SharedContact(kind, identifiers.mask(ContactKind(kind), value), people, tuple(sources), since)]


def _second(index: bytes) -> int | None:
    """Since when the contact is shared: the second oldest date, counting each person once."""
    oldest = (
        sa.select(sa.func.min(SubjectContact.held_from))
        .join(DataSubject, DataSubject.id == SubjectContact.subject_id)
        .where(SubjectContact.value_bidx == index, SubjectContact.held_until.is_(None), ~SubjectContact.alone)
        .group_by(DataSubject.person_id)
        .order_by(sa.func.min(SubjectContact.held_from))
        .limit(1)
        .offset(1)
    )
    return session().scalar(oldest)
