"""Tables of systems: how each is reached, sealed."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import SERVICE, sealed
from privacy.db import Base, Id


class SystemConnection(Base):
    """Where one system is, and by which secret the service is let in."""

    __tablename__ = "system_connection"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: The system's code in the programme.
    code: Mapped[str] = mapped_column(sa.String(64), unique=True)
    #: JSON; of a database its address with user and password. Never shown again.
    secret_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("a system's address and credentials", why="to reach it", owner=SERVICE),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    created_at: Mapped[int] = mapped_column(sa.BigInteger)
    created_by: Mapped[UUID] = mapped_column(Id)
    #: When it was last replaced, and by whom; NULL while it is the first.
    changed_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    changed_by: Mapped[UUID | None] = mapped_column(Id)
