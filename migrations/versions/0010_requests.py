"""Requests of data subjects, their steps and the tasks of their execution."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_requests"
down_revision = "0009_rotation"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")


def upgrade() -> None:
    op.create_table(
        "data_subject_request",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("realm", sa.String(length=8), nullable=False),
        sa.Column("case_type", sa.String(length=32), nullable=False),
        sa.Column("intake", sa.String(length=16), nullable=False),
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Integer(), nullable=False),
        sa.Column("nominal_on", sa.Integer(), nullable=False),
        sa.Column("clock_version", sa.String(length=32), nullable=False),
        sa.Column("extended_at", sa.BigInteger(), nullable=True),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("proof_level", sa.String(length=16), nullable=False),
        sa.Column("identified_at", sa.BigInteger(), nullable=True),
        sa.Column("granted_by", ID, nullable=True),
        sa.Column("approved_by", ID, nullable=True),
        sa.Column("cooling_until", sa.BigInteger(), nullable=True),
        sa.Column("joined_to", ID, nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mail_bidx", sa.LargeBinary(), nullable=True),
        sa.Column("matter_enc", sa.LargeBinary(), nullable=False),
        sa.Column("decision_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["joined_to"],
            ["data_subject_request.id"],
            name=op.f("fk_data_subject_request_joined_to_data_subject_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_subject_request")),
        sa.UniqueConstraint("mail_bidx", name=op.f("uq_data_subject_request_mail_bidx")),
        sa.UniqueConstraint("number", name=op.f("uq_data_subject_request_number")),
    )
    op.create_index(op.f("ix_data_subject_request_state_due_on"), "data_subject_request", ["state", "due_on"])
    op.create_index(op.f("ix_data_subject_request_subject_id"), "data_subject_request", ["subject_id"])
    op.create_table(
        "request_step",
        sa.Column("id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=True),
        sa.Column("to_state", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["data_subject_request.id"],
            name=op.f("fk_request_step_request_id_data_subject_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_step")),
        sa.UniqueConstraint("request_id", "number", name=op.f("uq_request_step_request_id_number")),
    )
    op.create_table(
        "request_task",
        sa.Column("id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("system", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("look", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("worker", ID, nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=64), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("keys_enc", sa.LargeBinary(), nullable=True),
        sa.Column("result_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["data_subject_request.id"],
            name=op.f("fk_request_task_request_id_data_subject_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_task")),
        sa.UniqueConstraint(
            "request_id",
            "look",
            "kind",
            "system",
            "place",
            "round",
            name=op.f("uq_request_task_request_id_look_kind_system_place_round"),
        ),
    )
    op.create_index(op.f("ix_request_task_state_next_at"), "request_task", ["state", "next_at"])


def downgrade() -> None:
    op.drop_table("request_task")
    op.drop_table("request_step")
    op.drop_table("data_subject_request")
