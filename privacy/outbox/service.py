"""Put a message into the outbox, in the transaction of what it is about; and everything that becomes of it later.

The caller's audit event covers the message: it is a consequence of the change, not one of its own. How it came out is
told to whom `install` names.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Realm
from privacy.crypto.owner_keys import OwnerKey
from privacy.db import in_parts, in_unit_of_work, new_id, session
from privacy.outbox.delivery import Sending, put_right
from privacy.outbox.failures import DeliveryInvalid, MessageNotFound, NotToBePosted, NotToBeTriedAgain
from privacy.outbox.handling import Paper, mark_posted, paper_of, try_again
from privacy.outbox.models import MessageKind, MessageState, OutboxMessage
from privacy.outbox.old import delete_old
from privacy.outbox.reading import MessageView, counts, messages, view
from privacy.outbox.telling import Tell, Told, Undelivered, install
from privacy.outbox.texts import Message, Text, Value, locales, places, render
from privacy.outbox.transports import Ways
from privacy.outbox.written import Letterhead, Written

__all__ = [
    "DeliveryInvalid",
    "Letterhead",
    "Message",
    "MessageKind",
    "MessageNotFound",
    "MessageState",
    "MessageView",
    "NotToBePosted",
    "NotToBeTriedAgain",
    "Paper",
    "Sending",
    "Tell",
    "Text",
    "Told",
    "Undelivered",
    "Value",
    "Ways",
    "counts",
    "delete_old",
    "enqueue",
    "enqueue_post",
    "forget",
    "forget_people",
    "install",
    "locales",
    "mark_posted",
    "messages",
    "paper_of",
    "places",
    "put_right",
    "render",
    "try_again",
    "view",
]

_TABLE = "outbox_message"


def enqueue(
    message: Message,
    *,
    key: OwnerKey,
    to: str,
    cause: UUID,
    not_after: int,
    realm: Realm,
    subject_id: UUID | None = None,
    kind: MessageKind = MessageKind.EMAIL,
) -> UUID | None:
    """Enqueue one e-mail or text message in the open unit of work and return its id.

    One message for each template, owner of the key and cause: a repeat returns the first one's id and changes
    nothing. Nothing is enqueued in the test realm (None). `to`: an e-mail address, or a number in the form E.164.
    `not_after`, in microseconds, is when the message becomes worthless. Raises ValueError where values do not fit the
    template or the address could break a header.
    """
    if kind is MessageKind.POST:
        raise ValueError("a letter on paper has a head: see `enqueue_post`")
    if not to.isprintable():
        raise ValueError("the address has a control character")
    addressed = _Addressed(kind, to)
    return _enqueue(message, addressed, key=key, cause=cause, not_after=not_after, realm=realm, subject_id=subject_id)


def enqueue_post(
    message: Message,
    *,
    key: OwnerKey,
    to: Sequence[str],
    head: Letterhead,
    cause: UUID,
    not_after: int,
    realm: Realm,
    subject_id: UUID | None = None,
) -> UUID | None:
    """As `enqueue`, for a letter that somebody prints and posts; `to` is name and address, a line each."""
    if not to or not all(line.strip() and line.isprintable() for line in to):
        raise ValueError("an address has lines, none of them empty")
    addressed = _Addressed(MessageKind.POST, "\n".join(to), head)
    return _enqueue(message, addressed, key=key, cause=cause, not_after=not_after, realm=realm, subject_id=subject_id)


@dataclass(frozen=True)
class _Addressed:
    """By which way a message goes, and where to."""

    kind: MessageKind
    to: str = field(repr=False)
    head: Letterhead | None = field(default=None, repr=False)


def _enqueue(
    message: Message,
    addressed: _Addressed,
    *,
    key: OwnerKey,
    cause: UUID,
    not_after: int,
    realm: Realm,
    subject_id: UUID | None,
) -> UUID | None:
    if not in_unit_of_work():
        raise RuntimeError("a message belongs to the unit of work that causes it")
    if realm is Realm.TEST:
        return None
    current = session()
    known = sa.select(OutboxMessage.id).where(
        OutboxMessage.template == message.template,
        OutboxMessage.owner_id == key.owner_id,
        OutboxMessage.cause == str(cause),
    )
    first = current.scalar(known)
    if first is not None:
        return first
    text = render(message)
    message_id, now = new_id(), clock.micros()
    body = msgspec.json.encode(Written(text.subject, text.body, addressed.head))
    row = OutboxMessage(
        id=message_id,
        kind=addressed.kind.value,
        subject_id=subject_id,
        owner_id=key.owner_id,
        key_version=key.version,
        template=message.template,
        locale=text.locale,
        to_enc=key.seal(_TABLE, "to_enc", message_id, addressed.to.encode()),
        body_enc=key.seal(_TABLE, "body_enc", message_id, body),
        cause=str(cause),
        created_at=now,
        not_after=not_after,
        attempts=0,
        next_at=now,
        unknown_outcomes=0,
        state=MessageState.PENDING.value,
    )
    try:
        with current.begin_nested():
            current.add(row)
            current.flush()
    except sa.exc.IntegrityError:
        # Another transaction enqueued it between our look and our insert.
        return current.scalars(known).one()
    return message_id


def forget(cause: str) -> None:
    """Delete the messages of a cause, in the open unit of work of whatever ends it; its audit event covers them."""
    session().execute(sa.delete(OutboxMessage).where(OutboxMessage.cause == cause))


def forget_people(subject_ids: Collection[UUID]) -> int:
    """Delete every message to or about these people, in the open unit of work of their erasure; returns how many."""
    deleted = 0
    for ids in in_parts(sorted(subject_ids)):
        theirs = sa.or_(OutboxMessage.subject_id.in_(ids), OutboxMessage.owner_id.in_(ids))
        result = session().execute(sa.delete(OutboxMessage).where(theirs).execution_options(synchronize_session=False))
        deleted += cast("sa.CursorResult[Any]", result).rowcount
    return deleted
