"""Rows about people that a restore has to put back after an older backup, as they stand, by column.

They are written down outside the database; what is sealed in them stays sealed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from privacy.authz.actors import Realm
from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKeyRow, unwrap
from privacy.db import in_parts, session
from privacy.programme.types import ContactKind, Programme
from privacy.subjects.models import DataSubject, IdentityClaim, SubjectContact, SubjectMerge, SubjectStanding
from privacy.subjects.naming import contact_name, suppression_index

Row = Mapping[str, Any]
_REASSIGNED = "reassigned"


class IndexedContact(NamedTuple):
    """A contact that somebody holds or held, as it stands in suppression lists."""

    id: UUID
    subject_id: UUID
    kind: ContactKind
    list_index: bytes


def standings_of(subject_ids: Collection[UUID]) -> dict[UUID, list[Row]]:
    """Everything that ever stood against contacting these subjects, ended or not."""
    found: dict[UUID, list[Row]] = {}
    for row in _rows(SubjectStanding, SubjectStanding.subject_id, subject_ids):
        found.setdefault(row["subject_id"], []).append(row)
    return found


def claims_of(subject_ids: Collection[UUID]) -> dict[UUID, list[Row]]:
    """Every claim that one of these subjects is one person with another, retired or not."""
    wanted, found = set(subject_ids), dict[UUID, dict[UUID, Row]]()
    for column in (IdentityClaim.a_subject_id, IdentityClaim.b_subject_id):
        for row in _rows(IdentityClaim, column, subject_ids):
            for end in {row["a_subject_id"], row["b_subject_id"]} & wanted:
                found.setdefault(end, {})[row["id"]] = row
    return {subject_id: list(rows.values()) for subject_id, rows in found.items()}


def merge_rows(ids: Collection[UUID]) -> dict[UUID, Row]:
    """Merges by their ids, ended or not."""
    return {row["id"]: row for row in _rows(SubjectMerge, SubjectMerge.id, ids)}


def ended_contacts(ids: Collection[UUID]) -> dict[UUID, Row]:
    """Those of the contacts that their holders hold no more."""
    return {row["id"]: row for row in _rows(SubjectContact, SubjectContact.id, ids) if row["ended"] is not None}


def contacts_of_people(subject_ids: Collection[UUID], programme: Programme) -> dict[UUID, list[IndexedContact]]:
    """For each subject the contacts of everybody who is one person with it, but those that are somebody else's now."""
    people: dict[UUID, list[UUID]] = {}
    for part in in_parts(list(subject_ids)):
        members = sa.orm.aliased(DataSubject)
        query = (
            sa.select(DataSubject.id, members.id)
            .join(members, members.person_id == DataSubject.person_id)
            .where(DataSubject.id.in_(part))
        )
        for subject_id, member in session().execute(query):
            people.setdefault(subject_id, []).append(member)
    held = _contacts_by_subject({member for members_of in people.values() for member in members_of}, programme)
    return {
        one: [contact for member in members_of for contact in held.get(member, ())]
        for one, members_of in people.items()
    }


def _contacts_by_subject(subject_ids: Iterable[UUID], programme: Programme) -> dict[UUID, list[IndexedContact]]:
    found: dict[UUID, list[IndexedContact]] = {}
    ring = keyring.installed()
    for part in in_parts(sorted(subject_ids)):
        query = (
            sa.select(
                SubjectContact.id,
                SubjectContact.subject_id,
                SubjectContact.kind,
                SubjectContact.value_enc,
                SubjectContact.key_version,
                DataSubject.realm,
                OwnerKeyRow.wrapped_by,
                OwnerKeyRow.wrapped_enc,
            )
            .join(DataSubject, DataSubject.id == SubjectContact.subject_id)
            .join(
                OwnerKeyRow,
                sa.and_(
                    OwnerKeyRow.owner_id == SubjectContact.subject_id,
                    OwnerKeyRow.version == SubjectContact.key_version,
                ),
            )
            .where(SubjectContact.subject_id.in_(part))
            .where(sa.or_(SubjectContact.ended.is_(None), SubjectContact.ended != _REASSIGNED))
            .order_by(SubjectContact.id)
        )
        for contact_id, owner, kind, value, version, realm, wrapped_by, wrapped in session().execute(query).all():
            key = unwrap(ring, owner, version, wrapped_by, wrapped)
            plain = key.open("subject_contact", "value_enc", contact_id, value).decode()
            named = contact_name(programme, Realm(realm), ContactKind(kind), plain)
            index = suppression_index(Realm(realm), named)
            found.setdefault(owner, []).append(IndexedContact(contact_id, owner, ContactKind(kind), index))
    return found


def _rows(model: Any, column: sa.SQLColumnExpression[UUID], values: Collection[UUID]) -> Iterable[Row]:
    for part in in_parts(sorted(set(values))):
        query = sa.select(*model.__table__.columns).where(column.in_(part)).order_by(model.id)
        yield from (dict(row._mapping) for row in session().execute(query))
