"""Erase people: who one natural person is, and the rows that name them (GDPR Art. 17).

The person is everybody whom agreeing claims or staff say to be one. Whom only a disputed or retired claim connects
may be somebody else and stays; so does a contact that others hold, with what its own subject ever said.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from privacy.authz.actors import Realm
from privacy.crypto.owner_keys import OwnerKeyRow
from privacy.db import Among, Driver, Id, as_uuid, in_parts, savepoint, session
from privacy.errors import NotFound
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind, Programme
from privacy.subjects.contact_value import open_contacts
from privacy.subjects.enlist import Enlisted, replace_places
from privacy.subjects.identifiers import BadIdentifier, Normal
from privacy.subjects.locking import Names, lock_people
from privacy.subjects.models import (
    AccountIdentifier,
    ContactPreference,
    DataSubject,
    IdentityClaim,
    SubjectContact,
    SubjectContactPast,
    SubjectMerge,
    SubjectStanding,
)
from privacy.subjects.naming import ContactName, contact_domain, contact_name
from privacy.subjects.people import People
from privacy.subjects.placing import steadily

#: Those who share rows with somebody, by the rules of another room.
Touched = Callable[[Collection[UUID]], set[UUID]]


@dataclass(frozen=True)
class LockedPerson:
    """A person who is to go, locked with everybody else whom that touches."""

    realm: Realm
    #: The subjects that go.
    subject_ids: frozenset[UUID]
    #: Those who stay and share rows of other rooms with one of them.
    touched: frozenset[UUID]
    #: Everybody locked.
    enlisted: Enlisted = field(repr=False)


@dataclass(frozen=True)
class OwnContact:
    """A contact of a person who is to go, opened."""

    name: ContactName = field(repr=False)
    #: The holdings of it, one for each subject.
    ids: frozenset[UUID]
    held_from: int
    #: Whether somebody who stays holds it too.
    shared: bool
    #: Whether it is somebody else's by now.
    reassigned: bool


def lock_natural_person(subject_id: UUID, *, touched: Touched, whole: bool = True) -> LockedPerson:
    """Find the natural person behind a subject, and lock everybody whom its erasure concerns; raises `NotFound`.

    `touched` adds those who share rows of other rooms. With `whole=False` it is the one subject and no other.
    """
    group = _Concerned.by(subject_id, touched, whole=whole)
    while True:
        try:
            with savepoint():
                return _locked(subject_id, group, touched, whole=whole)
        except _GroupChanged as changed:
            group = changed.now


@dataclass(frozen=True)
class _Concerned:
    """Those who go, and those who stay and are concerned."""

    members: frozenset[UUID]
    touched: frozenset[UUID]
    linked: frozenset[UUID]

    @classmethod
    def by(cls, subject_id: UUID, touched: Touched, *, whole: bool) -> _Concerned:
        members = natural_person(subject_id) if whole else frozenset({subject_id})
        return cls(members, frozenset(touched(members)) - members, frozenset(_linked(members)))


class _GroupChanged(Exception):
    """Who belongs to the person, or shares something with it, changed until all were locked."""

    def __init__(self, now: _Concerned) -> None:
        super().__init__()
        self.now = now


def _locked(subject_id: UUID, group: _Concerned, touched: Touched, *, whole: bool) -> LockedPerson:
    """Lock these; raises `_GroupChanged` where it is others by now. Those locked are let go then, so that two writers
    never wait for each other in a circle.
    """
    driver, concerned = Driver.of(session()), group.members | group.touched | group.linked
    people = People(driver, *lock_people(driver, Names(refs=sorted(concerned))))
    if subject_id not in people.subjects:
        raise NotFound("There is no such person.")
    now = _Concerned.by(subject_id, touched, whole=whole)
    if now != group:
        raise _GroupChanged(now)
    everybody = Enlisted(people, list(people.subjects.values()))
    return LockedPerson(Realm(people.subjects[subject_id].realm), group.members, group.touched, everybody)


def natural_person(subject_id: UUID) -> frozenset[UUID]:
    """The subjects that are one natural person with this one, as far as is known for sure; raises `NotFound`.

    Contacts are compared by their indexes, so none may move to another index key between two looks.
    """
    found = natural_people([subject_id])
    if subject_id not in found:  # Everybody is one with themselves.
        raise NotFound("There is no such person.")
    return found


def natural_people(subject_ids: Collection[UUID]) -> frozenset[UUID]:
    """The same for several together: everybody who is one natural person with those of them who are there."""
    return steadily(None, lambda driver: _natural_people(driver, subject_ids))


def _natural_people(driver: Driver, subject_ids: Collection[UUID]) -> frozenset[UUID]:
    session().flush()  # The driver sees what is written.
    fresh = _surely_one_with(driver, subject_ids)
    found: set[UUID] = set()
    while fresh:
        found |= fresh
        fresh = (_surely_one_with(driver, fresh) | _alone_on_contacts(driver, found)) - found
    return frozenset(found)


def _same_group(subjects: Sequence[sa.BindParameter[UUID]]) -> sa.CompoundSelect[UUID]:
    one, other = sa.orm.aliased(DataSubject), sa.orm.aliased(DataSubject)
    a, b, live = SubjectMerge.a_subject_id, SubjectMerge.b_subject_id, SubjectMerge.unmerged_at.is_(None)
    return sa.union_all(
        sa.select(other.id).join(one, one.group_id == other.group_id).where(one.id.in_(subjects)),
        sa.select(b).where(a.in_(subjects), live),
        sa.select(a).where(b.in_(subjects), live),
    )


def _alone(subjects: Sequence[sa.BindParameter[UUID]]) -> sa.Select[bytes, UUID]:
    """Whoever is known by nothing but a contact that these hold now, with that contact."""
    mine, alone = sa.orm.aliased(SubjectContact), sa.orm.aliased(SubjectContact)
    return (
        sa.select(alone.value_bidx, alone.subject_id)
        .join(mine, sa.and_(alone.value_bidx == mine.value_bidx, alone.alone))
        .where(mine.subject_id.in_(subjects), mine.held_until.is_(None), ~mine.alone)
    )


def _holders(indexes: Sequence[sa.BindParameter[bytes]]) -> sa.Select[bytes, UUID]:
    return sa.select(SubjectContact.value_bidx, SubjectContact.subject_id).where(
        SubjectContact.value_bidx.in_(indexes), SubjectContact.held_until.is_(None)
    )


_SURELY_ONE = Among(_same_group, Id)
_ALONE = Among(_alone, Id)
_HOLDERS = Among(_holders, sa.LargeBinary)


def _surely_one_with(driver: Driver, subjects: Collection[UUID]) -> set[UUID]:
    """Those who are in one group with these, or merged with them; these too, where they are there."""
    parts = in_parts(sorted(subjects))
    return {as_uuid(one) for ids in parts for (one,) in driver.rows(*_SURELY_ONE.asked(ids))}


def _alone_on_contacts(driver: Driver, subjects: Collection[UUID]) -> set[UUID]:
    """Those who are known by nothing but a contact that these hold now and nobody else does."""
    parts = in_parts(sorted(subjects))
    alone = {bytes(index): as_uuid(one) for ids in parts for index, one in driver.rows(*_ALONE.asked(ids))}
    shared = _held_by_others(driver, alone, {*subjects, *alone.values()})
    return {one for index, one in alone.items() if index not in shared}


def _held_by_others(driver: Driver, indexes: Collection[bytes], subjects: Collection[UUID]) -> set[bytes]:
    """Those of the contacts that somebody else holds now."""
    return {
        bytes(index)
        for part in in_parts(sorted(indexes))
        for index, holder in driver.rows(*_HOLDERS.asked(part))
        if as_uuid(holder) not in subjects
    }


def _linked(subjects: Collection[UUID]) -> set[UUID]:
    """The other ends of all claims and merges, ended ones too."""
    found: set[UUID] = set()
    for ids in in_parts(sorted(subjects)):
        for table in (IdentityClaim, SubjectMerge):
            for mine, theirs in ((table.a_subject_id, table.b_subject_id), (table.b_subject_id, table.a_subject_id)):
                found |= set(session().scalars(sa.select(theirs).where(mine.in_(ids))))
    return found - set(subjects)


def own_contacts(subject_ids: Collection[UUID], *, programme: Programme, realm: Realm) -> list[OwnContact]:
    """The contacts that these hold or held, each once, opened while their keys are there."""
    driver = Driver.of(session())
    rows: list[Any] = []
    for ids in in_parts(sorted(subject_ids)):
        columns = (SubjectContact.id, SubjectContact.value_bidx, SubjectContact.held_from, SubjectContact.ended)
        of_them = sa.select(*columns).where(SubjectContact.subject_id.in_(ids)).order_by(SubjectContact.held_from)
        rows += session().execute(of_them).all()
    first = {bytes(row.value_bidx): row for row in reversed(rows)}
    held = {bytes(row.value_bidx) for row in rows if row.ended != "reassigned"}
    holdings: dict[bytes, set[UUID]] = {}
    for row in rows:
        holdings.setdefault(bytes(row.value_bidx), set()).add(row.id)
    shared = _held_by_others(driver, first, set(subject_ids))
    opened = open_contacts([row.id for row in first.values()])
    found: list[OwnContact] = []
    for index, row in first.items():
        kind, value = opened[row.id]
        name = _name_behind(index, programme, realm, ContactKind(kind), value)
        found.append(OwnContact(name, frozenset(holdings[index]), row.held_from, index in shared, index not in held))
    return found


def _name_behind(index: bytes, programme: Programme, realm: Realm, kind: ContactKind, value: str) -> ContactName:
    """A stored contact as it was read when it came: by the programme in force, or by an earlier one.

    The rules for telephone numbers change, and a number read by other rules may be a stranger's. One that nobody reads
    as it was read then is taken as it was written, so that it keeps nobody from being erased.
    """
    for one in _readers(programme):
        with contextlib.suppress(BadIdentifier):
            name = contact_name(one, realm, kind, value)
            if name.index == index:
                return name
    return ContactName(Normal(value, value), contact_domain(realm, kind), kind)


def _readers(programme: Programme) -> Iterator[Programme]:
    yield programme
    for number in range(programmes.current_number(), 0, -1):
        yield programmes.by_number(number)


def merges_of(subject_ids: Collection[UUID]) -> list[UUID]:
    """The merges in which one of them ever took part: with their rows go the events that speak of them."""
    found: set[UUID] = set()
    for ids in in_parts(sorted(subject_ids)):
        either = sa.or_(SubjectMerge.a_subject_id.in_(ids), SubjectMerge.b_subject_id.in_(ids))
        found |= set(session().scalars(sa.select(SubjectMerge.id).where(either)))
    return sorted(found)


def part_with(person: LockedPerson, programme: Programme) -> Mapping[str, int]:
    """Delete the claims and merges of a person who goes, and say anew who belongs together among those who stay."""
    deleted = {
        table.__tablename__: _deleted(
            sa.delete(table).where(sa.or_(table.a_subject_id.in_(ids), table.b_subject_id.in_(ids)))
            for ids in in_parts(sorted(person.subject_ids))
        )
        for table in (IdentityClaim, SubjectMerge)
    }
    if person.enlisted.family.keys() > person.subject_ids:
        replace_places(programme, person.enlisted)
        Driver.of(session()).run_all(person.enlisted.people.work())
    return deleted


def delete_people(subject_ids: Sequence[UUID]) -> Mapping[str, int]:
    """Delete the rows of these subjects, with every version of their keys, in the open unit of work.

    For the erasure of a person, whose event names it: none is recorded here. What other rooms keep of them, claims
    and merges must be gone.
    """
    of_subject = {
        "subject_contact": SubjectContact.subject_id,
        "account_identifier": AccountIdentifier.subject_id,
        "contact_preference": ContactPreference.subject_id,
        "subject_standing": SubjectStanding.subject_id,
        "data_subject": DataSubject.id,
        "owner_key": OwnerKeyRow.owner_id,
    }
    held = [
        sa.select(SubjectContact.id).where(SubjectContact.subject_id.in_(ids)) for ids in in_parts(sorted(subject_ids))
    ]
    deleted = {
        "subject_contact_past": _deleted(
            sa.delete(SubjectContactPast).where(SubjectContactPast.contact_id.in_(some)) for some in held
        )
    }
    for table, column in of_subject.items():
        of_them = [column.in_(ids) for ids in in_parts(sorted(subject_ids))]
        deleted[table] = _deleted(sa.delete(column.class_).where(one) for one in of_them)
    return deleted


def _deleted(statements: Iterable[sa.Delete]) -> int:
    """Run these, and say how many rows went."""
    return sum(_rows(statements))


def _rows(statements: Iterable[sa.Delete]) -> Iterator[int]:
    for statement in statements:
        result = session().execute(statement.execution_options(synchronize_session=False))
        yield cast("sa.CursorResult[Any]", result).rowcount


def same_contact(contact_id: UUID, subject_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Those of the subjects who hold or held that contact too, each with its own holding of it."""
    index = sa.select(SubjectContact.value_bidx).where(SubjectContact.id == contact_id).scalar_subquery()
    query = sa.select(SubjectContact.subject_id, SubjectContact.id).where(SubjectContact.value_bidx == index)
    return {holder: row for holder, row in session().execute(query) if holder in subject_ids}
