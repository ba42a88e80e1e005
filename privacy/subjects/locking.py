"""Find and lock the people whom a write names, everybody who is one person with them, and the contacts they hold.

Every writer locks all its people in one statement, in the order of their ids, so that no two wait for each other in a
circle. On PostgreSQL the reads are one round trip; SQLite has one writer.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.crypto.owner_keys import OwnerKeyRow
from privacy.db import Driver, Id, Statement, filled_up
from privacy.subjects.models import AccountIdentifier, DataSubject, SubjectContact
from privacy.subjects.placing import kept, place_work
from privacy.subjects.store import CONTACT_COLUMNS, SUBJECT_COLUMNS, ContactRow, SubjectRow, contact_of, subjects_of

#: How many identifiers of each sort one request may name.
MOST_NAMES = 6

#: How many accounts, contacts alone and references are named: what tells two statements apart.
Shape = tuple[int, int, int]
#: Statements with their values.
Work = Sequence[tuple[Statement, Mapping[str, Any]]]

_MARK = Statement(sa.text("SAVEPOINT people"))
_LET_GO = Statement(sa.text("ROLLBACK TO SAVEPOINT people"))
_FORGET_MARK = Statement(sa.text("RELEASE SAVEPOINT people"))
#: The numbers as PostgreSQL writes an array, locked in its order: one statement, however many they are.
_TAKE_TURNS = Statement(
    sa.text("SELECT pg_advisory_xact_lock(turn) FROM unnest(CAST(CAST(:turns AS text) AS bigint[])) AS turn")
)


@dataclass(frozen=True)
class Names:
    """Indexes and references by which subjects are looked up."""

    accounts: Sequence[bytes] = ()
    alone: Sequence[bytes] = ()
    refs: Sequence[UUID] = ()

    @classmethod
    def of_all(cls, every: Iterable[Names]) -> Names:
        """What several requests name, each name once."""
        accounts: dict[bytes, None] = {}
        alone: dict[bytes, None] = {}
        refs: dict[UUID, None] = {}
        for names in every:
            accounts |= dict.fromkeys(names.accounts)
            alone |= dict.fromkeys(names.alone)
            refs |= dict.fromkeys(names.refs)
        return cls([*accounts], [*alone], [*refs])

    def binds(self) -> dict[str, Any]:
        """Values for the binds of `named_subjects`."""
        values: dict[str, Any] = {}
        for prefix, names in self._by_prefix().items():
            values |= {f"{prefix}{n}": name for n, name in enumerate(names)}
        return values or {"ref0": None}

    def shape(self) -> Shape:
        """What tells the statements for two requests apart."""
        accounts, alone, refs = (len(names) for names in self._by_prefix().values())
        return accounts, alone, refs

    def all(self) -> list[bytes]:
        """Every index, for locking what is not there yet."""
        return sorted({*self.accounts, *self.alone})

    def _by_prefix(self) -> dict[str, Sequence[Any]]:
        return {"account": filled_up(self.accounts), "alone": filled_up(self.alone), "ref": filled_up(self.refs)}


def named_subjects(shape: Shape) -> sa.Select[Any]:
    """Ids of the subjects that the binds `account0..`, `alone0..` and `ref0..` name."""
    accounts, alone, refs = shape
    parts: list[sa.Select[Any]] = []
    if accounts:
        index = AccountIdentifier.value_bidx
        parts.append(sa.select(AccountIdentifier.subject_id).where(index.in_(_binds("account", accounts))))
    if alone:
        index = SubjectContact.value_bidx
        parts.append(
            sa.select(SubjectContact.subject_id).where(SubjectContact.alone, index.in_(_binds("alone", alone)))
        )
    if refs or not parts:
        ids = [sa.bindparam(f"ref{n}", type_=Id) for n in range(refs or 1)]
        parts.append(sa.select(DataSubject.id).where(DataSubject.id.in_(ids)))
    return parts[0] if len(parts) == 1 else sa.select(sa.union_all(*parts).subquery().c[0])


def _binds(prefix: str, count: int) -> list[sa.BindParameter[bytes]]:
    return [sa.bindparam(f"{prefix}{n}", type_=sa.LargeBinary) for n in range(count)]


@lru_cache(maxsize=64)
def _people(shape: Shape) -> tuple[Statement, Statement]:
    """What locks the people named, and what reads the contacts that they hold.

    Joins from index to index; a person of whom several were named comes as often. Locks in the order of ids, so that
    two writers with several people never wait for each other in a circle.
    """
    names = named_subjects(shape).subquery("names")
    named, person = sa.orm.aliased(DataSubject, name="named"), DataSubject.person_id
    people = sa.join(names, named, named.id == names.c[0]).join(DataSubject, person == named.person_id)
    lock = (
        sa.select(*SUBJECT_COLUMNS)
        .select_from(people)
        .join(OwnerKeyRow, OwnerKeyRow.owner_id == DataSubject.id)
        .outerjoin(AccountIdentifier, AccountIdentifier.subject_id == DataSubject.id)
        .order_by(DataSubject.id, OwnerKeyRow.version)
        .with_for_update(of=DataSubject)
    )
    contacts = (
        sa.select(*CONTACT_COLUMNS)
        .select_from(people)
        .join(SubjectContact, SubjectContact.subject_id == DataSubject.id)
    )
    return Statement(lock), Statement(contacts)


def lock_people(driver: Driver, names: Names) -> tuple[list[SubjectRow], list[ContactRow]]:
    """The named subjects and everybody who is one person with them, locked, and the contacts they hold."""
    mark, let_go = _from_a_mark(driver)
    found = _locked(driver, names, mark, let_go, place=place_work(driver))
    _keep(driver)
    return found


def lock_or_queue(driver: Driver, names: Names) -> tuple[list[SubjectRow], list[ContactRow]]:
    """As `lock_people`, for a writer that will make whom it doesn't find.

    On PostgreSQL it first queues behind whoever is just making one of them, and it queues holding nobody: a writer that
    held one person while it waited for another's name, and one that held that name and waited for the person, would
    wait for ever. SQLite has one writer.
    """
    mark, let_go = _from_a_mark(driver)
    subjects, contacts = _locked(driver, names, mark, let_go, place=place_work(driver))
    missing = _missing(names, subjects, contacts)
    if missing and driver.dialect == "postgresql":
        queued = [*let_go, *_turns(driver, missing)]
        subjects, contacts = _locked(driver, names, queued, queued)
    _keep(driver)
    return subjects, contacts


def _locked(
    driver: Driver, names: Names, first: Work, again: Work, *, place: Work = ()
) -> tuple[list[SubjectRow], list[ContactRow]]:
    """Lock and read. What grew while this writer waited or looked is let go and locked anew, in the order of ids.

    `place` and `first` run before, in the same round trip; `again` in their place when it has to be done anew.
    """
    binds = names.binds()
    lock, contacts = _people(names.shape())
    while True:
        *before, found, held = driver.rows_of([*place, *first, (lock, binds), (contacts, binds)])
        if place:
            kept(before[len(place) - 1])
        place, first = (), again
        subjects = subjects_of(found)
        heads = {s.id: s.members for s in subjects if s.id == s.person_id}
        people: dict[UUID, int] = {}
        for subject in subjects:
            people[subject.person_id] = people.get(subject.person_id, 0) + 1
        holdings = {row[0]: contact_of(row) for row in held}
        # The second statement may see somebody who was committed after the first one looked.
        if people == heads and {holding.subject_id for holding in holdings.values()} <= {s.id for s in subjects}:
            return subjects, list(holdings.values())


def _from_a_mark(driver: Driver) -> tuple[Work, Work]:
    """What to run before locking, and before locking anew: nobody is held meanwhile. SQLite's one writer needs none."""
    if driver.dialect != "postgresql":
        return [], []
    return [(_MARK, {})], [(_LET_GO, {})]


def _keep(driver: Driver) -> None:
    if driver.dialect == "postgresql":
        driver.run_later([(_FORGET_MARK, {})])


def _missing(names: Names, subjects: Iterable[SubjectRow], contacts: Iterable[ContactRow]) -> list[bytes]:
    known = {s.identifier for s in subjects} | {c.index for c in contacts if c.alone}
    return [name for name in names.all() if name not in known]


def lock_names(driver: Driver, names: Iterable[bytes]) -> None:
    """On PostgreSQL, queue behind whoever is just making something of one of these names. SQLite has one writer."""
    place = place_work(driver)
    kept(driver.rows_of([*place, *_turns(driver, names)])[len(place) - 1])


def _turns(driver: Driver, names: Iterable[bytes]) -> Work:
    """In the order of their numbers: two names may have one, so an order of names would not keep writers in line."""
    if driver.dialect != "postgresql":
        return []
    numbers = sorted({zlib.crc32(name) for name in names})
    return [(_TAKE_TURNS, {"turns": f"{{{','.join(map(str, numbers))}}}"})]
