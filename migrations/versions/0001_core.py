"""Core."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001_core"
down_revision = None

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")

#: Primary key of each table that history depends on, and what triggers refuse to do to its rows on both databases.
INSERT_ONLY: dict[str, tuple[str, tuple[str, ...]]] = {
    "audit_event": ("id", ("UPDATE", "DELETE", "TRUNCATE", "REPLACE")),
    "audit_body": ("event_id", ("UPDATE", "REPLACE")),
    "programme_version": ("number", ("UPDATE", "DELETE", "TRUNCATE", "REPLACE")),
    "consent_act": ("id", ("UPDATE", "REPLACE")),
}

POSTGRESQL_FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is insert-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "api_client",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("realm", sa.String(length=8), nullable=False),
        sa.Column("partner", sa.Boolean(), nullable=False),
        sa.Column("controller", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("realm IN ('live', 'test')", name=op.f("ck_api_client_realm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_client")),
        sa.UniqueConstraint("name", name=op.f("uq_api_client_name")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", ID, nullable=False),
        sa.Column("v", sa.SmallInteger(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_table(
        "data_subject",
        sa.Column("id", ID, nullable=False),
        sa.Column("realm", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("cluster_id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("standing", sa.Integer(), nullable=False),
        sa.Column("age_class", sa.String(length=8), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_subject")),
    )
    op.create_index(op.f("ix_data_subject_person_id"), "data_subject", ["person_id"], unique=False)
    op.create_table(
        "idempotent_answer",
        sa.Column("id", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("key_bidx", sa.LargeBinary(length=17), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=17), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("body_enc", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotent_answer")),
        sa.UniqueConstraint("actor_id", "key_bidx", name=op.f("uq_idempotent_answer_actor_id_key_bidx")),
    )
    op.create_index(op.f("ix_idempotent_answer_created_at"), "idempotent_answer", ["created_at"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("to_enc", sa.LargeBinary(), nullable=False),
        sa.Column("body_enc", sa.LargeBinary(), nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("attempted_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("template", "owner_id", "cause", name=op.f("uq_outbox_message_template_owner_id_cause")),
    )
    op.create_index(op.f("ix_outbox_message_state_created_at"), "outbox_message", ["state", "created_at"], unique=False)
    op.create_index(op.f("ix_outbox_message_subject_id"), "outbox_message", ["subject_id"], unique=False)
    op.create_table(
        "owner_key",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wrapped_by", sa.Integer(), nullable=False),
        sa.Column("wrapped_enc", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "version", name=op.f("pk_owner_key")),
    )
    op.create_table(
        "programme_version",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("applied_at", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_programme_version")),
    )
    op.create_index(op.f("ix_programme_version_applied_at"), "programme_version", ["applied_at"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("email_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_name")),
    )
    op.create_table(
        "suppression",
        sa.Column("id", ID, nullable=False),
        sa.Column("contact_index", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("suppressed_at", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by", ID, nullable=True),
        sa.Column("lift_reason", sa.String(length=256), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
        sa.UniqueConstraint(
            "contact_index",
            "scope",
            "cause",
            "suppressed_at",
            name=op.f("uq_suppression_contact_index_scope_cause_suppressed_at"),
        ),
    )
    op.create_index(op.f("ix_suppression_contact_index"), "suppression", ["contact_index"], unique=False)
    op.create_table(
        "account_identifier",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("value_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("value_bidx", sa.LargeBinary(), nullable=False),
        sa.Column("sha256_bidx", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=False),
        sa.Column("held_from", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["data_subject.id"], name=op.f("fk_account_identifier_subject_id_data_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_identifier")),
        sa.UniqueConstraint("value_bidx", name=op.f("uq_account_identifier_value_bidx")),
    )
    op.create_index(op.f("ix_account_identifier_sha256_bidx"), "account_identifier", ["sha256_bidx"], unique=False)
    op.create_index(op.f("ix_account_identifier_subject_id"), "account_identifier", ["subject_id"], unique=False)
    op.create_table(
        "api_key",
        sa.Column("id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=True),
        sa.Column("staff_id", ID, nullable=True),
        sa.Column("key_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("prefix", sa.String(length=24), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(client_id IS NULL) <> (staff_id IS NULL)", name=op.f("ck_api_key_one_holder")),
        sa.ForeignKeyConstraint(["client_id"], ["api_client.id"], name=op.f("fk_api_key_client_id_api_client")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_api_key_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_sha256", name=op.f("uq_api_key_key_sha256")),
    )
    op.create_index(op.f("ix_api_key_client_id"), "api_key", ["client_id"], unique=False)
    op.create_index(op.f("ix_api_key_staff_id"), "api_key", ["staff_id"], unique=False)
    op.create_table(
        "approval",
        sa.Column("id", ID, nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=17), nullable=False),
        sa.Column("requested_by", ID, nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("reason_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_approval_decided_whole")),
        sa.CheckConstraint("decided_by <> requested_by", name=op.f("ck_approval_two_people")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_approval_decided_by_staff")),
        sa.ForeignKeyConstraint(["requested_by"], ["staff.id"], name=op.f("fk_approval_requested_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_table(
        "audit_body",
        sa.Column("event_id", ID, nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("actor_kind", sa.String(length=16), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("object_type", sa.String(length=32), nullable=False),
        sa.Column("object_id", sa.String(length=64), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("body_enc", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_audit_body_event_id_audit_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_body")),
    )
    op.create_index(op.f("ix_audit_body_action_event_id"), "audit_body", ["action", "event_id"], unique=False)
    op.create_index(op.f("ix_audit_body_actor_id_event_id"), "audit_body", ["actor_id", "event_id"], unique=False)
    op.create_index(op.f("ix_audit_body_subject_id_event_id"), "audit_body", ["subject_id", "event_id"], unique=False)
    op.create_table(
        "consent_fact",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["data_subject.id"], name=op.f("fk_consent_fact_subject_id_data_subject")
        ),
        sa.PrimaryKeyConstraint("subject_id", "purpose", "channel", name=op.f("pk_consent_fact")),
    )
    op.create_table(
        "identity_claim",
        sa.Column("id", ID, nullable=False),
        sa.Column("a_subject_id", ID, nullable=False),
        sa.Column("b_subject_id", ID, nullable=False),
        sa.Column("source", sa.String(length=128), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["a_subject_id"], ["data_subject.id"], name=op.f("fk_identity_claim_a_subject_id_data_subject")
        ),
        sa.ForeignKeyConstraint(
            ["b_subject_id"], ["data_subject.id"], name=op.f("fk_identity_claim_b_subject_id_data_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_claim")),
        sa.UniqueConstraint("a_subject_id", "b_subject_id", name=op.f("uq_identity_claim_a_subject_id_b_subject_id")),
    )
    op.create_index(op.f("ix_identity_claim_b_subject_id"), "identity_claim", ["b_subject_id"], unique=False)
    op.create_table(
        "subject_contact",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("value_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("value_bidx", sa.LargeBinary(), nullable=False),
        sa.Column("sha256_bidx", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=False),
        sa.Column("held_from", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("own_act_at", sa.BigInteger(), nullable=True),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["data_subject.id"], name=op.f("fk_subject_contact_subject_id_data_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_contact")),
        sa.UniqueConstraint("subject_id", "value_bidx", name=op.f("uq_subject_contact_subject_id_value_bidx")),
    )
    op.create_index(op.f("ix_subject_contact_sha256_bidx"), "subject_contact", ["sha256_bidx"], unique=False)
    op.create_index(op.f("ix_subject_contact_value_bidx"), "subject_contact", ["value_bidx"], unique=False)
    op.create_index(
        "uq_subject_contact_alone",
        "subject_contact",
        ["value_bidx"],
        unique=True,
        sqlite_where=sa.text("alone"),
        postgresql_where=sa.text("alone"),
    )
    op.create_table(
        "subject_merge",
        sa.Column("id", ID, nullable=False),
        sa.Column("a_subject_id", ID, nullable=False),
        sa.Column("b_subject_id", ID, nullable=False),
        sa.Column("reason", sa.String(length=256), nullable=False),
        sa.Column("merged_at", sa.BigInteger(), nullable=False),
        sa.Column("unmerged_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["a_subject_id"], ["data_subject.id"], name=op.f("fk_subject_merge_a_subject_id_data_subject")
        ),
        sa.ForeignKeyConstraint(
            ["b_subject_id"], ["data_subject.id"], name=op.f("fk_subject_merge_b_subject_id_data_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_merge")),
    )
    op.create_index(op.f("ix_subject_merge_a_subject_id"), "subject_merge", ["a_subject_id"], unique=False)
    op.create_index(op.f("ix_subject_merge_b_subject_id"), "subject_merge", ["b_subject_id"], unique=False)
    op.create_table(
        "subject_contact_past",
        sa.Column("id", ID, nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("held_from", sa.BigInteger(), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.String(length=16), nullable=True),
        sa.Column("known_until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["subject_contact.id"], name=op.f("fk_subject_contact_past_contact_id_subject_contact")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_contact_past")),
    )
    op.create_index(op.f("ix_subject_contact_past_contact_id"), "subject_contact_past", ["contact_id"], unique=False)
    op.create_table(
        "subject_standing",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("standing", sa.String(length=24), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["data_subject.id"], name=op.f("fk_subject_standing_subject_id_data_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_standing")),
    )
    op.create_index(op.f("ix_subject_standing_subject_id"), "subject_standing", ["subject_id"], unique=False)
    op.create_table(
        "consent_act",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("contact_id", ID, nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("earliest", sa.BigInteger(), nullable=False),
        sa.Column("latest", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("wording_code", sa.String(length=64), nullable=True),
        sa.Column("wording_version", sa.String(length=32), nullable=True),
        sa.Column("locale", sa.String(length=16), nullable=True),
        sa.Column("text_sha256", sa.String(length=64), nullable=True),
        sa.Column("notice_code", sa.String(length=64), nullable=True),
        sa.Column("notice_version", sa.String(length=32), nullable=True),
        sa.Column("source_system", sa.String(length=64), nullable=False),
        sa.Column("source_point", sa.String(length=64), nullable=True),
        sa.Column("source_method", sa.String(length=64), nullable=True),
        sa.Column("proof", sa.String(length=16), nullable=False),
        sa.Column("setting", sa.String(length=8), nullable=False),
        sa.Column("explicit", sa.Boolean(), nullable=False),
        sa.Column("by_subject_id", ID, nullable=True),
        sa.Column("mandate", sa.String(length=32), nullable=True),
        sa.Column("age_class", sa.String(length=8), nullable=True),
        sa.Column("refers_to", ID, nullable=True),
        sa.Column("no_effect", sa.String(length=32), nullable=True),
        sa.Column("repeat_index", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", ID, nullable=False),
        sa.Column("evidence_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["subject_contact.id"], name=op.f("fk_consent_act_contact_id_subject_contact")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["data_subject.id"], name=op.f("fk_consent_act_subject_id_data_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_act")),
        sa.UniqueConstraint("repeat_index", name=op.f("uq_consent_act_repeat_index")),
    )
    op.create_index(
        "ix_consent_act_no_effect",
        "consent_act",
        ["no_effect"],
        unique=False,
        sqlite_where=sa.text("no_effect IS NOT NULL"),
        postgresql_where=sa.text("no_effect IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_consent_act_subject_id_purpose_channel"),
        "consent_act",
        ["subject_id", "purpose", "channel"],
        unique=False,
    )
    op.create_table(
        "confirmation",
        sa.Column("act_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["act_id"], ["consent_act.id"], name=op.f("fk_confirmation_act_id_consent_act")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["data_subject.id"], name=op.f("fk_confirmation_subject_id_data_subject")
        ),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_confirmation")),
    )
    op.create_index(op.f("ix_confirmation_expires_at"), "confirmation", ["expires_at"], unique=False)
    op.create_index(op.f("ix_confirmation_subject_id"), "confirmation", ["subject_id"], unique=False)
    op.create_table(
        "consent_act_also",
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("act_id", ID, nullable=False),
        sa.Column("via", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["consent_act.id"], name=op.f("fk_consent_act_also_act_id_consent_act")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["data_subject.id"], name=op.f("fk_consent_act_also_subject_id_data_subject")
        ),
        sa.PrimaryKeyConstraint("subject_id", "act_id", name=op.f("pk_consent_act_also")),
    )
    op.create_index(op.f("ix_consent_act_also_act_id"), "consent_act_also", ["act_id"], unique=False)
    op.create_table(
        "network_evidence",
        sa.Column("act_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("body_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("delete_after", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["consent_act.id"], name=op.f("fk_network_evidence_act_id_consent_act")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["data_subject.id"], name=op.f("fk_network_evidence_subject_id_data_subject")
        ),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_network_evidence")),
    )
    op.create_index(op.f("ix_network_evidence_delete_after"), "network_evidence", ["delete_after"], unique=False)
    protect()


def downgrade() -> None:
    op.drop_index(op.f("ix_network_evidence_delete_after"), table_name="network_evidence")
    op.drop_table("network_evidence")
    op.drop_index(op.f("ix_consent_act_also_act_id"), table_name="consent_act_also")
    op.drop_table("consent_act_also")
    op.drop_index(op.f("ix_confirmation_subject_id"), table_name="confirmation")
    op.drop_index(op.f("ix_confirmation_expires_at"), table_name="confirmation")
    op.drop_table("confirmation")
    op.drop_index(op.f("ix_consent_act_subject_id_purpose_channel"), table_name="consent_act")
    op.drop_index(
        "ix_consent_act_no_effect",
        table_name="consent_act",
        sqlite_where=sa.text("no_effect IS NOT NULL"),
        postgresql_where=sa.text("no_effect IS NOT NULL"),
    )
    op.drop_table("consent_act")
    op.drop_index(op.f("ix_subject_standing_subject_id"), table_name="subject_standing")
    op.drop_table("subject_standing")
    op.drop_index(op.f("ix_subject_merge_b_subject_id"), table_name="subject_merge")
    op.drop_index(op.f("ix_subject_merge_a_subject_id"), table_name="subject_merge")
    op.drop_table("subject_merge")
    op.drop_index(op.f("ix_subject_contact_past_contact_id"), table_name="subject_contact_past")
    op.drop_table("subject_contact_past")
    op.drop_index(
        "uq_subject_contact_alone",
        table_name="subject_contact",
        sqlite_where=sa.text("alone"),
        postgresql_where=sa.text("alone"),
    )
    op.drop_index(op.f("ix_subject_contact_value_bidx"), table_name="subject_contact")
    op.drop_index(op.f("ix_subject_contact_sha256_bidx"), table_name="subject_contact")
    op.drop_table("subject_contact")
    op.drop_index(op.f("ix_identity_claim_b_subject_id"), table_name="identity_claim")
    op.drop_table("identity_claim")
    op.drop_table("consent_fact")
    op.drop_index(op.f("ix_audit_body_subject_id_event_id"), table_name="audit_body")
    op.drop_index(op.f("ix_audit_body_actor_id_event_id"), table_name="audit_body")
    op.drop_index(op.f("ix_audit_body_action_event_id"), table_name="audit_body")
    op.drop_table("audit_body")
    op.drop_table("approval")
    op.drop_index(op.f("ix_api_key_staff_id"), table_name="api_key")
    op.drop_index(op.f("ix_api_key_client_id"), table_name="api_key")
    op.drop_table("api_key")
    op.drop_index(op.f("ix_account_identifier_subject_id"), table_name="account_identifier")
    op.drop_index(op.f("ix_account_identifier_sha256_bidx"), table_name="account_identifier")
    op.drop_table("account_identifier")
    op.drop_index(op.f("ix_suppression_contact_index"), table_name="suppression")
    op.drop_table("suppression")
    op.drop_table("staff")
    op.drop_index(op.f("ix_programme_version_applied_at"), table_name="programme_version")
    op.drop_table("programme_version")
    op.drop_table("owner_key")
    op.drop_index(op.f("ix_outbox_message_subject_id"), table_name="outbox_message")
    op.drop_index(op.f("ix_outbox_message_state_created_at"), table_name="outbox_message")
    op.drop_table("outbox_message")
    op.drop_index(op.f("ix_idempotent_answer_created_at"), table_name="idempotent_answer")
    op.drop_table("idempotent_answer")
    op.drop_index(op.f("ix_data_subject_person_id"), table_name="data_subject")
    op.drop_table("data_subject")
    op.drop_table("audit_event")
    op.drop_table("api_client")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def protect() -> None:
    """Create the triggers. Dropping a table drops its own.

    Alembic's batch mode copies a table on SQLite without its triggers: create them again after it.
    """
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(POSTGRESQL_FUNCTION)
    for table, (primary_key, verbs) in INSERT_ONLY.items():
        for verb in verbs:
            statement = sqlite_trigger(table, verb, primary_key) if sqlite else postgresql_trigger(table, verb)
            if statement:
                op.execute(statement)


def sqlite_trigger(table: str, verb: str, primary_key: str) -> str | None:
    """SQLite has no TRUNCATE. A replaced row is seen before it is deleted, whatever recursive_triggers says."""
    if verb == "TRUNCATE":
        return None
    event = f"BEFORE {verb} ON {table}"
    if verb == "REPLACE":
        event = f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {primary_key} = NEW.{primary_key})"
    refusal = f"SELECT RAISE(ABORT, '{table} is insert-only: {verb} refused')"
    return f"CREATE TRIGGER {table}_no_{verb.lower()} {event} BEGIN {refusal}; END"


def postgresql_trigger(table: str, verb: str) -> str | None:
    """PostgreSQL's upsert runs the UPDATE trigger, so it has nothing to replace."""
    if verb == "REPLACE":
        return None
    rows = "STATEMENT" if verb == "TRUNCATE" else "ROW"
    name = f"{table}_no_{verb.lower()}"
    return f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH {rows} EXECUTE FUNCTION refuse_change()"
