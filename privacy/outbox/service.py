"""Put a message into the outbox, in the transaction of what it is about. Sending it is another's work.

The caller's audit event covers the message: it is a consequence of the change, not one of its own.
"""

from __future__ import annotations

from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Realm
from privacy.crypto.owner_keys import OwnerKey
from privacy.db import in_unit_of_work, new_id, session
from privacy.outbox.models import MessageState, OutboxMessage
from privacy.outbox.texts import Message, render

__all__ = ["Message", "enqueue", "forget"]

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
) -> UUID | None:
    """Enqueue one e-mail in the open unit of work and return its id.

    One message for each template, owner of the key and cause: a repeat returns the first one's id and changes
    nothing. Nothing is enqueued in the test realm (None). `not_after`, in microseconds, is when the message becomes
    worthless. Raises ValueError where values do not fit the template or the address could break a header.
    """
    if not in_unit_of_work():
        raise RuntimeError("a message belongs to the unit of work that causes it")
    if realm is Realm.TEST:
        return None
    if not to.isprintable():
        raise ValueError("the address has a control character")
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
    message_id = new_id()
    body = msgspec.json.encode({"subject": text.subject, "body": text.body})
    row = OutboxMessage(
        id=message_id,
        kind="email",
        subject_id=subject_id,
        owner_id=key.owner_id,
        key_version=key.version,
        template=message.template,
        locale=text.locale,
        to_enc=key.seal(_TABLE, "to_enc", message_id, to.encode()),
        body_enc=key.seal(_TABLE, "body_enc", message_id, body),
        cause=str(cause),
        created_at=clock.micros(),
        not_after=not_after,
        attempted_at=None,
        sent_at=None,
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
