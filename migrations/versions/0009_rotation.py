"""How far a rotation of the index key is: which values stand under the new key, and which under the old."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_rotation"
down_revision = "0008_recovery"


def upgrade() -> None:
    op.create_table(
        "index_rotation",
        sa.Column("to_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_number", sa.Integer(), nullable=False),
        sa.Column("position_bidx", sa.LargeBinary(), nullable=False),
        sa.Column("moved", sa.BigInteger(), nullable=False),
        sa.Column("unread", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("held_until", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("to_number", name=op.f("pk_index_rotation")),
    )


def downgrade() -> None:
    op.drop_table("index_rotation")
