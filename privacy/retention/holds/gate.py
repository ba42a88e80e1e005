"""The gate between legal holds and deletions: whichever is committed first wins, on whatever machine the other is.

A deletion in another system cannot share a transaction with us. So its batch enters the gate once everything there is
done and only the end of the transaction is missing: from then until it leaves no hold can be committed. It enters only
if no hold was placed since it looked. An erasure in our own database shares the gate until its own commit.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.db import end_read, session, unit_of_work
from privacy.retention.holds.failures import HoldMustWait, HoldPlaced
from privacy.retention.holds.models import HoldGate, HoldGateBatch

_ONLY = 1
_INSERT = sa.text("INSERT INTO hold_gate (id, epoch, wanted_until) VALUES (1, 0, 0) ON CONFLICT DO NOTHING")
#: How long somebody who places a hold waits for batches by themselves, and for how long none enters meanwhile: longer,
#: so that the turn is theirs.
WAITED_SECONDS = 25.0
_LOOK_EVERY = 0.05


def epoch() -> int:
    """How many holds were placed so far."""
    return session().scalar(sa.select(HoldGate.epoch)) or 0


def enter(batch_id: UUID, *, epoch: int, seconds: float) -> None:
    """Keep holds from being placed until `leave`, or so many seconds, in a unit of work of the batch's own.

    `epoch` is that of the `Holds` by which the batch was planned. Raises `HoldPlaced` where a hold was placed since, or
    somebody waits to place one.
    """
    row = _locked()
    now = clock.micros()
    if row.epoch != epoch or row.wanted_until > now:
        raise HoldPlaced
    until = now + int(seconds * clock.SECOND)
    entered = session().get(HoldGateBatch, batch_id)
    if entered is None:
        session().add(HoldGateBatch(batch_id=batch_id, until=until))
    else:
        entered.until = until
    session().flush()


def leave(batch_id: UUID) -> None:
    """Let holds be placed again, in the open unit of work."""
    session().execute(sa.delete(HoldGateBatch).where(HoldGateBatch.batch_id == batch_id))


def share() -> None:
    """Keep holds from being placed until the end of the open unit of work, with others who delete.

    Whoever holds people may wait here; whoever places a hold never waits for people.
    """
    session().execute(_INSERT)
    session().execute(sa.select(HoldGate.id).where(HoldGate.id == _ONLY).with_for_update(read=True))


def pass_alone(*, at_once: bool = False) -> None:
    """Count a hold that is being placed, in its unit of work; no deletion is made final meanwhile.

    Raises `HoldMustWait` while a batch is in the gate. `at_once` is for a restore, beside which nothing runs.
    """
    row = _locked()
    if not at_once and is_busy():
        raise HoldMustWait
    row.epoch += 1
    row.wanted_until = 0
    session().execute(sa.delete(HoldGateBatch))  # What is left was killed, and is over.
    session().flush()


def is_busy() -> bool:
    """Whether a batch is in the gate."""
    query = sa.select(HoldGateBatch.batch_id).where(HoldGateBatch.until > clock.micros()).limit(1)
    return session().scalar(query) is not None


@contextmanager
def waited(seconds: float = WAITED_SECONDS) -> Iterator[None]:
    """Wait until no batch is in the gate, before the unit of work that places a hold inside this; no new one enters.

    After so many seconds it goes on all the same, and placing raises `HoldMustWait`.
    """
    if is_busy():
        end_read()
        with unit_of_work():
            _locked().wanted_until = clock.micros() + int((seconds + 5) * clock.SECOND)
        end = time.monotonic() + seconds
        while is_busy() and time.monotonic() < end:
            end_read()
            time.sleep(_LOOK_EVERY)
    end_read()
    yield


def _locked() -> HoldGate:
    session().execute(_INSERT)
    query = sa.select(HoldGate).where(HoldGate.id == _ONLY).with_for_update()
    return session().execute(query.execution_options(populate_existing=True)).scalar_one()
