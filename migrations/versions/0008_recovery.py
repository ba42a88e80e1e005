"""Quarantine after a restore, and how far the journal is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_recovery"
down_revision = "0007_erasure"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    op.create_table(
        "journal_state",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.BigInteger(), nullable=False),
        sa.Column("holder", ID, nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_state")),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        # Names of the backups that were restored; none for a database that somebody put here by hand.
        sa.Column("data_backup", sa.String(length=64), nullable=True),
        sa.Column("key_backup", sa.String(length=64), nullable=True),
        # The last position of the log that the data had, and the one through which withdrawals are complete.
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("complete_through", sa.BigInteger(), nullable=True),
        # What is missing, in words; none where nothing is.
        sa.Column("gap", sa.Text(), nullable=True),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.Column("released_by", ID, nullable=True),
        sa.Column("reason", sa.String(length=256), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )


def downgrade() -> None:
    op.drop_table("quarantine")
    op.drop_table("journal_state")
