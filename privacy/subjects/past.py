"""Who was who at a past moment, as far as was known then: from claims, merges and standings with their times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy.db import session
from privacy.programme.types import Programme
from privacy.subjects.identity import Link, Place, places
from privacy.subjects.models import (
    AccountIdentifier,
    DataSubject,
    IdentityClaim,
    SubjectContact,
    SubjectContactPast,
    SubjectMerge,
    SubjectStanding,
)
from privacy.subjects.types import AgeClass, Standing, SubjectKind


@dataclass(frozen=True)
class PastMember:
    """A subject as it stood at a past moment."""

    id: UUID
    place: Place
    standing: Standing
    age_class: AgeClass | None
    alone: bool


@dataclass(frozen=True)
class PastContact:
    """A contact as it was known to be held at a past moment."""

    id: UUID
    subject_id: UUID
    kind: str
    index: bytes
    held_from: int
    held_until: int | None
    reassigned: bool


def people_at(
    subject_ids: Iterable[UUID], at: int, *, programme: Programme, realm: str
) -> tuple[list[PastMember], list[PastContact]]:
    """Who was one person with these subjects at a past moment, as far as was known then, and what they held."""
    family, links = _family_at(set(subject_ids), at)
    current = session()
    subjects = [
        s
        for s in current.scalars(sa.select(DataSubject).where(DataSubject.id.in_(family)))
        if s.realm == realm and s.created_at <= at
    ]
    ids = [s.id for s in subjects]
    exclusive = {
        a.subject_id: a.type
        for a in current.scalars(sa.select(AccountIdentifier).where(AccountIdentifier.subject_id.in_(ids)))
        if (a.retired_at is None or a.retired_at > at)
        and a.type in programme.identifier_types
        and programme.identifier_types[a.type].one_per_person
    }
    placed = places(ids, [link for link in links if link.a in ids and link.b in ids], exclusive)
    standings = list(
        current.scalars(
            sa.select(SubjectStanding)
            .where(SubjectStanding.subject_id.in_(ids), SubjectStanding.since <= at)
            .where(sa.or_(SubjectStanding.until.is_(None), SubjectStanding.until > at))
        )
    )
    members = [
        PastMember(
            s.id,
            placed[s.id],
            _standing_of(row.standing for row in standings if row.subject_id == s.id),
            _age_of(row.standing for row in standings if row.subject_id == s.id),
            s.kind == SubjectKind.CONTACT,
        )
        for s in subjects
    ]
    return members, list(_held_at(ids, at))


def _held_at(subject_ids: Iterable[UUID], at: int) -> Iterator[PastContact]:
    """The contacts of these subjects as they were known then: by what was replaced since, or else as they are."""
    known = SubjectContact.recorded_at <= at
    held = sa.select(SubjectContact).where(SubjectContact.subject_id.in_(subject_ids), known)
    replaced = (
        sa.select(SubjectContactPast)
        .join(SubjectContact, SubjectContact.id == SubjectContactPast.contact_id)
        .where(SubjectContact.subject_id.in_(subject_ids), known, SubjectContactPast.known_until > at)
        .order_by(SubjectContactPast.known_until.desc())
    )
    earlier = {row.contact_id: row for row in session().scalars(replaced)}  # The one replaced first stays.
    for row in session().scalars(held):
        then = earlier.get(row.id, row)
        reassigned = then.ended == "reassigned"
        yield PastContact(row.id, row.subject_id, row.kind, row.value_bidx, then.held_from, then.held_until, reassigned)


def _family_at(start: set[UUID], at: int) -> tuple[set[UUID], list[Link]]:
    """Everybody whom claims and merges known at that moment connect, and those links."""
    family, links, fresh = set(start), {}, set(start)
    while fresh:
        claims = session().scalars(
            sa.select(IdentityClaim)
            .where(sa.or_(IdentityClaim.a_subject_id.in_(fresh), IdentityClaim.b_subject_id.in_(fresh)))
            .where(IdentityClaim.recorded_at <= at)
        )
        for row in claims:
            holds = row.retired_at is None or row.retired_at > at
            links[row.id] = Link(row.a_subject_id, row.b_subject_id, claim=True, holds=holds)
        merges = session().scalars(
            sa.select(SubjectMerge)
            .where(sa.or_(SubjectMerge.a_subject_id.in_(fresh), SubjectMerge.b_subject_id.in_(fresh)))
            .where(SubjectMerge.merged_at <= at)
            .where(sa.or_(SubjectMerge.unmerged_at.is_(None), SubjectMerge.unmerged_at > at))
        )
        for merge_row in merges:
            links[merge_row.id] = Link(merge_row.a_subject_id, merge_row.b_subject_id, claim=False)
        fresh = {end for link in links.values() for end in (link.a, link.b)} - family
        family |= fresh
    return family, list(links.values())


def _standing_of(names: Iterable[str]) -> Standing:
    found = Standing(0)
    for name in names:
        if not name.startswith("age:"):
            found |= Standing[name.upper()]
    return found


def _age_of(names: Iterable[str]) -> AgeClass | None:
    return next((AgeClass(name.removeprefix("age:")) for name in names if name.startswith("age:")), None)
