"""The rows of the people whom a write concerns, as the driver gives and takes them.

Below the ORM, because every recorded act goes through here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKey, OwnerKeyRow, unwrap
from privacy.db import Among, Driver, Id, Statement, as_uuid, new_id
from privacy.subjects.models import (
    AccountIdentifier,
    DataSubject,
    IdentityClaim,
    SubjectContact,
    SubjectContactPast,
    SubjectMerge,
)

#: A link as stored: both ends, whether a claim (or else a merge), and when it ended.
LinkRow = tuple[UUID, UUID, bool, int | None]


@dataclass
class SubjectRow:
    """A data subject with its key, as a writer holds it."""

    id: UUID
    realm: str
    kind: str
    person_id: UUID
    cluster_id: UUID
    group_id: UUID
    merged_id: UUID | None
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


SUBJECT_COLUMNS = (
    DataSubject.id,
    DataSubject.realm,
    DataSubject.kind,
    DataSubject.person_id,
    DataSubject.cluster_id,
    DataSubject.group_id,
    DataSubject.merged_id,
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

CONTACT_COLUMNS = (
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

#: The columns of the table itself, in which a new subject is written.
_SUBJECT_TABLE = tuple(column.key for column in DataSubject.__table__.columns)

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
        merged_id=sa.bindparam("merged_id", type_=Id),
        members=sa.bindparam("members", type_=sa.Integer),
        version=sa.bindparam("version", type_=sa.BigInteger),
    )
)
BUMP_VERSION = Statement(
    sa.update(DataSubject)
    .where(DataSubject.id == sa.bindparam("row_id", type_=Id))
    .values(version=DataSubject.version + sa.bindparam("times", type_=sa.BigInteger))
)
_LINKS_OF = Among(
    lambda subjects: sa.union_all(
        sa.select(
            IdentityClaim.a_subject_id, IdentityClaim.b_subject_id, sa.literal_column("1"), IdentityClaim.retired_at
        ).where(IdentityClaim.a_subject_id.in_(subjects)),
        sa.select(
            SubjectMerge.a_subject_id, SubjectMerge.b_subject_id, sa.literal_column("0"), SubjectMerge.unmerged_at
        ).where(SubjectMerge.a_subject_id.in_(subjects)),
    ),
    Id,
)


def links_from(driver: Driver, subjects: Collection[UUID]) -> list[LinkRow]:
    """Claims and merges whose first end is one of these."""
    found = driver.rows(*_LINKS_OF.asked(subjects)) if subjects else []
    return [(as_uuid(a), as_uuid(b), bool(claim), ended) for a, b, claim, ended in found]


def subjects_of(rows: Iterable[tuple[Any, ...]]) -> list[SubjectRow]:
    """Each subject once, with its newest key, from rows of `SUBJECT_COLUMNS` in order of the keys' versions."""
    newest = {row[0]: row for row in rows}
    return [_subject(row) for row in newest.values()]


def _subject(row: tuple[Any, ...]) -> SubjectRow:
    (raw_id, realm, kind, person, cluster, group, merged, members, version, standing, age, created) = row[:12]
    subject_id = as_uuid(raw_id)
    identifier, identifier_type, retired_at, key_version, wrapped_by, wrapped = row[12:]
    return SubjectRow(
        id=subject_id,
        realm=realm,
        kind=kind,
        person_id=as_uuid(person),
        cluster_id=as_uuid(cluster),
        group_id=as_uuid(group),
        merged_id=None if merged is None else as_uuid(merged),
        members=members,
        version=version,
        standing=standing,
        age_class=age,
        created_at=created,
        identifier=None if identifier is None else bytes(identifier),
        identifier_type=identifier_type,
        retired_at=retired_at,
        key=unwrap(keyring.installed(), subject_id, key_version, wrapped_by, bytes(wrapped)),
    )


def contact_of(row: tuple[Any, ...]) -> ContactRow:
    """A holding from a row of `CONTACT_COLUMNS`."""
    raw_id, subject, kind, alone, index, held_from, held_until, ended, own_act_at = row
    return ContactRow(
        as_uuid(raw_id), as_uuid(subject), kind, bool(alone), bytes(index), held_from, held_until, ended, own_act_at
    )


def subject_values(subject: SubjectRow) -> Mapping[str, Any]:
    """Values for `INSERT_SUBJECT`."""
    return {name: getattr(subject, name) for name in _SUBJECT_TABLE}


def place_values(subject: SubjectRow) -> Mapping[str, Any]:
    """Values for `UPDATE_PLACE`."""
    return {
        "row_id": subject.id,
        "person_id": subject.person_id,
        "cluster_id": subject.cluster_id,
        "group_id": subject.group_id,
        "merged_id": subject.merged_id,
        "members": subject.members,
        "version": subject.version,
    }


def dates_of(contact: ContactRow) -> Mapping[str, Any]:
    """What of a holding may change: for `UPDATE_CONTACT`, and for `INSERT_CONTACT` beside what stays as it is."""
    return {
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
