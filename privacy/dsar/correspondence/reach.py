"""Where the person of a request is written to: contacts that were on file before it, and no others.

Whoever writes from a new mailbox, or has the address changed first, gets nothing that way: a contact that replaced
another a few days before a request does not count, the one it replaced does.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from uuid import UUID

import msgspec

from privacy import clock
from privacy.authz.actors import SERVICE, Realm
from privacy.consent import service as consent
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import session
from privacy.dsar import cases
from privacy.dsar.correspondence.models import RequestReach
from privacy.dsar.matter import Named
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType
from privacy.errors import InvalidInput, NotFound
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName, ContactView, Naming

#: How long a contact that replaced another is not written to.
HOLD = 14 * clock.DAY
_REASSIGNED = "reassigned"
_TABLE = "request_reach"
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


def remember(row: DataSubjectRequest) -> tuple[Place, ...]:
    """Where the person can be reached, kept under the case key, in the open unit of work; the best place first.

    Called before the person's own data go, it lets the last letters find them. What was kept of somebody whom the
    request was taken for by mistake is not used. Empty where nothing was on file.
    """
    if row.subject_id is not None:
        places = _of_person(row)
        _keep(row, places)
        return places
    kept = session().get(RequestReach, row.id, populate_existing=True)
    if kept is not None and cases.lost_its_person(row):
        key = load_owner_key(session(), keyring.installed(), row.id, kept.key_version)
        opened = key.open(_TABLE, "places_enc", row.id, kept.places_enc)
        return msgspec.json.decode(opened, type=tuple[Place, ...])
    return _of_named(row)


def given_address(row: DataSubjectRequest) -> tuple[str, ...]:
    """Name and postal address that the request itself gave, a line each; empty where it gave none."""
    matter = cases.matter_of(row)
    name = matter.name if CaseType(row.case_type).of_a_person else matter.authority
    return (*([name] if name else []), *matter.address) if matter.address else ()


def _keep(row: DataSubjectRequest, places: tuple[Place, ...]) -> None:
    key = cases.key_of(row)
    sealed = key.seal(_TABLE, "places_enc", row.id, msgspec.json.encode(places))
    kept = session().get(RequestReach, row.id)
    if kept is None:
        session().add(RequestReach(request_id=row.id, places_enc=sealed, key_version=key.version))
    else:
        kept.places_enc, kept.key_version = sealed, key.version


def _of_person(row: DataSubjectRequest) -> tuple[Place, ...]:
    assert row.subject_id is not None
    found: list[ContactView] = []
    for member in sorted(subjects.natural_person(row.subject_id)):
        found += subjects.view(member, realm=row.realm).contacts
    return _places({one.id: one for one in found}.values(), row)


def _of_named(row: DataSubjectRequest) -> tuple[Place, ...]:
    """Before anybody is identified: those contacts of the request that somebody held before it.

    Where it names none but an account, those of the account: whoever reads them is its holder.
    """
    named, places = cases.matter_of(row).named, list[Place]()
    if not {one.kind for one in named} & set(ContactKind):
        return _of_account(row, named)
    for one in named:
        with contextlib.suppress(ValueError, InvalidInput, NotFound):
            kind = ContactKind(one.kind)
            name = subjects.contact_name(programmes.current(), Realm(row.realm), kind, one.value)
            found = subjects.find_ids(Naming(Realm(row.realm), (), {kind: name}))
            held = [contact for holder in found for contact in subjects.view(holder, realm=row.realm).contacts]
            alike = (
                place for place in _places(held, row) if place.kind is kind and _key(place, row) == name.normal.key
            )
            places += [place for place in alike if place not in places]
    return tuple(places)


def _of_account(row: DataSubjectRequest, named: Sequence[Named]) -> tuple[Place, ...]:
    """The contacts on file of the one person who holds every account that was named; empty where there is no such."""
    holders: set[frozenset[UUID]] = set()
    for one in named:
        account = programmes.current().identifier_types.get(one.kind)
        if account is None or not account.links:
            return ()
        with contextlib.suppress(InvalidInput, NotFound):
            naming = subjects.name_of(
                programmes.current(), replace(SERVICE, realm=Realm(row.realm)), {one.kind: one.value}
            )
            holders |= {frozenset(subjects.natural_person(holder)) for holder in subjects.find_ids(naming)}
    if len(holders) != 1:
        return ()
    [members] = holders
    found = [contact for member in sorted(members) for contact in subjects.view(member, realm=row.realm).contacts]
    return _places({one.id: one for one in found}.values(), row)


def _places(contacts: Iterable[ContactView], row: DataSubjectRequest) -> tuple[Place, ...]:
    """E-mail before telephone before post, what is longest known first."""
    known = [one for one in contacts if one.held_from < row.received_at]
    order = {kind: number for number, kind in enumerate(ContactKind)}
    usable = [one for one in known if _is_usable(one, known, row.received_at)]
    places: list[Place] = []
    for one in sorted(usable, key=lambda one: (order[ContactKind(one.kind)], one.held_from, one.id)):
        place = _place(one.id, ContactKind(one.kind), row)
        places += [place] if place not in places and not _bounces(one.id, place, row) else []
    return tuple(places)


def _is_usable(contact: ContactView, known: Collection[ContactView], received_at: int) -> bool:
    alike = [one for one in known if one.kind == contact.kind and one.id != contact.id]
    if contact.held_until is not None:
        return contact.ended != _REASSIGNED and contact.held_until >= received_at - HOLD
    older = (one for one in alike if one.held_from < contact.held_from)
    in_place_of = any(one.held_until is None or one.held_until >= received_at - HOLD for one in older)
    return contact.held_from <= received_at - HOLD or not in_place_of


def _place(contact_id: UUID, kind: ContactKind, row: DataSubjectRequest) -> Place:
    place = Place(kind, subjects.reveal_contact(contact_id))
    return Place(kind, _key(place, row)) if kind is ContactKind.PHONE else place


def _bounces(contact_id: UUID, place: Place, row: DataSubjectRequest) -> bool:
    """Whether mail came back from there for good, so that another way is taken."""
    return place.kind is ContactKind.EMAIL and consent.bounces(contact_id, _name(place, row), Realm(row.realm))


def _key(place: Place, row: DataSubjectRequest) -> str:
    """The form in which contacts are compared; of a phone number E.164."""
    return _name(place, row).normal.key


def _name(place: Place, row: DataSubjectRequest) -> ContactName:
    return subjects.contact_name(programmes.current(), Realm(row.realm), place.kind, place.value)
