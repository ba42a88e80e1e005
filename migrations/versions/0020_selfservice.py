"""Persons' own sessions in the portal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_selfservice"
down_revision = "0019_staff_sign_in"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    op.create_table(
        "person_session",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("members_digest", sa.LargeBinary(), nullable=True),
        sa.Column("proof", sa.String(length=16), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("stepped_up_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_session")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_person_session_token_sha256")),
    )
    op.create_index(op.f("ix_person_session_subject_id"), "person_session", ["subject_id"])
    op.create_index(op.f("ix_person_session_used_at"), "person_session", ["used_at"])
    op.create_table(
        "person_proof",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("holder_id", ID, nullable=False),
        sa.Column("proven_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["person_session.id"], name=op.f("fk_person_proof_session_id_person_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_proof")),
        sa.UniqueConstraint("session_id", "contact_id", name=op.f("uq_person_proof_session_id_contact_id")),
    )
    op.create_index(op.f("ix_person_proof_holder_id"), "person_proof", ["holder_id"])
    op.create_table(
        "person_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("browser_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("contact_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=True),
        sa.Column("crowded", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", ID, nullable=True),
        sa.Column("holder_id", ID, nullable=True),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("code_digest", sa.LargeBinary(), nullable=True),
        sa.Column("ticket_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["person_session.id"], name=op.f("fk_person_entry_session_id_person_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_entry")),
    )
    op.create_index(
        op.f("ix_person_entry_decided_at_crowded_asked_at"), "person_entry", ["decided_at", "crowded", "asked_at"]
    )
    for column in ("browser_sha256", "session_id", "holder_id", "subject_id"):
        op.create_index(op.f(f"ix_person_entry_{column}"), "person_entry", [column])
    op.create_table(
        "sign_on_used",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_on_used")),
    )
    op.create_index(op.f("ix_sign_on_used_expires_at"), "sign_on_used", ["expires_at"])


def downgrade() -> None:
    op.drop_table("sign_on_used")
    op.drop_table("person_entry")
    op.drop_table("person_proof")
    op.drop_table("person_session")
