"""Tables of letters: what the person was told, and where they can be told, under the request's own key."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class RequestLetter(Base):
    """One letter of a request, as it was written. Never changed."""

    __tablename__ = "request_letter"
    __table_args__ = (sa.Index(None, "request_id"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    request_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject_request.id"))
    #: `letter_kinds.LetterKind`.
    kind: Mapped[str] = mapped_column(sa.String(32))
    #: BCP 47.
    locale: Mapped[str] = mapped_column(sa.String(16))
    created_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Subject line, text and the messages by which it went: JSON.
    body_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("a letter about a request", why="Art. 5(2), 12(3), 12(4)", owner="request_id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class RequestReach(Base):
    """Where the person of a request can be reached: their contacts as they were before it, which outlive them."""

    __tablename__ = "request_reach"

    request_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject_request.id"), primary_key=True)
    #: Kinds and contacts, as JSON.
    places_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("where the person of a request is reached", why="Art. 12(3)", owner="request_id", row="request_id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
