"""What people do with messages: print and post a letter, have a message that failed tried again."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import session
from privacy.errors import InvalidInput
from privacy.outbox.changes import change, note_reference
from privacy.outbox.failures import MessageNotFound, NotToBePosted, NotToBeTriedAgain
from privacy.outbox.models import MessageKind, MessageState, OutboxMessage
from privacy.outbox.written import Letterhead, Written

_TABLE = "outbox_message"
_LONGEST_NUMBER = 64


@dataclass(frozen=True)
class Paper:
    """A letter to be printed."""

    #: BCP 47.
    locale: str
    #: When it was written, in microseconds.
    written_at: int
    head: Letterhead = field(repr=False)
    #: Name and address, a line each.
    to: tuple[str, ...] = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)


def paper_of(message_id: UUID) -> Paper:
    """A letter, opened, whether it was posted or not. Raises `MessageNotFound`, `NotToBePosted`, `KeyDestroyed`."""
    row = session().get(OutboxMessage, message_id)
    if row is None:
        raise MessageNotFound
    key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
    written = msgspec.json.decode(key.open(_TABLE, "body_enc", row.id, row.body_enc), type=Written)
    if written.head is None:
        raise NotToBePosted
    to = key.open(_TABLE, "to_enc", row.id, row.to_enc).decode()
    return Paper(row.locale, row.created_at, written.head, tuple(to.split("\n")), written.subject, written.body)


def mark_posted(message_id: UUID, *, actor: Actor, tracking_number: str | None = None) -> None:
    """Record that a letter was posted, now and by the actor, in the open unit of work.

    Raises `MessageNotFound`; `NotToBePosted` where it is none, was posted before, or is worth nothing any more;
    `InvalidInput` for what can be no tracking number.
    """
    row = _locked(message_id)
    if row.kind != MessageKind.POST.value or row.state != MessageState.PENDING.value:
        raise NotToBePosted
    if tracking_number is not None:
        if not 0 < len(tracking_number) <= _LONGEST_NUMBER or not tracking_number.isprintable():
            raise InvalidInput.of("tracking_number", "Write the number of the receipt, 64 characters at most.")
        note_reference(row, tracking_number)
    row.attempts += 1
    row.attempted_at = row.sent_at = clock.micros()
    row.posted_by = actor.id
    change(row, MessageState.SENT, actor=actor)


def try_again(message_id: UUID, *, actor: Actor) -> None:
    """Have a message sent that was refused, or of which nobody knows whether it went, in the open unit of work.

    It keeps its Message-ID, so that one who has it already knows the second for the same. Raises `MessageNotFound`;
    `NotToBeTriedAgain` where it was sent, is on its way or is worth nothing any more.
    """
    row = _locked(message_id)
    again = {MessageState.REFUSED.value, MessageState.UNKNOWN.value, MessageState.PENDING.value}
    if row.state not in again or row.not_after <= clock.micros() or row.kind == MessageKind.POST.value:
        raise NotToBeTriedAgain
    row.unknown_outcomes, row.next_at = 0, clock.micros()
    change(row, MessageState.PENDING, actor=actor)


def _locked(message_id: UUID) -> OutboxMessage:
    query = sa.select(OutboxMessage).where(OutboxMessage.id == message_id).with_for_update()
    row = session().scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise MessageNotFound
    return row
