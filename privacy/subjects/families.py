"""Everybody whom many indexes name, and all that they hold, in a few statements for hundreds at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from privacy.db import session
from privacy.subjects.models import AccountIdentifier, DataSubject, SubjectContact
from privacy.subjects.types import AgeClass, Standing, SubjectKind

_Value = TypeVar("_Value")
#: Values of one question to the database.
_AT_ONCE = 500


@dataclass(frozen=True)
class Relative:
    """A data subject, and the index of its account identifier where it has one."""

    id: UUID
    person_id: UUID
    cluster_id: UUID
    group_id: UUID
    standing: Standing
    age_class: AgeClass | None
    alone: bool
    identifier: bytes | None


@dataclass(frozen=True)
class Held:
    """A contact as one subject holds or held it."""

    id: UUID
    subject_id: UUID
    kind: str
    index: bytes
    held_from: int
    held_until: int | None
    ended: str | None
    own_act_at: int | None


@dataclass
class Families:
    """Subjects and their contacts. Whoever is here is here with everybody who is one person with them."""

    subjects: list[Relative] = field(default_factory=list)
    contacts: list[Held] = field(default_factory=list)


def families(indexes: Iterable[bytes], *, realm: str) -> Families:
    """Those whom the indexes name, as identifiers of accounts or as contacts, with their families and contacts."""
    people: set[UUID] = set()
    for portion in _portions(sorted(set(indexes))):
        people |= set(session().scalars(_people_of(portion, realm)))
    found = Families()
    for ids in _portions(sorted(people)):
        found.subjects += _subjects(ids)
    members = sorted({subject.id for subject in found.subjects})
    for ids in _portions(members):
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
            DataSubject.standing,
            DataSubject.age_class,
            DataSubject.kind,
            AccountIdentifier.value_bidx,
        )
        .outerjoin(AccountIdentifier, AccountIdentifier.subject_id == DataSubject.id)
        .where(DataSubject.person_id.in_(people))
    )
    for row in session().execute(query):
        subject_id, person, cluster, group, standing, age, kind, index = row
        yield Relative(
            subject_id,
            person,
            cluster,
            group,
            Standing(standing),
            AgeClass(age) if age else None,
            kind == SubjectKind.CONTACT.value,
            bytes(index) if index else None,
        )


def _contacts(subjects: Sequence[UUID]) -> Iterator[Held]:
    query = sa.select(
        SubjectContact.id,
        SubjectContact.subject_id,
        SubjectContact.kind,
        SubjectContact.value_bidx,
        SubjectContact.held_from,
        SubjectContact.held_until,
        SubjectContact.ended,
        SubjectContact.own_act_at,
    ).where(SubjectContact.subject_id.in_(subjects))
    for row in session().execute(query):
        contact_id, subject_id, kind, index, held_from, held_until, ended, own_act_at = row
        yield Held(contact_id, subject_id, kind, bytes(index), held_from, held_until, ended, own_act_at)


def _portions(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
