"""Where a person is written to: contacts that were on file before the matter began, and no others.

Whoever writes from a new mailbox, or has the address changed first, gets nothing that way: a contact that replaced
another a few days before does not count, the one it replaced does. Nor does one from which mail came back for good, or
one that is somebody else's by now.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from uuid import UUID

import msgspec

from privacy import clock
from privacy.authz.actors import Realm
from privacy.consent.bounces import bounces
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName, ContactView

#: How long a contact that replaced another is not written to.
HOLD = 14 * clock.DAY
_REASSIGNED = "reassigned"
_LINES = re.compile(r"\s*[,\n]\s*")


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """One contact to which letters go."""

    kind: ContactKind
    #: Of a phone number the form E.164.
    value: str

    @property
    def lines(self) -> tuple[str, ...]:
        """Of a postal address, a line each."""
        return lines_of(self.value)


def lines_of(address: str) -> tuple[str, ...]:
    """A postal address, a line each."""
    return tuple(line for line in _LINES.split(address.strip()) if line)


def reach_of(
    subject_ids: Collection[UUID], *, realm: Realm, at: int, only: ContactName | None = None
) -> tuple[Place, ...]:
    """Where somebody can be reached in a matter that began at `at` (microseconds); the best place first.

    E-mail before telephone before post, what is longest known first. `subject_ids`: everybody who is one natural
    person (`subjects.natural_person`). `only`: that contact alone, where they hold it. Empty where there is nothing.
    Raises `NotFound` for somebody who is not there.
    """
    found = (one for member in sorted(subject_ids) for one in subjects.view(member, realm=realm.value).contacts)
    places = _places({one.id: one for one in found}.values(), realm, at)
    if only is None:
        return places
    return tuple(one for one in places if one.kind is only.kind and _name(one, realm).normal.key == only.normal.key)


def _places(contacts: Iterable[ContactView], realm: Realm, at: int) -> tuple[Place, ...]:
    known = [one for one in contacts if one.held_from < at]
    order = {kind: number for number, kind in enumerate(ContactKind)}
    usable = [one for one in known if _is_usable(one, known, at)]
    places: list[Place] = []
    for one in sorted(usable, key=lambda one: (order[ContactKind(one.kind)], one.held_from, one.id)):
        place = _place(one.id, ContactKind(one.kind), realm)
        places += [place] if place not in places and not _bounces(one.id, place, realm) else []
    return tuple(places)


def _is_usable(contact: ContactView, known: Collection[ContactView], at: int) -> bool:
    alike = [one for one in known if one.kind == contact.kind and one.id != contact.id]
    if contact.held_until is not None:
        return contact.ended != _REASSIGNED and contact.held_until >= at - HOLD
    older = (one for one in alike if one.held_from < contact.held_from)
    in_place_of = any(one.held_until is None or one.held_until >= at - HOLD for one in older)
    return contact.held_from <= at - HOLD or not in_place_of


def _place(contact_id: UUID, kind: ContactKind, realm: Realm) -> Place:
    place = Place(kind, subjects.reveal_contact(contact_id))
    return Place(kind, _name(place, realm).normal.key) if kind is ContactKind.PHONE else place


def _bounces(contact_id: UUID, place: Place, realm: Realm) -> bool:
    """Whether mail came back from there for good, so that another way is taken."""
    return place.kind is ContactKind.EMAIL and bounces(contact_id, _name(place, realm), realm)


def _name(place: Place, realm: Realm) -> ContactName:
    return subjects.contact_name(programmes.current(), realm, place.kind, place.value)
