"""Make sure that the people a write names exist, hold what it says they hold, and are linked as it claims.

Everything is judged from what is stored, under lock; nothing here decides a consent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto import keyring
from privacy.crypto.owner_keys import new_owner_key
from privacy.db import new_id
from privacy.errors import NotFound
from privacy.programme.types import ContactKind, Programme
from privacy.subjects import identity
from privacy.subjects.audited import subject_content
from privacy.subjects.naming import AccountName, ContactName, Naming
from privacy.subjects.people import People
from privacy.subjects.store import ContactRow, SubjectRow
from privacy.subjects.types import SubjectKind


@dataclass
class Enlisted:
    """The people of one act among those of its write."""

    people: People = field(repr=False)
    #: Those whom the act named, the leading one first.
    named: list[SubjectRow] = field(default_factory=list)
    #: The contacts that the act named, as the leading subject (or the contact's own) holds them.
    held: dict[ContactKind, ContactRow] = field(default_factory=dict)
    #: Ids of those whom this very act makes.
    made: set[UUID] = field(default_factory=set)
    #: Whether anything was made or changed.
    changed: bool = False

    @property
    def leading(self) -> SubjectRow:
        """The subject that the act is recorded on."""
        return self.named[0]

    @property
    def family(self) -> dict[UUID, SubjectRow]:
        """Everybody who is one person with one of those named, the named included."""
        people = dict.fromkeys(subject.person_id for subject in self.named)
        return {member.id: member for person_id in people for member in self.people.members(person_id)}

    @property
    def contacts(self) -> list[ContactRow]:
        """What the family holds or held."""
        return [contact for subject_id in self.family for contact in self.people.contacts(subject_id).values()]

    def head(self, subject: SubjectRow) -> SubjectRow:
        """The head of the subject's person: its version is the person's."""
        return self.people.subjects[subject.person_id]

    def bump(self) -> None:
        """Count the version of everybody named up."""
        for person_id in dict.fromkeys(subject.person_id for subject in self.named):
            self.people.bump(person_id)


def enlist(
    people: People, programme: Programme, naming: Naming, *, actor: Actor, source: str, held_from: int
) -> Enlisted:
    """Find those named among the people locked, and prepare what is missing: subjects, contacts, claims.

    `held_from` is when the source says that they held it. Raises `NotFound` for a reference that names nobody.
    """
    enlisted = Enlisted(people)
    maker = _Maker(programme, enlisted, actor, source, held_from)
    if naming.by_account:
        maker.accounts(naming)
    else:
        maker.contacts_alone(naming)
    return enlisted


class _Maker:
    """Prepares what is missing for one act."""

    def __init__(self, programme: Programme, enlisted: Enlisted, actor: Actor, source: str, held_from: int) -> None:
        self.programme = programme
        self.people = enlisted.people
        self.into = enlisted
        self.actor = actor
        self.source = source
        self.held_from = held_from
        self.now = clock.micros()

    def accounts(self, naming: Naming) -> None:
        """People named by accounts: each account a subject, linked by the claim, the leading one holds the contacts."""
        named: dict[UUID, SubjectRow] = {}
        if naming.ref is not None:
            found = self.people.subjects.get(naming.ref)
            if found is None or found.realm != naming.realm:
                raise NotFound("There is no such person.")
            named[found.id] = found
        for account in naming.accounts:
            subject = self.people.by_account(account.index) or self._subject(SubjectKind.ACCOUNT, naming, account)
            named[subject.id] = subject
        self.into.named = list(named.values())
        for contact in naming.contacts.values():
            self.into.held[contact.kind] = self._held(self.into.leading, contact)
        self._claim(naming)

    def contacts_alone(self, naming: Naming) -> None:
        """Contacts without an account: each its own person; naming two together never joins them."""
        for contact in naming.contacts.values():
            row = self.people.by_contact_alone(contact.index)
            if row is None:
                subject = self._subject(SubjectKind.CONTACT, naming)
                held = self._contact(subject, contact)
            else:
                subject = self.people.subjects[row.subject_id]
                held = self._held(subject, contact)
            self.into.held[contact.kind] = held
            self.into.named.append(subject)

    def _subject(self, kind: SubjectKind, naming: Naming, account: AccountName | None = None) -> SubjectRow:
        subject_id = new_id()
        key, key_row = new_owner_key(keyring.installed(), subject_id)
        row = SubjectRow(
            id=subject_id,
            realm=naming.realm.value,
            kind=kind.value,
            person_id=subject_id,
            cluster_id=subject_id,
            group_id=subject_id,
            merged_id=None,
            members=1,
            version=0,
            standing=0,
            age_class=None,
            created_at=self.now,
            identifier=account.index if account else None,
            identifier_type=account.type.code if account else None,
            retired_at=None,
            key=key,
        )
        self.people.add_subject(row, key_row)
        self.into.made.add(subject_id)
        if account is not None:
            self.people.add_identifier(self._identifier_values(row, account))
        self._event("subject.created", row, content=subject_content(row))
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
        row = self.people.contacts(subject.id).get(contact.index)
        if row is None:
            row = self._contact(subject, contact)
            content = {"id": str(row.id), "kind": row.kind, "held_from": row.held_from}
            self._event("contact.added", subject, content=content)
            return row
        returned = row.held_until is not None and self.held_from > row.held_until
        if returned or self.held_from < row.held_from:
            self.people.will_redate(row, self.now)
            row.held_from = min(row.held_from, self.held_from)
            if returned:
                row.held_until, row.ended = None, None
            self._event("contact.dated", subject, content={"id": str(row.id), "held_from": row.held_from})
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
            "recorded_at": self.now,
        }
        self.people.add_contact(row, values)
        return row

    def _claim(self, naming: Naming) -> None:
        """Accounts named together are claimed to be one person's, where their types say who somebody is."""
        subjects = _linked(naming, self.into.named)
        if len(subjects) < 2:
            return
        first = subjects[0]
        known = {(a, b) for a, b, claim, _ in self.people.links([s.id for s in subjects]) if claim}
        claimed = False
        for other in subjects[1:]:
            low, high = sorted((first, other), key=lambda s: s.id)
            if (low.id, high.id) in known:
                continue
            claimed = True
            values = {
                "id": new_id(),
                "a_subject_id": low.id,
                "b_subject_id": high.id,
                "source": self.source,
                "claimed_at": self.held_from,
                "recorded_at": self.now,
                "retired_at": None,
            }
            self.people.add_claim((low.id, high.id, True, None), values)
            self._event("identity.claimed", first, content={"a": str(low.id), "b": str(high.id), "source": self.source})
        if claimed:
            replace_places(self.programme, self.into)

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
        self.people.add_event(work)
        self.into.changed = True  # Whatever is made or changed has its event.


def _linked(naming: Naming, named: Iterable[SubjectRow]) -> list[SubjectRow]:
    """Of those named the ones whom the naming says to be one person."""
    linking = {account.index for account in naming.accounts if account.type.links}
    return [subject for subject in named if subject.identifier in linking or subject.id == naming.ref]


def replace_places(programme: Programme, enlisted: Enlisted) -> None:
    """Recompute who belongs together from all claims and merges, and prepare the rows that change.

    A person's version never falls: a new head starts above every head that it replaces.
    """
    family, people = enlisted.family, enlisted.people
    links = [
        identity.Link(a, b, claim=claim, holds=ended is None)
        for a, b, claim, ended in people.links(family)
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
        now = identity.Place(subject.person_id, subject.cluster_id, subject.group_id, subject.merged_id)
        if place != now or members != subject.members:
            people.place(subject, place, members=members, version=max(subject.version, newest))
