"""Table of requests that came by a protocol between machines: how the other side calls them, and where it is told."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class RequestProtocol(Base):
    """One request as the client of a protocol knows it."""

    __tablename__ = "request_protocol"
    __table_args__ = (sa.UniqueConstraint("protocol", "client_id", "their_id"), sa.Index(None, "next_at"))

    request_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject_request.id"), primary_key=True)
    #: `protocols.Protocol`.
    protocol: Mapped[str] = mapped_column(sa.String(16))
    #: Whose key it came with.
    client_id: Mapped[UUID] = mapped_column(Id)
    #: What that client calls it. A UUID, or letters and digits that it makes up.
    their_id: Mapped[str] = mapped_column(sa.String(100))
    #: The status that was told last; empty before the first time.
    told: Mapped[str] = mapped_column(sa.String(40))
    #: Failures to tell since.
    attempts: Mapped[int] = mapped_column(sa.Integer)
    #: When to look whether there is something to tell, in microseconds; NULL where nothing is told any more.
    next_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Addresses that want to be told: JSON. An address may hold a secret of the client's.
    callbacks_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed(
            "where a protocol's client is told of a status", why="OpenDSR, DRP", owner="request_id", row="request_id"
        ),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
