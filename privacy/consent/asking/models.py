"""Tables of who asked: a count for each person and day, and a set for each list of people that was asked about."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.db import Base, Id


class AskedCount(Base):
    """How often a client asked about one person on one day, for what, and with what answer (Art. 15(1)(c)).

    No foreign key: on PostgreSQL it would lock the person's row, and writing counts must not wait for anybody.
    """

    __tablename__ = "asked_count"
    __table_args__ = (sa.Index(None, "day"),)

    #: The subject asked about; what was asked about its person is the sum over the person's subjects.
    subject_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: Days since 1970-01-01, UTC.
    day: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    #: The client, member of staff or operator who asked.
    asked_by: Mapped[UUID] = mapped_column(Id, primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    #: A channel's code, `-` for a purpose that has none.
    channel: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    allowed: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False), primary_key=True)
    times: Mapped[int] = mapped_column(sa.BigInteger)


class AskedList(Base):
    """People whom lists asked about, 8 bytes each: a part of the set, those whose ids end alike.

    To find a person only the parts that may hold it are read.
    """

    __tablename__ = "asked_list"
    __table_args__ = (sa.Index(None, "part", "id"), sa.Index(None, "day"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    part: Mapped[int] = mapped_column(sa.SmallInteger)
    #: As in `asked_count`, like the next three.
    day: Mapped[int] = mapped_column(sa.Integer)
    asked_by: Mapped[UUID] = mapped_column(Id)
    purpose: Mapped[str] = mapped_column(sa.String(64))
    channel: Mapped[str] = mapped_column(sa.String(32))
    #: Sorted entries (see `people_set`), compressed with zlib (RFC 1950).
    people: Mapped[bytes] = mapped_column(sa.LargeBinary)
