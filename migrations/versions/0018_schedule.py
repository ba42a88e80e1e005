"""Jobs by period, with fencing, and alarms; which consents have expired."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018_schedule"
down_revision = "0017_breach"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("holder", ID, nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.BigInteger(), nullable=True),
        sa.Column("beat_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=64), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("asked_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job")),
    )
    op.create_table(
        "alarm",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("about", sa.String(length=160), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("times_told", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", ID, nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index(
        "ix_alarm_code_about",
        "alarm",
        ["code", "about"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "alarm_call",
        sa.Column("id", ID, nullable=False),
        sa.Column("alarm_id", ID, nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarm.id"], name=op.f("fk_alarm_call_alarm_id_alarm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_call")),
    )
    op.create_index(op.f("ix_alarm_call_alarm_id"), "alarm_call", ["alarm_id"])
    op.create_index(
        "ix_alarm_call_next_at",
        "alarm_call",
        ["next_at"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "consent_expired",
        sa.Column("act_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_consent_expired")),
    )
    op.create_index(op.f("ix_consent_expired_subject_id"), "consent_expired", ["subject_id"])
    op.create_table(
        "consent_expiry_walk",
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("earliest", sa.BigInteger(), nullable=False),
        sa.Column("act_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("purpose", name=op.f("pk_consent_expiry_walk")),
    )
    op.create_index(
        "ix_consent_act_purpose_earliest",
        "consent_act",
        ["purpose", "earliest", "id"],
        sqlite_where=sa.text("act IN ('give', 'request')"),
        postgresql_where=sa.text("act IN ('give', 'request')"),
    )


def downgrade() -> None:
    op.drop_index("ix_consent_act_purpose_earliest", "consent_act")
    op.drop_table("consent_expiry_walk")
    op.drop_table("consent_expired")
    op.drop_table("alarm_call")
    op.drop_table("alarm")
    op.drop_table("job")
