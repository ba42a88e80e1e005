"""Tables of retention: legal holds, disposal runs, and the warnings before them."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class DisposalRun(Base):
    """One disposal run: what was due on a day by which rules, who agreed, and what went. Without personal data.

    Its id is the owner of the key under which the plans of its batches are sealed until they are done.
    """

    __tablename__ = "disposal_run"
    __table_args__ = (sa.Index(None, "state"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: What people call it: the year and a number in it, `D-2026-0001`.
    number: Mapped[str] = mapped_column(sa.String(16), unique=True)
    #: `vocabulary.RunState`.
    state: Mapped[str] = mapped_column(sa.String(16))
    #: The day on which data must be over, days since 1970-01-01 by the clock of the jurisdiction.
    as_of: Mapped[int] = mapped_column(sa.Integer)
    #: Which rules and systems it is about, JSON of codes; empty lists are all.
    chosen: Mapped[str] = mapped_column(sa.Text)
    #: The number of the programme by which it was counted, and is executed.
    programme: Mapped[int | None] = mapped_column(sa.Integer)
    #: The commitment of what was counted, hexadecimal: what people agree to. NULL until then.
    preview: Mapped[str | None] = mapped_column(sa.String(64))
    #: How many people must agree.
    approvals: Mapped[int] = mapped_column(sa.Integer)
    prepared_by: Mapped[UUID] = mapped_column(Id)
    first_by: Mapped[UUID | None] = mapped_column(Id)
    second_by: Mapped[UUID | None] = mapped_column(Id)
    prepared_at: Mapped[int] = mapped_column(sa.BigInteger)
    started_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    ended_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: What went and what stays and why, by part: canonical JSON of codes and counts; NULL until it has ended.
    account: Mapped[str | None] = mapped_column(sa.Text)
    #: Goes up with every step; what is sent with an older one is refused.
    version: Mapped[int] = mapped_column(sa.Integer)


class DisposalPart(Base):
    """What a run does in one table of one system, or with people of this service itself."""

    __tablename__ = "disposal_part"
    __table_args__ = (sa.UniqueConstraint("run_id", "position"), sa.Index(None, "state", "next_at"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    run_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("disposal_run.id"))
    #: From 1: of a system, tables that refer come before those that they refer to.
    position: Mapped[int] = mapped_column(sa.Integer)
    #: `vocabulary.Way`.
    way: Mapped[str] = mapped_column(sa.String(16))
    #: The system's code; `privacy` for this service itself.
    system: Mapped[str] = mapped_column(sa.String(64))
    #: `data set.table`, or the rule's code for people of this service.
    place: Mapped[str] = mapped_column(sa.String(160))
    #: `vocabulary.PartState`.
    state: Mapped[str] = mapped_column(sa.String(16))
    #: What the preview counted, and what was done and stays: JSON of counts (`counting.Counts`).
    counted: Mapped[str] = mapped_column(sa.Text)
    done: Mapped[str] = mapped_column(sa.Text)
    #: Times that it was gone through from its beginning.
    passes: Mapped[int] = mapped_column(sa.Integer)
    #: Rows that were due yet when it was read again; NULL until then.
    left: Mapped[int | None] = mapped_column(sa.Integer)
    attempts: Mapped[int] = mapped_column(sa.Integer)
    #: Not before this, in microseconds.
    next_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Which worker has it, and until when nobody else takes it.
    worker: Mapped[UUID | None] = mapped_column(Id)
    lease_until: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: The code of the last failure; its text is in the log of the service, without values.
    failure: Mapped[str | None] = mapped_column(sa.String(64))
    #: Who said that it was done by hand, and when.
    stated_by: Mapped[UUID | None] = mapped_column(Id)
    stated_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: What they said.
    statement_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("what somebody says that they did in a system", why="Art. 5(2)", owner="run_id"),
    )
    #: What a person decided about its rows that a rule wants reviewed (`reviews.ReviewChoice`), NULL before; and of
    #: what is kept, the last day for which that holds.
    review: Mapped[str | None] = mapped_column(sa.String(8))
    review_until: Mapped[int | None] = mapped_column(sa.Integer)
    reviewed_by: Mapped[UUID | None] = mapped_column(Id)
    #: Why.
    review_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("why rows go or stay that a person looked at", why="Art. 5(2)", owner="run_id"),
    )
    #: After which row it goes on: JSON of a primary key, which may be a person's identifier.
    cursor_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("the key of the row up to which a table was gone through", why="to go on", owner="run_id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class DisposalBatch(Base):
    """Some rows of a part that are changed together: planned, confirmed, done. Its plan goes when it is done."""

    __tablename__ = "disposal_batch"
    __table_args__ = (sa.UniqueConstraint("part_id", "number"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    run_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("disposal_run.id"))
    part_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("disposal_part.id"))
    #: From 1, without gaps.
    number: Mapped[int] = mapped_column(sa.Integer)
    #: `vocabulary.BatchState`.
    state: Mapped[str] = mapped_column(sa.String(16))
    #: The state of the legal holds by which it was planned (`holds.Holds.epoch`).
    epoch: Mapped[int] = mapped_column(sa.BigInteger)
    planned_at: Mapped[int] = mapped_column(sa.BigInteger)
    done_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Keys of rows and what is to become of them: compressed JSON; NULL once it is done or taken back.
    plan_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("keys and new values of rows whose time is up", why="Art. 5(1)(e)", owner="run_id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
