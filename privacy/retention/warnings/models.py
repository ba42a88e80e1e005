"""Tables of the warnings that people get before data about them go."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class RetentionWarning(Base):
    """One warning of a person for a rule; its id is the owner of the key under which everything of it is sealed."""

    __tablename__ = "retention_warning"
    __table_args__ = (sa.Index(None, "state", "next_at"), sa.Index(None, "deleted_at"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: `live` or `test`.
    realm: Mapped[str] = mapped_column(sa.String(8))
    #: The rule's code, and the run that wanted it first.
    rule: Mapped[str] = mapped_column(sa.String(64))
    run_id: Mapped[UUID] = mapped_column(Id)
    #: The person, where our own records know them.
    subject_id: Mapped[UUID | None] = mapped_column(Id, index=True)
    #: BCP 47.
    locale: Mapped[str] = mapped_column(sa.String(16))
    #: `warnings.WarningState`.
    state: Mapped[str] = mapped_column(sa.String(16))
    #: `MessageKind` of the way that is tried now, and how often it and the way before were tried.
    way: Mapped[str | None] = mapped_column(sa.String(16))
    tried: Mapped[int] = mapped_column(sa.Integer)
    tried_before: Mapped[int] = mapped_column(sa.Integer)
    #: The message that is out.
    message_id: Mapped[UUID | None] = mapped_column(Id)
    #: When somebody looks again how it came out, in microseconds.
    next_at: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: When it was delivered, in microseconds; the first day on which the data may go; and the last for which it counts.
    delivered_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    goes_on: Mapped[int | None] = mapped_column(sa.Integer)
    counts_until: Mapped[int | None] = mapped_column(sa.Integer)
    decided_by: Mapped[UUID | None] = mapped_column(Id)
    decided_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: When the row and its key go.
    deleted_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Goes up with every step; what is sent with an older one is refused.
    version: Mapped[int] = mapped_column(sa.Integer)
    #: Where the person was written to, and by which contacts the rows name them: JSON.
    reach_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("where a person is warned before data go", why="Art. 5(1)(a)", owner="id"),
    )
    #: Why a person decided as they did.
    reason_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("why somebody decided about a warning that did not arrive", why="Art. 5(2)", owner="id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class RetentionWarned(Base):
    """By what the person of a warning is known again, in the next row and the next run."""

    __tablename__ = "retention_warned"
    __table_args__ = (
        # One warning for a person and a rule, also when two workers meet the same person at once.
        sa.Index(
            "uq_retention_warned_current",
            "rule",
            "name_bidx",
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        ),
    )

    warning_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("retention_warning.id"), primary_key=True)
    #: Keyed index of an identifier, a contact or a subject's id within the realm, under the key that is never rotated.
    name_bidx: Mapped[bytes] = mapped_column(sa.LargeBinary, primary_key=True)
    rule: Mapped[str] = mapped_column(sa.String(64))
    #: Whether the warning counts; one that has ended makes room for the next.
    current: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False))
