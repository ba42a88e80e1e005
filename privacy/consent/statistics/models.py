"""Tables of the statistics: the counts, how far they follow the log, and what leaves them."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.db import Base, Id


class ConsentStatistic(Base):
    """How many acts of one sort were made on one day, or how many consents began or ceased to stand.

    Written by the follower alone, never in the transaction of an act.
    """

    __tablename__ = "consent_statistic"
    __table_args__ = (
        # Months are added up along it, in its order and without a look at the table.
        sa.Index(
            "ix_consent_statistic_month",
            *("realm", "month", "purpose", "channel", "source_system", "counted", "standing", "day", "acts"),
        ),
    )

    realm: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    #: Days since 1970-01-01 by the clock of the jurisdiction, of the time at which it happened.
    day: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    #: As acts have it: a code, or `*` for all that the act may mean.
    purpose: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    #: As acts have it: a code, `*`, or `-` for a purpose that has no channel.
    channel: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    source_system: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    #: An act's kind (`ActKind`), or `begun`, `ended`: a consent that began or ceased to stand.
    counted: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    #: `effective`, `no_effect` (found at receipt), or `annulled`.
    standing: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    #: The month of the day: the year times 100 and the month.
    month: Mapped[int] = mapped_column(sa.Integer)
    #: How many. May be 0 where those that were counted have left.
    acts: Mapped[int] = mapped_column(sa.BigInteger)


class ConsentStatisticPlace(Base):
    """The one row that says what the counts cover; moved in the same unit of work as the counts."""

    __tablename__ = "consent_statistic_place"

    id: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    #: The log that is followed, and the time zone by which days were counted: under others the counting begins anew.
    origin: Mapped[str] = mapped_column(sa.String(256))
    zone: Mapped[str] = mapped_column(sa.String(64))
    #: Sequence number of the first event that is not counted yet.
    place: Mapped[int] = mapped_column(sa.BigInteger)
    #: People are gone through once when the counting begins: up to here, by the first half of their ids.
    walked: Mapped[int] = mapped_column(sa.BigInteger)
    moved_at: Mapped[int] = mapped_column(sa.BigInteger)


class ConsentActGone(Base):
    """An act that was deleted, as far as it was counted. Goes when the follower has taken it out of the counts.

    Only inserted by whoever deletes, so that no erasure waits for a counter. It names nobody: no id of the person.
    """

    __tablename__ = "consent_act_gone"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: SHA-256 of the person's id: acts of one person are counted together.
    person: Mapped[bytes] = mapped_column(sa.LargeBinary, index=True)
    #: The first half of that id, by which people are gone through.
    half: Mapped[int] = mapped_column(sa.BigInteger)
    act_id: Mapped[UUID] = mapped_column(Id)
    #: The event that recorded the act; NULL where there was none any more.
    event_id: Mapped[UUID | None] = mapped_column(Id)
    #: The next ones as `consent_act` had them.
    realm: Mapped[str] = mapped_column(sa.String(8))
    act: Mapped[str] = mapped_column(sa.String(16))
    purpose: Mapped[str] = mapped_column(sa.String(64))
    channel: Mapped[str] = mapped_column(sa.String(32))
    contact_id: Mapped[UUID | None] = mapped_column(Id)
    earliest: Mapped[int] = mapped_column(sa.BigInteger)
    latest: Mapped[int] = mapped_column(sa.BigInteger)
    source_system: Mapped[str] = mapped_column(sa.String(64))
    no_effect: Mapped[str | None] = mapped_column(sa.String(32))
    refers_to: Mapped[UUID | None] = mapped_column(Id)
