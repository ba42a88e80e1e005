"""People: create and update them without an act, look them up, merge and unmerge, retire what was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor, Realm
from privacy.db import Driver, new_id, session
from privacy.errors import NotFound
from privacy.programme.types import ContactKind, Programme
from privacy.subjects import identifiers
from privacy.subjects.audited import audited_rows, subject_content
from privacy.subjects.contact_preferences import (
    ContactPreferences,
    Frequency,
    contact_preferences,
    set_contact_preferences,
    topics_of,
    wished_channels,
)
from privacy.subjects.contact_value import open_contact
from privacy.subjects.disagreements import (
    MOST_ON_A_PAGE,
    Claimed,
    Dispute,
    Page,
    Place,
    claims_among,
    disagreements,
    hide_place,
    reveal_place,
)
from privacy.subjects.enlist import Enlisted, enlist
from privacy.subjects.erasing import (
    LockedPerson,
    OwnContact,
    delete_people,
    lock_natural_person,
    merges_of,
    natural_people,
    natural_person,
    own_contacts,
    part_with,
    same_contact,
)
from privacy.subjects.families import Families, families
from privacy.subjects.finding import find, find_ids
from privacy.subjects.holding import hold
from privacy.subjects.identifier_value import OwnIdentifier, own_identifiers
from privacy.subjects.index_moving import Moved, move_portion, reindex_portion
from privacy.subjects.index_rotation import (
    IndexKeyInUse,
    RotationView,
    begin_index_rotation,
    ensure_index_key_ended,
    finish_index_rotation,
    index_rotation,
    indexed_under,
    publish_index_rotation,
)
from privacy.subjects.linking import (
    MergeView,
    NotMerged,
    bump,
    ever_held,
    forget_contact_alone,
    held_contact,
    holders_of,
    ids_of_realm,
    in_realm,
    is_subject,
    lock_person,
    merge,
    merges_among,
    portion_after,
    portion_of,
    retire_contact,
    retire_identifier,
    same_group,
    set_own_act,
    unmerge,
)
from privacy.subjects.listing import ListedPerson, listed_person, people_after, restricted_of
from privacy.subjects.locking import Names, lock_names
from privacy.subjects.looking import OPEN_FOR, LookReason, Why, file_open_until, look_again, look_for
from privacy.subjects.models import AccountIdentifier, DataSubject, SubjectContact, SubjectStanding
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
from privacy.subjects.past import PastContact, PastMember, people_at
from privacy.subjects.people import People, lock_named
from privacy.subjects.person import FAMILY_ID, family_of, named_by, one_with, realms_of, version_of
from privacy.subjects.placing import (
    SAFE_AFTER,
    IndexesMove,
    Placing,
    apart,
    at_rest,
    bound,
    keep_placed,
    standing_still,
    steadily,
)
from privacy.subjects.replayable import (
    IndexedContact,
    claims_of,
    contacts_of_people,
    ended_contacts,
    merge_rows,
    standings_of,
)
from privacy.subjects.replaying import (
    REPLAYED,
    is_held_by,
    readable,
    realm_of,
    replay_claim,
    replay_contact_end,
    replay_merge,
    replay_standing,
)
from privacy.subjects.shared_contacts import SharedContact, alone_on
from privacy.subjects.store import ContactRow, SubjectRow
from privacy.subjects.types import NO_STANDING, AgeClass, Standing, SubjectKind
from privacy.subjects.walking import WalkedContact, contacts_after, contacts_held, contacts_held_by, holders_now

__all__ = [
    "FAMILY_ID",
    "MOST_ON_A_PAGE",
    "NO_STANDING",
    "OPEN_FOR",
    "REPLAYED",
    "SAFE_AFTER",
    "AgeClass",
    "Claimed",
    "ContactName",
    "ContactPreferences",
    "ContactRow",
    "ContactView",
    "Dispute",
    "Enlisted",
    "Families",
    "Frequency",
    "IndexKeyInUse",
    "IndexedContact",
    "IndexesMove",
    "ListedPerson",
    "LockedPerson",
    "LookReason",
    "MergeView",
    "Moved",
    "Names",
    "Naming",
    "NotMerged",
    "OwnContact",
    "OwnIdentifier",
    "Page",
    "PastContact",
    "PastMember",
    "People",
    "Place",
    "Placing",
    "RotationView",
    "SharedContact",
    "Standing",
    "SubjectKind",
    "SubjectRow",
    "SubjectView",
    "WalkedContact",
    "Why",
    "alone_on",
    "apart",
    "at_rest",
    "audited_rows",
    "begin_index_rotation",
    "bound",
    "claims_among",
    "claims_of",
    "contact_name",
    "contact_preferences",
    "contacts_after",
    "contacts_held",
    "contacts_held_by",
    "contacts_of_people",
    "delete_people",
    "disagreements",
    "ended_contacts",
    "enlist",
    "ensure_index_key_ended",
    "ever_held",
    "families",
    "family_of",
    "file_open_until",
    "find",
    "find_ids",
    "finish_index_rotation",
    "forget_contact_alone",
    "held_contact",
    "hide_place",
    "hide_subject",
    "hold",
    "holders_now",
    "holders_of",
    "ids_of_realm",
    "in_realm",
    "index_rotation",
    "indexed_under",
    "is_held_by",
    "is_subject",
    "keep_placed",
    "known_names",
    "listed_person",
    "lock_named",
    "lock_names",
    "lock_natural_person",
    "lock_person",
    "look_again",
    "look_for",
    "merge",
    "merge_rows",
    "merges_among",
    "merges_of",
    "move_portion",
    "name_of",
    "named_by",
    "natural_people",
    "natural_person",
    "one_with",
    "own_contacts",
    "own_identifiers",
    "part_with",
    "people_after",
    "people_at",
    "portion_after",
    "portion_of",
    "publish_index_rotation",
    "readable",
    "realm_of",
    "realms_of",
    "reindex_portion",
    "replay_claim",
    "replay_contact_end",
    "replay_merge",
    "replay_standing",
    "restricted_of",
    "retire_contact",
    "retire_identifier",
    "reveal_place",
    "reveal_subject",
    "same_contact",
    "same_group",
    "set_contact_preferences",
    "set_own_act",
    "standing_still",
    "standings_of",
    "steadily",
    "suppression_index",
    "topics_of",
    "unmerge",
    "version_of",
    "wished_channels",
]


@dataclass(frozen=True)
class ContactView:
    """A contact as its person may be shown it."""

    id: UUID
    subject_id: UUID
    kind: str
    masked: str
    source: str
    held_from: int
    held_until: int | None
    #: Why it ended: `retired`, or `reassigned`, so that it is somebody else's now; None while it is held.
    ended: str | None


@dataclass(frozen=True)
class IdentifierView:
    """An account identifier and where it came from. The value itself is not shown."""

    subject_id: UUID
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
    people = lock_named(driver, [naming])
    enlisted = enlist(people, programme, naming, actor=actor, source=source, held_from=min(held_from or now, now))
    driver.run_all(people.work())
    changed = enlisted.changed
    for subject in enlisted.named:
        changed |= _set_age(subject, age_class, actor, now)
        for flag, holds in (standing or {}).items():
            changed |= _set_standing(subject, flag, holds, actor, now)
    if changed:
        bump(driver, enlisted)
    return enlisted.leading.id, enlisted.head(enlisted.leading).version


def _set_age(subject: SubjectRow, age_class: AgeClass | None, actor: Actor, now: int) -> bool:
    if age_class is None or subject.age_class == age_class:
        return False
    _end_standing(subject.id, "age:%", now)
    session().add(
        SubjectStanding(id=new_id(), subject_id=subject.id, standing=f"age:{age_class}", since=now, until=None)
    )
    session().execute(sa.update(DataSubject).where(DataSubject.id == subject.id).values(age_class=age_class.value))
    subject.age_class = age_class.value
    audit.record(
        "subject.age_class_set",
        actor=actor,
        object_type="subject",
        object_id=subject.id,
        content=subject_content(subject),
        subject_id=subject.id,
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
        content=subject_content(subject),
        subject_id=subject.id,
    )
    return True


def _end_standing(subject_id: UUID, pattern: str, now: int) -> None:
    session().execute(
        sa.update(SubjectStanding)
        .where(
            SubjectStanding.subject_id == subject_id,
            SubjectStanding.standing.like(pattern),
            SubjectStanding.until.is_(None),
        )
        .values(until=now)
    )


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
        identifiers=tuple(IdentifierView(a.subject_id, a.type, a.source, a.held_from, a.retired_at) for a in accounts),
        contacts=tuple(_contact_view(Driver.of(current), c) for c in contacts),
    )


def reveal_contact(contact_id: UUID) -> str:
    """A contact in plaintext, for sending; never for a log or an answer. Raises `NotFound`."""
    return open_contact(Driver.of(session()), contact_id)[1]


def masked_value(driver: Driver, contact_id: UUID) -> dict[str, str]:
    """A stored contact as an answer may show it: its kind, and enough for its holder to recognise it."""
    kind, value = open_contact(driver, contact_id)
    return {kind: identifiers.mask(ContactKind(kind), value)}


def suppression_index_of(driver: Driver, programme: Programme, realm: Realm, contact_id: UUID) -> bytes:
    """The index under which a stored contact stands in suppression lists."""
    kind, value = open_contact(driver, contact_id)
    return suppression_index(realm, contact_name(programme, realm, ContactKind(kind), value))


def mask(contact: ContactName) -> dict[str, str]:
    """A contact of a request as its answer may show it."""
    return {contact.kind.value: identifiers.mask(contact.kind, contact.normal.given)}


def _contact_view(driver: Driver, row: SubjectContact) -> ContactView:
    masked = masked_value(driver, row.id)[row.kind]
    return ContactView(row.id, row.subject_id, row.kind, masked, row.source, row.held_from, row.held_until, row.ended)
