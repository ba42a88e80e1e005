"""Imports over the API, and what the review list and the explanation of acts look up by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_imports"
down_revision = "0001_core"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    op.create_table(
        "consent_import",
        sa.Column("id", ID, nullable=False),
        sa.Column("realm", sa.String(length=8), nullable=False),
        sa.Column("actor_kind", sa.String(length=16), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column("api_key_id", ID, nullable=True),
        sa.Column("profile", sa.String(length=64), nullable=True),
        sa.Column("profile_enc", sa.LargeBinary(), nullable=True),
        sa.Column("wordings_enc", sa.LargeBinary(), nullable=True),
        sa.Column("purpose", sa.String(length=64), nullable=True),
        sa.Column("wording_code", sa.String(length=64), nullable=True),
        sa.Column("wording_version", sa.String(length=32), nullable=True),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("name_enc", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("stage_at", sa.BigInteger(), nullable=True),
        sa.Column("counts", sa.Text(), nullable=True),
        sa.Column("waterfall", sa.Text(), nullable=True),
        sa.Column("problem_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("upload_id", ID, nullable=True),
        sa.Column("upload_bytes", sa.BigInteger(), nullable=True),
        sa.Column("rejects_id", ID, nullable=True),
        sa.Column("delete_rejects_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("lease", ID, nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_import")),
    )
    op.create_index(op.f("ix_consent_import_delete_rejects_at"), "consent_import", ["delete_rejects_at"], unique=False)
    op.create_index(op.f("ix_consent_import_state_created_at"), "consent_import", ["state", "created_at"], unique=False)
    op.create_index(
        "ix_data_subject_apart",
        "data_subject",
        ["cluster_id"],
        unique=False,
        sqlite_where=sa.text("group_id <> cluster_id"),
        postgresql_where=sa.text("group_id <> cluster_id"),
    )
    op.create_index(
        "ix_consent_act_refers_to",
        "consent_act",
        ["refers_to"],
        unique=False,
        sqlite_where=sa.text("refers_to IS NOT NULL"),
        postgresql_where=sa.text("refers_to IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_consent_act_refers_to", table_name="consent_act")
    op.drop_index("ix_data_subject_apart", table_name="data_subject")
    op.drop_index(op.f("ix_consent_import_state_created_at"), table_name="consent_import")
    op.drop_index(op.f("ix_consent_import_delete_rejects_at"), table_name="consent_import")
    op.drop_table("consent_import")
