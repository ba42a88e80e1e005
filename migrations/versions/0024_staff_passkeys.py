"""Accounts of staff at a provider of OpenID Connect, and who asks to begin anew; passkeys are factors already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024_staff_passkeys"
down_revision = "0023_preferences"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    op.create_table(
        "staff_account",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("account_digest", sa.LargeBinary(length=17), nullable=False),
        sa.Column("subject_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("linked_by", ID, nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_account_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_account")),
        sa.UniqueConstraint("account_digest", name=op.f("uq_staff_account_account_digest")),
    )
    op.create_index(op.f("ix_staff_account_staff_id"), "staff_account", ["staff_id"])
    op.create_table(
        "staff_recovery_asked",
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_recovery_asked_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_recovery_asked")),
    )


def downgrade() -> None:
    op.drop_table("staff_recovery_asked")
    # A passkey answers to no version before this one, which would show it as an app that knows no code.
    op.execute("DELETE FROM staff_factor WHERE kind = 'passkey'")
    op.drop_table("staff_account")
