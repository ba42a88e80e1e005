"""People: create and update them without an act, look them up, merge and unmerge, retire what was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import Driver, new_id, session
from privacy.errors import Conflict, InvalidInput, NotFound
from privacy.programme.types import ContactKind, Programme
from privacy.subjects import identifiers, store
from privacy.subjects.enlist import Enlisted, enlist, replace_places
from privacy.subjects.models import (
    AccountIdentifier,
    DataSubject,
    IdentityClaim,
    SubjectContact,
    SubjectMerge,
    SubjectStanding,
)
from privacy.subjects.naming import (
    ContactName,
    Naming,
    contact_name,
    hide_subject,
    known_names,
    name_of,
    reveal_subject,
    suppression_index,
)
from privacy.subjects.store import BUMP_VERSION, UPDATE_CONTACT, ContactRow, Names, SubjectRow, contact_values
from privacy.subjects.types import AgeClass, Standing, SubjectKind

__all__ = [
    "BUMP_VERSION",
    "UPDATE_CONTACT",
    "AgeClass",
    "ContactName",
    "ContactRow",
    "Enlisted",
    "Names",
    "Naming",
    "Standing",
    "SubjectKind",
    "SubjectRow",
    "contact_name",
    "contact_values",
    "enlist",
    "hide_subject",
    "known_names",
    "name_of",
    "reveal_subject",
    "suppression_index",
]


class NotMerged(Conflict):
    """The two are not merged."""

    code = "not-merged"


@dataclass(frozen=True)
class ContactView:
    """A contact as its person may be shown it."""

    id: UUID
    kind: str
    masked: str
    source: str
    held_from: int
    held_until: int | None


@dataclass(frozen=True)
class IdentifierView:
    """An account identifier and where it came from. The value itself is not shown."""

    type: str
    source: str
    held_from: int
    retired_at: int | None


@dataclass(frozen=True)
class SubjectView:
    """A person on one page: everybody who is one with the subject asked for."""

    id: UUID
    kind: str
    version: int
    standing: Standing
    age_class: str | None
    members: tuple[UUID, ...]
    identifiers: tuple[IdentifierView, ...]
    contacts: tuple[ContactView, ...]


def put_subject(
    naming: Naming,
    *,
    actor: Actor,
    programme: Programme,
    source: str,
    held_from: int | None = None,
    age_class: AgeClass | None = None,
    standing: Mapping[Standing, bool] | None = None,
) -> tuple[UUID, int]:
    """Create or update a person without an act, in the open unit of work; returns the subject and its version.

    `held_from`: since when the source says the identifiers and contacts are the person's (microseconds).
    `standing` sets (True) or ends (False) what stands against contacting the person.
    """
    now = clock.micros()
    session().flush()
    driver = Driver.of(session())
    enlisted = enlist(driver, programme, naming, actor=actor, source=source, held_from=min(held_from or now, now))
    driver.run_all(enlisted.work)
    changed = bool(enlisted.work)
    for subject in enlisted.named:
        changed |= _set_age(subject, age_class, actor, now)
        for flag, holds in (standing or {}).items():
            changed |= _set_standing(subject, flag, holds, actor, now)
    if changed:
        _bump(driver, enlisted)
    return enlisted.leading.id, enlisted.head(enlisted.leading).version


def _bump(driver: Driver, enlisted: Enlisted) -> None:
    for head in {enlisted.head(subject).id for subject in enlisted.named}:
        enlisted.family[head].version += 1
        driver.run(BUMP_VERSION, {"row_id": head})


def _set_age(subject: SubjectRow, age_class: AgeClass | None, actor: Actor, now: int) -> bool:
    if age_class is None or subject.age_class == age_class:
        return False
    _end_standing(subject.id, "age:%", now)
    session().add(
        SubjectStanding(id=new_id(), subject_id=subject.id, standing=f"age:{age_class}", since=now, until=None)
    )
    session().execute(sa.update(DataSubject).where(DataSubject.id == subject.id).values(age_class=age_class.value))
    subject.age_class = age_class.value
    content = {"id": str(subject.id), "age_class": age_class.value}
    audit.record(
        "subject.age_class_set", actor=actor, object_type="subject", object_id=subject.id, content=content, subject_id=subject.id
    )
    return True


def _set_standing(subject: SubjectRow, flag: Standing, holds: bool, actor: Actor, now: int) -> bool:
    if (flag in Standing(subject.standing)) == holds:
        return False
    name = (flag.name or "").lower()
    bits = Standing(subject.standing) | flag if holds else Standing(subject.standing) & ~flag
    if holds:
        session().add(SubjectStanding(id=new_id(), subject_id=subject.id, standing=name, since=now, until=None))
    else:
        _end_standing(subject.id, name, now)
    session().execute(sa.update(DataSubject).where(DataSubject.id == subject.id).values(standing=int(bits)))
    subject.standing = int(bits)
    audit.record(
        f"subject.{name}_{'set' if holds else 'lifted'}",
        actor=actor,
        object_type="subject",
        object_id=subject.id,
        content={"id": str(subject.id), "standing": int(bits)},
        subject_id=subject.id,
    )
    return True


def _end_standing(subject_id: UUID, pattern: str, now: int) -> None:
    session().execute(
        sa.update(SubjectStanding)
        .where(SubjectStanding.subject_id == subject_id, SubjectStanding.standing.like(pattern), SubjectStanding.until.is_(None))
        .values(until=now)
    )


def find(naming: Naming) -> tuple[UUID, ...]:
    """The subjects that a request names, the leading one first; raises `NotFound` where there is none."""
    found = find_ids(naming)
    if not found:
        raise NotFound("There is no such person.")
    return found


def find_ids(naming: Naming) -> tuple[UUID, ...]:
    """The subjects that a request names, none made; a contact also finds the accounts that hold it, after its own."""
    named = (
        sa.select(DataSubject.id)
        .where(DataSubject.id.in_(store.named_subjects()), DataSubject.realm == naming.realm.value)
        .order_by(DataSubject.id)
    )
    found = list(session().scalars(named, naming.names().binds()))
    if not naming.by_account and naming.contacts:
        indexes = [c.index for c in naming.contacts.values()]
        held = sa.select(SubjectContact.subject_id).where(SubjectContact.value_bidx.in_(indexes))
        found += sorted(set(session().scalars(held)) - set(found))
    return tuple(found)


def view(subject_id: UUID, *, realm: str) -> SubjectView:
    """One person on one page; raises `NotFound`, also for somebody of the other realm."""
    current = session()
    subject = current.get(DataSubject, subject_id)
    if subject is None or subject.realm != realm:
        raise NotFound("There is no such person.")
    family = list(current.scalars(sa.select(DataSubject).where(DataSubject.person_id == subject.person_id)))
    ids = [member.id for member in family]
    head = next(member for member in family if member.id == member.person_id)
    standing = Standing(0)
    for member in family:
        standing |= Standing(member.standing)
    accounts = current.scalars(sa.select(AccountIdentifier).where(AccountIdentifier.subject_id.in_(ids)))
    contacts = current.scalars(
        sa.select(SubjectContact).where(SubjectContact.subject_id.in_(ids)).order_by(SubjectContact.id)
    )
    return SubjectView(
        id=subject.id,
        kind=subject.kind,
        version=head.version,
        standing=standing,
        age_class=subject.age_class,
        members=tuple(ids),
        identifiers=tuple(IdentifierView(a.type, a.source, a.held_from, a.retired_at) for a in accounts),
        contacts=tuple(_contact_view(c) for c in contacts),
    )


def reveal_contact(contact_id: UUID) -> str:
    """A contact in plaintext, for sending or for a keyed index over it; never for a log or an answer."""
    row = session().get(SubjectContact, contact_id)
    if row is None:
        raise NotFound("There is no such contact.")
    return _open(row)


def _open(row: SubjectContact) -> str:
    key = load_owner_key(session(), keyring.installed(), row.subject_id)
    return key.open("subject_contact", "value_enc", row.id, row.value_enc).decode()


def _contact_view(row: SubjectContact) -> ContactView:
    masked = identifiers.mask(ContactKind(row.kind), _open(row))
    return ContactView(row.id, row.kind, masked, row.source, row.held_from, row.held_until)


def mask(contact: ContactName) -> str:
    """A contact of a request as its answer may show it."""
    return identifiers.mask(contact.kind, contact.normal.given)


def masked(contact_id: UUID) -> str:
    """A stored contact as an answer may show it."""
    row = session().get(SubjectContact, contact_id)
    return "***" if row is None else identifiers.mask(ContactKind(row.kind), _open(row))


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
    replace_places(driver, programme, enlisted)
    driver.run_all(enlisted.work)
    _bump(driver, enlisted)
    content = {"id": str(row.id), "type": row.type, "retired_at": now, "reason": reason}
    audit.record(
        "identifier.retired", actor=actor, object_type="identifier", object_id=row.id, content=content, subject_id=subject_id
    )


def retire_contact(
    subject_id: UUID, kind: ContactKind, index: bytes, *, actor: Actor, at: int, reassigned: bool = False
) -> None:
    """End that a subject holds a contact. What was refused on it stays refused, unless it is somebody else's now.

    Raises `NotFound` where the subject does not hold it.
    """
    row = session().scalar(
        sa.select(SubjectContact).where(
            SubjectContact.subject_id == subject_id, SubjectContact.kind == kind.value, SubjectContact.value_bidx == index
        )
    )
    if row is None:
        raise NotFound("The person does not hold that contact.")
    if row.held_until is not None:
        return
    row.held_until, row.ended = at, "reassigned" if reassigned else "retired"
    session().flush()
    driver = Driver.of(session())
    _bump(driver, _lock(driver, subject_id))
    content = {"id": str(row.id), "held_until": at, "ended": row.ended}
    audit.record(
        f"contact.{row.ended}", actor=actor, object_type="contact", object_id=row.id, content=content, subject_id=subject_id
    )


def holders_of(index: bytes) -> list[UUID]:
    """Every subject that holds the contact now."""
    query = sa.select(SubjectContact.subject_id).where(
        SubjectContact.value_bidx == index, SubjectContact.held_until.is_(None)
    )
    return list(session().scalars(query))


def merge(a: UUID, b: UUID, *, actor: Actor, programme: Programme, reason: str) -> Enlisted:
    """Link two subjects as one person: from now the answer is the strictest of both. No row, key or act moves."""
    if a == b:
        raise InvalidInput.of("with", "Name two different people.")
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
        replace_places(driver, programme, enlisted)
        driver.run_all(enlisted.work)
        _bump(driver, enlisted)
        content = {"id": str(row.id), "a": str(low), "b": str(high), "reason": reason, "merged_at": row.merged_at}
        audit.record("subject.merged", actor=actor, object_type="merge", object_id=row.id, content=content, subject_id=low)
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
    replace_places(driver, programme, enlisted)
    driver.run_all(enlisted.work)
    _bump(driver, enlisted)
    content = {"id": str(row.id), "a": str(low), "b": str(high), "reason": reason, "unmerged_at": row.unmerged_at}
    audit.record("subject.unmerged", actor=actor, object_type="merge", object_id=row.id, content=content, subject_id=low)
    return enlisted


def _merge_between(low: UUID, high: UUID) -> SubjectMerge | None:
    return session().scalar(
        sa.select(SubjectMerge).where(
            SubjectMerge.a_subject_id == low, SubjectMerge.b_subject_id == high, SubjectMerge.unmerged_at.is_(None)
        )
    )


def _lock(driver: Driver, *subject_ids: UUID) -> Enlisted:
    """Lock the people of these subjects, in the order given; raises `NotFound`."""
    family: dict[UUID, SubjectRow] = {}
    contacts: list[ContactRow] = []
    for subject_id in subject_ids:
        subjects, held = store.lock_people(driver, Names(ref=subject_id))
        family |= {s.id: s for s in subjects}
        contacts += held
    if any(subject_id not in family for subject_id in subject_ids):
        raise NotFound("There is no such person.")
    return Enlisted([family[i] for i in subject_ids], family, contacts)
