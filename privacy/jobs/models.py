"""Where jobs stand, and alarms. What the tables hold says nothing about anybody: names of jobs, codes and times."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.db import Base, Id

_OPEN = sa.text("ended_at IS NULL")
_WAITING = sa.text("done_at IS NULL")


class JobState(Base):
    """One job: who does it, how it came out the last time, and whether somebody wants it done now."""

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(sa.String(160), primary_key=True)
    created_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: The worker that does it, until when nobody else begins, and a number that grows with each change of hands.
    holder: Mapped[UUID | None] = mapped_column(Id)
    lease_until: Mapped[int] = mapped_column(sa.BigInteger)
    fence: Mapped[int] = mapped_column(sa.BigInteger)
    #: The last period whose effect is done, counted from 1970 in lengths of a period; of periodic jobs only.
    period: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: When a worker last saw to it, whether or not there was anything to do.
    beat_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: When it last ended well, and with how many rows.
    ended_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    rows: Mapped[int] = mapped_column(sa.BigInteger)
    #: Failures since then, and the code of the last one.
    failures: Mapped[int] = mapped_column(sa.Integer)
    failure: Mapped[str | None] = mapped_column(sa.String(64))
    failed_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Since when it is to be done out of turn, and who wants it.
    asked_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    asked_by: Mapped[UUID | None] = mapped_column(Id)


class Alarm(Base):
    """Something that a person must look at: once for as long as it lasts."""

    __tablename__ = "alarm"
    __table_args__ = (
        sa.Index("ix_alarm_code_about", "code", "about", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: What it is (`alarm_codes`).
    code: Mapped[str] = mapped_column(sa.String(64))
    #: Which one: the name of a job, the number of a request; empty where there is only one.
    about: Mapped[str] = mapped_column(sa.String(160))
    raised_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: When staff were last told, and how often.
    told_at: Mapped[int] = mapped_column(sa.BigInteger)
    times_told: Mapped[int] = mapped_column(sa.Integer)
    acknowledged_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    acknowledged_by: Mapped[UUID | None] = mapped_column(Id)
    ended_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class AlarmCall(Base):
    """One webhook about an alarm; its id is the webhook's, the same in every attempt."""

    __tablename__ = "alarm_call"
    __table_args__ = (sa.Index("ix_alarm_call_next_at", "next_at", sqlite_where=_WAITING, postgresql_where=_WAITING),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    alarm_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("alarm.id"), index=True)
    #: `raised`, `again` or `ended`.
    event: Mapped[str] = mapped_column(sa.String(16))
    at: Mapped[int] = mapped_column(sa.BigInteger)
    attempts: Mapped[int] = mapped_column(sa.Integer)
    next_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: When it was delivered or given up.
    done_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Why the last attempt did not succeed; None where it did.
    failure: Mapped[str | None] = mapped_column(sa.String(64))
