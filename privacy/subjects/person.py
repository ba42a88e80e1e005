"""Queries for a person as a whole: everybody who is one with those named, for other rooms to join their rows to."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.authz.actors import Realm
from privacy.db import Id, in_parts, session
from privacy.subjects.models import AccountIdentifier, DataSubject, SubjectContact

#: The family's subjects in `family_of`, for other rooms to join their rows to.
_family = sa.orm.aliased(DataSubject, name="family")
FAMILY_ID = _family.id


def one_with(subject_id: UUID, *, realm: str) -> tuple[UUID, ...]:
    """The subject and everybody merged with it, by id; empty where the realm has no such subject (any more)."""
    subject = sa.orm.aliased(DataSubject, name="named")
    query = (
        sa.select(FAMILY_ID)
        .join(subject, subject.person_id == _family.person_id)
        .where(subject.id == subject_id, subject.realm == realm)
    )
    return tuple(sorted(session().scalars(query)))


def realms_of(subject_ids: Collection[UUID]) -> dict[UUID, Realm]:
    """The realm of each of these subjects that is there."""
    found = {}
    for part in in_parts(list(subject_ids)):
        query = sa.select(DataSubject.id, DataSubject.realm).where(DataSubject.id.in_(part))
        found.update({subject_id: Realm(realm) for subject_id, realm in session().execute(query)})
    return found


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
            _family.merged_id,
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
