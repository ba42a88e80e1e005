"""Stored answers of unsafe requests that carried an `Idempotency-Key`; gone after seven days."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import SERVICE, sealed
from privacy.db import Base, Id


class IdempotentAnswer(Base):
    """The answer that a repeated request gets again. Written in the transaction of the request's own effect."""

    __tablename__ = "idempotent_answer"
    __table_args__ = (sa.UniqueConstraint("actor_id", "key_bidx"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: Whose request it was; two clients may use the same key.
    actor_id: Mapped[UUID] = mapped_column(Id)
    #: Keyed index over method, path and the client's key.
    key_bidx: Mapped[bytes] = mapped_column(sa.LargeBinary(17))
    #: Keyed digest of content type and body: a bare hash of a body could be guessed, people's addresses are few.
    fingerprint: Mapped[bytes] = mapped_column(sa.LargeBinary(17))
    #: HTTP status; NULL only inside the transaction that makes the answer.
    status: Mapped[int | None] = mapped_column(sa.SmallInteger)
    #: Version of the service owner's key.
    key_version: Mapped[int] = mapped_column(sa.Integer)
    #: Headers and body, sealed with the service owner's key. May hold personal data.
    body_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("a stored answer, headers and body", why="a repeated request gets the same answer", owner=SERVICE),
    )
    created_at: Mapped[int] = mapped_column(sa.BigInteger, index=True)
