"""Tables of the upkeep of data: what people confirmed, and what staff look through (Art. 5(1)(d)).

A row of somebody goes with them: people are deleted in rooms below that know nothing of these tables.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.db import Base, Id


class QualityConfirmation(Base):
    """When a person last confirmed something, and when they were last asked to by message."""

    __tablename__ = "quality_confirmation"

    subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id", ondelete="CASCADE"), primary_key=True)
    #: `quality_vocabulary.QualityMatter`.
    matter: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    confirmed_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    asked_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class QualityFinding(Base):
    """A contact that may be wrong, or two people who may be one: for staff to decide about."""

    __tablename__ = "quality_finding"
    __table_args__ = (
        sa.UniqueConstraint("kind", "subject_id", "other_id", "contact_id"),
        sa.Index(None, "subject_id"),
        sa.Index(None, "other_id"),
        sa.Index(None, "state", "realm", "id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    realm: Mapped[str] = mapped_column(sa.String(8))
    #: `quality_vocabulary.FindingKind`.
    kind: Mapped[str] = mapped_column(sa.String(16))
    #: The person; of two who may be one the smaller id first. The same twice where there is no other.
    subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id", ondelete="CASCADE"))
    other_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id", ondelete="CASCADE"))
    #: The contact of the first by which it was found.
    contact_id: Mapped[UUID] = mapped_column(Id)
    found_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: `quality_vocabulary.FindingState`.
    state: Mapped[str] = mapped_column(sa.String(16))
    decided_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    decided_by: Mapped[UUID | None] = mapped_column(Id)
    #: Why, as `subject_merge.reason`.
    reason: Mapped[str | None] = mapped_column(sa.String(256))


class QualityLikeness(Base):
    """What an e-mail address looks like without what people mistype: like ones meet here."""

    __tablename__ = "quality_likeness"
    __table_args__ = (sa.Index(None, "like_bidx"), sa.Index(None, "subject_id"))

    contact_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id", ondelete="CASCADE"))
    #: Keyed index of that form within the realm, under the key that is never rotated.
    like_bidx: Mapped[bytes] = mapped_column(sa.LargeBinary)


class QualityWalk(Base):
    """Up to which contact the records were gone through: one row, which workers take in turns."""

    __tablename__ = "quality_walk"

    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    #: The last contact; NULL before the first of a round.
    after_id: Mapped[UUID | None] = mapped_column(Id)
    #: When the next round begins, in microseconds.
    next_at: Mapped[int] = mapped_column(sa.BigInteger)
