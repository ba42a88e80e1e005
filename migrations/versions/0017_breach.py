"""The register of personal data breaches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017_breach"
down_revision = "0016_retention"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
#: What is recorded once and for good. Rows go with the whole file of a breach, so deleting them is not refused here.
RECORDS = ("breach_step", "breach_clock", "breach_judgement", "breach_notification", "breach_document")


def upgrade() -> None:
    _breach()
    _communication()
    for table in RECORDS:
        _protect(table)


def downgrade() -> None:
    op.drop_table("breach_letter")
    op.drop_table("breach_communication")
    op.drop_table("breach_affected")
    op.drop_table("breach_affected_source")
    op.drop_table("breach_task")
    op.drop_table("breach_document")
    op.drop_table("breach_notification")
    op.drop_table("breach_judgement")
    op.drop_table("breach_clock")
    op.drop_table("breach_step")
    op.drop_table("personal_data_breach")


def _protect(table: str) -> None:
    """Triggers that refuse every change of a row. PostgreSQL's upsert runs the UPDATE trigger; SQLite replaces."""
    if op.get_bind().dialect.name == "sqlite":
        replaced = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
        for verb, event, when in (("UPDATE", "UPDATE", ""), ("REPLACE", "INSERT", replaced)):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {event} ON {table} {when}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is insert-only: {verb} refused'); END"
            )
    else:
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def _breach() -> None:
    op.create_table(
        "personal_data_breach",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("realm", sa.String(length=8), nullable=False),
        sa.Column("rehearsal", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("detected_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("processor", sa.String(length=64), nullable=True),
        sa.Column("processor_aware_at", sa.BigInteger(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("aware_at", sa.BigInteger(), nullable=True),
        sa.Column("assessment_id", ID, nullable=True),
        sa.Column("opinion_id", ID, nullable=True),
        sa.Column("decision_id", ID, nullable=True),
        sa.Column("contained_at", sa.BigInteger(), nullable=True),
        sa.Column("communicated_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("facts_enc", sa.LargeBinary(), nullable=False),
        sa.Column("report_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_data_breach")),
        sa.UniqueConstraint("number", name=op.f("uq_personal_data_breach_number")),
    )
    op.create_index(op.f("ix_personal_data_breach_realm_state"), "personal_data_breach", ["realm", "state"])
    op.create_table(
        "breach_step",
        sa.Column("id", ID, nullable=False),
        sa.Column("breach_id", ID, nullable=False),
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
            ["breach_id"], ["personal_data_breach.id"], name=op.f("fk_breach_step_breach_id_personal_data_breach")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_step")),
        sa.UniqueConstraint("breach_id", "number", name=op.f("uq_breach_step_breach_id_number")),
    )
    op.create_table(
        "breach_clock",
        sa.Column("id", ID, nullable=False),
        sa.Column("breach_id", ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("counted_from", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("outer_at", sa.BigInteger(), nullable=False),
        sa.Column("rule_from", sa.Integer(), nullable=False),
        sa.Column("programme", sa.Integer(), nullable=False),
        sa.Column("statute", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["breach_id"], ["personal_data_breach.id"], name=op.f("fk_breach_clock_breach_id_personal_data_breach")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_clock")),
        sa.UniqueConstraint("breach_id", "code", "number", name=op.f("uq_breach_clock_breach_id_code_number")),
    )
    op.create_index(op.f("ix_breach_clock_due_at"), "breach_clock", ["due_at"])
    op.create_table(
        "breach_judgement",
        sa.Column("id", ID, nullable=False),
        sa.Column("breach_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about_id", ID, nullable=True),
        sa.Column("risk", sa.String(length=16), nullable=True),
        sa.Column("notify", sa.Boolean(create_constraint=False), nullable=True),
        sa.Column("tell", sa.Boolean(create_constraint=False), nullable=True),
        sa.Column("excepted", sa.String(length=16), nullable=True),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("content_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["about_id"], ["breach_judgement.id"], name=op.f("fk_breach_judgement_about_id_breach_judgement")
        ),
        sa.ForeignKeyConstraint(
            ["breach_id"], ["personal_data_breach.id"], name=op.f("fk_breach_judgement_breach_id_personal_data_breach")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_judgement")),
        sa.UniqueConstraint("breach_id", "number", name=op.f("uq_breach_judgement_breach_id_number")),
    )
    op.create_table(
        "breach_notification",
        sa.Column("id", ID, nullable=False),
        sa.Column("breach_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("clock", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("follows", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("reference_enc", sa.LargeBinary(), nullable=True),
        sa.Column("reasons_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["breach_id"],
            ["personal_data_breach.id"],
            name=op.f("fk_breach_notification_breach_id_personal_data_breach"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_notification")),
        sa.UniqueConstraint("breach_id", "number", name=op.f("uq_breach_notification_breach_id_number")),
    )
    op.create_table(
        "breach_document",
        sa.Column("id", ID, nullable=False),
        sa.Column("breach_id", ID, nullable=False),
        sa.Column("notification_id", ID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["breach_id"], ["personal_data_breach.id"], name=op.f("fk_breach_document_breach_id_personal_data_breach")
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["breach_notification.id"],
            name=op.f("fk_breach_document_notification_id_breach_notification"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_document")),
        sa.UniqueConstraint("notification_id", "name", name=op.f("uq_breach_document_notification_id_name")),
    )
    op.create_index(op.f("ix_breach_document_breach_id"), "breach_document", ["breach_id"])
    op.create_table(
        "breach_task",
        sa.Column("id", ID, nullable=False),
        sa.Column("breach_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("title_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["breach_id"], ["personal_data_breach.id"], name=op.f("fk_breach_task_breach_id_personal_data_breach")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_task")),
        sa.UniqueConstraint("breach_id", "number", name=op.f("uq_breach_task_breach_id_number")),
    )
    op.create_index(op.f("ix_breach_task_state_due_at"), "breach_task", ["state", "due_at"])


def _communication() -> None:
    op.create_table(
        "breach_affected_source",
        sa.Column("id", ID, nullable=False),
        sa.Column("breach_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("cursor_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=64), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["breach_id"],
            ["personal_data_breach.id"],
            name=op.f("fk_breach_affected_source_breach_id_personal_data_breach"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_affected_source")),
    )
    op.create_index(op.f("ix_breach_affected_source_breach_id"), "breach_affected_source", ["breach_id"])
    op.create_index(op.f("ix_breach_affected_source_state"), "breach_affected_source", ["state"])
    op.create_table(
        "breach_affected",
        sa.Column("id", ID, nullable=False),
        sa.Column("breach_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("contact_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("contact_bidx", sa.LargeBinary(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("forgotten_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["breach_id"], ["personal_data_breach.id"], name=op.f("fk_breach_affected_breach_id_personal_data_breach")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["breach_affected_source.id"],
            name=op.f("fk_breach_affected_source_id_breach_affected_source"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_affected")),
        sa.UniqueConstraint("breach_id", "contact_bidx", name=op.f("uq_breach_affected_breach_id_contact_bidx")),
        sa.UniqueConstraint("breach_id", "number", name=op.f("uq_breach_affected_breach_id_number")),
        sa.UniqueConstraint("breach_id", "subject_id", name=op.f("uq_breach_affected_breach_id_subject_id")),
    )
    op.create_index(op.f("ix_breach_affected_source_id"), "breach_affected", ["source_id"])
    op.create_index(op.f("ix_breach_affected_subject_id"), "breach_affected", ["subject_id"])
    op.create_table(
        "breach_communication",
        sa.Column("id", ID, nullable=False),
        sa.Column("breach_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("only_new", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("words_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("page_url", sa.String(length=512), nullable=True),
        sa.Column("up_to", sa.Integer(), nullable=True),
        sa.Column("written_to", sa.Integer(), nullable=False),
        sa.Column("prepared_by", ID, nullable=False),
        sa.Column("approved_by", ID, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["breach_id"],
            ["personal_data_breach.id"],
            name=op.f("fk_breach_communication_breach_id_personal_data_breach"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_communication")),
        sa.UniqueConstraint("breach_id", "number", name=op.f("uq_breach_communication_breach_id_number")),
    )
    op.create_index(op.f("ix_breach_communication_state"), "breach_communication", ["state"])
    op.create_table(
        "breach_letter",
        sa.Column("id", ID, nullable=False),
        sa.Column("communication_id", ID, nullable=False),
        sa.Column("affected_id", ID, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("why", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["affected_id"], ["breach_affected.id"], name=op.f("fk_breach_letter_affected_id_breach_affected")
        ),
        sa.ForeignKeyConstraint(
            ["communication_id"],
            ["breach_communication.id"],
            name=op.f("fk_breach_letter_communication_id_breach_communication"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_letter")),
        sa.UniqueConstraint(
            "communication_id", "affected_id", name=op.f("uq_breach_letter_communication_id_affected_id")
        ),
    )
    op.create_index(op.f("ix_breach_letter_affected_id"), "breach_letter", ["affected_id"])
    op.create_index(op.f("ix_breach_letter_communication_id_state"), "breach_letter", ["communication_id", "state"])
    op.create_index(op.f("ix_breach_letter_message_id"), "breach_letter", ["message_id"])
