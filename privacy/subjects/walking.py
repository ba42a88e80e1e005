"""Every contact in the order of its id, in portions, and who else holds the same: for what looks after the records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy.authz.actors import Realm
from privacy.db import in_parts, session
from privacy.programme.types import ContactKind
from privacy.subjects.models import DataSubject, SubjectContact


@dataclass(frozen=True)
class WalkedContact:
    """A contact as its holder has it. Times in microseconds."""

    id: UUID
    subject_id: UUID
    realm: Realm
    kind: ContactKind
    #: Its keyed index: equal contacts have equal ones.
    index: bytes = field(repr=False)
    recorded_at: int
    #: When the holder last surely consented on it by an own act.
    own_act_at: int | None
    #: Whether it is held now.
    held: bool


def contacts_after(last: UUID | None, limit: int) -> list[WalkedContact]:
    """The next contacts in order of id, those that are not held any more among them."""
    query = sa.select(SubjectContact, DataSubject.realm).join(DataSubject, DataSubject.id == SubjectContact.subject_id)
    query = query if last is None else query.where(SubjectContact.id > last)
    return [_walked(*row) for row in session().execute(query.order_by(SubjectContact.id).limit(limit))]


def contacts_held_by(subject_ids: Collection[UUID]) -> list[WalkedContact]:
    """The contacts that these subjects hold now, in order of id."""
    found: list[WalkedContact] = []
    query = sa.select(SubjectContact, DataSubject.realm).join(DataSubject, DataSubject.id == SubjectContact.subject_id)
    for ids in in_parts(sorted(subject_ids)):
        held = query.where(SubjectContact.subject_id.in_(ids), SubjectContact.held_until.is_(None))
        found += [_walked(*row) for row in session().execute(held.order_by(SubjectContact.id))]
    return found


def contacts_held(contact_ids: Collection[UUID]) -> list[WalkedContact]:
    """Those of these contacts that are held now, in order of id."""
    query = sa.select(SubjectContact, DataSubject.realm).join(DataSubject, DataSubject.id == SubjectContact.subject_id)
    held = query.where(SubjectContact.id.in_(contact_ids), SubjectContact.held_until.is_(None))
    held = held.order_by(SubjectContact.id).execution_options(populate_existing=True)
    return [_walked(*row) for row in session().execute(held)]


def holders_now(indexes: Collection[bytes], *, most: int) -> Mapping[bytes, tuple[UUID, ...]]:
    """Who holds contacts with these indexes now, in order of id; of one that more than `most` hold nobody."""
    found: dict[bytes, list[UUID]] = {}
    for index in sorted(set(indexes)):
        query = sa.select(SubjectContact.subject_id).where(
            SubjectContact.value_bidx == index, SubjectContact.held_until.is_(None)
        )
        found[index] = list(session().scalars(query.order_by(SubjectContact.subject_id).limit(most + 1)))
    return {index: tuple(holders) for index, holders in found.items() if len(holders) <= most}


def _walked(row: SubjectContact, realm: str) -> WalkedContact:
    return WalkedContact(
        row.id,
        row.subject_id,
        Realm(realm),
        ContactKind(row.kind),
        bytes(row.value_bidx),
        row.recorded_at,
        row.own_act_at,
        row.held_until is None,
    )
