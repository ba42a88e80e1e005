"""How far the sink of the log is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_audit_sink"
down_revision = "0004_asked"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit_sink",
        sa.Column("sink", sa.String(length=64), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.BigInteger(), nullable=False),
        sa.Column("holder", ID, nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sink", name=op.f("pk_audit_sink")),
    )


def downgrade() -> None:
    op.drop_table("audit_sink")
