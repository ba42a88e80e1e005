"""How far the journal is, and which worker writes it."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.db import Base, Id


class JournalState(Base):
    """The one row about the journal. What is in the journal's files is the truth; this is what others may ask."""

    __tablename__ = "journal_state"

    id: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    #: The sequence number of the first leaf that the journal lacks.
    place: Mapped[int] = mapped_column(sa.BigInteger)
    #: When that was written.
    moved_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: The worker that writes; NULL where none does.
    holder: Mapped[UUID | None] = mapped_column(Id)
    #: Counts the writers: what one does after it lost the lease would name an older one.
    fence: Mapped[int] = mapped_column(sa.BigInteger)
    lease_until: Mapped[int] = mapped_column(sa.BigInteger)
