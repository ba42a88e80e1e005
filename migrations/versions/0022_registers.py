"""Registers of accountability: trainings, audits, assessments, and their files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022_registers"
down_revision = "0021_consent_statistics"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    op.create_table(
        "register_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("realm", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("held_on", sa.Integer(), nullable=True),
        sa.Column("review_on", sa.Integer(), nullable=True),
        sa.Column("reminded_on", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("advised_at", sa.BigInteger(), nullable=True),
        sa.Column("advised_by", ID, nullable=True),
        sa.Column("consulted_on", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("supersedes_id", ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["register_entry.id"], name=op.f("fk_register_entry_supersedes_id_register_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
        sa.UniqueConstraint("number", name=op.f("uq_register_entry_number")),
    )
    op.create_index(op.f("ix_register_entry_realm_kind_state"), "register_entry", ["realm", "kind", "state"])
    op.create_index(op.f("ix_register_entry_state_review_on"), "register_entry", ["state", "review_on"])
    op.create_index(op.f("ix_register_entry_supersedes_id"), "register_entry", ["supersedes_id"])
    op.create_table(
        "register_file",
        sa.Column("id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("added_by", ID, nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("name_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["register_entry.id"], name=op.f("fk_register_file_entry_id_register_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_file")),
    )
    op.create_index(op.f("ix_register_file_entry_id"), "register_file", ["entry_id"])
    op.create_table(
        "register_file_part",
        sa.Column("id", ID, nullable=False),
        sa.Column("file_id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["register_entry.id"], name=op.f("fk_register_file_part_entry_id_register_entry")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["register_file.id"], name=op.f("fk_register_file_part_file_id_register_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_file_part")),
        sa.UniqueConstraint("file_id", "number", name=op.f("uq_register_file_part_file_id_number")),
    )
    op.create_index(op.f("ix_register_file_part_entry_id"), "register_file_part", ["entry_id"])


def downgrade() -> None:
    op.drop_table("register_file_part")
    op.drop_table("register_file")
    op.drop_table("register_entry")
