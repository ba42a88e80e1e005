"""Proof of who asks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_identity"
down_revision = "0012_delivery"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    op.create_table(
        "request_code",
        sa.Column("id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("code_digest", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["data_subject_request.id"], name=op.f("fk_request_code_request_id_data_subject_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_code")),
    )
    op.create_index(op.f("ix_request_code_decided_at_asked_at"), "request_code", ["decided_at", "asked_at"])
    op.create_index(op.f("ix_request_code_request_id_asked_at"), "request_code", ["request_id", "asked_at"])
    op.create_index(op.f("ix_request_code_subject_id"), "request_code", ["subject_id"])
    op.create_table(
        "request_session",
        sa.Column("id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.Column("proof", sa.String(length=16), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["data_subject_request.id"], name=op.f("fk_request_session_request_id_data_subject_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_session")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_request_session_token_sha256")),
    )
    op.create_index(op.f("ix_request_session_expires_at"), "request_session", ["expires_at"])
    op.create_index(op.f("ix_request_session_request_id"), "request_session", ["request_id"])
    op.create_table(
        "request_protocol",
        sa.Column("request_id", ID, nullable=False),
        sa.Column("protocol", sa.String(length=16), nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("their_id", sa.String(length=100), nullable=False),
        sa.Column("told", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("callbacks_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["data_subject_request.id"],
            name=op.f("fk_request_protocol_request_id_data_subject_request"),
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_request_protocol")),
        sa.UniqueConstraint(
            "protocol", "client_id", "their_id", name=op.f("uq_request_protocol_protocol_client_id_their_id")
        ),
    )
    op.create_index(op.f("ix_request_protocol_next_at"), "request_protocol", ["next_at"])
    op.create_table(
        "request_quota",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_request_quota")),
    )
    op.create_index(op.f("ix_request_quota_ends_at"), "request_quota", ["ends_at"])


def downgrade() -> None:
    op.drop_table("request_quota")
    op.drop_table("request_protocol")
    op.drop_table("request_session")
    op.drop_table("request_code")
