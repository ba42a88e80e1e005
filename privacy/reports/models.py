"""Tables of reports that are made in the background: what was ordered, the file in sealed parts, and schedules."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class ReportSchedule(Base):
    """A report that is made at set times, and of which the data protection officer is told by mail."""

    __tablename__ = "report_schedule"
    __table_args__ = (sa.Index(None, "ended_at", "next_on"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: As it is named among the reports.
    report: Mapped[str] = mapped_column(sa.String(64))
    form: Mapped[str] = mapped_column(sa.String(8))
    locale: Mapped[str] = mapped_column(sa.String(16))
    #: `periods.Every`: of which periods it tells.
    every: Mapped[str] = mapped_column(sa.String(16))
    #: On which day after the end of a period it is made, and the next such day (days since 1970-01-01).
    day: Mapped[int] = mapped_column(sa.Integer)
    next_on: Mapped[int] = mapped_column(sa.Integer)
    created_at: Mapped[int] = mapped_column(sa.BigInteger)
    created_by: Mapped[UUID] = mapped_column(Id)
    ended_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    ended_by: Mapped[UUID | None] = mapped_column(Id)


class ReportOrder(Base):
    """One report that is made in the background and kept for some days; its file is sealed by a key of its own."""

    __tablename__ = "report_order"
    __table_args__ = (
        # One effect for each period of a schedule.
        sa.UniqueConstraint("schedule_id", "last_on"),
        sa.Index(None, "state", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: NULL where somebody asked for it.
    schedule_id: Mapped[UUID | None] = mapped_column(Id, sa.ForeignKey("report_schedule.id"))
    report: Mapped[str] = mapped_column(sa.String(64))
    form: Mapped[str] = mapped_column(sa.String(8))
    locale: Mapped[str] = mapped_column(sa.String(16))
    #: Days since 1970-01-01, both included.
    first_on: Mapped[int] = mapped_column(sa.Integer)
    last_on: Mapped[int] = mapped_column(sa.Integer)
    #: The instant whose state is told, in microseconds.
    as_of: Mapped[int] = mapped_column(sa.BigInteger)
    ordered_at: Mapped[int] = mapped_column(sa.BigInteger)
    ordered_by: Mapped[UUID] = mapped_column(Id)
    #: `orders.OrderState`.
    state: Mapped[str] = mapped_column(sa.String(16))
    #: How many steps of how many are done.
    done: Mapped[int] = mapped_column(sa.Integer)
    steps: Mapped[int] = mapped_column(sa.Integer)
    #: Which worker makes it, until when nobody else does, and how many began.
    worker: Mapped[UUID | None] = mapped_column(Id)
    lease_until: Mapped[int | None] = mapped_column(sa.BigInteger)
    attempts: Mapped[int] = mapped_column(sa.Integer)
    #: Why it could not be made: a code.
    failure: Mapped[str | None] = mapped_column(sa.String(64))
    #: Of the file, before it is sealed; the hash in hexadecimal.
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    ready_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: From then on nobody fetches it, and its parts and its key go.
    expires_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    downloads: Mapped[int] = mapped_column(sa.Integer)
    #: When the officer was told of it; NULL where nobody is to be.
    told_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: What was given beside the period, as JSON, and the name of the file; NULL once the key is gone.
    options_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary, info=sealed("what a report was asked for beside its period", why="Art. 5(2)", owner="id")
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class ReportOrderPart(Base):
    """A part of the file. In the database: any host may make it and any other hand it out."""

    __tablename__ = "report_order_part"
    __table_args__ = (sa.UniqueConstraint("order_id", "number"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("report_order.id"), index=True)
    #: From 1, without gaps.
    number: Mapped[int] = mapped_column(sa.Integer)
    content_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary, info=sealed("a part of a report that was made", why="Art. 5(2)", owner="order_id")
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
