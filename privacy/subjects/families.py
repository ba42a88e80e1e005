"""Everybody whom many indexes name, and all that they hold, in a few statements for hundreds at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.db import in_parts, session
from privacy.subjects.models import AccountIdentifier, DataSubject, SubjectContact
from privacy.subjects.store import CONTACT_COLUMNS, ContactRow, contact_of
from privacy.subjects.types import AgeClass, Standing, SubjectKind


@dataclass(frozen=True)
class Relative:
    """A data subject, and the index of its account identifier where it has one."""

    id: UUID
    person_id: UUID
    cluster_id: UUID
    group_id: UUID
    merged_id: UUID | None
    standing: Standing
    age_class: AgeClass | None
    alone: bool
    identifier: bytes | None


@dataclass
class Families:
    """Subjects and their contacts. Whoever is here is here with everybody who is one person with them."""

    subjects: list[Relative] = field(default_factory=list)
    contacts: list[ContactRow] = field(default_factory=list)


def families(indexes: Iterable[bytes], *, realm: str, subjects: Iterable[UUID] = ()) -> Families:
    """Those whom the indexes name, as identifiers of accounts or as contacts, with their families and contacts.

    `subjects`: those who are named themselves.
    """
    people: set[UUID] = set()
    for known in in_parts(sorted(set(subjects))):
        of_realm = sa.select(DataSubject.person_id).where(DataSubject.realm == realm)
        people |= set(session().scalars(of_realm.where(DataSubject.id.in_(known))))
    for part in in_parts(sorted(set(indexes))):
        people |= set(session().scalars(_people_of(part, realm)))
    found = Families()
    for ids in in_parts(sorted(people)):
        found.subjects += _subjects(ids)
    members = sorted({subject.id for subject in found.subjects})
    for ids in in_parts(members):
        found.contacts += _contacts(ids)
    return found


def _people_of(indexes: Sequence[bytes], realm: str) -> sa.Select[Any]:
    named = sa.union(
        sa.select(AccountIdentifier.subject_id).where(AccountIdentifier.value_bidx.in_(indexes)),
        sa.select(SubjectContact.subject_id).where(SubjectContact.value_bidx.in_(indexes)),
    ).subquery()
    query = sa.select(DataSubject.person_id).join(named, named.c[0] == DataSubject.id)
    return query.where(DataSubject.realm == realm).distinct()


def _subjects(people: Sequence[UUID]) -> Iterator[Relative]:
    query = (
        sa.select(
            DataSubject.id,
            DataSubject.person_id,
            DataSubject.cluster_id,
            DataSubject.group_id,
            DataSubject.merged_id,
            DataSubject.standing,
            DataSubject.age_class,
            DataSubject.kind,
            AccountIdentifier.value_bidx,
        )
        .outerjoin(AccountIdentifier, AccountIdentifier.subject_id == DataSubject.id)
        .where(DataSubject.person_id.in_(people))
    )
    for row in session().execute(query):
        subject_id, person, cluster, group, merged, standing, age, kind, index = row
        yield Relative(
            subject_id,
            person,
            cluster,
            group,
            merged,
            Standing(standing),
            AgeClass(age) if age else None,
            kind == SubjectKind.CONTACT.value,
            bytes(index) if index else None,
        )


def _contacts(subjects: Sequence[UUID]) -> Iterator[ContactRow]:
    query = sa.select(*CONTACT_COLUMNS).where(SubjectContact.subject_id.in_(subjects))
    return (contact_of(tuple(row)) for row in session().execute(query))
