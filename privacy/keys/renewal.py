"""Give owners of old keys new ones: a new version, under which what may be sealed anew is, a few owners at a time.

Acts and events of the log refuse changes and stay under the version that sealed them; so do values that are deleted
within days or weeks anyway, and everything that is the service's own. Every value names its version, and every reader
opens it by that. A version goes when nothing is under it any more and no backup that could bring a value back is kept:
so long nobody who still had it in hand can seal with it either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.access import service as access
from privacy.audit import service as audit
from privacy.audit.service import AuditedRows
from privacy.authz.actors import Actor
from privacy.breach import service as breach
from privacy.consent import service as consent
from privacy.crypto import keyring, owner_keys
from privacy.crypto.envelope import SealBroken
from privacy.crypto.keyring import KeyringUnusable
from privacy.crypto.owner_keys import INSERT_OWNER_KEY, SERVICE_OWNER, OwnerKey, OwnerKeyRow
from privacy.crypto.sealed_columns import SERVICE, SealedColumn, sealed_columns
from privacy.db import Driver, Id, Written, new_id, session
from privacy.dsar import service as dsar
from privacy.registers import service as registers
from privacy.retention import service as retention
from privacy.subjects import service as subjects

#: Owners whom one portion looks at.
PORTION = 100


@dataclass(frozen=True)
class Renewed:
    """What a portion did."""

    looked: int
    #: Owners with a new key, values sealed anew, and versions that nothing needs any more.
    owners: int
    values: int
    ended: int
    #: Owners with a key or value that does not open: they keep what they have.
    broken: tuple[UUID, ...]
    #: Where the next portion goes on; None at the end.
    last: UUID | None


@dataclass(frozen=True)
class _Place:
    """The sealed columns of one table, which share their owner, row and version."""

    table: sa.Table
    columns: tuple[SealedColumn, ...]

    @property
    def owner(self) -> sa.Column[Any]:
        return self.table.c[self.columns[0].sealed.owner]

    @property
    def version(self) -> sa.Column[Any]:
        return self.table.c[self.columns[0].sealed.version]

    @property
    def row(self) -> sa.Column[Any]:
        return self.table.c[self.columns[0].sealed.row]

    @property
    def finder(self) -> sa.Column[Any] | None:
        """The column by which an owner's rows are found at once; None where they are not."""
        named = self.columns[0].sealed.found_by
        column = self.owner if named is None else self.table.c[named]
        leading = [next(iter(index.columns)) for index in self.table.indexes]
        leading += [next(iter(one.columns)) for one in self.table.constraints if isinstance(one, sa.UniqueConstraint)]
        leading += [next(iter(self.table.primary_key.columns))]
        return column if column in leading else None

    @property
    def holds(self) -> sa.ColumnElement[bool]:
        """Whether a row has any sealed value."""
        return sa.or_(*(self.table.c[column.name].is_not(None) for column in self.columns))


@cache
def _places() -> tuple[_Place, ...]:
    """Every table with values that are sealed for an owner of its own."""
    found = [column for column in sealed_columns() if column.sealed.owner != SERVICE]
    return tuple(_Place(table, tuple(columns)) for table, columns in groupby(found, key=lambda column: column.table))


def _renewed_places() -> Iterator[_Place]:
    """Those whose rows may change and are found at once."""
    return (place for place in _places() if place.finder is not None and not place.columns[0].sealed.fixed)


@cache
def _audited() -> Mapping[str, AuditedRows]:
    """What the log vouches for, by table."""
    rooms = (access, subjects, consent, dsar, retention, breach, registers)
    return {str(rows.model.__tablename__): rows for room in rooms for rows in room.audited_rows()}


def renew(*, older_than: int, superseded_before: int, after: UUID | None, actor: Actor) -> Renewed:
    """Deal with the next owners, in the open unit of work.

    Whose newest key was made before `older_than` gets a new one. Versions that were superseded before
    `superseded_before`, which is when the oldest backup was made at the earliest, go if nothing is under them. Times in
    microseconds.
    """
    query = sa.select(OwnerKeyRow.owner_id).distinct().order_by(OwnerKeyRow.owner_id).limit(PORTION)
    if after is not None:
        query = query.where(OwnerKeyRow.owner_id > after)
    owners = list(session().scalars(query))
    if not owners:
        return Renewed(0, 0, 0, 0, (), None)
    people = subjects.hold(owners)
    keys = _locked_keys(owners)
    old = [owner for owner, rows in keys.items() if rows[-1].created_at < older_than]
    renewed, values, broken = _renew(_with_values(old, people), keys, actor)
    ended = _end(keys, superseded_before)
    if renewed or ended:
        what = {"owners": renewed, "values": dict(values), "ended": ended}
        audit.record("keys.renewed", actor=actor, object_type="keys", object_id=new_id(), content=what, details=what)
    return Renewed(len(owners), renewed, sum(values.values()), ended, tuple(broken), owners[-1])


def _locked_keys(owners: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """Every version of their keys, oldest first, locked: whoever is being erased is not here any more."""
    table = OwnerKeyRow.__table__
    query = sa.select(*table.columns).where(OwnerKeyRow.owner_id.in_(owners))
    rows = session().execute(query.order_by(OwnerKeyRow.owner_id, OwnerKeyRow.version).with_for_update())
    return {owner: list(versions) for owner, versions in groupby(rows, key=lambda row: row.owner_id)}


def _with_values(owners: Sequence[UUID], people: Collection[UUID]) -> list[UUID]:
    """Without the owners of files: a file is read by the key it was written with, and goes with it."""
    known = {*people, SERVICE_OWNER}
    for place in _renewed_places():
        rest = [owner for owner in owners if owner not in known]
        known |= set(session().scalars(sa.select(place.owner).where(place.owner.in_(rest)))) if rest else set()
    return [owner for owner in owners if owner in known]


def _renew(
    owners: Sequence[UUID], keys: Mapping[UUID, Sequence[Any]], actor: Actor
) -> tuple[int, Counter[str], list[UUID]]:
    ring, driver = keyring.installed(), Driver.of(session())
    opened: dict[UUID, dict[int, OwnerKey]] = {}
    broken = []
    for owner in owners:
        try:
            opened[owner] = {
                row.version: owner_keys.unwrap(ring, owner, row.version, row.wrapped_by, row.wrapped_enc)
                for row in keys[owner]
            }
        except (SealBroken, KeyringUnusable):
            broken.append(owner)
    new: dict[UUID, OwnerKey] = {}
    rows: list[Written] = []
    for owner in opened:
        new[owner], row = owner_keys.new_owner_key(ring, owner, keys[owner][-1].version + 1)
        rows.append((INSERT_OWNER_KEY, row))
    driver.run_all(rows)
    values: Counter[str] = Counter()
    for place in _renewed_places():
        sealed, unread = _reseal(place, opened, new)
        _tell(place, sealed, actor)
        values[place.table.name] += len(sealed)
        broken += unread
    return len(new), +values, broken


def _reseal(
    place: _Place, opened: Mapping[UUID, Mapping[int, OwnerKey]], new: Mapping[UUID, OwnerKey]
) -> tuple[list[Any], list[UUID]]:
    """Seal the values of one table under the new versions; returns the keys of the rows, and who has a bad one."""
    if not new:
        return [], []
    [key] = place.table.primary_key
    names = [column.name for column in place.columns]
    columns = (key.label("key"), place.owner.label("owner"), place.row.label("row"), place.version.label("version"))
    query = sa.select(*columns, *(place.table.c[name] for name in names)).where(place.owner.in_(list(new)))
    work, unread = [], []
    for row in session().execute(query.order_by(key).with_for_update()):
        old, fresh = opened[row.owner].get(row.version), new[row.owner]
        try:
            if old is None:
                raise SealBroken
            values = {
                name: None if value is None else _moved(place, name, row.row, value, old, fresh)
                for name in names
                for value in [getattr(row, name)]
            }
        except SealBroken:
            unread.append(row.owner)
            continue
        work.append({"of": row.key, place.version.name: fresh.version, **values})
    if work:
        update = sa.update(place.table).where(key == sa.bindparam("of", type_=key.type))
        session().execute(update, work)
    return [one["of"] for one in work], unread


def _moved(place: _Place, name: str, row: UUID | str, value: bytes, old: OwnerKey, fresh: OwnerKey) -> bytes:
    return fresh.seal(place.table.name, name, row, old.open(place.table.name, name, row, bytes(value)))


def _tell(place: _Place, sealed: Sequence[Any], actor: Actor) -> None:
    """What the log commits to of a row may be the sealed value itself: then an event says how it is now."""
    audited = _audited().get(place.table.name)
    if audited is None or not sealed:
        return
    [key] = place.table.primary_key
    rows = session().execute(sa.select(*place.table.columns).where(key.in_(sealed)).order_by(key)).all()
    for row, content in zip(rows, audited.contents(rows), strict=True):
        audit.record(
            "keys.resealed",
            actor=actor,
            object_type=audited.object_type,
            object_id=str(getattr(row, key.name)),
            content=content,
        )


def _end(keys: Mapping[UUID, Sequence[Any]], superseded_before: int) -> int:
    """Delete the versions that were superseded before that and that nothing is under; never one of the service's."""
    candidates = {
        (owner, older.version)
        for owner, rows in keys.items()
        if owner != SERVICE_OWNER
        for older, newer in pairwise(rows)
        if newer.created_at < superseded_before
    }
    # What is found at once is asked first: where that holds a version, as events of the log mostly do, no more is.
    for place in sorted(_places(), key=lambda place: place.finder is None):
        if candidates:
            candidates -= _used(place, {owner for owner, _ in candidates})
    for owner, version in sorted(candidates):
        session().execute(sa.delete(OwnerKeyRow).where(OwnerKeyRow.owner_id == owner, OwnerKeyRow.version == version))
    return len(candidates)


def _used(place: _Place, owners: Collection[UUID]) -> set[tuple[UUID, int]]:
    finder = place.owner if place.finder is None else place.finder
    binds = [sa.literal(owner, Id) for owner in owners]
    query = sa.select(place.owner, place.version).distinct().where(finder.in_(binds), place.holds)
    return {(owner, version) for owner, version in session().execute(query)}
