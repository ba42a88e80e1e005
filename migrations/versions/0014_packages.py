"""Packages of data that people fetch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_packages"
down_revision = "0013_identity"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    op.create_table(
        "request_package",
        sa.Column("id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("downloads", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["data_subject_request.id"], name=op.f("fk_request_package_request_id_data_subject_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_package")),
    )
    op.create_index(op.f("ix_request_package_deleted_at_expires_at"), "request_package", ["deleted_at", "expires_at"])
    op.create_index(op.f("ix_request_package_request_id"), "request_package", ["request_id"])
    op.create_table(
        "request_package_part",
        sa.Column("id", ID, nullable=False),
        sa.Column("package_id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id"], ["request_package.id"], name=op.f("fk_request_package_part_package_id_request_package")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["data_subject_request.id"],
            name=op.f("fk_request_package_part_request_id_data_subject_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_package_part")),
        sa.UniqueConstraint("package_id", "number", name=op.f("uq_request_package_part_package_id_number")),
    )
    op.create_index(op.f("ix_request_package_part_request_id"), "request_package_part", ["request_id"])
    op.create_table(
        "request_redaction",
        sa.Column("id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.Column("item", sa.LargeBinary(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("reason_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["data_subject_request.id"],
            name=op.f("fk_request_redaction_request_id_data_subject_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_redaction")),
        sa.UniqueConstraint("request_id", "item", name=op.f("uq_request_redaction_request_id_item")),
    )


def downgrade() -> None:
    op.drop_table("request_redaction")
    op.drop_table("request_package_part")
    op.drop_table("request_package")
