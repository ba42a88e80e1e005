"""A summary of consent acts that follows the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021_consent_statistics"
down_revision = "0020_selfservice"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    op.create_table(
        "consent_statistic",
        sa.Column("realm", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("source_system", sa.String(length=64), nullable=False),
        sa.Column("counted", sa.String(length=16), nullable=False),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("acts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            *("realm", "day", "purpose", "channel", "source_system", "counted", "standing"),
            name=op.f("pk_consent_statistic"),
        ),
    )
    op.create_index(
        "ix_consent_statistic_month",
        "consent_statistic",
        ["realm", "month", "purpose", "channel", "source_system", "counted", "standing", "day", "acts"],
    )
    op.create_table(
        "consent_statistic_place",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(length=256), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("walked", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_statistic_place")),
    )
    op.create_table(
        "consent_act_gone",
        sa.Column("id", ID, nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("half", sa.BigInteger(), nullable=False),
        sa.Column("act_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=True),
        sa.Column("realm", sa.String(length=8), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("contact_id", ID, nullable=True),
        sa.Column("earliest", sa.BigInteger(), nullable=False),
        sa.Column("latest", sa.BigInteger(), nullable=False),
        sa.Column("source_system", sa.String(length=64), nullable=False),
        sa.Column("no_effect", sa.String(length=32), nullable=True),
        sa.Column("refers_to", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_act_gone")),
    )
    op.create_index(op.f("ix_consent_act_gone_person"), "consent_act_gone", ["person"])


def downgrade() -> None:
    op.drop_table("consent_act_gone")
    op.drop_table("consent_statistic_place")
    op.drop_table("consent_statistic")
