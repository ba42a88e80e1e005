"""A message changes for good: its row, and everybody who must know, in the open unit of work."""

from __future__ import annotations

from privacy import clock
from privacy.authz.actors import Actor
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import session
from privacy.outbox.models import MessageKind, MessageState, OutboxMessage
from privacy.outbox.telling import Told, tell

KEY_DESTROYED = "key-destroyed"


def change(row: OutboxMessage, state: MessageState, *, actor: Actor, failure: str | None = None) -> None:
    """Put a message into a state that lasts, and tell of it.

    Where its key is destroyed there is nobody any more whom it was about.
    """
    row.state, row.failure = state.value, failure
    row.worker = row.lease_until = None
    tell(
        Told(
            message_id=row.id,
            kind=MessageKind(row.kind),
            template=row.template,
            owner_id=row.owner_id,
            subject_id=row.subject_id if failure != KEY_DESTROYED else None,
            state=state,
            attempts=row.attempts,
            failure=failure,
            at=clock.micros(),
            actor=actor,
        )
    )


def note_reference(row: OutboxMessage, reference: str) -> None:
    """Keep what the gateway or the post calls a message. Raises `KeyDestroyed` where its owner's key is gone."""
    key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
    row.reference_enc = key.seal("outbox_message", "reference_enc", row.id, reference.encode())
