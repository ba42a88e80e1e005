"""A rotation of the index key from its beginning to its end: the rows that every process goes by.

Begun, published (the new key is in the keyring's file), moved, finished. Each step is one unit of work and may be done
again; the keyring is changed between them by whoever calls.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from privacy import clock
from privacy.crypto.blind_index import INDEX_BYTES
from privacy.db import Driver, session
from privacy.errors import Conflict
from privacy.subjects.models import AccountIdentifier, SubjectContact
from privacy.subjects.placing import TURN
from privacy.subjects.rotation_models import IndexRotation

#: How long whoever moves values waits for those who are just writing; others wait behind it as long (PostgreSQL).
_PATIENCE = "100ms"
Indexed = type[AccountIdentifier] | type[SubjectContact]
INDEXED: tuple[Indexed, ...] = (AccountIdentifier, SubjectContact)


class IndexKeyInUse(Conflict):
    """Rows are indexed under the key, or a rotation needs it that is not finished."""

    code = "index-key-in-use"


@dataclass(frozen=True)
class RotationView:
    """A rotation as the operator sees it."""

    old: int
    new: int
    moved: int
    unread: int
    published_at: int | None
    finished_at: int | None


def index_rotation() -> RotationView | None:
    """The rotation in hand, or else the last one."""
    row = newest()
    return None if row is None else _view(row)


def begin_index_rotation(old: int, new: int) -> RotationView:
    """Say that values will move from one key to another. Raises `IndexKeyInUse` where another rotation is in hand."""
    lock_placing()
    row = newest()
    if row is not None and row.finished_at is None:
        raise IndexKeyInUse("The index key is being rotated. Finish it: privacy keys rotate index")
    row = IndexRotation(
        to_number=new,
        from_number=old,
        position_bidx=b"",
        moved=0,
        unread=0,
        began_at=clock.micros(),
        published_at=None,
        held_until=0,
        finished_at=None,
    )
    session().add(row)
    session().flush()
    return _view(row)


def publish_index_rotation() -> None:
    """The new key is in the keyring's file since now; saying it twice changes nothing."""
    row = newest()
    if row is not None and row.published_at is None:
        row.published_at = clock.micros()
        session().flush()


def finish_index_rotation() -> tuple[RotationView, bool]:
    """Every value stands under the new key, and whether that is new. Raises `IndexKeyInUse` where one does not.

    The old key may leave the keyring `SAFE_AFTER` later, when every read that began before has ended.
    """
    lock_placing()
    row = newest()
    if row is None:
        raise IndexKeyInUse("The index key was never rotated.")
    if row.finished_at is not None:
        return _view(row), False
    if bytes(row.position_bidx) != end_of(row.from_number) or is_under(row.from_number):
        raise IndexKeyInUse(f"Rows are indexed under index key {row.from_number}.")
    row.finished_at = clock.micros()
    session().flush()
    return _view(row), True


def indexed_under() -> dict[int, int]:
    """How many rows are indexed under each index key, by its number."""
    found: dict[int, int] = {}
    for table in INDEXED:
        first = sa.func.substr(table.value_bidx, 1, 1)
        for raw, count in session().execute(sa.select(first, sa.func.count()).group_by(first)):
            number = bytes(raw)[0]
            found[number] = found.get(number, 0) + count
    return found


def ensure_index_key_ended(number: int) -> None:
    """Raise `IndexKeyInUse` where a row is under that index key, or a rotation that is not finished needs it."""
    row = newest()
    if row is not None and row.finished_at is None and number in {row.from_number, row.to_number}:
        raise IndexKeyInUse("The index key is being rotated. Finish it: privacy keys rotate index")
    if is_under(number):
        raise IndexKeyInUse(f"Rows are indexed under index key {number}. Run: privacy keys rotate index")


# For whoever moves values.


def newest() -> IndexRotation | None:
    """The row of the rotation in hand, or of the last one."""
    query = sa.select(IndexRotation).order_by(IndexRotation.to_number.desc()).limit(1)
    return session().scalars(query.execution_options(populate_existing=True)).first()


def _view(row: IndexRotation) -> RotationView:
    return RotationView(row.from_number, row.to_number, row.moved, row.unread, row.published_at, row.finished_at)


def lock_placing() -> None:
    """In the open unit of work: wait for every writer, and let none begin until it ends.

    On PostgreSQL it raises what becomes `Unavailable` after 100 ms, so that no slow writer makes others wait.
    """
    if Driver.of(session()).dialect == "postgresql":
        session().execute(sa.text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
        session().execute(sa.text(f"SELECT pg_advisory_xact_lock({TURN})"))


def end_of(number: int) -> bytes:
    """The last index that there can be under a key."""
    return bytes([number]) + b"\xff" * (INDEX_BYTES - 1)


def is_under(number: int) -> bool:
    """Whether any row is indexed under that key."""
    for table in INDEXED:
        index = table.value_bidx
        if session().scalar(sa.select(table.id).where(index >= bytes([number]), index <= end_of(number)).limit(1)):
            return True
    return False
