"""The rows of the people whom a write concerns: found, locked, and made where they are missing.

Below the ORM, because every recorded act goes through here: on PostgreSQL the reads are one round trip.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKey, OwnerKeyRow, unwrap
from privacy.db import Driver, Id, Statement, as_uuid, new_id
from privacy.subjects.models import (
    AccountIdentifier,
    DataSubject,
    IdentityClaim,
    SubjectContact,
    SubjectContactPast,
    SubjectMerge,
)

#: How many identifiers of each sort one request may name.
MOST_NAMES = 6


@dataclass
class SubjectRow:
    """A data subject with its key, as a writer holds it."""

    id: UUID
    realm: str
    kind: str
    person_id: UUID
    cluster_id: UUID
    group_id: UUID
    members: int
    version: int
    standing: int
    age_class: str | None
    created_at: int
    #: The index and type of its account identifier; None for a contact alone.
    identifier: bytes | None
    identifier_type: str | None
    retired_at: int | None
    key: OwnerKey = field(repr=False)


@dataclass
class ContactRow:
    """A contact as one subject holds it."""

    id: UUID
    subject_id: UUID
    kind: str
    alone: bool
    index: bytes
    held_from: int
    held_until: int | None
    ended: str | None
    own_act_at: int | None


#: How many accounts and contacts alone are named, and whether a reference is: what tells two statements apart.
Shape = tuple[int, int, bool]


_MARK = Statement(sa.text("SAVEPOINT people"))
_LET_GO = Statement(sa.text("ROLLBACK TO SAVEPOINT people"))
_FORGET_MARK = Statement(sa.text("RELEASE SAVEPOINT people"))


def named_subjects(shape: Shape) -> sa.Select[Any]:
    """Ids of the subjects that the binds `account0..`, `alone0..` and `ref` name."""
    accounts, alone, ref = shape
    parts: list[sa.Select[Any]] = []
    if accounts:
        index = AccountIdentifier.value_bidx
        parts.append(sa.select(AccountIdentifier.subject_id).where(index.in_(_binds("account", accounts))))
    if alone:
        index = SubjectContact.value_bidx
        parts.append(
            sa.select(SubjectContact.subject_id).where(SubjectContact.alone, index.in_(_binds("alone", alone)))
        )
    if ref or not parts:
        parts.append(sa.select(DataSubject.id).where(DataSubject.id == sa.bindparam("ref", type_=Id)))
    return parts[0] if len(parts) == 1 else sa.select(sa.union_all(*parts).subquery().c[0])


#: Statements with their values.
Work = Sequence[tuple[Statement, Mapping[str, Any]]]


def _binds(prefix: str, count: int) -> list[sa.BindParameter[bytes]]:
    return [sa.bindparam(f"{prefix}{n}", type_=sa.LargeBinary) for n in range(count)]


_SUBJECT_COLUMNS = (
    DataSubject.id,
    DataSubject.realm,
    DataSubject.kind,
    DataSubject.person_id,
    DataSubject.cluster_id,
    DataSubject.group_id,
    DataSubject.members,
    DataSubject.version,
    DataSubject.standing,
    DataSubject.age_class,
    DataSubject.created_at,
    AccountIdentifier.value_bidx,
    AccountIdentifier.type,
    AccountIdentifier.retired_at,
    OwnerKeyRow.version,
    OwnerKeyRow.wrapped_by,
    OwnerKeyRow.wrapped_enc,
)

_CONTACT_COLUMNS = (
    SubjectContact.id,
    SubjectContact.subject_id,
    SubjectContact.kind,
    SubjectContact.alone,
    SubjectContact.value_bidx,
    SubjectContact.held_from,
    SubjectContact.held_until,
    SubjectContact.ended,
    SubjectContact.own_act_at,
)


@lru_cache(maxsize=64)
def _people(shape: Shape) -> tuple[Statement, Statement]:
    """What locks the people named, and what reads the contacts that they hold.

    Joins from index to index; a person of whom several were named comes as often. Locks in the order of ids, so that
    two writers with several people never wait for each other in a circle.
    """
    names = named_subjects(shape).subquery("names")
    named, person = sa.orm.aliased(DataSubject, name="named"), DataSubject.person_id
    people = sa.join(names, named, named.id == names.c[0]).join(DataSubject, person == named.person_id)
    lock = (
        sa.select(*_SUBJECT_COLUMNS)
        .select_from(people)
        .join(OwnerKeyRow, OwnerKeyRow.owner_id == DataSubject.id)
        .outerjoin(AccountIdentifier, AccountIdentifier.subject_id == DataSubject.id)
        .order_by(DataSubject.id, OwnerKeyRow.version)
        .with_for_update(of=DataSubject)
    )
    contacts = (
        sa.select(*_CONTACT_COLUMNS)
        .select_from(people)
        .join(SubjectContact, SubjectContact.subject_id == DataSubject.id)
    )
    return Statement(lock), Statement(contacts)


_ADVISORY = Statement(sa.select(sa.func.pg_advisory_xact_lock(sa.bindparam("number", type_=sa.BigInteger))))

INSERT_SUBJECT = Statement(sa.insert(DataSubject))
INSERT_IDENTIFIER = Statement(sa.insert(AccountIdentifier))
INSERT_CONTACT = Statement(sa.insert(SubjectContact))
INSERT_CONTACT_PAST = Statement(sa.insert(SubjectContactPast))
INSERT_CLAIM = Statement(sa.insert(IdentityClaim))
UPDATE_CONTACT = Statement(
    sa.update(SubjectContact)
    .where(SubjectContact.id == sa.bindparam("row_id", type_=Id))
    .values(
        held_from=sa.bindparam("held_from", type_=sa.BigInteger),
        held_until=sa.bindparam("held_until", type_=sa.BigInteger),
        ended=sa.bindparam("ended", type_=sa.String),
        own_act_at=sa.bindparam("own_act_at", type_=sa.BigInteger),
    )
)
UPDATE_PLACE = Statement(
    sa.update(DataSubject)
    .where(DataSubject.id == sa.bindparam("row_id", type_=Id))
    .values(
        person_id=sa.bindparam("person_id", type_=Id),
        cluster_id=sa.bindparam("cluster_id", type_=Id),
        group_id=sa.bindparam("group_id", type_=Id),
        members=sa.bindparam("members", type_=sa.Integer),
        version=sa.bindparam("version", type_=sa.BigInteger),
    )
)
BUMP_VERSION = Statement(
    sa.update(DataSubject)
    .where(DataSubject.id == sa.bindparam("row_id", type_=Id))
    .values(version=DataSubject.version + sa.literal_column("1"))
)
_LINKS_OF = Statement(
    sa.union_all(
        sa.select(
            IdentityClaim.a_subject_id, IdentityClaim.b_subject_id, sa.literal_column("1"), IdentityClaim.retired_at
        ).where(IdentityClaim.a_subject_id == sa.bindparam("subject", type_=Id)),
        sa.select(
            SubjectMerge.a_subject_id, SubjectMerge.b_subject_id, sa.literal_column("0"), SubjectMerge.unmerged_at
        ).where(SubjectMerge.a_subject_id == sa.bindparam("subject", type_=Id)),
    )
)


@dataclass(frozen=True)
class Names:
    """Indexes by which subjects are looked up."""

    accounts: Sequence[bytes] = ()
    alone: Sequence[bytes] = ()
    ref: UUID | None = None

    def binds(self) -> dict[str, Any]:
        """Values for the binds of `named_subjects`."""
        values: dict[str, Any] = {"ref": self.ref}
        for prefix, indexes in (("account", self.accounts), ("alone", self.alone)):
            values |= {f"{prefix}{n}": index for n, index in enumerate(indexes)}
        return values

    def shape(self) -> Shape:
        """What tells the statements for two requests apart."""
        return len(self.accounts), len(self.alone), self.ref is not None

    def all(self) -> list[bytes]:
        """Every index, for locking what is not there yet."""
        return sorted({*self.accounts, *self.alone})


def lock_people(driver: Driver, names: Names) -> tuple[list[SubjectRow], list[ContactRow]]:
    """The named subjects and everybody who is one person with them, locked, and the contacts they hold."""
    found = _locked(driver, names, *_from_a_mark(driver))
    _keep(driver)
    return found


def lock_or_queue(driver: Driver, names: Names) -> tuple[list[SubjectRow], list[ContactRow]]:
    """As `lock_people`, for a writer that will make whom it doesn't find.

    On PostgreSQL it first queues behind whoever is just making one of them, and it queues holding nobody: a writer that
    held one person while it waited for another's name, and one that held that name and waited for the person, would
    wait for ever. SQLite has one writer.
    """
    mark, let_go = _from_a_mark(driver)
    subjects, contacts = _locked(driver, names, mark, let_go)
    missing = _missing(names, subjects, contacts)
    if missing and driver.dialect == "postgresql":
        queued = [*let_go, *_turns(driver, missing)]
        subjects, contacts = _locked(driver, names, queued, queued)
    _keep(driver)
    return subjects, contacts


def _locked(driver: Driver, names: Names, first: Work, again: Work) -> tuple[list[SubjectRow], list[ContactRow]]:
    """Lock and read. What grew while this writer waited or looked is let go and locked anew, in the order of ids.

    `first` runs before, in the same round trip; `again` in its place when it has to be done anew.
    """
    binds = names.binds()
    lock, contacts = _people(names.shape())
    while True:
        found, held = driver.rows_of([*first, (lock, binds), (contacts, binds)])[len(first) :]
        first = again
        subjects = _subjects(found)
        heads = {s.id: s.members for s in subjects if s.id == s.person_id}
        people: dict[UUID, int] = {}
        for subject in subjects:
            people[subject.person_id] = people.get(subject.person_id, 0) + 1
        holdings = {row[0]: _contact(row) for row in held}
        # The second statement may see somebody who was committed after the first one looked.
        if people == heads and {holding.subject_id for holding in holdings.values()} <= {s.id for s in subjects}:
            return subjects, list(holdings.values())


def _from_a_mark(driver: Driver) -> tuple[Work, Work]:
    """What to run before locking, and before locking anew: nobody is held meanwhile. SQLite's one writer needs none."""
    if driver.dialect != "postgresql":
        return [], []
    return [(_MARK, {})], [(_LET_GO, {})]


def _keep(driver: Driver) -> None:
    if driver.dialect == "postgresql":
        driver.run_later([(_FORGET_MARK, {})])


def _missing(names: Names, subjects: Iterable[SubjectRow], contacts: Iterable[ContactRow]) -> list[bytes]:
    known = {s.identifier for s in subjects} | {c.index for c in contacts if c.alone}
    return [name for name in names.all() if name not in known]


def lock_names(driver: Driver, names: Iterable[bytes]) -> None:
    """On PostgreSQL, queue behind whoever is just making something of one of these names. SQLite has one writer."""
    driver.run_all(_turns(driver, names))


def _turns(driver: Driver, names: Iterable[bytes]) -> list[tuple[Statement, Mapping[str, Any]]]:
    if driver.dialect != "postgresql":
        return []
    return [(_ADVISORY, {"number": zlib.crc32(name)}) for name in names]


def links_among(driver: Driver, subjects: Iterable[UUID]) -> list[tuple[UUID, UUID, bool, int | None]]:
    """Claims and merges whose first end is one of these: (a, b, whether a claim, when it ended)."""
    found = driver.rows_of([(_LINKS_OF, {"subject": subject}) for subject in subjects])
    return [(as_uuid(a), as_uuid(b), bool(claim), ended) for rows in found for a, b, claim, ended in rows]


def _subjects(rows: Iterable[tuple[Any, ...]]) -> list[SubjectRow]:
    ring = keyring.installed()
    found: dict[UUID, SubjectRow] = {}
    for row in rows:
        (raw_id, realm, kind, person, cluster, group, members, version, standing, age, created) = row[:11]
        subject_id = as_uuid(raw_id)
        identifier, identifier_type, retired_at, key_version, wrapped_by, wrapped = row[11:]
        found[subject_id] = SubjectRow(
            id=subject_id,
            realm=realm,
            kind=kind,
            person_id=as_uuid(person),
            cluster_id=as_uuid(cluster),
            group_id=as_uuid(group),
            members=members,
            version=version,
            standing=standing,
            age_class=age,
            created_at=created,
            identifier=None if identifier is None else bytes(identifier),
            identifier_type=identifier_type,
            retired_at=retired_at,
            key=unwrap(ring, subject_id, key_version, wrapped_by, bytes(wrapped)),
        )
    return list(found.values())


def _contact(row: tuple[Any, ...]) -> ContactRow:
    raw_id, subject, kind, alone, index, held_from, held_until, ended, own_act_at = row
    return ContactRow(
        as_uuid(raw_id), as_uuid(subject), kind, bool(alone), bytes(index), held_from, held_until, ended, own_act_at
    )


def contact_values(contact: ContactRow) -> Mapping[str, Any]:
    """Values for `UPDATE_CONTACT`."""
    return {
        "row_id": contact.id,
        "held_from": contact.held_from,
        "held_until": contact.held_until,
        "ended": contact.ended,
        "own_act_at": contact.own_act_at,
    }


def past_values(contact: ContactRow, known_until: int) -> Mapping[str, Any]:
    """Values for `INSERT_CONTACT_PAST`, to be taken before the holding changes."""
    return {
        "id": new_id(),
        "contact_id": contact.id,
        "held_from": contact.held_from,
        "held_until": contact.held_until,
        "ended": contact.ended,
        "known_until": known_until,
    }


#: The family's subjects in `family_of`, for other rooms to join their rows to.
_family = sa.orm.aliased(DataSubject, name="family")
FAMILY_ID = _family.id


def named_by(*, accounts: int, ref: bool, contact: bool) -> sa.Select[Any]:
    """Ids of the subjects named by `account0..`, `ref` and, whoever holds it, `contact`."""
    parts: list[sa.Select[Any]] = []
    if accounts:
        binds = [sa.bindparam(f"account{n}", type_=sa.LargeBinary) for n in range(accounts)]
        parts.append(sa.select(AccountIdentifier.subject_id).where(AccountIdentifier.value_bidx.in_(binds)))
    if ref:
        parts.append(sa.select(DataSubject.id).where(DataSubject.id == sa.bindparam("ref", type_=Id)))
    if contact or not parts:
        held = SubjectContact.value_bidx == sa.bindparam("contact", type_=sa.LargeBinary)
        parts.append(sa.select(SubjectContact.subject_id).where(held))
    return parts[0] if len(parts) == 1 else sa.select(sa.union_all(*parts).subquery().c[0])


def family_of(named: sa.Select[Any], *, kind: sa.ColumnElement[str]) -> sa.Select[*tuple[Any, ...]]:
    """Everybody who is one person with those named, and the contacts of one kind that they hold or held.

    Joins throughout, which both databases follow from index to index. A person of whom several were named comes as
    often.
    """
    names = named.subquery("names")
    subject = sa.orm.aliased(DataSubject, name="named")
    return (
        sa.select(
            _family.id,
            _family.person_id,
            _family.cluster_id,
            _family.group_id,
            _family.kind,
            _family.realm,
            _family.version,
            _family.standing,
            _family.age_class,
            AccountIdentifier.value_bidx,
            SubjectContact.id,
            SubjectContact.value_bidx,
            SubjectContact.held_from,
            SubjectContact.held_until,
            SubjectContact.ended,
            SubjectContact.own_act_at,
        )
        .select_from(names)
        .join(subject, subject.id == names.c[0])
        .join(_family, _family.person_id == subject.person_id)
        .outerjoin(AccountIdentifier, AccountIdentifier.subject_id == _family.id)
        .outerjoin(SubjectContact, sa.and_(SubjectContact.subject_id == _family.id, SubjectContact.kind == kind))
    )


def version_of(subject_id: sa.ColumnElement[UUID]) -> sa.Select[Any]:
    """The version of a subject's person."""
    subject, head = sa.orm.aliased(DataSubject), sa.orm.aliased(DataSubject)
    return sa.select(head.version).join(subject, subject.person_id == head.id).where(subject.id == subject_id)
