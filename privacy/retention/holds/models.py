"""Tables of legal holds: what must not be deleted, by which right, and the gate that deletions pass. No plain names."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class LegalHold(Base):
    """Data that must be kept for a proceeding or by order of a statute, whatever their time limit (Art. 17(3)(b), (e)).

    Whom it holds stands in tables of its own until it is released.
    """

    __tablename__ = "legal_hold"
    __table_args__ = (sa.Index(None, "released_at", "review_on"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: `H-2026-0001`; of the test realm `test-H-2026-0001`.
    number: Mapped[str] = mapped_column(sa.String(24), unique=True)
    realm: Mapped[str] = mapped_column(sa.String(8))
    #: The case, as a court or an office calls it, and the statute; empty where the other is named.
    reference: Mapped[str] = mapped_column(sa.String(200))
    statute: Mapped[str] = mapped_column(sa.String(200))
    #: What is held beside people, as JSON: codes of systems and of categories of data.
    scope: Mapped[str] = mapped_column(sa.Text)
    #: The member of staff who answers for it, and the day on which they look at it again, in days since 1970-01-01.
    owner_id: Mapped[UUID] = mapped_column(Id)
    review_on: Mapped[int] = mapped_column(sa.Integer)
    #: The review day of which the owner was told.
    reminded_on: Mapped[int | None] = mapped_column(sa.Integer)
    placed_at: Mapped[int] = mapped_column(sa.BigInteger)
    placed_by: Mapped[UUID] = mapped_column(Id)
    released_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    released_by: Mapped[UUID | None] = mapped_column(Id)
    #: Counts changes up: a restore knows by it what is newer.
    version: Mapped[int] = mapped_column(sa.Integer)
    reason_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary, info=sealed("why data are held", why="Art. 5(2)", owner="id")
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class HeldPerson(Base):
    """A subject whom a hold in force holds. No foreign key: a restore may know the hold and not the subject."""

    __tablename__ = "legal_hold_person"
    __table_args__ = (sa.Index(None, "subject_id"),)

    hold_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("legal_hold.id"), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Id, primary_key=True)


class HeldName(Base):
    """By what held people are recognised, also in other systems: keyed indexes under the key that is never rotated."""

    __tablename__ = "legal_hold_name"
    __table_args__ = (sa.Index(None, "name_bidx"),)

    hold_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("legal_hold.id"), primary_key=True)
    name_bidx: Mapped[bytes] = mapped_column(sa.LargeBinary, primary_key=True)


class HoldGate(Base):
    """One row: whoever places a hold and whoever deletes lock it, so that one of them is surely first."""

    __tablename__ = "hold_gate"

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    #: Counts holds that were placed.
    epoch: Mapped[int] = mapped_column(sa.BigInteger)
    #: Until then no batch enters: somebody waits to place a hold.
    wanted_until: Mapped[int] = mapped_column(sa.BigInteger)


class HoldGateBatch(Base):
    """A batch of deletions that is being made final in another system: no hold is placed meanwhile."""

    __tablename__ = "hold_gate_batch"

    batch_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: When it has surely ended, whatever became of it.
    until: Mapped[int] = mapped_column(sa.BigInteger)
