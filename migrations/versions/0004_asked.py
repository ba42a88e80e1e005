"""Who asked about whom: counts by person, client and day, and sets of people for lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_asked"
down_revision = "0003_log"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    op.create_table(
        "asked_count",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "subject_id", "day", "asked_by", "purpose", "channel", "allowed", name=op.f("pk_asked_count")
        ),
    )
    op.create_index(op.f("ix_asked_count_day"), "asked_count", ["day"])
    op.create_table(
        "asked_list",
        sa.Column("id", ID, nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("people", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_list")),
    )
    op.create_index(op.f("ix_asked_list_part_id"), "asked_list", ["part", "id"])
    op.create_index(op.f("ix_asked_list_day"), "asked_list", ["day"])


def downgrade() -> None:
    op.drop_table("asked_list")
    op.drop_table("asked_count")
