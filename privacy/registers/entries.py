"""Entries of the registers as they are read: one, many, what is due. What is sealed is opened here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import Realm
from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKey, load_owner_key
from privacy.db import in_parts, session
from privacy.legal_time import days
from privacy.programme import service as programmes
from privacy.registers.content import About, Content
from privacy.registers.failures import EntryNotFound
from privacy.registers.models import RegisterEntry, RegisterFile
from privacy.registers.vocabulary import EntryKind, EntryOutcome, EntryState

TABLE, COLUMN = "register_entry", "content_enc"
MOST_ON_A_PAGE = 500
#: Entries whose review day says something.
_WATCHED = (EntryState.OPEN, EntryState.CONSULTING, EntryState.DECIDED)


@dataclass(frozen=True)
class FileView:
    """A file of an entry."""

    id: UUID
    name: str = field(repr=False)
    media_type: str
    size: int
    sha256: str
    added_at: int
    added_by: str


@dataclass(frozen=True)
class EntryView:
    """An entry as staff see it. Times in microseconds since the epoch."""

    id: UUID
    number: str
    kind: EntryKind
    state: EntryState
    outcome: EntryOutcome | None
    about: About
    owner_id: UUID
    owner: str
    held_on: date | None
    review_on: date | None
    created_at: int
    created_by: str
    advised_at: int | None
    advised_by: str | None
    consulted_on: date | None
    decided_at: int | None
    decided_by: str | None
    supersedes_id: UUID | None
    version: int
    content: Content = field(repr=False)
    files: tuple[FileView, ...] = field(repr=False)


@dataclass(frozen=True)
class Wanted:
    """Which entries are asked for; what is None does not narrow."""

    realm: Realm = Realm.LIVE
    kind: EntryKind | None = None
    state: EntryState | None = None
    #: The name of the member of staff who answers for them.
    owner: str | None = None
    #: Only those whose review day is today or past.
    due: bool = False
    #: By the day on which they took place or, where there is none, began.
    first: date | None = None
    last: date | None = None


def view(entry_id: UUID, *, realm: Realm) -> EntryView:
    """One entry; raises `EntryNotFound`."""
    row = session().get(RegisterEntry, entry_id, populate_existing=True)
    if row is None or row.realm != realm.value:
        raise EntryNotFound
    return views([row])[0]


def named(number: str, *, realm: Realm) -> UUID:
    """The id of an entry by its number; raises `EntryNotFound`."""
    query = sa.select(RegisterEntry.id).where(RegisterEntry.number == number, RegisterEntry.realm == realm.value)
    found: UUID | None = session().scalar(query)
    if found is None:
        raise EntryNotFound
    return found


def listed(wanted: Wanted, *, after: UUID | None = None, limit: int = 100) -> list[EntryView]:
    """Entries in the order in which they began, at most `limit`; `after`: the last of the page before.

    Raises `StaffNotFound` for an owner who is not there.
    """
    query = sa.select(RegisterEntry).where(RegisterEntry.realm == wanted.realm.value)
    if wanted.kind is not None:
        query = query.where(RegisterEntry.kind == wanted.kind.value)
    if wanted.state is not None:
        query = query.where(RegisterEntry.state == wanted.state.value)
    if wanted.owner is not None:
        query = query.where(RegisterEntry.owner_id == access.member(wanted.owner))
    if wanted.due:
        query = query.where(*_due(clock.micros()))
    if wanted.first is not None or wanted.last is not None:
        query = query.where(*_between(wanted.first, wanted.last))
    if after is not None:
        query = query.where(RegisterEntry.id > after)
    return views(session().scalars(query.order_by(RegisterEntry.id).limit(min(limit, MOST_ON_A_PAGE))).all())


def due_query(now: int, realm: Realm) -> sa.Select[RegisterEntry]:
    """The rows of entries that are to be looked at again, the oldest day first."""
    mine = sa.select(RegisterEntry).where(RegisterEntry.realm == realm.value, *_due(now))
    return mine.order_by(RegisterEntry.review_on, RegisterEntry.id)


def views(rows: Sequence[RegisterEntry]) -> list[EntryView]:
    """Those rows, opened."""
    files = _files([row.id for row in rows])
    owned = [(row.owner_id, row.created_by, row.advised_by, row.decided_by) for row in rows]
    of_files = {one.added_by for some in files.values() for one in some}
    who = access.principals({one for some in owned for one in some if one} | of_files)
    called = {one: principal.name for one, principal in who.items()}
    return [_view(row, files.get(row.id, []), called) for row in rows]


def opened(row: RegisterEntry) -> Content:
    """What an entry says."""
    return msgspec.json.decode(key_of(row).open(TABLE, COLUMN, row.id, bytes(row.content_enc)), type=Content)


def key_of(row: RegisterEntry) -> OwnerKey:
    """The entry's own key."""
    return load_owner_key(session(), keyring.installed(), row.id, row.key_version)


def _view(row: RegisterEntry, files: Sequence[RegisterFile], called: Mapping[UUID, str]) -> EntryView:
    about = json.loads(row.about)

    def name(one: UUID) -> str:
        return called.get(one, str(one))

    return EntryView(
        id=row.id,
        number=row.number,
        kind=EntryKind(row.kind),
        state=EntryState(row.state),
        outcome=EntryOutcome(row.outcome) if row.outcome else None,
        about=About(**{part: tuple(codes) for part, codes in about.items()}),
        owner_id=row.owner_id,
        owner=name(row.owner_id),
        held_on=_day(row.held_on),
        review_on=_day(row.review_on),
        created_at=row.created_at,
        created_by=name(row.created_by),
        advised_at=row.advised_at,
        advised_by=name(row.advised_by) if row.advised_by else None,
        consulted_on=_day(row.consulted_on),
        decided_at=row.decided_at,
        decided_by=name(row.decided_by) if row.decided_by else None,
        supersedes_id=row.supersedes_id,
        version=row.version,
        content=opened(row),
        files=tuple(_file(one, row, name(one.added_by)) for one in files),
    )


def _file(one: RegisterFile, row: RegisterEntry, added_by: str) -> FileView:
    key = load_owner_key(session(), keyring.installed(), row.id, one.key_version)
    name = key.open("register_file", "name_enc", one.id, bytes(one.name_enc)).decode()
    return FileView(one.id, name, one.media_type, one.size, one.sha256, one.added_at, added_by)


def _files(entry_ids: Sequence[UUID]) -> dict[UUID, list[RegisterFile]]:
    found: dict[UUID, list[RegisterFile]] = {}
    for part in in_parts(list(entry_ids)):
        query = sa.select(RegisterFile).where(RegisterFile.entry_id.in_(part), RegisterFile.removed_at.is_(None))
        for one in session().scalars(query.order_by(RegisterFile.id)):
            found.setdefault(one.entry_id, []).append(one)
    return found


def _due(now: int) -> tuple[sa.ColumnElement[bool], ...]:
    today = days.numbered(days.day_of(now, programmes.current().zone))
    return (RegisterEntry.state.in_([one.value for one in _WATCHED]), RegisterEntry.review_on <= today)


def _between(first: date | None, last: date | None) -> tuple[sa.ColumnElement[bool], ...]:
    """Entries of those days, by the clock of the programme's zone."""
    zone = programmes.current().zone
    conditions = []
    if first is not None:
        began = RegisterEntry.created_at >= days.end_of(first - days.ONE, zone)
        conditions.append(_either(RegisterEntry.held_on >= days.numbered(first), began))
    if last is not None:
        ended = RegisterEntry.created_at < days.end_of(last, zone)
        conditions.append(_either(RegisterEntry.held_on <= days.numbered(last), ended))
    return tuple(conditions)


def _either(held: sa.ColumnElement[bool], begun: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.or_(held, sa.and_(RegisterEntry.held_on.is_(None), begun))


def _day(number: int | None) -> date | None:
    return None if number is None else days.named(number)
