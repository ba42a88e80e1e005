"""Tables of the log. `audit_event` is insert-only by trigger; a body may be deleted, never edited."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.db import Base, Id


class AuditEvent(Base):
    """What the log will commit to: an id and a commitment that say nothing by themselves."""

    __tablename__ = "audit_event"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: Version of the body's format.
    v: Mapped[int] = mapped_column(sa.SmallInteger)
    #: HMAC-SHA256 of the canonical body under its 32-byte salt. Without the salt the body can't be guessed.
    commitment: Mapped[bytes] = mapped_column(sa.LargeBinary)


class AuditBody(Base):
    """The body of an event: who did what to which object. Pseudonymous columns to search by, the rest sealed."""

    __tablename__ = "audit_body"
    __table_args__ = (
        sa.Index(None, "subject_id", "event_id"),
        sa.Index(None, "action", "event_id"),
        sa.Index(None, "actor_id", "event_id"),
    )

    event_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("audit_event.id"), primary_key=True)
    occurred_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: `noun.verb` in the past tense.
    action: Mapped[str] = mapped_column(sa.String(64))
    actor_kind: Mapped[str] = mapped_column(sa.String(16))
    actor_id: Mapped[UUID] = mapped_column(Id)
    #: The data subject whom the event is about; NULL where it is about none.
    subject_id: Mapped[UUID | None] = mapped_column(Id)
    object_type: Mapped[str] = mapped_column(sa.String(32))
    object_id: Mapped[str] = mapped_column(sa.String(64))
    #: Whose key seals the body.
    owner_id: Mapped[UUID] = mapped_column(Id)
    key_version: Mapped[int] = mapped_column(sa.Integer)
    #: Salt (32 bytes) and canonical body, sealed with the owner's key.
    body_enc: Mapped[bytes] = mapped_column(sa.LargeBinary)
