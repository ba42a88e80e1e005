"""Under which index key every value stands, now and while the key is rotated.

Outside a rotation the keyring has one index key and nothing is asked. During one the values move in the order of their
index under the old key, and the table `index_rotation` says how far: from that and the value alone follows where the
value stands, stored or not. What could go wrong is only that values move between two looks:

* A writer keeps the placing to the end of its unit of work: on PostgreSQL it shares a lock that whoever moves values
  must have alone, on SQLite it is the one writer. So it needs no guess and no retry (`keep_placed`, `place_work`).
* A reader looks at the placing before its first statement and after its last. Where it is the same no value moved in
  between, since a placing never comes back; where it differs the reader begins anew (`steadily`).
* A process that does not know the new key yet looks at the keyring's file at least every `LOOK_EVERY` seconds and once
  more when its read is done; no value moves for `SAFE_AFTER` seconds once the new key is in the file.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from privacy import clock
from privacy.crypto import blind_index, keyring
from privacy.crypto.keyring import Keyring, KeyUse
from privacy.db import LOCK_TIMEOUT, Driver, Statement, db, end_read, in_unit_of_work, session, unit_of_work
from privacy.errors import Unavailable
from privacy.subjects.rotation_models import IndexRotation

#: How long the new key is in the keyring's file before the first value moves, and how long the old one stays there
#: after the last: several times the while in which every process looks at the file.
SAFE_AFTER = 5 * clock.SECOND
#: How long a read that asks for it keeps values from moving, and how often a long one asks again (seconds).
_HELD_FOR, _ASK_EVERY = 30 * clock.SECOND, 2.0
#: After so many moves in between a read asks that nothing moves.
_TRIES = 3

Work = Sequence[tuple[Statement, Mapping[str, Any]]]
_Found = TypeVar("_Found")

_STATE = sa.select(
    IndexRotation.from_number, IndexRotation.to_number, IndexRotation.position_bidx, IndexRotation.finished_at
)
_NEWEST = _STATE.where(
    IndexRotation.to_number == sa.select(sa.func.max(sa.orm.aliased(IndexRotation).to_number)).scalar_subquery()
)
_PLACING = Statement(_NEWEST)
#: A number that no name's turn has: those have 32 bits.
TURN = int.from_bytes(b"index", "big")
_SHARE = Statement(sa.text(f"SELECT pg_advisory_xact_lock_shared({TURN})"))
_HOLD = Statement(
    sa.update(IndexRotation)
    .where(IndexRotation.finished_at.is_(None), IndexRotation.held_until < sa.bindparam("until", type_=sa.BigInteger))
    .values(held_until=sa.bindparam("until", type_=sa.BigInteger))
)
#: Where a session remembers the placing that its unit of work keeps.
_KEPT = "index_placing"


@dataclass(frozen=True)
class Placing:
    """Where every value stands: under one key, or under the next one up to a position."""

    number: int
    next: int | None = None
    position: bytes = b""

    def index(self, domain: str, value: str) -> bytes:
        """The index under which the value stands, or would be stored."""
        ring = keyring.installed()
        index = blind_index.of_value(ring, domain, value, number=self.number)
        if self.next is not None and index <= self.position:
            return blind_index.of_value(ring, domain, value, number=self.next)
        return index

    def of_sha256(self, domain: str, value: str, digest: bytes) -> bytes:
        """The index of the SHA-256 of a value, under the same key as the value's own."""
        return blind_index.of_sha256(keyring.installed(), domain, digest, number=self.index(domain, value)[0])


#: The placing by which the read in hand goes.
_bound: ContextVar[Placing | None] = ContextVar("index_placing", default=None)
#: The ring last looked at, with the placing that follows from it alone.
_of_ring: tuple[Keyring | None, Placing | None] = (None, None)


class IndexesMove(Unavailable):
    """The indexes are being rotated and moved again and again while the question was answered."""

    code = "indexes-move"


def at_rest() -> Placing | None:
    """The placing where there is one index key, without asking anybody; None while the key is rotated."""
    global _of_ring  # noqa: PLW0603  # remembered for the process, as the ring itself
    ring = keyring.installed()
    known, placing = _of_ring
    if known is not ring:
        numbers = ring.numbers(KeyUse.INDEX)
        placing = Placing(numbers[0]) if len(numbers) == 1 else None
        _of_ring = ring, placing
    return placing


def now() -> Placing:
    """The placing by which an index is to be made here and now.

    Raises RuntimeError during a rotation where neither a unit of work nor `steadily` sees to it that it stays true.
    """
    placing = _bound.get() or at_rest()
    if placing is not None:
        return placing
    if not in_unit_of_work():
        raise RuntimeError("an index is asked for in a unit of work or inside `steadily`")
    return keep_placed(_of_session())


# Writers.


def place_work(driver: Driver) -> Work:
    """What keeps the placing to the end of the unit of work and reads it; the last statement's rows are for `kept`.

    Comes before any savepoint: one that is rolled back would let go.
    """
    state: tuple[Statement, Mapping[str, Any]] = (_PLACING, {})
    return [(_SHARE, {}), state] if driver.dialect == "postgresql" else [state]


def kept(rows: Sequence[tuple[Any, ...]]) -> Placing:
    """The placing that `place_work` found. This process knows its keys from then on; raises `KeyringUnusable`."""
    placing = _placing_of(rows)
    for number in (placing.number, placing.next):
        if number is not None:
            keyring.key(KeyUse.INDEX, number)
    current = session()
    current.info[_KEPT] = (current.get_transaction(), placing)
    return placing


def keep_placed(driver: Driver) -> Placing:
    """From here to the end of the open unit of work no value moves."""
    current = session()
    transaction, placing = current.info.get(_KEPT, (None, None))
    if placing is not None and transaction is current.get_transaction():
        return placing  # type: ignore[no-any-return]  # what `kept` put there
    return kept(driver.rows_of(place_work(driver))[-1])


# Readers.


def steadily(driver: Driver | None, read: Callable[[Driver], _Found]) -> _Found:
    """What `read` finds while no value moved; it is called again where one did, so it must change nothing.

    `driver` commits each statement; None is the session's, which the read may close. Raises `IndexesMove`.
    """
    if _bound.get() is not None:
        return read(driver or _of_session())  # Part of a read whose caller sees to it.
    if driver is None and in_unit_of_work():
        keep_placed(_of_session())
        return read(_of_session())
    until, tries = time.monotonic() + LOCK_TIMEOUT, 0
    while time.monotonic() < until:
        by = driver or _of_session()
        placing = at_rest() or _placing_of(by.rows(_PLACING, {}))
        try:
            with bound(placing):
                found = read(by)
        except Exception:  # of whatever kind: what moved meanwhile may look like anything
            if _is(placing, driver):
                raise
        else:
            if _is(placing, driver):
                return found
        tries += 1
        if driver is None:
            end_read()
            if tries >= _TRIES:
                _ask_to_wait()
    raise IndexesMove


def apart(driver: Driver) -> Driver | None:
    """For `steadily`: the driver where it commits each statement, None where its transaction is the session's."""
    sqlite = driver.dialect == "sqlite"
    return None if (driver.connection.in_transaction if sqlite else not driver.connection.autocommit) else driver


@contextlib.contextmanager
def standing_still() -> Iterator[Callable[[], None]]:
    """No value moves inside, for reads that take minutes; what it yields must be called every other second.

    Raises `IndexesMove` at the end where that was not done.
    """
    asked = 0.0

    def ask() -> None:
        nonlocal asked
        if time.monotonic() - asked > _ASK_EVERY:
            asked = time.monotonic()
            if at_rest() is None:
                _ask_to_wait()

    ask()
    placing = at_rest() or _newest(_of_session())
    end_read()
    with bound(placing):
        yield ask
        if not _is(placing, None):
            raise IndexesMove
        end_read()


@contextlib.contextmanager
def bound(placing: Placing) -> Iterator[None]:
    """Indexes made inside go by this placing; the caller sees to it that it stays true."""
    token = _bound.set(placing)
    try:
        yield
    finally:
        _bound.reset(token)


def _placing_of(rows: Sequence[tuple[Any, ...]]) -> Placing:
    if not rows:
        return Placing(min(keyring.installed().numbers(KeyUse.INDEX)))
    old, new, position, finished_at = rows[0]
    if finished_at is not None:
        return Placing(new)
    return Placing(old, new, bytes(position)) if position else Placing(old)


def _is(placing: Placing, driver: Driver | None) -> bool:
    """Whether that is still the placing, at this moment."""
    return (at_rest() or _newest(driver or _of_session())) == placing


def _newest(driver: Driver) -> Placing:
    """The placing as it is committed now, whatever the driver's transaction sees."""
    if driver.dialect == "sqlite" and driver.connection.in_transaction:
        with db.engine.connect() as connection:
            return _placing_of([tuple(row) for row in connection.execute(_NEWEST)])
    return _placing_of(driver.rows(_PLACING, {}))


def _of_session() -> Driver:
    return Driver.of(session())


def _ask_to_wait() -> None:
    with unit_of_work() as current:
        Driver.of(current).run(_HOLD, {"until": clock.micros() + _HELD_FOR})
