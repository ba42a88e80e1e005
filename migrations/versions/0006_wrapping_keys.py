"""Which key encryption keys may wrap the owners' keys: a destroyed one is refused by the database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_wrapping_keys"
down_revision = "0005_audit_sink"

FOREIGN_KEY = "fk_owner_key_wrapped_by_wrapping_key"


def upgrade() -> None:
    op.create_table(
        "wrapping_key",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_wrapping_key")),
    )
    op.execute(
        "INSERT INTO wrapping_key (number, opened_at) SELECT wrapped_by, min(created_at) FROM owner_key GROUP BY wrapped_by"
    )
    with op.batch_alter_table("owner_key") as batch:
        batch.create_foreign_key(op.f(FOREIGN_KEY), "wrapping_key", ["wrapped_by"], ["number"])
    op.create_index(op.f("ix_owner_key_wrapped_by"), "owner_key", ["wrapped_by"])


def downgrade() -> None:
    op.drop_index(op.f("ix_owner_key_wrapped_by"), "owner_key")
    with op.batch_alter_table("owner_key") as batch:
        batch.drop_constraint(op.f(FOREIGN_KEY), type_="foreignkey")
    op.drop_table("wrapping_key")
