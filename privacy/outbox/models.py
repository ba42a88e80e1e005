"""The outbox: messages that wait to be sent. Rows are written by the transaction that causes them."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.db import Base, Id


class MessageState(StrEnum):
    """Where a message stands."""

    PENDING = "pending"


class OutboxMessage(Base):
    """One message to one address; at most one for each template, owner and cause."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        sa.UniqueConstraint("template", "owner_id", "cause"),
        sa.Index(None, "state", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: `email`; SMS and letters come later.
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
    to_enc: Mapped[bytes] = mapped_column(sa.LargeBinary)
    #: Subject line and text as JSON, sealed. May hold a one-time code.
    body_enc: Mapped[bytes] = mapped_column(sa.LargeBinary)
    #: What the message is the consequence of, an id: the same cause sends once.
    cause: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: After this it is worth nothing and is never sent.
    not_after: Mapped[int] = mapped_column(sa.BigInteger)
    #: Recorded before the sending, so that a crash in the middle is known.
    attempted_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    sent_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    state: Mapped[str] = mapped_column(sa.String(16))
