"""Move values from the old index key to the new one, in the order of the old indexes, while the service runs.

A portion is one short unit of work, in which nobody else writes: it takes the next values with all their rows, opens
a row of each to make the new indexes, and sets the position behind them. The value that was opened must give the old
index, or the row's index says nothing about it. Values are read as any programme so far would have read them. One that
no longer gives its index (the rules for telephone numbers change) is found by nobody; it moves to an index made from
the old one, so that what stood together stays together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from privacy import clock
from privacy.crypto import blind_index, keyring
from privacy.crypto.envelope import SealBroken
from privacy.crypto.keyring import KeyUse
from privacy.crypto.owner_keys import OwnerKeyRow, unwrap
from privacy.db import Driver, Statement, session
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind, Programme
from privacy.subjects import identifiers
from privacy.subjects.identifiers import BadIdentifier, Normal
from privacy.subjects.index_rotation import INDEXED, Indexed, end_of, lock_placing, newest
from privacy.subjects.models import DataSubject, SubjectContact
from privacy.subjects.naming import account_domain, contact_domain
from privacy.subjects.placing import SAFE_AFTER
from privacy.subjects.rotation_models import IndexRotation

Condition = sa.ColumnElement[bool]
#: Moves every row of one value.
_UPDATES = {
    table: Statement(
        sa.update(table)
        .where(table.value_bidx == sa.bindparam("old", type_=sa.LargeBinary))
        .values(
            value_bidx=sa.bindparam("new", type_=sa.LargeBinary),
            sha256_bidx=sa.bindparam("new_sha256", type_=sa.LargeBinary),
        )
    )
    for table in INDEXED
}


@dataclass(frozen=True)
class Moved:
    """What a portion did."""

    values: int = 0
    rows: int = 0
    #: Values that could not be read back as they were read when they came.
    unread: int = 0
    #: Whether there is nothing more to move.
    done: bool = False
    #: Until when nothing moves, because a long read goes on or not every process may know the new key (microseconds).
    wait_until: int | None = None


def move_portion(most: int) -> Moved:
    """Move about so many values, in the open unit of work, which must have nothing else to do."""
    lock_placing()
    rotation = newest()
    if rotation is None or rotation.finished_at is not None:
        return Moved(done=True)
    now = clock.micros()
    published_at = now if rotation.published_at is None else rotation.published_at
    begins = max(rotation.held_until, published_at + SAFE_AFTER)
    if now < begins:
        return Moved(wait_until=begins)
    after = bytes(rotation.position_bidx) or bytes([rotation.from_number])
    position = _reach(after, rotation.from_number, most)
    mover = _Mover(rotation.from_number, rotation.to_number)
    for table in INDEXED:
        mover.move(table, sa.and_(table.value_bidx > after, table.value_bidx <= position))
    rotation.position_bidx = position
    rotation.moved += mover.rows
    rotation.unread += mover.unread
    session().flush()
    return Moved(mover.values, mover.rows, mover.unread, done=position == end_of(rotation.from_number))


def reindex_portion(most: int) -> Moved:
    """Index about so many values of each table anew under the current key, whatever key they are under, in the open
    unit of work.

    For a restored database whose index keys the keyring has no more, while nobody reads or writes it. At the end no
    rotation is in hand.
    """
    lock_placing()
    ring = keyring.installed()
    number = ring.current(KeyUse.INDEX).number
    mover = _Mover(None, number)
    for table in INDEXED:
        index = table.value_bidx
        elsewhere = sa.or_(index < bytes([number]), index > end_of(number))
        values = list(session().scalars(sa.select(index).where(elsewhere).distinct().order_by(index).limit(most)))
        if values:
            mover.move(table, index.in_(values))
    if not mover.values:
        _close_rotations(number)
    return Moved(mover.values, mover.rows, mover.unread, done=not mover.values)


def _close_rotations(number: int) -> None:
    """Say that every value stands under that key."""
    now = clock.micros()
    session().execute(sa.delete(IndexRotation).where(IndexRotation.to_number >= number))
    session().execute(sa.update(IndexRotation).where(IndexRotation.finished_at.is_(None)).values(finished_at=now))
    session().execute(
        sa.insert(IndexRotation).values(
            to_number=number,
            from_number=number,
            position_bidx=end_of(number),
            moved=0,
            unread=0,
            began_at=now,
            published_at=now,
            held_until=0,
            finished_at=now,
        )
    )


def _reach(after: bytes, number: int, most: int) -> bytes:
    """The old index up to which the next portion goes."""
    reached = end_of(number)
    for table in INDEXED:
        index = table.value_bidx
        values = sa.select(index).where(index > after, index <= reached).distinct().order_by(index)
        last = session().scalar(values.offset(most - 1).limit(1))
        if last is not None:
            reached = bytes(last)
    return reached


class _Mover:
    """Moves values from one key (None: whichever they are under) to another."""

    def __init__(self, old: int | None, new: int) -> None:
        self._old = old
        self._new = new
        self._ring = keyring.installed()
        self.values = self.rows = self.unread = 0

    def move(self, table: Indexed, which: Condition) -> None:
        """Every value of a table that is meant, with all its rows."""
        work = []
        for row, rows in _by_value(table, which):
            old = bytes(row.value_bidx)
            self.values, self.rows = self.values + 1, self.rows + rows
            read = self._read(row, old) or (self._read_another(table, row, old) if rows > 1 else None)
            work.append((_UPDATES[table], {"old": old, **self._made(old, read)}))
        Driver.of(session()).run_all(work)

    def _made(self, old: bytes, read: tuple[str, Normal] | None) -> dict[str, bytes]:
        ring, number = self._ring, self._new
        if read is None:
            self.unread += 1
            made = blind_index.of_index(ring, old, number=number)
            return {"new": made, "new_sha256": made}
        domain, normal = read
        return {
            "new": blind_index.of_value(ring, domain, normal.key, number=number),
            "new_sha256": blind_index.of_sha256(ring, domain, normal.sha256, number=number),
        }

    def _read_another(self, table: Indexed, first: sa.Row[Any], old: bytes) -> tuple[str, Normal] | None:
        """By another row of the value, where the first one is damaged."""
        others = session().execute(_opening(table).where(table.value_bidx == old, table.id != first.id))
        return next((read for row in others if (read := self._read(row, old))), None)

    def _read(self, row: sa.Row[Any], old: bytes) -> tuple[str, Normal] | None:
        """Domain and value, as they give the old index; where its key is gone, as the newest programme reads them."""
        value = self._opened(row)
        for domain, normal in self._readings(row, value) if value is not None else ():
            if self._old is None or blind_index.of_value(self._ring, domain, normal.key, number=self._old) == old:
                return domain, normal
        return None

    def _opened(self, row: sa.Row[Any]) -> str | None:
        if row.wrapped_enc is None:
            return None
        try:
            key = unwrap(self._ring, row.subject_id, row.key_version, row.wrapped_by, row.wrapped_enc)
            return key.open(row.place, "value_enc", row.id, row.value_enc).decode()
        except SealBroken:
            return None  # A damaged row is for the restore of a backup; it must not keep all others from moving.

    def _readings(self, row: sa.Row[Any], value: str) -> Iterator[tuple[str, Normal]]:
        """Each way to read a stored value, by the programme in force first: it was read by that of its day."""
        for number in range(programmes.current_number(), 0, -1):
            try:
                if reading := _reading(programmes.by_number(number), row, value):
                    yield reading
            except BadIdentifier:
                continue


def _reading(programme: Programme, row: sa.Row[Any], value: str) -> tuple[str, Normal] | None:
    if row.place == SubjectContact.__tablename__:
        normal = identifiers.contact(ContactKind(row.kind), value, programme.jurisdiction.country)
        return contact_domain(row.realm, row.kind), normal
    kind = programme.identifier_types.get(row.kind)
    return (account_domain(row.realm, kind), identifiers.account(kind.code, value)) if kind is not None else None


def _by_value(table: Indexed, which: Condition) -> Sequence[tuple[sa.Row[Any], int]]:
    """One row of each value, and how many it has."""
    same = table.value_bidx
    ranked = (
        sa.select(
            table.id.label("id"),
            sa.func.row_number().over(partition_by=same, order_by=table.id).label("place"),
            sa.func.count().over(partition_by=same).label("rows"),
        )
        .where(which)
        .subquery()
    )
    query = _opening(table).join(ranked, ranked.c.id == table.id).where(ranked.c.place == 1).add_columns(ranked.c.rows)
    return [(row, row.rows) for row in session().execute(query)]


def _opening(table: Indexed) -> sa.Select[Any]:
    """Rows of a table with what opens their value."""
    kind = table.__table__.columns["kind" if issubclass(table, SubjectContact) else "type"]
    key = sa.and_(OwnerKeyRow.owner_id == table.subject_id, OwnerKeyRow.version == table.key_version)
    return (
        sa.select(
            table.id,
            table.subject_id,
            kind.label("kind"),
            table.value_enc,
            table.key_version,
            table.value_bidx,
            DataSubject.realm,
            OwnerKeyRow.wrapped_by,
            OwnerKeyRow.wrapped_enc,
            sa.literal(table.__tablename__).label("place"),
        )
        .select_from(table)
        .join(DataSubject, DataSubject.id == table.subject_id)
        .outerjoin(OwnerKeyRow, key)
    )
