"""Legal holds, disposal runs and their warnings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_retention"
down_revision = "0015_merged"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    _holds()
    _runs()
    _upkeep()


def downgrade() -> None:
    op.drop_table("quality_walk")
    op.drop_table("quality_likeness")
    op.drop_table("quality_finding")
    op.drop_table("quality_confirmation")
    op.drop_table("retention_warned")
    op.drop_table("retention_warning")
    op.drop_table("disposal_batch")
    op.drop_table("disposal_part")
    op.drop_table("disposal_run")
    _no_holds()


def _runs() -> None:
    op.create_table(
        "disposal_run",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("as_of", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("programme", sa.Integer(), nullable=True),
        sa.Column("preview", sa.String(length=64), nullable=True),
        sa.Column("approvals", sa.Integer(), nullable=False),
        sa.Column("prepared_by", ID, nullable=False),
        sa.Column("first_by", ID, nullable=True),
        sa.Column("second_by", ID, nullable=True),
        sa.Column("prepared_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_run")),
        sa.UniqueConstraint("number", name=op.f("uq_disposal_run_number")),
    )
    op.create_index(op.f("ix_disposal_run_state"), "disposal_run", ["state"])
    op.create_table(
        "disposal_part",
        sa.Column("id", ID, nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("system", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("worker", ID, nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.String(length=64), nullable=True),
        sa.Column("stated_by", ID, nullable=True),
        sa.Column("stated_at", sa.BigInteger(), nullable=True),
        sa.Column("statement_enc", sa.LargeBinary(), nullable=True),
        sa.Column("review", sa.String(length=8), nullable=True),
        sa.Column("review_until", sa.Integer(), nullable=True),
        sa.Column("reviewed_by", ID, nullable=True),
        sa.Column("review_enc", sa.LargeBinary(), nullable=True),
        sa.Column("cursor_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["disposal_run.id"], name=op.f("fk_disposal_part_run_id_disposal_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_part")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_disposal_part_run_id_position")),
    )
    op.create_index(op.f("ix_disposal_part_state_next_at"), "disposal_part", ["state", "next_at"])
    op.create_table(
        "disposal_batch",
        sa.Column("id", ID, nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("part_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("plan_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["disposal_run.id"], name=op.f("fk_disposal_batch_run_id_disposal_run")),
        sa.ForeignKeyConstraint(
            ["part_id"], ["disposal_part.id"], name=op.f("fk_disposal_batch_part_id_disposal_part")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_batch")),
        sa.UniqueConstraint("part_id", "number", name=op.f("uq_disposal_batch_part_id_number")),
    )


def _upkeep() -> None:
    op.create_table(
        "retention_warning",
        sa.Column("id", ID, nullable=False),
        sa.Column("realm", sa.String(length=8), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=True),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.Column("tried_before", sa.Integer(), nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("goes_on", sa.Integer(), nullable=True),
        sa.Column("counts_until", sa.Integer(), nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reach_enc", sa.LargeBinary(), nullable=False),
        sa.Column("reason_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_warning")),
    )
    op.create_index(op.f("ix_retention_warning_state_next_at"), "retention_warning", ["state", "next_at"])
    op.create_index(op.f("ix_retention_warning_deleted_at"), "retention_warning", ["deleted_at"])
    op.create_index(op.f("ix_retention_warning_subject_id"), "retention_warning", ["subject_id"])
    op.create_table(
        "retention_warned",
        sa.Column("warning_id", ID, nullable=False),
        sa.Column("name_bidx", sa.LargeBinary(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["warning_id"], ["retention_warning.id"], name=op.f("fk_retention_warned_warning_id_retention_warning")
        ),
        sa.PrimaryKeyConstraint("warning_id", "name_bidx", name=op.f("pk_retention_warned")),
    )
    op.create_index(
        "uq_retention_warned_current",
        "retention_warned",
        ["rule", "name_bidx"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
    _quality()


def _quality() -> None:
    op.create_table(
        "quality_confirmation",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("matter", sa.String(length=16), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["data_subject.id"],
            name=op.f("fk_quality_confirmation_subject_id_data_subject"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subject_id", "matter", name=op.f("pk_quality_confirmation")),
    )
    op.create_table(
        "quality_finding",
        sa.Column("id", ID, nullable=False),
        sa.Column("realm", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("reason", sa.String(length=256), nullable=True),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["data_subject.id"],
            name=op.f("fk_quality_finding_subject_id_data_subject"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["data_subject.id"], name=op.f("fk_quality_finding_other_id_data_subject"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_finding")),
        sa.UniqueConstraint(
            "kind",
            "subject_id",
            "other_id",
            "contact_id",
            name=op.f("uq_quality_finding_kind_subject_id_other_id_contact_id"),
        ),
    )
    op.create_index(op.f("ix_quality_finding_subject_id"), "quality_finding", ["subject_id"])
    op.create_index(op.f("ix_quality_finding_other_id"), "quality_finding", ["other_id"])
    op.create_index(op.f("ix_quality_finding_state_realm_id"), "quality_finding", ["state", "realm", "id"])
    op.create_table(
        "quality_likeness",
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("like_bidx", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["data_subject.id"],
            name=op.f("fk_quality_likeness_subject_id_data_subject"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_quality_likeness")),
    )
    op.create_index(op.f("ix_quality_likeness_like_bidx"), "quality_likeness", ["like_bidx"])
    op.create_index(op.f("ix_quality_likeness_subject_id"), "quality_likeness", ["subject_id"])
    op.create_table(
        "quality_walk",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after_id", ID, nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_quality_walk")),
    )


def _holds() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("realm", sa.String(length=8), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("statute", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("review_on", sa.Integer(), nullable=False),
        sa.Column("reminded_on", sa.Integer(), nullable=True),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("placed_by", ID, nullable=False),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.Column("released_by", ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
        sa.UniqueConstraint("number", name=op.f("uq_legal_hold_number")),
    )
    op.create_index(op.f("ix_legal_hold_released_at_review_on"), "legal_hold", ["released_at", "review_on"])
    op.create_table(
        "legal_hold_person",
        sa.Column("hold_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["legal_hold.id"], name=op.f("fk_legal_hold_person_hold_id_legal_hold")),
        sa.PrimaryKeyConstraint("hold_id", "subject_id", name=op.f("pk_legal_hold_person")),
    )
    op.create_index(op.f("ix_legal_hold_person_subject_id"), "legal_hold_person", ["subject_id"])
    op.create_table(
        "legal_hold_name",
        sa.Column("hold_id", ID, nullable=False),
        sa.Column("name_bidx", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["legal_hold.id"], name=op.f("fk_legal_hold_name_hold_id_legal_hold")),
        sa.PrimaryKeyConstraint("hold_id", "name_bidx", name=op.f("pk_legal_hold_name")),
    )
    op.create_index(op.f("ix_legal_hold_name_name_bidx"), "legal_hold_name", ["name_bidx"])
    op.create_table(
        "hold_gate",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("wanted_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_gate")),
    )
    op.create_table(
        "hold_gate_batch",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_hold_gate_batch")),
    )


def _no_holds() -> None:
    for table in ("hold_gate_batch", "hold_gate", "legal_hold_name", "legal_hold_person", "legal_hold"):
        op.drop_table(table)
