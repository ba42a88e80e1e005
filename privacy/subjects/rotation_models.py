"""The table that says how far a rotation of the index key is."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.db import Base


class IndexRotation(Base):
    """One rotation of the index key; the newest says under which key every value stands.

    Values move in the order of their index under the old key: one stands under the new key if and only if its old index
    is not above `position_bidx`, whether it is stored or not. So two rows of one value can never stand under two keys.
    """

    __tablename__ = "index_rotation"

    #: Numbers of the keys in the keyring.
    to_number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    from_number: Mapped[int] = mapped_column(sa.Integer)
    #: The last old index that was moved; empty before the first.
    position_bidx: Mapped[bytes] = mapped_column(sa.LargeBinary)
    #: Rows that were moved, and those of them whose value could not be read back (see `index_moving`).
    moved: Mapped[int] = mapped_column(sa.BigInteger)
    unread: Mapped[int] = mapped_column(sa.BigInteger)
    began_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: When the new key was in the keyring's file; nothing moves until every process must have seen it there.
    published_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Until when nothing moves, because a long read asked for it.
    held_until: Mapped[int] = mapped_column(sa.BigInteger)
    #: When the last value was moved; the old key is of no use from then on.
    finished_at: Mapped[int | None] = mapped_column(sa.BigInteger)
