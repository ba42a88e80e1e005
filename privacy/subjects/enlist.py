"""Make sure that the people a write names exist, hold what it says they hold, and are linked as it claims.

Everything is judged from what is stored, under lock; nothing here decides a consent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto import keyring
from privacy.crypto.owner_keys import INSERT_OWNER_KEY, new_owner_key
from privacy.db import Driver, Statement, new_id
from privacy.errors import NotFound
from privacy.programme.types import ContactKind, Programme
from privacy.subjects import identity, store
from privacy.subjects.naming import AccountName, ContactName, Naming
from privacy.subjects.store import ContactRow, SubjectRow
from privacy.subjects.types import SubjectKind

Work = list[tuple[Statement, Mapping[str, Any]]]


@dataclass
class Enlisted:
    """The people of one write, locked, and the statements that make what was missing."""

    #: Those whom the request named, the leading one first.
    named: list[SubjectRow]
    #: Everybody who is one person with one of them, the named included.
    family: dict[UUID, SubjectRow]
    contacts: list[ContactRow]
    #: The contacts that the request named, as the leading subject (or the contact's own) holds them.
    held: dict[ContactKind, ContactRow] = field(default_factory=dict)
    work: Work = field(default_factory=list)
    #: Ids of those whom this write makes: nothing is recorded of them yet.
    fresh: set[UUID] = field(default_factory=set)

    @property
    def leading(self) -> SubjectRow:
        """The subject that the act is recorded on."""
        return self.named[0]

    def alone(self, kind: ContactKind) -> SubjectRow:
        """The contact-only person of that kind of contact."""
        return self.family[self.held[kind].subject_id]

    def head(self, subject: SubjectRow) -> SubjectRow:
        """The head of the subject's person: its version is the person's."""
        return self.family[subject.person_id]


def enlist(
    driver: Driver, programme: Programme, naming: Naming, *, actor: Actor, source: str, held_from: int
) -> Enlisted:
    """Find and lock the people named, and prepare what is missing: subjects, contacts, claims.

    `held_from` is when the source says that they held it. Raises `NotFound` for a reference that names nobody.
    """
    names = naming.names()
    subjects, contacts = store.lock_or_queue(driver, names)
    enlisted = Enlisted([], {s.id: s for s in subjects}, contacts)
    maker = _Maker(driver, programme, enlisted, actor, source, held_from)
    if naming.by_account:
        maker.accounts(naming)
    else:
        maker.contacts_alone(naming)
    return enlisted


class _Maker:
    """Prepares what is missing for one request."""

    def __init__(
        self, driver: Driver, programme: Programme, enlisted: Enlisted, actor: Actor, source: str, held_from: int
    ) -> None:
        self.driver = driver
        self.programme = programme
        self.into = enlisted
        self.actor = actor
        self.source = source
        self.held_from = held_from
        self.now = clock.micros()

    def accounts(self, naming: Naming) -> None:
        """People named by accounts: each account a subject, linked by the claim, the leading one holds the contacts."""
        by_index = {s.identifier: s for s in self.into.family.values()}
        if naming.ref is not None:
            found = self.into.family.get(naming.ref)
            if found is None or found.realm != naming.realm:
                raise NotFound("There is no such person.")
            self.into.named.append(found)
        for account in naming.accounts:
            subject = by_index.get(account.index) or self._subject(SubjectKind.ACCOUNT, naming, account)
            if subject not in self.into.named:
                self.into.named.append(subject)
        for contact in naming.contacts.values():
            self.into.held[contact.kind] = self._held(self.into.leading, contact)
        self._claim(naming)

    def contacts_alone(self, naming: Naming) -> None:
        """Contacts without an account: each its own person; naming two together never joins them."""
        for contact in naming.contacts.values():
            row = next((c for c in self.into.contacts if c.alone and c.index == contact.index), None)
            subject = self._subject(SubjectKind.CONTACT, naming) if row is None else self.into.family[row.subject_id]
            held = self._contact(subject, contact) if row is None else self._held(subject, contact)
            self.into.held[contact.kind] = held
            self.into.named.append(subject)

    def _subject(self, kind: SubjectKind, naming: Naming, account: AccountName | None = None) -> SubjectRow:
        subject_id = new_id()
        key, key_row = new_owner_key(keyring.installed(), subject_id)
        values: dict[str, Any] = {
            "id": subject_id,
            "realm": naming.realm.value,
            "kind": kind.value,
            "person_id": subject_id,
            "cluster_id": subject_id,
            "group_id": subject_id,
            "members": 1,
            "version": 0,
            "standing": 0,
            "age_class": None,
            "created_at": self.now,
        }
        row = SubjectRow(
            **values,
            identifier=account.index if account else None,
            identifier_type=account.type.code if account else None,
            retired_at=None,
            key=key,
        )
        self.into.family[subject_id] = row
        self.into.fresh.add(subject_id)
        self.into.work += [(store.INSERT_SUBJECT, values), (INSERT_OWNER_KEY, key_row)]
        if account is not None:
            self.into.work.append((store.INSERT_IDENTIFIER, self._identifier_values(row, account)))
        self._event(
            "subject.created", row, content={"id": str(subject_id), "kind": kind.value, "realm": naming.realm.value}
        )
        return row

    def _identifier_values(self, subject: SubjectRow, account: AccountName) -> dict[str, Any]:
        row_id = new_id()
        return {
            "id": row_id,
            "subject_id": subject.id,
            "type": account.type.code,
            "value_enc": subject.key.seal("account_identifier", "value_enc", row_id, account.normal.given.encode()),
            "key_version": subject.key.version,
            "value_bidx": account.index,
            "sha256_bidx": account.sha256_index,
            "source": self.source,
            "held_from": self.held_from,
            "recorded_at": self.now,
            "retired_at": None,
        }

    def _held(self, subject: SubjectRow, contact: ContactName) -> ContactRow:
        """The contact as this subject holds it; an earlier date or a later return widens when it was held."""
        for row in self.into.contacts:
            if row.subject_id == subject.id and row.index == contact.index:
                returned = row.held_until is not None and self.held_from > row.held_until
                if returned or self.held_from < row.held_from:
                    self.into.work.append((store.INSERT_CONTACT_PAST, store.past_values(row, self.now)))
                    row.held_from = min(row.held_from, self.held_from)
                    if returned:
                        row.held_until, row.ended = None, None
                    self.into.work.append((store.UPDATE_CONTACT, store.contact_values(row)))
                    self._event("contact.dated", subject, content={"id": str(row.id), "held_from": row.held_from})
                return row
        row = self._contact(subject, contact)
        self._event("contact.added", subject, content={"id": str(row.id), "kind": row.kind, "held_from": row.held_from})
        return row

    def _contact(self, subject: SubjectRow, contact: ContactName) -> ContactRow:
        row = ContactRow(
            id=new_id(),
            subject_id=subject.id,
            kind=contact.kind.value,
            alone=subject.kind == SubjectKind.CONTACT,
            index=contact.index,
            held_from=self.held_from,
            held_until=None,
            ended=None,
            own_act_at=None,
        )
        self.into.contacts.append(row)
        values = {
            "id": row.id,
            "subject_id": subject.id,
            "kind": row.kind,
            "alone": row.alone,
            "value_enc": subject.key.seal("subject_contact", "value_enc", row.id, contact.normal.given.encode()),
            "key_version": subject.key.version,
            "value_bidx": contact.index,
            "sha256_bidx": contact.sha256_index,
            "source": self.source,
            "held_from": self.held_from,
            "recorded_at": self.now,
            "own_act_at": None,
            "held_until": None,
            "ended": None,
        }
        self.into.work.append((store.INSERT_CONTACT, values))
        return row

    def _claim(self, naming: Naming) -> None:
        """Accounts named together are claimed to be one person's, where their types say who somebody is."""
        linking = {a.index for a in naming.accounts if a.type.links}
        subjects = [s for s in self.into.named if s.identifier in linking or s.id == naming.ref]
        if len(subjects) < 2:
            return
        first = subjects[0]
        known = {(a, b) for a, b, claim, _ in store.links_among(self.driver, [s.id for s in subjects]) if claim}
        claims: list[tuple[UUID, UUID, bool, int | None]] = []
        for other in subjects[1:]:
            low, high = sorted((first, other), key=lambda s: s.id)
            if (low.id, high.id) in known:
                continue
            claims.append((low.id, high.id, True, None))
            values = {
                "id": new_id(),
                "a_subject_id": low.id,
                "b_subject_id": high.id,
                "source": self.source,
                "claimed_at": self.held_from,
                "recorded_at": self.now,
                "retired_at": None,
            }
            self.into.work.append((store.INSERT_CLAIM, values))
            self._event("identity.claimed", first, content={"a": str(low.id), "b": str(high.id), "source": self.source})
        if claims:
            replace_places(self.driver, self.programme, self.into, extra=claims)

    def _event(self, action: str, subject: SubjectRow, *, content: Mapping[str, Any]) -> None:
        _, work = audit.prepare(
            action,
            actor=self.actor,
            object_type=action.partition(".")[0],
            object_id=subject.id,
            content=content,
            subject_id=subject.id,
            key=subject.key,
        )
        self.into.work += work


def replace_places(
    driver: Driver,
    programme: Programme,
    enlisted: Enlisted,
    *,
    extra: list[tuple[UUID, UUID, bool, int | None]] | None = None,
) -> None:
    """Recompute who belongs together from all claims and merges, and prepare the rows that change.

    A person's version never falls: a new head starts above every head that it replaces.
    """
    family = enlisted.family
    stored = store.links_among(driver, family)
    links = [
        identity.Link(a, b, claim=claim, holds=ended is None)
        for a, b, claim, ended in [*stored, *(extra or [])]
        if a in family and b in family and (claim or ended is None)
    ]
    exclusive = {
        s.id: s.identifier_type
        for s in family.values()
        if s.identifier_type and programme.identifier_types[s.identifier_type].one_per_person and s.retired_at is None
    }
    placed = identity.places(family, links, exclusive)
    newest = max(family[s.person_id].version for s in family.values() if s.person_id in family)
    for subject in family.values():
        place = placed[subject.id]
        members = sum(1 for other in placed.values() if other.person == subject.id)
        changed = (subject.person_id, subject.cluster_id, subject.group_id) != (
            place.person,
            place.cluster,
            place.group,
        )
        if changed or members != subject.members:
            subject.person_id, subject.cluster_id, subject.group_id = place.person, place.cluster, place.group
            subject.members, subject.version = members, max(subject.version, newest)
            enlisted.work.append((store.UPDATE_PLACE, _place_values(subject)))


def _place_values(subject: SubjectRow) -> dict[str, Any]:
    return {
        "row_id": subject.id,
        "person_id": subject.person_id,
        "cluster_id": subject.cluster_id,
        "group_id": subject.group_id,
        "members": subject.members,
        "version": subject.version,
    }
