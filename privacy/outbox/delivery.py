"""Send what is due: an attempt is written down before it is made, and made outside any unit of work.

So a crash can lose no message and double at most one: whoever died between the two left it as `sending`, and once its
lease is over it is sent a second time, with the same Message-ID, and never a third.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import SERVICE
from privacy.crypto import keyring
from privacy.crypto.owner_keys import KeyDestroyed, load_owner_key
from privacy.db import end_read, new_id, session, unit_of_work
from privacy.errors import VerificationError
from privacy.outbox.changes import KEY_DESTROYED, change, note_reference
from privacy.outbox.models import MessageKind, MessageState, OutboxMessage
from privacy.outbox.telling import Undelivered, follow
from privacy.outbox.transport import Outcome, Result, Sendable, Transport
from privacy.outbox.written import Written
from privacy.quarantine import quarantined

#: How long nobody else takes a message that somebody is at; longer than any attempt takes.
LEASE = 10 * 60 * clock.SECOND
#: The pauses after an attempt that did not succeed: doubled from one to the other.
SHORTEST_REST, LONGEST_REST = 60 * clock.SECOND, 6 * 3600 * clock.SECOND
#: A second attempt after an unknown outcome; after two of them a person decides.
MOST_UNKNOWN = 2
#: The code of a message that its key does not open.
SPOILT = "cannot-be-opened"
_TABLE = "outbox_message"

Context = Callable[[], AbstractContextManager[Any]]
_log = logging.getLogger("privacy.outbox")


@dataclass(frozen=True)
class _Taken:
    """A message that this worker is to send, opened."""

    message: Sendable
    #: Which attempt it is, from 1; what is recorded of an earlier one is not of this.
    attempt: int


class Sending:
    """Sends over some ways; one for a thread."""

    def __init__(self, transports: Sequence[Transport]) -> None:
        self._transports = transports
        self._me = new_id()

    def run(self, context: Context, stop: threading.Event) -> int:
        """Send what is due, until nothing is or `stop` is set; returns how many attempts were made."""
        done = 0
        for transport in self._transports:
            try:
                done += self._run(transport, context, stop)
            finally:
                transport.close()
        return done

    def _run(self, transport: Transport, context: Context, stop: threading.Event) -> int:
        done = 0
        while not stop.is_set() and not quarantined():
            with context():
                taken = self._take(transport.kind)
            if taken is None:
                break
            outcome = transport.send(taken.message)
            with context():
                self._record(taken, outcome)
            done += 1
            if outcome.way_closed:
                break
        return done

    def _take(self, kind: MessageKind) -> _Taken | None:
        """The next message that is due, its attempt written down; None where there is none."""
        now = clock.micros()
        due = _due(kind, now)
        if session().scalar(due) is None:
            end_read()
            return None
        with unit_of_work() as current:
            while (message_id := current.scalar(due.with_for_update(skip_locked=True))) is not None:
                row = current.get_one(OutboxMessage, message_id, populate_existing=True)
                try:
                    opened = _opened(row)
                except KeyDestroyed:
                    change(row, MessageState.REFUSED, actor=SERVICE, failure=KEY_DESTROYED)
                    continue
                except (VerificationError, ValueError) as error:
                    # The next time it comes after the others that are due: one that is spoilt holds up none of them.
                    told = {"message_id": str(row.id), "fault": type(error).__name__}
                    _log.error("a message cannot be opened", extra=told)
                    row.attempts += 1
                    _put_off(row, now, SPOILT)
                    continue
                row.state = MessageState.SENDING.value
                row.attempts += 1
                row.attempted_at = now
                row.worker, row.lease_until = self._me, now + LEASE
                return _Taken(opened, row.attempts)
        return None

    def _record(self, taken: _Taken, outcome: Outcome) -> None:
        """Write down how an attempt came out, unless its message is gone or somebody else's by now."""
        with unit_of_work() as current:
            mine = sa.select(OutboxMessage).where(
                OutboxMessage.id == taken.message.id,
                OutboxMessage.worker == self._me,
                OutboxMessage.attempts == taken.attempt,
                OutboxMessage.state == MessageState.SENDING.value,
            )
            row = current.scalar(mine.with_for_update().execution_options(populate_existing=True))
            if row is not None:
                _settle(row, outcome)
        refused = taken.message.to if outcome.result is Result.REFUSED else None
        if row is not None and MessageState(row.state).failed:
            follow(_undelivered(row, refused))
        _log.info("attempt made", extra={"message_id": str(taken.message.id), "outcome": outcome.result.value})


def put_right(context: Context) -> int:
    """End what is worth nothing any more, and find attempts whose worker died; returns how many messages it was.

    Opens units of work of its own: a look that finds nothing writes nothing.
    """
    with context():
        return _put_right(clock.micros())


def _put_right(now: int) -> int:
    done = 0
    lost = sa.and_(OutboxMessage.state == MessageState.SENDING.value, OutboxMessage.lease_until < now)
    stale = sa.and_(OutboxMessage.state == MessageState.PENDING.value, OutboxMessage.not_after <= now)
    for concerned, settle in ((lost, _lost), (stale, _expire)):
        query = sa.select(OutboxMessage.id).where(concerned).order_by(OutboxMessage.id).limit(100)
        while ids := session().scalars(query).all():
            ended: list[Undelivered] = []
            with unit_of_work() as current:
                rows = sa.select(OutboxMessage).where(OutboxMessage.id.in_(ids), concerned)
                for row in current.scalars(rows.with_for_update().execution_options(populate_existing=True)):
                    settle(row, now)
                    done += 1
                    ended += [_undelivered(row)] if MessageState(row.state).failed else []
            for one in ended:
                follow(one)
    end_read()
    return done


def _due(kind: MessageKind, now: int) -> sa.Select[UUID]:
    return (
        sa.select(OutboxMessage.id)
        .where(
            OutboxMessage.kind == kind.value,
            OutboxMessage.state == MessageState.PENDING.value,
            OutboxMessage.next_at <= now,
            OutboxMessage.not_after > now,
        )
        .order_by(OutboxMessage.next_at, OutboxMessage.id)
        .limit(1)
    )


def _opened(row: OutboxMessage) -> Sendable:
    key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
    text = msgspec.json.decode(key.open(_TABLE, "body_enc", row.id, row.body_enc), type=Written)
    to = key.open(_TABLE, "to_enc", row.id, row.to_enc).decode()
    return Sendable(row.id, row.locale, row.created_at, to, text.subject, text.body)


def _undelivered(row: OutboxMessage, refused: str | None = None) -> Undelivered:
    return Undelivered(row.id, MessageKind(row.kind), row.owner_id, MessageState(row.state), row.failure, refused)


def _settle(row: OutboxMessage, outcome: Outcome) -> None:
    now = clock.micros()
    match outcome.result:
        case Result.SENT:
            row.sent_at = now
            if outcome.reference is not None:
                note_reference(row, outcome.reference)
            change(row, MessageState.SENT, actor=SERVICE)
        case Result.REFUSED:
            change(row, MessageState.REFUSED, actor=SERVICE, failure=outcome.failure)
        case Result.PUT_OFF:
            _put_off(row, now, outcome.failure)
        case Result.UNKNOWN:
            _unknown(row, now, outcome.failure)


def _put_off(row: OutboxMessage, now: int, failure: str | None) -> None:
    """Try again later. Nobody is told of each attempt: the message waits, as it did."""
    rest = min(SHORTEST_REST * 2 ** min(row.attempts - 1, 20), LONGEST_REST)
    row.state, row.failure, row.next_at = MessageState.PENDING.value, failure, now + rest
    row.worker = row.lease_until = None
    if row.not_after <= now:
        _expire(row, now)


def _unknown(row: OutboxMessage, now: int, failure: str | None) -> None:
    row.unknown_outcomes += 1
    if row.unknown_outcomes < MOST_UNKNOWN:
        _put_off(row, now, failure)
    else:
        change(row, MessageState.UNKNOWN, actor=SERVICE, failure=failure)


def _lost(row: OutboxMessage, now: int) -> None:
    _unknown(row, now, "worker-died")


def _expire(row: OutboxMessage, _now: int) -> None:
    change(row, MessageState.EXPIRED, actor=SERVICE, failure=row.failure)
