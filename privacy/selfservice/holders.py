"""Whose a contact is, for whoever proves to read it: one person's alone, or not surely anybody's."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from privacy.authz.actors import Realm
from privacy.consent import service as consent
from privacy.errors import NotFound
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.selfservice.sessions import PersonSession
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName, Standing, WalkedContact

#: A contact with more holders is a shop's, typed in for its customers: nothing goes there.
_MOST_HOLDERS = 50
_KINDS = (ContactKind.EMAIL, ContactKind.PHONE)


@dataclass(frozen=True)
class Held:
    """A contact on file that somebody holds now."""

    contact_id: UUID
    holder_id: UUID
    #: Whose alone it is; None where it is shared, came to the person only days ago, or the person is dead.
    subject_id: UUID | None
    #: As it is on file.
    value: str = field(repr=False)


@dataclass(frozen=True)
class Provable:
    """Another contact by which a person may prove themselves, as they may be shown it."""

    contact_id: UUID
    kind: ContactKind
    masked: str


def held_by(name: ContactName, at: int) -> Held | None:
    """The contact as it is on file, for a matter that begins at `at` (microseconds); None where nobody holds it now."""
    return subjects.steadily(None, lambda _driver: _held_by(name, at))


def provable(mine: PersonSession, at: int) -> list[Provable]:
    """The person's own contacts that are not proven in the session yet, and to which a code may go."""
    if mine.subject_id is None:
        return []
    proven = {one.name.known_as for one in mine.proven}
    found: dict[bytes, Provable] = {}
    for one in subjects.contacts_held_by(subjects.natural_person(mine.subject_id)):
        if one.kind not in _KINDS or one.realm is not mine.realm:
            continue
        name = _name(one)
        held = held_by(name, at) if name.known_as not in proven | found.keys() else None
        if held is not None and held.subject_id is not None:
            found[name.known_as] = Provable(one.id, one.kind, subjects.mask(name)[one.kind.value])
    return list(found.values())


def held_contact(mine: PersonSession, contact_id: UUID) -> ContactName:
    """One of the contacts that `provable` shows; raises `NotFound`."""
    if mine.subject_id is not None:
        for one in subjects.contacts_held_by(subjects.natural_person(mine.subject_id)):
            if one.id == contact_id and one.kind in _KINDS:
                return _name(one)
    raise NotFound("You have no such contact.")


def _held_by(name: ContactName, at: int) -> Held | None:
    holders = subjects.holders_now([name.index], most=_MOST_HOLDERS).get(name.index)
    if not holders:
        return None
    people = {subjects.natural_person(holder): holder for holder in holders}
    whole = [one for one in people if not any(one < other for other in people)]
    holder = people[whole[0]]
    [contact] = (one for one in subjects.contacts_held_by([holder]) if one.index == name.index)
    alone = len(whole) == 1 and _is_theirs(name, holder, at)
    return Held(contact.id, holder, holder if alone else None, subjects.reveal_contact(contact.id))


def _is_theirs(name: ContactName, holder: UUID, at: int) -> bool:
    """Whether letters to the holder may go there: see `consent.reach_of` for what came days ago, or comes back."""
    if subjects.view(holder, realm=Realm.LIVE.value).standing & Standing.DECEASED:
        return False
    return bool(consent.reach_of(subjects.natural_person(holder), realm=Realm.LIVE, at=at, only=name))


def _name(contact: WalkedContact) -> ContactName:
    value = subjects.reveal_contact(contact.id)
    return subjects.contact_name(programmes.current(), contact.realm, contact.kind, value)
