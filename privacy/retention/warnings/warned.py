"""Who is warned before data go: the people behind a row, by what the row names them.

A row that names an account is that account's person, whoever else shares an address with them. A row with nothing but
a contact is about whoever reads there: they are warned there, once, whether or not our own records know somebody.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from privacy.authz.actors import SERVICE, Realm
from privacy.crypto import blind_index, keyring
from privacy.crypto.envelope import SealBroken
from privacy.crypto.owner_keys import KeyDestroyed
from privacy.errors import InvalidInput, NotFound
from privacy.programme.types import ContactKind, Programme
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming

_PERSON, _ACCOUNT = "warned-person", "warned-account"


@dataclass(frozen=True)
class Warned:
    """Whom a row is about: what the row holds of them, or subjects of our own records."""

    #: Kind of contact or type of identifier, and value.
    named: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)
    subject_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Person:
    """One person to be warned."""

    #: By what they are known again: keyed indexes.
    names: frozenset[bytes] = field(repr=False)
    #: Everybody who is this natural person; empty where our own records know nobody, or not which of several.
    members: frozenset[UUID] = frozenset()
    #: What the row says of where to reach them, where our own records do not say it.
    contacts: tuple[tuple[ContactKind, str], ...] = field(default=(), repr=False)


def people_of(warned: Warned, programme: Programme, realm: Realm) -> tuple[Person, ...]:
    """Each of the people behind a row; empty where it names nobody who could be warned."""
    found = {frozenset(subjects.natural_person(one)) for one in _known(warned.subject_ids, realm)}
    accounts = {one for one in warned.named if one[0] in programme.identifier_types}
    for account in sorted(accounts):
        found |= {frozenset(subjects.natural_person(one)) for one in _holders(account, programme, realm)}
    if found:
        return tuple(_own(members, realm) for members in sorted(found, key=min))
    contacts = _contacts(warned.named, programme, realm)
    if accounts:
        return (Person(frozenset(_account(*one, realm) for one in accounts), contacts=tuple(contacts)),)
    return (_of_contacts(contacts, realm),) if contacts else ()


def names_of(subject_ids: Collection[UUID], programme: Programme, realm: Realm) -> frozenset[bytes]:
    """Everything by which these subjects may be known in warnings, for their erasure."""
    names = {_subject(one, realm) for one in subject_ids}
    for subject_id in sorted(subject_ids):
        # Whom a backup brought back after their erasure has a key that opens nothing: no value of theirs names them.
        with contextlib.suppress(KeyDestroyed, SealBroken):
            names |= _names_in_values(subject_id, programme, realm)
    return frozenset(names)


def _names_in_values(subject_id: UUID, programme: Programme, realm: Realm) -> set[bytes]:
    names = {_account(one.type, one.value, realm) for one in subjects.own_identifiers([subject_id])}
    for contact in subjects.view(subject_id, realm=realm).contacts:
        with contextlib.suppress(InvalidInput):
            value = subjects.reveal_contact(contact.id)
            name = subjects.contact_name(programme, realm, ContactKind(contact.kind), value)
            names.add(subjects.suppression_index(realm, name))
    return names


def _known(subject_ids: Iterable[UUID], realm: Realm) -> Iterator[UUID]:
    for subject_id in sorted(subject_ids):
        with contextlib.suppress(NotFound):
            subjects.view(subject_id, realm=realm.value)
            yield subject_id


def _holders(account: tuple[str, str], programme: Programme, realm: Realm) -> tuple[UUID, ...]:
    with contextlib.suppress(InvalidInput):
        return subjects.find_ids(subjects.name_of(programme, replace(SERVICE, realm=realm), dict([account])))
    return ()


def _own(members: frozenset[UUID], realm: Realm) -> Person:
    return Person(frozenset(_subject(one, realm) for one in members), members)


def _of_contacts(contacts: Mapping[tuple[ContactKind, str], subjects.ContactName], realm: Realm) -> Person:
    """Whoever reads at these contacts; one person of ours where nobody else of ours holds any of them."""
    names = frozenset(subjects.suppression_index(realm, name) for name in contacts.values())
    holders: set[frozenset[UUID]] = set()
    for (kind, _), name in contacts.items():
        found = subjects.find_ids(Naming(realm, (), {kind: name}))
        holders |= {frozenset(subjects.natural_person(one)) for one in found}
    if len(holders) == 1:
        [members] = holders
        return Person(names | {_subject(one, realm) for one in members}, members)
    return Person(names, contacts=tuple(contacts))


def _contacts(
    named: Collection[tuple[str, str]], programme: Programme, realm: Realm
) -> Mapping[tuple[ContactKind, str], subjects.ContactName]:
    found = {}
    for kind, value in sorted(named):
        if kind in {one.value for one in ContactKind}:
            with contextlib.suppress(InvalidInput):
                name = subjects.contact_name(programme, realm, ContactKind(kind), value)
                found[ContactKind(kind), _written(name)] = name
    return found


def _written(name: subjects.ContactName) -> str:
    """As it is written to: of a telephone number E.164."""
    return name.normal.key if name.kind is ContactKind.PHONE else name.normal.given


def _subject(subject_id: UUID, realm: Realm) -> bytes:
    return blind_index.for_suppression(keyring.installed(), f"{realm}|{_PERSON}", str(subject_id))


def _account(kind: str, value: str, realm: Realm) -> bytes:
    return blind_index.for_suppression(keyring.installed(), f"{realm}|{_ACCOUNT}|{kind}", value)
