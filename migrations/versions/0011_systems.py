"""Connections to other systems, sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_systems"
down_revision = "0010_requests"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    op.create_table(
        "system_connection",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("secret_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        sa.Column("changed_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_connection")),
        sa.UniqueConstraint("code", name=op.f("uq_system_connection_code")),
    )


def downgrade() -> None:
    op.drop_table("system_connection")
