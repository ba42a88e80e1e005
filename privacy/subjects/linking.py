"""Join and part: merge and unmerge people, retire identifiers and contacts, and lock whom that concerns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto.owner_keys import destroy_owner_key
from privacy.db import Driver, new_id, session
from privacy.errors import Conflict, InvalidInput, NotFound
from privacy.programme.types import ContactKind, Programme
from privacy.subjects import store
from privacy.subjects.audited import merge_content
from privacy.subjects.enlist import Enlisted, replace_places
from privacy.subjects.locking import Names, lock_people
from privacy.subjects.models import (
    AccountIdentifier,
    DataSubject,
    IdentityClaim,
    SubjectContact,
    SubjectContactPast,
    SubjectMerge,
    SubjectStanding,
)
from privacy.subjects.people import People
from privacy.subjects.types import SubjectKind


@dataclass(frozen=True)
class MergeView:
    """Two subjects whom staff found to be one person, and who are so now."""

    a: UUID
    b: UUID
    reason: str
    merged_at: int


class NotMerged(Conflict):
    """The two are not merged."""

    code = "not-merged"


def bump(driver: Driver, enlisted: Enlisted) -> None:
    """Count the version of everybody named up, and write what else has changed."""
    enlisted.bump()
    driver.run_all(enlisted.people.work())


def retire_identifier(subject_id: UUID, *, actor: Actor, programme: Programme, reason: str) -> None:
    """Take an account identifier away: its claims stop widening consents, every "no" stays shared.

    The review of disagreeing identifiers ends with this or with a merge. Raises `NotFound`.
    """
    now = clock.micros()
    driver = Driver.of(session())
    enlisted = _lock(driver, subject_id)
    subject = enlisted.family[subject_id]
    row = session().scalar(sa.select(AccountIdentifier).where(AccountIdentifier.subject_id == subject_id))
    if row is None:
        raise NotFound("The person has no such identifier.")
    if row.retired_at is not None:
        return
    row.retired_at = subject.retired_at = now
    session().execute(
        sa.update(IdentityClaim)
        .where(sa.or_(IdentityClaim.a_subject_id == subject_id, IdentityClaim.b_subject_id == subject_id))
        .where(IdentityClaim.retired_at.is_(None))
        .values(retired_at=now)
    )
    session().flush()
    replace_places(programme, enlisted)
    bump(driver, enlisted)
    content = {"id": str(row.id), "type": row.type, "retired_at": now, "reason": reason}
    audit.record(
        "identifier.retired",
        actor=actor,
        object_type="identifier",
        object_id=row.id,
        content=content,
        subject_id=subject_id,
    )


def retire_contact(
    subject_id: UUID, kind: ContactKind, index: bytes, *, actor: Actor, at: int, reassigned: bool = False
) -> None:
    """End that a subject holds a contact. What was refused on it stays refused, unless it is somebody else's now.

    Raises `NotFound` where the subject does not hold it.
    """
    row = session().scalar(
        sa.select(SubjectContact).where(
            SubjectContact.subject_id == subject_id,
            SubjectContact.kind == kind.value,
            SubjectContact.value_bidx == index,
        )
    )
    if row is None:
        raise NotFound("The person does not hold that contact.")
    if row.held_until is not None:
        return
    driver = Driver.of(session())
    enlisted = _lock(driver, subject_id)
    known = next(contact for contact in enlisted.contacts if contact.id == row.id)
    driver.run(store.INSERT_CONTACT_PAST, store.past_values(known, clock.micros()))
    row.held_until, row.ended = at, "reassigned" if reassigned else "retired"
    if reassigned:
        row.alone = False  # Whoever uses the contact from now on is another person.
    session().flush()
    bump(driver, enlisted)
    content = {"id": str(row.id), "held_until": at, "ended": row.ended}
    audit.record(
        f"contact.{row.ended}",
        actor=actor,
        object_type="contact",
        object_id=row.id,
        content=content,
        subject_id=subject_id,
    )


def holders_of(index: bytes) -> list[UUID]:
    """Every subject that holds the contact now."""
    query = sa.select(SubjectContact.subject_id).where(
        SubjectContact.value_bidx == index, SubjectContact.held_until.is_(None)
    )
    return list(session().scalars(query))


def ever_held(index: bytes) -> list[UUID]:
    """Every subject that holds the contact or once did."""
    return list(session().scalars(sa.select(SubjectContact.subject_id).where(SubjectContact.value_bidx == index)))


def merge(a: UUID, b: UUID, *, actor: Actor, programme: Programme, reason: str) -> Enlisted:
    """Link two subjects as one person: from now the answer is the strictest of both. No row, key or act moves."""
    if a == b:
        raise InvalidInput.of("other", "Name two different people.")
    driver = Driver.of(session())
    enlisted = _lock(driver, *sorted((a, b)))
    low, high = sorted((a, b))
    live = _merge_between(low, high)
    if live is None:
        row = SubjectMerge(
            id=new_id(), a_subject_id=low, b_subject_id=high, reason=reason, merged_at=clock.micros(), unmerged_at=None
        )
        session().add(row)
        session().flush()
        replace_places(programme, enlisted)
        bump(driver, enlisted)
        audit.record(
            "subject.merged",
            actor=actor,
            object_type="merge",
            object_id=row.id,
            content=merge_content(row),
            subject_id=low,
        )
    return enlisted


def unmerge(a: UUID, b: UUID, *, actor: Actor, programme: Programme, reason: str) -> Enlisted:
    """End a merge; raises `NotMerged`. Every "no" given meanwhile stays with both."""
    driver = Driver.of(session())
    enlisted = _lock(driver, *sorted((a, b)))
    low, high = sorted((a, b))
    row = _merge_between(low, high)
    if row is None:
        raise NotMerged
    row.unmerged_at = clock.micros()
    session().flush()
    replace_places(programme, enlisted)
    bump(driver, enlisted)
    audit.record(
        "subject.unmerged",
        actor=actor,
        object_type="merge",
        object_id=row.id,
        content=merge_content(row),
        subject_id=low,
        details={"reason": reason},
    )
    return enlisted


def merges_among(subject_ids: Collection[UUID]) -> list[MergeView]:
    """The merges between these subjects that have not ended, the oldest first."""
    query = sa.select(SubjectMerge).where(
        SubjectMerge.a_subject_id.in_(subject_ids),
        SubjectMerge.b_subject_id.in_(subject_ids),
        SubjectMerge.unmerged_at.is_(None),
    )
    rows = session().scalars(query.order_by(SubjectMerge.merged_at, SubjectMerge.id))
    return [MergeView(row.a_subject_id, row.b_subject_id, row.reason, row.merged_at) for row in rows]


def lock_person(driver: Driver, subject_id: UUID) -> frozenset[UUID]:
    """Lock a subject's person, count its version up, and return everybody who is one with it."""
    enlisted = _lock(driver, subject_id)
    bump(driver, enlisted)
    return frozenset(s.id for s in enlisted.family.values())


def set_own_act(contact_id: UUID, at: int | None) -> None:
    """Write down when the holder last surely consented on a contact by an own act; the caller has locked the person."""
    session().execute(sa.update(SubjectContact).where(SubjectContact.id == contact_id).values(own_act_at=at))


def ids_of_realm(realm: str) -> sa.Select[UUID]:
    """A subquery for the ids of everybody of a realm."""
    return sa.select(DataSubject.id).where(DataSubject.realm == realm)


def in_realm(subject_id: sa.SQLColumnExpression[UUID], realm: str) -> sa.ColumnElement[bool]:
    """For queries: the subject is of the realm. Asked row by row: a database never begins with everybody of it."""
    one = sa.orm.aliased(DataSubject)
    return sa.exists().where(one.id == subject_id, one.realm == realm).correlate_except(one)


def is_subject(subject_id: UUID) -> sa.ColumnElement[bool]:
    """For queries over people: that subject."""
    return DataSubject.id == subject_id


def same_group(one: sa.SQLColumnExpression[UUID], other: sa.SQLColumnExpression[UUID]) -> sa.ColumnElement[bool]:
    """For queries: both subjects are surely one person."""
    a, b = sa.orm.aliased(DataSubject), sa.orm.aliased(DataSubject)
    found = sa.exists().where(a.id == one, b.id == other, a.group_id == b.group_id)
    return found.correlate_except(a, b)  # Also where it stands inside a question inside a question.


def held_contact(
    subject_id: sa.SQLColumnExpression[UUID],
    kind: ContactKind,
    *,
    since: sa.SQLColumnExpression[int],
    until: sa.SQLColumnExpression[int],
) -> sa.ColumnElement[bool]:
    """For queries: the subject, or one that is surely the same person, held a contact of that kind at that time."""
    a, b = sa.orm.aliased(DataSubject), sa.orm.aliased(DataSubject)
    return sa.exists().where(
        a.id == subject_id,
        b.person_id == a.person_id,  # A group is within one person, and for people there is an index.
        b.group_id == a.group_id,
        SubjectContact.subject_id == b.id,
        SubjectContact.kind == kind.value,
        SubjectContact.held_from <= until,
        sa.or_(SubjectContact.held_until.is_(None), SubjectContact.held_until > since),
    )


def _merge_between(low: UUID, high: UUID) -> SubjectMerge | None:
    return session().scalar(
        sa.select(SubjectMerge).where(
            SubjectMerge.a_subject_id == low, SubjectMerge.b_subject_id == high, SubjectMerge.unmerged_at.is_(None)
        )
    )


def _lock(driver: Driver, *subject_ids: UUID) -> Enlisted:
    """Lock the people of these subjects; raises `NotFound`."""
    people = People(driver, *lock_people(driver, Names(refs=subject_ids)))
    if any(subject_id not in people.subjects for subject_id in subject_ids):
        raise NotFound("There is no such person.")
    return Enlisted(people, [people.subjects[i] for i in subject_ids])


def lock_two(driver: Driver, one: UUID, other: UUID) -> Enlisted:
    """Lock the people of two subjects, who may be one; raises `NotFound`."""
    return _lock(driver, *sorted({one, other}))


def portion_after(last: UUID | None, limit: int) -> dict[UUID, frozenset[UUID]]:
    """The next subjects in order of id, each with everybody who is one person with it."""
    query = sa.select(DataSubject.id, DataSubject.person_id).order_by(DataSubject.id).limit(limit)
    return _with_members(query if last is None else query.where(DataSubject.id > last))


def portion_of(subject_ids: Sequence[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Those of the subjects who are there, each with everybody who is one person with it."""
    return _with_members(sa.select(DataSubject.id, DataSubject.person_id).where(DataSubject.id.in_(subject_ids)))


def _with_members(query: sa.Select[UUID, UUID]) -> dict[UUID, frozenset[UUID]]:
    people = {row.id: row.person_id for row in session().execute(query)}
    members: dict[UUID, set[UUID]] = {}
    everybody = sa.select(DataSubject.id, DataSubject.person_id).where(DataSubject.person_id.in_(set(people.values())))
    for subject_id, person_id in session().execute(everybody):
        members.setdefault(person_id, set()).add(subject_id)
    return {subject_id: frozenset(members[person_id]) for subject_id, person_id in people.items()}


def forget_contact_alone(subject_id: UUID, *, actor: Actor, why: str) -> None:
    """Delete a person who was known by one contact alone and of whom nothing is left, with the key.

    One that was ever merged with another stays: the merge is on record. The event is sealed with the service's key,
    since it must be readable when the person's is gone.
    """
    subject = session().get(DataSubject, subject_id)
    merged = sa.select(SubjectMerge.id).where(
        sa.or_(SubjectMerge.a_subject_id == subject_id, SubjectMerge.b_subject_id == subject_id)
    )
    if subject is None or subject.kind != SubjectKind.CONTACT or session().scalar(merged.limit(1)) is not None:
        return
    session().expunge(subject)
    held = sa.select(SubjectContact.id).where(SubjectContact.subject_id == subject_id)
    session().execute(sa.delete(SubjectContactPast).where(SubjectContactPast.contact_id.in_(held)))
    session().execute(sa.delete(SubjectContact).where(SubjectContact.subject_id == subject_id))
    session().execute(sa.delete(SubjectStanding).where(SubjectStanding.subject_id == subject_id))
    session().execute(sa.delete(DataSubject).where(DataSubject.id == subject_id))
    destroy_owner_key(session(), subject_id)
    audit.record(
        "subject.forgotten",
        actor=actor,
        object_type="subject",
        object_id=subject_id,
        content={"id": str(subject_id)},
        details={"why": why},
    )
