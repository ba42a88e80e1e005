"""What legal holds keep from being deleted, asked right before it is: rows of any system, and our own people.

People are recognised by keyed indexes of every identifier and contact that they were named by, that they had when the
hold was placed, and that they have by now; so nothing about them stands in plain, and what is theirs in other systems
is found by what it says. Whoever shares a contact with a held person is held too: what is deleted by mistake is gone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

import sqlalchemy as sa

from privacy.authz.actors import SERVICE, Realm
from privacy.crypto import blind_index, keyring
from privacy.db import in_parts, session
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.programme.types import Programme
from privacy.retention.holds import gate
from privacy.retention.holds.failures import UnderLegalHold
from privacy.retention.holds.models import HeldName, HeldPerson, LegalHold
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming
from privacy.systems.graph import compared

#: The system that this service itself is called in holds: its own people.
OWN_SYSTEM = "privacy"
#: The scope of a hold, as its row has it.
SYSTEMS, CATEGORIES = "systems", "categories"


@dataclass(frozen=True)
class HoldFacts:
    """Which hold holds something, and by what right."""

    id: UUID
    number: str
    #: The case, as a court or an office calls it; empty where there is a statute alone.
    reference: str
    #: Empty where there is a case alone.
    statute: str


@dataclass(frozen=True)
class Holds:
    """Every hold of a realm that was in force at one instant."""

    realm: Realm
    #: Differs once another hold was placed: `gate.enter`.
    epoch: int
    systems: Mapping[str, HoldFacts]
    categories: Mapping[str, HoldFacts]
    names: Mapping[bytes, HoldFacts] = field(repr=False)
    programme: Programme = field(repr=False)

    def on_row(
        self,
        system: str,
        data_set: str,  # noqa: ARG002  # the place of the row, as those who ask know it
        table: str,  # noqa: ARG002  # the same
        categories: Collection[str],
        identifiers: Iterable[tuple[str, str | int]],
    ) -> HoldFacts | None:
        """The hold that holds a row, by its system, its categories of data or whose it is; None where none does.

        `identifiers`: kind (an identifier type or kind of contact of the programme) and value, of the row and of what
        it refers to.
        """
        if system in self.systems:
            return self.systems[system]
        if self.categories:
            for written in categories:
                for held, facts in self.categories.items():
                    if _is_of(self.programme, written, held):
                        return facts
        if self.names:
            for kind, value in identifiers:
                facts_of = self.names.get(index_of(self.programme, self.realm, kind, value))
                if facts_of is not None:
                    return facts_of
        return None

    def on_people(self, subject_ids: Collection[UUID]) -> HoldFacts | None:
        """The hold that holds one of our own people; None where none does. Asked of the database as it is now."""
        if OWN_SYSTEM in self.systems:
            return self.systems[OWN_SYSTEM]
        return _on_people(subject_ids, self.realm)

    @property
    def any(self) -> bool:
        """Whether there is a hold at all."""
        return bool(self.systems or self.categories or self.names)


def in_force(realm: Realm = Realm.LIVE) -> Holds:
    """Every hold that is in force, in the open unit of work or a read: as of one look at the gate."""
    epoch = gate.epoch()  # First: a hold that is placed from here on is seen below, or makes the epoch another.
    programme = programmes.current()
    by_system: dict[str, HoldFacts] = {}
    by_category: dict[str, HoldFacts] = {}
    facts: dict[UUID, HoldFacts] = {}
    for row in session().scalars(_in_force(realm).order_by(LegalHold.id)):
        facts[row.id] = one = facts_of(row)
        scope = json.loads(row.scope)
        by_system.update(dict.fromkeys(scope[SYSTEMS], one))
        by_category.update(dict.fromkeys(scope[CATEGORIES], one))
    return Holds(realm, epoch, by_system, by_category, _names(facts, programme, realm), programme)


def ensure_not_held(subject_ids: Collection[UUID]) -> None:
    """Raise `UnderLegalHold` where one of these is held, in the unit of work of an erasure, after they are locked.

    From then on no hold can be placed until that unit of work ends.
    """
    gate.share()
    realms = set(subjects.realms_of(subject_ids).values())
    for realm in sorted(realms):
        found = on_own_people(subject_ids, realm)
        if found is not None:
            raise UnderLegalHold(f"The person is under legal hold {found.number}.", hold=found.number)


def on_own_people(subject_ids: Collection[UUID], realm: Realm = Realm.LIVE) -> HoldFacts | None:
    """The hold that holds one of our own people; None where none does. For one question: nobody else is looked at."""
    return _own_system(realm) or _on_people(subject_ids, realm)


def held_among(subject_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the subjects who are held, in the unit of work of what deletes something of theirs, once it is locked.

    From then on no hold can be placed until that unit of work ends.
    """
    if not subject_ids:
        return frozenset()
    gate.share()
    by_realm: dict[Realm, set[UUID]] = {}
    for subject_id, realm in subjects.realms_of(subject_ids).items():
        by_realm.setdefault(realm, set()).add(subject_id)
    found: set[UUID] = set()
    for realm, some in by_realm.items():
        if _own_system(realm) is not None:
            found |= some
        elif session().scalar(_in_force(realm).limit(1)) is not None:
            found |= {one for one in some if _on_people([one], realm) is not None}
    return frozenset(found)


def held_names(indexes: Collection[bytes]) -> frozenset[bytes]:
    """The same for what knows people by keyed indexes of their contacts alone."""
    if not indexes:
        return frozenset()
    if this_service_is_held():
        return frozenset(indexes)
    found: set[bytes] = set()
    for some in in_parts(sorted(indexes)):
        found.update(map(bytes, session().scalars(sa.select(HeldName.name_bidx).where(HeldName.name_bidx.in_(some)))))
    return frozenset(found)


def this_service_is_held() -> bool:
    """Whether nothing of this service itself may be deleted, in the unit of work of what would delete.

    From then on no hold can be placed until that unit of work ends.
    """
    gate.share()
    return _own_system(Realm.LIVE) is not None


def index_of(programme: Programme, realm: Realm, kind: str, value: str | int) -> bytes:
    """The keyed index by which a value is recognised in holds, however it is spelled."""
    text = str(value)
    try:
        naming = subjects.name_of(programme, replace(SERVICE, realm=realm), {kind: text})
    except InvalidInput:  # Not of its form, or of no kind of the programme: as it stands.
        return blind_index.for_suppression(keyring.installed(), f"{realm}|{kind}", compared(kind, value))
    for index in indexes_of(naming):
        return index
    raise AssertionError(kind)  # A reference is no value of a row.


def indexes_of(naming: Naming) -> Iterator[bytes]:
    """The indexes of everything that a person is named by; nothing of a reference."""
    for account in naming.accounts:
        yield blind_index.for_suppression(keyring.installed(), account.domain, account.normal.key)
    for contact in naming.contacts.values():
        yield subjects.suppression_index(naming.realm, contact)


def indexes_of_people(subject_ids: Collection[UUID], programme: Programme, realm: Realm) -> set[bytes]:
    """The indexes of everything that these have or had, but for contacts that are somebody else's by now."""
    found = {
        subjects.suppression_index(realm, one.name)
        for one in subjects.own_contacts(subject_ids, programme=programme, realm=realm)
        if not one.reassigned
    }
    return found | {index_of(programme, realm, one.type, one.value) for one in subjects.own_identifiers(subject_ids)}


def known_categories(programme: Programme) -> set[str]:
    """The categories of data that a hold can name: the programme's, and those that fields of the data map have."""
    tables = (table for data_set in programme.data_sets.values() for table in data_set.tables.values())
    of_fields = {code for table in tables for _, one in table.walk() for code in one.categories}
    return of_fields | set(programme.data_categories)


def people_behind(subject_ids: Collection[UUID]) -> set[UUID]:
    """The subjects that are one natural person with one of these, as far as anything says so; those themselves too."""
    found = set(subject_ids) | subjects.natural_people(subject_ids)
    for part in in_parts(sorted(subject_ids)):
        for members in subjects.portion_of(part).values():
            found |= members
    return found


def facts_of(row: LegalHold) -> HoldFacts:
    """What others are told of a hold."""
    return HoldFacts(row.id, row.number, row.reference, row.statute)


def _is_of(programme: Programme, written: str, held: str) -> bool:
    """Whether a field's category is the held one, as the programme reads it too, or a part of it."""
    if written == held or written.startswith(f"{held}."):
        return True
    meant = programme.category(written)
    return meant is not None and meant.code == held


def _in_force(realm: Realm) -> sa.Select[LegalHold]:
    return sa.select(LegalHold).where(LegalHold.released_at.is_(None), LegalHold.realm == realm.value)


def _own_system(realm: Realm) -> HoldFacts | None:
    rows = session().scalars(_in_force(realm).order_by(LegalHold.id))
    return next((facts_of(row) for row in rows if OWN_SYSTEM in json.loads(row.scope)[SYSTEMS]), None)


def _names(facts: Mapping[UUID, HoldFacts], programme: Programme, realm: Realm) -> dict[bytes, HoldFacts]:
    """By what held people are recognised: as stored, and what they have by now."""
    found: dict[bytes, HoldFacts] = {}
    held: dict[UUID, set[UUID]] = {}
    for ids in in_parts(sorted(facts)):
        stored = sa.select(HeldName.hold_id, HeldName.name_bidx).where(HeldName.hold_id.in_(ids))
        found.update((bytes(index), facts[hold_id]) for hold_id, index in session().execute(stored))
        people = sa.select(HeldPerson.hold_id, HeldPerson.subject_id).where(HeldPerson.hold_id.in_(ids))
        for hold_id, subject_id in session().execute(people):
            held.setdefault(hold_id, set()).add(subject_id)
    for hold_id, subject_ids in held.items():
        live = indexes_of_people(people_behind(subject_ids), programme, realm)
        found.update(dict.fromkeys(live, facts[hold_id]))
    return found


def _on_people(subject_ids: Collection[UUID], realm: Realm) -> HoldFacts | None:
    """The hold on one of these, on somebody who is one person with them, or on a name that one of them has."""
    if not subject_ids or session().scalar(_in_force(realm).limit(1)) is None:
        return None
    programme = programmes.current()
    contacts = subjects.own_contacts(subject_ids, programme=programme, realm=realm)
    people = set(subject_ids)
    for one in contacts:
        if not one.reassigned:
            people.update(subjects.ever_held(one.name.index))
    by_person = _in_force(realm).join(HeldPerson, HeldPerson.hold_id == LegalHold.id)
    by_name = _in_force(realm).join(HeldName, HeldName.hold_id == LegalHold.id)
    for part in in_parts(sorted(people_behind(people))):
        if (row := session().scalar(by_person.where(HeldPerson.subject_id.in_(part)).limit(1))) is not None:
            return facts_of(row)
    names = {subjects.suppression_index(realm, one.name) for one in contacts if not one.reassigned}
    names |= {index_of(programme, realm, one.type, one.value) for one in subjects.own_identifiers(subject_ids)}
    for some in in_parts(sorted(names)):
        if (row := session().scalar(by_name.where(HeldName.name_bidx.in_(some)).limit(1))) is not None:
            return facts_of(row)
    return None
