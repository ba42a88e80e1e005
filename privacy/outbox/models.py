"""The outbox: messages that wait to be sent. Rows are written by the transaction that causes them."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class MessageKind(StrEnum):
    """By which way a message goes."""

    EMAIL = "email"
    SMS = "sms"
    POST = "post"  # on paper, by a person


class MessageState(StrEnum):
    """Where a message stands."""

    PENDING = "pending"  # not sent, or put off
    SENDING = "sending"  # an attempt is on its way, or was when its worker died
    SENT = "sent"  # the relay or gateway has it; of a letter on paper: it was posted
    REFUSED = "refused"  # for good: there is no such address, or nobody may write to it
    EXPIRED = "expired"  # it was worth nothing any more before it could be sent
    UNKNOWN = "unknown"  # twice nobody knows whether it went; a person decides

    @property
    def failed(self) -> bool:
        """Whether it ended without being sent for sure."""
        return self in {MessageState.REFUSED, MessageState.EXPIRED, MessageState.UNKNOWN}


class OutboxMessage(Base):
    """One message to one address; at most one for each template, owner and cause."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        sa.UniqueConstraint("template", "owner_id", "cause"),
        sa.Index(None, "state", "created_at"),
        sa.Index("ix_outbox_message_kind_state_next_at", "kind", "state", "next_at"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: `MessageKind`.
    kind: Mapped[str] = mapped_column(sa.String(16))
    #: The person the message is about; NULL where it is about none.
    subject_id: Mapped[UUID | None] = mapped_column(Id, index=True)
    #: Whose key seals the address and the text. Destroying it makes an unsent message unreadable.
    owner_id: Mapped[UUID] = mapped_column(Id)
    key_version: Mapped[int] = mapped_column(sa.Integer)
    template: Mapped[str] = mapped_column(sa.String(64))
    #: BCP 47.
    locale: Mapped[str] = mapped_column(sa.String(16))
    #: The address, sealed. Personal data.
    to_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("the address a message goes to", why="to send it", owner="owner_id"),
    )
    #: Subject line and text as JSON, sealed. May hold a one-time code.
    body_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("a message's subject line and text", why="to send it", owner="owner_id"),
    )
    #: What the message is the consequence of, an id: the same cause sends once.
    cause: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: After this it is worth nothing and is never sent.
    not_after: Mapped[int] = mapped_column(sa.BigInteger)
    #: How often it was tried.
    attempts: Mapped[int] = mapped_column(sa.Integer)
    #: Not before this, in microseconds.
    next_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Recorded before the sending, so that a crash in the middle is known.
    attempted_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Who is at it, and until when nobody else takes it.
    worker: Mapped[UUID | None] = mapped_column(Id)
    lease_until: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: How many attempts ended so that nobody knows whether it went.
    unknown_outcomes: Mapped[int] = mapped_column(sa.Integer)
    #: Why the last attempt did not succeed: a code, and never what a server wrote, which may repeat the address.
    failure: Mapped[str | None] = mapped_column(sa.String(64))
    sent_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: What the gateway calls it; of a letter on paper the tracking number.
    reference_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("a gateway's or the post's number of a message", why="to prove the sending", owner="owner_id"),
    )
    #: Who posted it, of a letter on paper.
    posted_by: Mapped[UUID | None] = mapped_column(Id)
    state: Mapped[str] = mapped_column(sa.String(16))
