"""Where the person of a request is written to, kept under the case key: what was on file before it, and no more."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import msgspec

from privacy.authz.actors import SERVICE, Realm
from privacy.consent import service as consent
from privacy.consent.service import Place
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
from privacy.subjects.service import Naming

_TABLE = "request_reach"


def remember(row: DataSubjectRequest) -> tuple[Place, ...]:
    """Where the person can be reached, kept under the case key, in the open unit of work; the best place first.

    Called before the person's own data go, it lets the last letters find them. What was kept of somebody whom the
    request was taken for by mistake is not used. Empty where nothing was on file.
    """
    if row.subject_id is not None:
        places = consent.reach_of(subjects.natural_person(row.subject_id), realm=Realm(row.realm), at=row.received_at)
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


def _of_named(row: DataSubjectRequest) -> tuple[Place, ...]:
    """Before anybody is identified: those contacts of the request that somebody held before it.

    Where it names none but an account, those of the account: whoever reads them is its holder.
    """
    named, places, realm = cases.matter_of(row).named, list[Place](), Realm(row.realm)
    if not {one.kind for one in named} & set(ContactKind):
        return _of_account(row, named)
    for one in named:
        with contextlib.suppress(ValueError, InvalidInput, NotFound):
            kind = ContactKind(one.kind)
            name = subjects.contact_name(programmes.current(), realm, kind, one.value)
            holders = subjects.find_ids(Naming(realm, (), {kind: name}))
            alike = consent.reach_of(holders, realm=realm, at=row.received_at, only=name)
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
    return consent.reach_of(members, realm=Realm(row.realm), at=row.received_at)
