"""How persons like to be written to, and what others changed of their choices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023_preferences"
down_revision = "0022_registers"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    op.create_table(
        "contact_preference",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("wishes_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["data_subject.id"], name=op.f("fk_contact_preference_subject_id_data_subject")
        ),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_contact_preference")),
    )
    op.create_table(
        "change_by_other",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("act_id", ID, nullable=False),
        sa.Column("whose", sa.String(length=16), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_by_other")),
        sa.UniqueConstraint("subject_id", "act_id", name=op.f("uq_change_by_other_subject_id_act_id")),
    )
    op.create_index(op.f("ix_change_by_other_received_at"), "change_by_other", ["received_at"])
    op.create_table(
        "change_place",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(length=256), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_place")),
    )


def downgrade() -> None:
    op.drop_table("change_place")
    op.drop_table("change_by_other")
    op.drop_table("contact_preference")
