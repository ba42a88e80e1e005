"""What erasure leaves behind: tombstones, evidence records, certificates, and suppression that ends."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_erasure"
down_revision = "0006_wrapping_keys"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
ENDING = sa.text("ends_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("suppression", sa.Column("ends_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_suppression_ends_at", "suppression", ["ends_at"], sqlite_where=ENDING, postgresql_where=ENDING)
    op.create_table(
        "erasure",
        sa.Column("id", ID, nullable=False),
        sa.Column("realm", sa.String(length=8), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=False),
        sa.Column("shred_by", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "tombstone",
        sa.Column("index_bidx", sa.LargeBinary(), nullable=False),
        sa.Column("erasure_id", ID, nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("index_bidx", name=op.f("pk_tombstone")),
    )
    op.create_index(op.f("ix_tombstone_ends_at"), "tombstone", ["ends_at"])
    op.create_index(op.f("ix_tombstone_erasure_id"), "tombstone", ["erasure_id"])
    op.create_table(
        "erasure_case",
        sa.Column("erasure_id", ID, nullable=False),
        sa.Column("cause_enc", sa.LargeBinary(), nullable=False),
        sa.Column("letter_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasure.id"], name=op.f("fk_erasure_case_erasure_id_erasure")),
        sa.PrimaryKeyConstraint("erasure_id", name=op.f("pk_erasure_case")),
    )
    op.create_index(op.f("ix_erasure_case_ends_at"), "erasure_case", ["ends_at"])
    op.create_table(
        "evidence_record",
        sa.Column("id", ID, nullable=False),
        sa.Column("erasure_id", ID, nullable=False),
        sa.Column("realm", sa.String(length=8), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("body_enc", sa.LargeBinary(), nullable=False),
        sa.Column("expires_on", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasure.id"], name=op.f("fk_evidence_record_erasure_id_erasure")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_record")),
    )
    op.create_index(op.f("ix_evidence_record_erasure_id"), "evidence_record", ["erasure_id"])
    op.create_index(op.f("ix_evidence_record_expires_on"), "evidence_record", ["expires_on"])
    op.create_table(
        "evidence_contact",
        sa.Column("record_id", ID, nullable=False),
        sa.Column("contact_bidx", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["evidence_record.id"], name=op.f("fk_evidence_contact_record_id_evidence_record")
        ),
        sa.PrimaryKeyConstraint("record_id", "contact_bidx", name=op.f("pk_evidence_contact")),
    )
    op.create_index(op.f("ix_evidence_contact_contact_bidx"), "evidence_contact", ["contact_bidx"])


def downgrade() -> None:
    for table in ("evidence_contact", "evidence_record", "erasure_case", "tombstone", "erasure"):
        op.drop_table(table)
    op.drop_index("ix_suppression_ends_at", table_name="suppression")
    op.drop_column("suppression", "ends_at")
