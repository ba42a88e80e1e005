"""Erase a natural person (GDPR Art. 17): rows and keys go in one unit of work, and what remains says so honestly.

The order: what rooms above lock before people is locked, then everybody concerned; what must outlive the person's key
is sealed under keys of its own; each room deletes its rows; the key goes last. Either all of it is committed or nothing
is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, Actor, Realm
from privacy.consent import service as consent
from privacy.crypto import canonical
from privacy.db import in_unit_of_work, new_id, session
from privacy.erasure import cases, days, evidence_records, remaining, terms, tombstones
from privacy.erasure.audited import erasure_content
from privacy.erasure.erasers import erasers
from privacy.erasure.models import Erasure
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.programme.types import ErasureKeeps, Programme
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName, LockedPerson, OwnContact

_LONGEST_CAUSE = 500


@dataclass(frozen=True)
class Erased:
    """What an erasure did."""

    id: UUID
    #: The subjects that are gone.
    subject_ids: frozenset[UUID]
    erased_at: int
    #: After this no copy of their keys exists anywhere.
    shred_by: int
    #: Rows by table.
    deleted: Mapping[str, int]
    #: What remains, why and until when (`remaining.after`).
    remains: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Planned:
    """What an erasure would do."""

    #: The subjects that would go.
    subject_ids: frozenset[UUID]
    #: Rows by table.
    deleted: Mapping[str, int]
    #: What would remain, why and until when.
    remains: Sequence[Mapping[str, Any]]


def erase_subject(
    subject_id: UUID,
    *,
    cause: str,
    actor: Actor,
    at: int | None = None,
    suppress: bool = True,
    letter: cases.LetterWanted | None = None,
    ensure: terms.Ensure | None = None,
) -> Erased:
    """Erase the natural person behind a subject, in the open unit of work; raises `NotFound`, `InvalidInput`.

    Also raises what says that the person must not be erased (`terms.install`): a legal hold. `ensure`: the same for
    this one erasure.
    `cause`: the request's number, or the reason. `at`: when, in microseconds, if not now. `suppress`: whether the
    contacts that nobody else holds may not be used for marketing any more, which the person may decline. `letter`:
    how the person is told.
    """
    cause, at = _checked(cause), clock.micros() if at is None else at
    person = _locked(subject_id)
    terms.ensure_may_go(person.subject_ids)
    if ensure is not None:
        ensure(person.subject_ids)
    programme = programmes.current()
    contacts = subjects.own_contacts(person.subject_ids, programme=programme, realm=person.realm)
    erasure_id = new_id()
    record = evidence_records.Draft.of(person.subject_ids, contacts, cause=cause, at=at, programme=programme)
    deleted = _delete(person, erasure_id, actor, programme)
    suppressed = _suppress(contacts, person.realm, at, actor, programme) if suppress else 0
    remains = remaining.after(
        len(person.subject_ids),
        at,
        suppressed=suppressed,
        shared=sum(contact.shared for contact in contacts),
        record=True,
        programme=programme,
    )
    row = _row(erasure_id, person.realm, at, deleted, remains)
    record.seal(erasure_id, person.realm)
    cases.open_case(row, cause=cause, letter=letter, programme=programme)
    return _tell(row, person.subject_ids, actor)


def plan_erasure(subject_id: UUID, *, suppress: bool = True) -> Planned:
    """What an erasure now would delete and leave, in an open unit of work that the caller takes back."""
    at, programme = clock.micros(), programmes.current()
    person = _locked(subject_id)
    terms.ensure_may_go(person.subject_ids)
    contacts = subjects.own_contacts(person.subject_ids, programme=programme, realm=person.realm)
    deleted = _delete(person, new_id(), OPERATOR, programme)
    remains = remaining.after(
        len(person.subject_ids),
        at,
        suppressed=len(_suppressible(contacts)) if suppress else 0,
        shared=sum(contact.shared for contact in contacts),
        record=True,
        programme=programme,
    )
    return Planned(person.subject_ids, deleted, remains)


def erase_returned(subject_ids: Collection[UUID], *, actor: Actor, erasure_id: UUID | None = None) -> Erased:
    """Erase again exactly those whom a restored backup brought back, in the open unit of work; raises `NotFound`.

    What was left at the first erasure, the evidence record and the suppression, is not made a second time.
    """
    at, programme = clock.micros(), programmes.current()
    erasure_id = erasure_id or new_id()
    deleted: Counter[str] = Counter()
    realm = Realm.LIVE
    _hold_before(subject_ids)  # Those of all, before anybody is locked.
    for subject_id in sorted(subject_ids):
        person = _locked(subject_id, whole=False)
        realm = person.realm
        deleted.update(_delete(person, erasure_id, actor, programme))
    remains = remaining.after(len(subject_ids), at, suppressed=0, shared=0, record=False, programme=programme)
    return _tell(_row(erasure_id, realm, at, deleted, remains), subject_ids, actor)


def _checked(cause: str) -> str:
    if not in_unit_of_work():
        raise RuntimeError("an erasure belongs to a unit of work")
    text = cause.strip()
    if not 1 <= len(text) <= _LONGEST_CAUSE:
        raise InvalidInput.of("cause", f"Name the request or the reason, in up to {_LONGEST_CAUSE} characters.")
    return text


def _locked(subject_id: UUID, *, whole: bool = True) -> LockedPerson:
    """Lock what upper rooms lock before people, and then the people; raises `NotFound`.

    Where something was added until all were locked, they are let go and locked anew: whoever holds people and waits
    for what others lock first may wait in a circle.
    """
    members = subjects.natural_person(subject_id) if whole else frozenset({subject_id})
    while True:
        try:
            with session().begin_nested():
                held = _hold_before(members)
                person = subjects.lock_natural_person(subject_id, touched=consent.touched_by, whole=whole)
                if not _found_before(person.subject_ids) <= held:
                    raise _MoreToLock(person.subject_ids)
                return person
        except _MoreToLock as more:
            members = more.members


class _MoreToLock(Exception):
    """Something that is locked before people was added until they were locked."""

    def __init__(self, members: frozenset[UUID]) -> None:
        super().__init__()
        self.members = members


def _hold_before(subject_ids: Collection[UUID]) -> set[UUID]:
    return {row_id for query in _before(subject_ids) for row_id in session().scalars(query.with_for_update())}


def _found_before(subject_ids: Collection[UUID]) -> set[UUID]:
    return {row_id for query in _before(subject_ids) for row_id in session().scalars(query)}


def _before(subject_ids: Collection[UUID]) -> Iterator[sa.Select[UUID]]:
    return (eraser.before(subject_ids) for eraser in terms.upper_erasers() if eraser.before is not None)


def _delete(person: LockedPerson, erasure_id: UUID, actor: Actor, programme: Programme) -> Counter[str]:
    """Run the erasers, and say how many rows of which table went."""
    session().flush()
    ids = sorted(person.subject_ids)
    deleted: Counter[str] = Counter()
    for eraser in erasers(person, erasure_id, actor=actor, programme=programme):
        deleted.update(eraser.erase(ids))
    session().expire_all()  # What this session knew of them is gone.
    return +deleted


def _suppress(contacts: Collection[OwnContact], realm: Realm, at: int, actor: Actor, programme: Programme) -> int:
    """Keep marketing away from the contacts that were the person's alone."""
    ends_at = days.end_of(days.last_day(ErasureKeeps.SUPPRESSION, at, programme), programme)
    own = _suppressible(contacts)
    for name in own:
        consent.suppress_erased(name, realm=realm, at=at, ends_at=ends_at, actor=actor)
    return len(own)


def _suppressible(contacts: Collection[OwnContact]) -> list[ContactName]:
    return [contact.name for contact in contacts if not contact.shared and not contact.reassigned]


def _row(
    erasure_id: UUID, realm: Realm, at: int, deleted: Mapping[str, int], remains: Sequence[Mapping[str, Any]]
) -> Erasure:
    """The erasure's own row."""
    account = {"deleted": {table: rows for table, rows in sorted(deleted.items()) if rows}, "remains": remains}
    row = Erasure(
        id=erasure_id,
        realm=realm.value,
        erased_at=at,
        shred_by=at + terms.installed().key_backup_days * clock.DAY,
        account=canonical.encode(account).decode(),
    )
    session().add(row)
    session().flush()  # Its other rows refer to it.
    return row


def _tell(row: Erasure, subject_ids: Collection[UUID], actor: Actor) -> Erased:
    """Leave the tombstones, and the event that tells of the erasure."""
    ends_at = row.erased_at + terms.installed().backup_days * clock.DAY
    tombstones.bury(subject_ids, row.id, erased_at=row.erased_at, ends_at=ends_at)
    audit.record("subject.erased", actor=actor, object_type="erasure", object_id=row.id, content=erasure_content(row))
    account = canonical.decode(row.account.encode())
    return Erased(row.id, frozenset(subject_ids), row.erased_at, row.shred_by, account["deleted"], account["remains"])
