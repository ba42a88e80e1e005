"""Messages are sent, by e-mail, SMS and post."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_delivery"
down_revision = "0011_systems"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    for column in (
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_at", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("worker", ID, nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("unknown_outcomes", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("failure", sa.String(length=64), nullable=True),
        sa.Column("reference_enc", sa.LargeBinary(), nullable=True),
        sa.Column("posted_by", ID, nullable=True),
    ):
        op.add_column("outbox_message", column)
    op.create_index("ix_outbox_message_kind_state_next_at", "outbox_message", ["kind", "state", "next_at"])
    op.create_table(
        "request_letter",
        sa.Column("id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("body_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["data_subject_request.id"],
            name=op.f("fk_request_letter_request_id_data_subject_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_letter")),
    )
    op.create_index(op.f("ix_request_letter_request_id"), "request_letter", ["request_id"])
    op.create_table(
        "request_reach",
        sa.Column("request_id", ID, nullable=False),
        sa.Column("places_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["data_subject_request.id"],
            name=op.f("fk_request_reach_request_id_data_subject_request"),
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_request_reach")),
    )


def downgrade() -> None:
    op.drop_table("request_reach")
    op.drop_table("request_letter")
    op.drop_index("ix_outbox_message_kind_state_next_at", "outbox_message")
    for name in (
        *("posted_by", "reference_enc", "failure", "unknown_outcomes"),
        *("lease_until", "worker", "next_at", "attempts"),
    ):
        op.drop_column("outbox_message", name)
