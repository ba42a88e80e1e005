"""Who is affected by a breach: each natural person once, by whatever they were found.

People of our records are kept by their subject ids. Whom our records do not know is kept by a contact, sealed with the
breach's own key: they are told too. A selection says by what they were found and how many.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import SERVICE, Actor, Realm
from privacy.authz.permissions import Permission
from privacy.breach import register
from privacy.breach.models import PersonalDataBreach
from privacy.breach.telling import telling_audited
from privacy.breach.telling.failures import SourceNotFound
from privacy.breach.telling.models import BreachAffected, BreachAffectedSource
from privacy.breach.telling.vocabulary import SourceKind, SourceState
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import in_parts, new_id, session
from privacy.errors import InvalidInput, NotFound
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind, Programme
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming
from privacy.systems.service import Identifier

_TABLE = "breach_affected"
#: The order in which one contact is chosen to write to.
_BEST = (ContactKind.EMAIL, ContactKind.POSTAL_ADDRESS, ContactKind.PHONE)
#: Why a line adds nobody.
NOT_READABLE, UNKNOWN = "not-readable", "unknown"


class Contact(msgspec.Struct, frozen=True):
    """Where somebody unknown to our records is reached; what is sealed of them."""

    kind: ContactKind
    value: str


@dataclass(frozen=True)
class Line:
    """One person as a list names them."""

    #: Of the list, from 1.
    number: int
    #: Identifiers and contacts; None where the line could not be read.
    given: Mapping[str, str] | None = field(repr=False)


@dataclass(frozen=True)
class Rejected:
    """A line that named nobody who could be told."""

    line: int
    #: `not-readable` or `unknown`.
    why: str


@dataclass(frozen=True)
class SourceView:
    """One selection, with what came of it."""

    id: UUID
    kind: SourceKind
    state: SourceState
    #: What was asked: codes of the programme.
    asked: Mapping[str, object]
    rows_read: int
    added: int
    repeated: int
    rejected: int
    failure: str | None
    created_at: int
    ended_at: int | None


def open_source(
    breach_id: UUID, kind: SourceKind, *, actor: Actor, asked: Mapping[str, object] | None = None
) -> BreachAffectedSource:
    """Begin a selection in the open unit of work. A list is then read by its caller, all else by the worker.

    Raises `InvalidInput` for a search in a rehearsal.
    """
    actor.require(Permission.BREACHES_HANDLE)
    breach = register.lock_open(breach_id)
    if breach.rehearsal and kind is not SourceKind.LIST:
        raise InvalidInput.of(kind.value, "In a rehearsal nobody is looked up: give a list of made-up people.")
    row = BreachAffectedSource(
        id=new_id(),
        breach_id=breach.id,
        kind=kind.value,
        asked=msgspec.json.encode(dict(asked or {}), order="sorted").decode(),
        state=(SourceState.READING if kind is SourceKind.LIST else SourceState.WAITING).value,
        cursor_enc=None,
        key_version=register.key_of(breach).version,
        rows_read=0,
        added=0,
        repeated=0,
        rejected=0,
        failure=None,
        next_at=clock.micros(),
        asked_by=actor.id,
        created_at=clock.micros(),
        ended_at=None,
    )
    session().add(row)
    telling_audited.record_source("breach.affected_asked", row, actor)
    return row


def add_lines(source_id: UUID, lines: Sequence[Line], *, actor: Actor) -> list[Rejected]:
    """Add the people whom these lines of a list name, in the open unit of work; says which lines named nobody.

    Some lines at a time: whoever reads a long list calls it again and again, then `end_source`.
    """
    adding = Adding.to(source_id)
    rejected: list[Rejected] = []
    for line in lines:
        why = adding.named(line.given)
        rejected += [Rejected(line.number, why)] if why else []
    adding.end(rows_read=len(lines), rejected=len(rejected), actor=actor)
    return rejected


def end_source(source_id: UUID, *, actor: Actor, failure: str | None = None) -> None:
    """The selection is complete, or stopped by a failure, in the open unit of work."""
    row = lock_source(source_id)
    row.state = (SourceState.DONE if failure is None else SourceState.FAILED).value
    row.failure = failure
    row.ended_at = clock.micros() if failure is None else None
    telling_audited.record_source("breach.affected_found" if failure is None else "breach.affected_failed", row, actor)


def try_source_again(breach_id: UUID, source_id: UUID, *, actor: Actor) -> None:
    """Have a selection that failed go on from where it stopped, in the open unit of work."""
    row = lock_source(source_id)
    if row.breach_id != breach_id:
        raise SourceNotFound
    if row.state == SourceState.FAILED and row.kind != SourceKind.LIST:
        row.state, row.failure, row.next_at = SourceState.WAITING.value, None, clock.micros()
        telling_audited.record_source("breach.affected_asked", row, actor)


def lock_source(source_id: UUID) -> BreachAffectedSource:
    """A selection, locked; raises `SourceNotFound`."""
    query = sa.select(BreachAffectedSource).where(BreachAffectedSource.id == source_id).with_for_update()
    row = session().scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise SourceNotFound
    return row


class Adding:
    """People added in one unit of work, with the breach locked: nobody else gives a number meanwhile."""

    def __init__(self, breach: PersonalDataBreach, source: BreachAffectedSource) -> None:
        self.breach, self.source = breach, source
        self.programme: Programme = programmes.current()
        self._actor = replace(SERVICE, realm=Realm(breach.realm))
        self._key = register.key_of(breach)
        last = sa.select(sa.func.max(BreachAffected.number)).where(BreachAffected.breach_id == breach.id)
        self._last = session().scalar(last) or 0
        self._added = self._repeated = 0

    @classmethod
    def to(cls, source_id: UUID) -> Adding:
        """To a selection that is read."""
        found = session().get(BreachAffectedSource, source_id)
        if found is None:
            raise SourceNotFound
        breach = register.lock(found.breach_id)
        return cls(breach, lock_source(source_id))

    def named(self, given: Mapping[str, str] | None) -> str | None:
        """Add whom these identifiers name; why nobody is, where nobody is."""
        try:
            naming = subjects.name_of(self.programme, self._actor, dict(given or {}))
        except (InvalidInput, NotFound):
            return NOT_READABLE
        # In a rehearsal nobody real is affected: our own records are not looked at.
        known = () if self.breach.rehearsal else subjects.find_ids(naming)
        if known:
            self.people(known)
            return None
        return None if self.unknown(naming) else UNKNOWN

    def owned(self, identifiers: Iterable[Identifier]) -> bool:
        """Add whom a row is about, by an account where it names one that is known; says whether that is anybody."""
        named = [naming for one in sorted(identifiers, key=lambda one: one.kind) if (naming := self._naming(one))]
        for accounts in (True, False):
            found = {id_ for one in named if one.by_account is accounts for id_ in subjects.find_ids(one)}
            if found:
                self.people(sorted(found))
                return True
        contacts = {kind: name for one in named for kind, name in one.contacts.items()}
        return self.unknown(Naming(self._actor.realm, contacts=contacts))

    def _naming(self, one: Identifier) -> Naming | None:
        """Whom an identifier of a row names; None for words that are none."""
        try:
            return subjects.name_of(self.programme, self._actor, {one.kind: str(one.value)})
        except (InvalidInput, NotFound):
            return None

    def people(self, subject_ids: Iterable[UUID]) -> None:
        """Add people of our records; who is one natural person with somebody who is in already is not added again."""
        for subject_id in subject_ids:
            with contextlib.suppress(NotFound):  # Erased meanwhile: there is nobody to be told.
                members = subjects.natural_person(subject_id)
                if self._has(BreachAffected.subject_id.in_(members)):
                    self._repeated += 1
                else:
                    self._add(subject_id=min(members))

    def unknown(self, naming: Naming) -> bool:
        """Add somebody whom our records do not know by the best contact that is named; says whether there is one."""
        kind = next((kind for kind in _BEST if kind in naming.contacts), None)
        if kind is None:
            return False
        name = naming.contacts[kind]
        index = subjects.suppression_index(self._actor.realm, name)
        if self._has(BreachAffected.contact_bidx == index):
            self._repeated += 1
        else:
            value = name.normal.key if kind is ContactKind.PHONE else name.normal.given
            self._add(contact=Contact(kind, value), index=index)
        return True

    def end(self, *, rows_read: int, rejected: int, actor: Actor) -> None:
        """Count what was done, with its event."""
        source = self.source
        source.rows_read += rows_read
        source.added += self._added
        source.repeated += self._repeated
        source.rejected += rejected
        telling_audited.record_source("breach.affected_added", source, actor)

    def _has(self, condition: sa.ColumnElement[bool]) -> bool:
        known = sa.select(BreachAffected.id).where(BreachAffected.breach_id == self.breach.id, condition)
        return session().scalar(known.limit(1)) is not None

    def _add(
        self, *, subject_id: UUID | None = None, contact: Contact | None = None, index: bytes | None = None
    ) -> None:
        self._last += 1
        self._added += 1
        row_id = new_id()
        sealed = None
        if contact is not None:
            sealed = self._key.seal(_TABLE, "contact_enc", row_id, msgspec.json.encode(contact))
        session().add(
            BreachAffected(
                id=row_id,
                breach_id=self.breach.id,
                number=self._last,
                source_id=self.source.id,
                subject_id=subject_id,
                contact_enc=sealed,
                key_version=self._key.version,
                contact_bidx=index,
                added_at=clock.micros(),
                forgotten_at=None,
            )
        )
        session().flush()  # The next one looks whether it is in already.


def contact_of(row: BreachAffected) -> Contact | None:
    """Where somebody unknown to our records is reached, opened."""
    if row.contact_enc is None:
        return None
    key = load_owner_key(session(), keyring.installed(), row.breach_id, row.key_version)
    opened = key.open(_TABLE, "contact_enc", row.id, row.contact_enc)
    return msgspec.json.decode(opened, type=Contact)


def masked_contact_of(row: BreachAffected, realm: Realm) -> Mapping[str, str] | None:
    """The same as an answer may show it, by its kind."""
    contact = contact_of(row)
    if contact is None:
        return None
    return subjects.mask(subjects.contact_name(programmes.current(), realm, contact.kind, contact.value))


def sources_of(breach_id: UUID) -> list[SourceView]:
    """The selections of a breach, in their order."""
    query = sa.select(BreachAffectedSource).where(BreachAffectedSource.breach_id == breach_id)
    rows = session().scalars(query.order_by(BreachAffectedSource.id).execution_options(populate_existing=True))
    return [_view(row) for row in rows]


def source(breach_id: UUID, source_id: UUID) -> SourceView:
    """One selection; raises `SourceNotFound`."""
    session().flush()  # What this unit of work did with it counts.
    row = session().get(BreachAffectedSource, source_id, populate_existing=True)
    if row is None or row.breach_id != breach_id:
        raise SourceNotFound
    return _view(row)


@dataclass(frozen=True)
class AffectedCounts:
    """How many are affected."""

    affected: int
    #: Of them, people of our records; those whom only a contact names; and those who were erased since.
    known: int
    by_contact: int
    erased: int
    #: Selections that are not complete.
    open_sources: int


def counts_of(breach_id: UUID) -> AffectedCounts:
    """How many are affected, by what is known of them."""
    of_it = BreachAffected.breach_id == breach_id
    count = sa.func.count
    query = sa.select(
        count(),
        count(BreachAffected.subject_id),
        count(BreachAffected.contact_bidx),
        count(BreachAffected.forgotten_at),
    ).where(of_it)
    affected, known, by_contact, erased = session().execute(query).one()
    still_open = sa.select(count()).where(
        BreachAffectedSource.breach_id == breach_id, BreachAffectedSource.state != SourceState.DONE.value
    )
    return AffectedCounts(affected, known, by_contact, erased, session().scalar(still_open) or 0)


def forget(subject_ids: Sequence[UUID]) -> None:
    """Take erased people out of the lists, in the open unit of work of their erasure. How many there were stays."""
    for part in in_parts(sorted(subject_ids)):
        gone = sa.update(BreachAffected).where(BreachAffected.subject_id.in_(part))
        changed = gone.values(subject_id=None, forgotten_at=clock.micros())
        session().execute(changed.execution_options(synchronize_session=False))


def _view(row: BreachAffectedSource) -> SourceView:
    return SourceView(
        id=row.id,
        kind=SourceKind(row.kind),
        state=SourceState(row.state),
        asked=msgspec.json.decode(row.asked),
        rows_read=row.rows_read,
        added=row.added,
        repeated=row.repeated,
        rejected=row.rejected,
        failure=row.failure,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
