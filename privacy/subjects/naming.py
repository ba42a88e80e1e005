"""Who a caller means: identifiers from a request, normalised and indexed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from privacy.authz.actors import Actor, Realm
from privacy.crypto import blind_index, keyring
from privacy.crypto.pairwise import Pairwise
from privacy.errors import InvalidInput, NotFound
from privacy.programme.types import ContactKind, IdentifierType, Programme
from privacy.subjects import identifiers, placing
from privacy.subjects.identifiers import BadIdentifier, Normal
from privacy.subjects.locking import MOST_NAMES, Names

REF = "ref"
_SUBJECT = "subject"
_A_NAME = re.compile(r"[a-z_]{1,40}")


class NoSubjectNamed(InvalidInput):
    """The request names nobody."""

    code = "no-subject-named"


@dataclass(frozen=True)
class _Name:
    """A normalised value, found by its index."""

    normal: Normal = field(repr=False)
    #: What the indexes are kept apart by.
    domain: str

    @property
    def index(self) -> bytes:
        """The index under which the value stands; see `placing` for what that means while the key is rotated."""
        place = placing.now()
        made: tuple[placing.Placing, bytes] | None = self.__dict__.get("_made")
        if made is None or made[0] != place:
            made = self.__dict__["_made"] = place, place.index(self.domain, self.normal.key)
        return made[1]

    @property
    def sha256_index(self) -> bytes:
        """The index of its SHA-256; only what is stored needs it."""
        return placing.now().of_sha256(self.domain, self.normal.key, self.normal.sha256)

    @property
    def known_as(self) -> bytes:
        """Tells the value from others in memory, whatever becomes of the index key meanwhile."""
        return blind_index.of_repeat(keyring.installed(), f"{self.domain}|{self.normal.key}".encode())


@dataclass(frozen=True)
class AccountName(_Name):
    """An account identifier of a request; its domain is realm, issuer and type."""

    type: IdentifierType


@dataclass(frozen=True)
class ContactName(_Name):
    """A contact of a request; its domain is realm and kind."""

    kind: ContactKind


@dataclass(frozen=True)
class Naming:
    """Everybody and everything that one request names about one person."""

    realm: Realm
    accounts: tuple[AccountName, ...] = ()
    contacts: Mapping[ContactKind, ContactName] = field(default_factory=dict)
    #: The subject behind a pairwise reference, which may not exist.
    ref: UUID | None = None

    @property
    def by_account(self) -> bool:
        """Whether an account (or a reference) is named; otherwise contacts alone are."""
        return bool(self.accounts) or self.ref is not None

    def names(self) -> Names:
        """What to look up: accounts and reference, or else the people of the contacts alone."""
        if self.by_account:
            return Names([a.index for a in self.accounts], refs=[self.ref] if self.ref else [])
        return Names(alone=[c.index for c in self.contacts.values()])


def name_of(programme: Programme, actor: Actor, given: Mapping[str, str], *, place: str = "subject") -> Naming:
    """Read the identifiers of one person, which stand at `place` in the request.

    Raises `BadIdentifier` or `InvalidInput` naming the field; the value is never in the text.
    """
    if not given:
        raise NoSubjectNamed.of(place, f"Name the person by one of: {', '.join(known_names(programme))}.")
    accounts, contacts, ref = [], {}, None
    try:
        for name, value in given.items():
            if name == REF:
                ref = _reference(actor, value)
            elif name in programme.identifier_types:
                accounts.append(_account(programme.identifier_types[name], value, actor.realm))
            elif name in programme.contact_kinds:
                kind = ContactKind(name)
                contacts[kind] = contact_name(programme, actor.realm, kind, value)
            else:
                raise _unknown(programme, name, place)
    except BadIdentifier as error:
        named = {f"{place}.{name}": texts for name, texts in error.extensions["errors"].items()}
        raise BadIdentifier(errors=named) from None
    if len(accounts) > MOST_NAMES or len(contacts) > MOST_NAMES:
        raise InvalidInput.of(place, f"At most {MOST_NAMES} identifiers of a sort in one request.")
    if len(accounts) > 1:
        order = list(programme.identifier_types)
        accounts.sort(key=lambda a: order.index(a.type.code))
    return Naming(actor.realm, tuple(accounts), contacts, ref)


def known_names(programme: Programme) -> list[str]:
    """The names by which a person may be named in a request."""
    return [*programme.identifier_types, *(kind.value for kind in programme.contact_kinds), REF]


def contact_name(programme: Programme, realm: Realm, kind: ContactKind, value: str) -> ContactName:
    """A normalised, indexed contact; raises `BadIdentifier`."""
    normal = identifiers.contact(kind, value, programme.jurisdiction.country)
    return ContactName(normal, contact_domain(realm, kind), kind)


def contact_domain(realm: str, kind: str) -> str:
    """What the indexes of contacts are kept apart by."""
    return f"{realm}|contact|{kind}"


def account_domain(realm: str, kind: IdentifierType) -> str:
    """What the indexes of account identifiers are kept apart by."""
    return f"{realm}|account|{kind.issuer}|{kind.code}"


def suppression_index(realm: Realm, contact: ContactName) -> bytes:
    """The index under which the contact stands in suppression lists."""
    return blind_index.for_suppression(keyring.installed(), f"{realm}|{contact.kind}", contact.normal.key)


def _account(kind: IdentifierType, value: str, realm: Realm) -> AccountName:
    normal = identifiers.account(kind.code, value)
    return AccountName(normal, account_domain(realm, kind), kind)


def _reference(actor: Actor, value: str) -> UUID:
    try:
        return reveal_subject(actor, value)
    except NotFound:
        raise BadIdentifier.of(REF, "This has not the form of a subject_ref.") from None


def _unknown(programme: Programme, name: str, place: str) -> InvalidInput:
    """What looks like no name of ours is not repeated: people put addresses into keys, too."""
    shown = f"{place}.{name}" if _A_NAME.fullmatch(name) else place
    return InvalidInput.of(shown, f"Unknown. Known are: {', '.join(known_names(programme))}.")


def hide_subject(actor: Actor, subject_id: UUID) -> str:
    """The actor's own reference to a subject: other clients see another."""
    return str(Pairwise(keyring.installed(), actor.id).hide(_SUBJECT, subject_id))


def reveal_subject(actor: Actor, reference: str) -> UUID:
    """The subject behind a reference of this actor's; raises `NotFound` where it has not the form of one."""
    try:
        value = UUID(reference)
    except ValueError:
        raise NotFound("There is no such person.") from None
    return Pairwise(keyring.installed(), actor.id).reveal(_SUBJECT, value)
