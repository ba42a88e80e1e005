"""Reports that are made in the background, and those that are made at set times."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025_report_schedules"
down_revision = "0024_staff_passkeys"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    op.create_table(
        "report_schedule",
        sa.Column("id", ID, nullable=False),
        sa.Column("report", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=8), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("every", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedule")),
    )
    op.create_index(op.f("ix_report_schedule_ended_at_next_on"), "report_schedule", ["ended_at", "next_on"])
    op.create_table(
        "report_order",
        sa.Column("id", ID, nullable=False),
        sa.Column("schedule_id", ID, nullable=True),
        sa.Column("report", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=8), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("first_on", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("ordered_at", sa.BigInteger(), nullable=False),
        sa.Column("ordered_by", ID, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("worker", ID, nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("ready_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("downloads", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("options_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["report_schedule.id"], name=op.f("fk_report_order_schedule_id_report_schedule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_order")),
        sa.UniqueConstraint("schedule_id", "last_on", name=op.f("uq_report_order_schedule_id_last_on")),
    )
    op.create_index(op.f("ix_report_order_state_expires_at"), "report_order", ["state", "expires_at"])
    op.create_table(
        "report_order_part",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["report_order.id"], name=op.f("fk_report_order_part_order_id_report_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_order_part")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_report_order_part_order_id_number")),
    )
    op.create_index(op.f("ix_report_order_part_order_id"), "report_order_part", ["order_id"])


def downgrade() -> None:
    op.drop_table("report_order_part")
    op.drop_table("report_order")
    op.drop_table("report_schedule")
