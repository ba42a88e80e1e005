"""The people whom a write concerns: locked at its beginning, changed in memory, written once at its end.

Many acts in one call may name the same person again, or link people whom earlier ones made: each finds them as the acts
before it left them. Nothing here decides who is who or what a consent is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from privacy.crypto.owner_keys import INSERT_OWNER_KEY
from privacy.db import Driver, Statement, by_statement
from privacy.subjects import placing, store
from privacy.subjects.identity import Place
from privacy.subjects.locking import Names, lock_or_queue
from privacy.subjects.naming import Naming
from privacy.subjects.store import ContactRow, LinkRow, SubjectRow

Work = list[tuple[Statement, Mapping[str, Any]]]


def lock_named(driver: Driver, namings: Iterable[Naming]) -> People:
    """Everybody whom these name and who is one person with them, locked in one go, for a writer that makes the rest.

    Once for a unit of work: whoever holds people and then waits for more may wait in a circle.
    """
    every = list(namings)
    while True:
        place = placing.now()
        subjects, contacts = lock_or_queue(driver, Names.of_all(naming.names() for naming in every))
        # Another one where this process had slept through the beginning or the end of a rotation.
        if placing.keep_placed(driver) == place:
            return People(driver, subjects, contacts)


class People:
    """Some people with what they hold, as the acts so far leave them."""

    def __init__(self, driver: Driver, subjects: Iterable[SubjectRow], contacts: Iterable[ContactRow]) -> None:
        self.subjects: dict[UUID, SubjectRow] = {}
        #: Ids of those whom this write makes: nothing was recorded of them before.
        self.fresh: set[UUID] = set()
        self._driver = driver
        self._by_account: dict[bytes, SubjectRow] = {}
        self._members: dict[UUID, dict[UUID, SubjectRow]] = {}
        self._held: dict[UUID, dict[bytes, ContactRow]] = {}
        self._alone: dict[bytes, ContactRow] = {}
        #: Links by their first end, of those whose links were read or are all of this write.
        self._links: dict[UUID, list[LinkRow]] = {}
        self._unwritten = _Unwritten()
        for subject in subjects:
            self._know(subject)
        for contact in contacts:
            self._hold(contact)

    # Who is there.

    def by_account(self, index: bytes) -> SubjectRow | None:
        """The subject that an account identifier names."""
        return self._by_account.get(index)

    def by_contact_alone(self, index: bytes) -> ContactRow | None:
        """The holding of the person who is known by that contact alone."""
        return self._alone.get(index)

    def named(self, naming: Naming) -> list[SubjectRow | None]:
        """Those whom a naming names, the leading one first; None for whoever is not there yet."""
        if naming.by_account:
            referred = [self.subjects.get(naming.ref)] if naming.ref is not None else []
            return referred + [self.by_account(account.index) for account in naming.accounts]
        held = [self.by_contact_alone(contact.index) for contact in naming.contacts.values()]
        return [self.subjects[contact.subject_id] if contact else None for contact in held]

    def members(self, person_id: UUID) -> Iterable[SubjectRow]:
        """Everybody who is that one person."""
        return self._members[person_id].values()

    def contacts(self, subject_id: UUID) -> Mapping[bytes, ContactRow]:
        """What a subject holds or held, by index."""
        return self._held.get(subject_id, {})

    def read_links(self, subjects: Iterable[UUID]) -> None:
        """Read the links of those whose links are not known yet."""
        unread = [subject for subject in subjects if subject not in self._links]
        self._links |= {subject: [] for subject in unread}
        for link in store.links_from(self._driver, unread):
            self._links[link[0]].append(link)

    def links(self, subjects: Iterable[UUID]) -> list[LinkRow]:
        """Claims and merges whose first end is one of these."""
        every = list(subjects)
        self.read_links(every)
        return [link for subject in every for link in self._links[subject]]

    # What changes.

    def add_subject(self, subject: SubjectRow, key: Mapping[str, Any]) -> None:
        """Somebody new, with the row of the key."""
        self.fresh.add(subject.id)
        self._links[subject.id] = []
        self._know(subject)
        self._unwritten.subjects[subject.id] = subject
        self._unwritten.keys.append(key)

    def add_identifier(self, values: Mapping[str, Any]) -> None:
        """The account identifier of somebody new."""
        self._unwritten.identifiers.append(values)

    def add_contact(self, contact: ContactRow, values: Mapping[str, Any]) -> None:
        """A contact that a subject holds from now on."""
        self._hold(contact)
        self._unwritten.contacts[contact.id] = (contact, values)

    def will_redate(self, contact: ContactRow, known_until: int) -> None:
        """Keep what was known of a holding; to be called before it is dated anew."""
        self._unwritten.pasts.append(store.past_values(contact, known_until))
        self.will_change(contact)

    def will_change(self, contact: ContactRow) -> None:
        """The holding changes in a way that no question about the past asks for."""
        self._unwritten.changed[contact.id] = contact

    def add_claim(self, link: LinkRow, values: Mapping[str, Any]) -> None:
        """A source's claim that two are one person."""
        self._links[link[0]].append(link)
        self._unwritten.claims.append(values)

    def place(self, subject: SubjectRow, place: Place, *, members: int, version: int) -> None:
        """Somebody belongs elsewhere from now on, or has more or fewer members."""
        self._members[subject.person_id].pop(subject.id)
        subject.person_id, subject.cluster_id, subject.group_id = place.person, place.cluster, place.group
        subject.merged_id = place.merged
        subject.members, subject.version = members, version
        self._members.setdefault(place.person, {})[subject.id] = subject
        self._unwritten.moved[subject.id] = subject

    def bump(self, person_id: UUID) -> None:
        """Count the person's version up."""
        self.subjects[person_id].version += 1
        self._unwritten.bumps[person_id] += 1

    def add_event(self, work: Iterable[tuple[Statement, Mapping[str, Any]]]) -> None:
        """An audit event as it was prepared."""
        self._unwritten.events += work

    def work(self) -> Work:
        """The statements that write what changed, those of a kind together. They are handed out once."""
        unwritten, self._unwritten = self._unwritten, _Unwritten()
        return unwritten.work()

    def _know(self, subject: SubjectRow) -> None:
        self.subjects[subject.id] = subject
        self._members.setdefault(subject.person_id, {})[subject.id] = subject
        if subject.identifier is not None:
            self._by_account[subject.identifier] = subject

    def _hold(self, contact: ContactRow) -> None:
        self._held.setdefault(contact.subject_id, {})[contact.index] = contact
        if contact.alone:
            self._alone[contact.index] = contact


class _Unwritten:
    """What has to be written, as rows that are still being changed."""

    def __init__(self) -> None:
        self.subjects: dict[UUID, SubjectRow] = {}
        self.keys: list[Mapping[str, Any]] = []
        self.identifiers: list[Mapping[str, Any]] = []
        self.contacts: dict[UUID, tuple[ContactRow, Mapping[str, Any]]] = {}
        self.pasts: list[Mapping[str, Any]] = []
        self.changed: dict[UUID, ContactRow] = {}
        self.claims: list[Mapping[str, Any]] = []
        self.moved: dict[UUID, SubjectRow] = {}
        self.bumps: Counter[UUID] = Counter()
        self.events: Work = []

    def work(self) -> Work:
        """In an order that foreign keys allow. Who is new is written as the last act leaves them."""
        moved = self.moved.keys() - self.subjects.keys()
        bumped = self.bumps.keys() - self.subjects.keys() - moved
        return [
            *((store.INSERT_SUBJECT, store.subject_values(subject)) for subject in self.subjects.values()),
            *((INSERT_OWNER_KEY, key) for key in self.keys),
            *((store.INSERT_IDENTIFIER, values) for values in self.identifiers),
            *((store.INSERT_CONTACT, {**values, **store.dates_of(row)}) for row, values in self.contacts.values()),
            *((store.INSERT_CONTACT_PAST, values) for values in self.pasts),
            *(
                (store.UPDATE_CONTACT, {"row_id": row.id, **store.dates_of(row)})
                for row in self.changed.values()
                if row.id not in self.contacts
            ),
            *((store.INSERT_CLAIM, values) for values in self.claims),
            *((store.UPDATE_PLACE, store.place_values(self.moved[subject])) for subject in moved),
            *((store.BUMP_VERSION, {"row_id": person, "times": self.bumps[person]}) for person in bumped),
            *by_statement(self.events),
        ]
