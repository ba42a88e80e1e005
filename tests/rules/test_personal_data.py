"""Every column that could hold text or bytes is sealed, an index, or listed with the reason why it may be plain."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from privacy import schema
from privacy.db import Base, Id

schema.load_models()

SEALED = "_enc"
INDEXED = "_bidx"
CODE = "a code of the programme or of a closed list"
DIGEST = "made with a key or a salt that the table doesn't hold: says nothing by itself"
PRINCIPAL = "named by the operator, to tell machines and colleagues apart"
PLACE = "the system or place that collected it: what Art. 7(1) and 14(2)(f) ask to show, and names no person"
STATEMENT = "a staff member's reason, shown beside the change; the manual says to name no person in it"
COUNTS = "whole numbers, and of whom is not said"
PUBLISHED = "what the controller publishes or files"

PLAIN: dict[str, str] = {
    f"{table}.{column}": reason
    for table, reason, columns in (
        ("account_identifier", CODE, "type"),
        ("account_identifier", PLACE, "source"),
        ("alarm", CODE, "code about"),
        ("alarm_call", CODE, "event failure"),
        ("api_client", CODE, "scopes realm controller"),
        ("api_client", PRINCIPAL, "name"),
        ("api_key", DIGEST, "key_sha256"),
        ("api_key", PRINCIPAL, "prefix"),
        ("approval", CODE, "action outcome"),
        ("approval", DIGEST, "digest"),
        ("asked_count", CODE, "purpose channel"),
        ("asked_list", CODE, "purpose channel"),
        ("asked_list", DIGEST, "people"),
        ("audit_body", CODE, "action actor_kind object_type object_id"),
        ("audit_event", DIGEST, "commitment"),
        ("audit_checkpoint", PUBLISHED, "root note"),
        ("audit_cosignature", PUBLISHED, "witness line"),
        ("audit_key", PUBLISHED, "vkey endorsement"),
        ("audit_leaf", DIGEST, "leaf_hash"),
        ("audit_log", PUBLISHED, "origin"),
        ("audit_sink", DIGEST, "sink"),
        ("audit_tile", DIGEST, "hashes"),
        ("breach_affected_source", CODE, "kind asked state failure"),
        ("breach_communication", CODE, "state"),
        ("breach_communication", "a page of the controller's own", "page_url"),
        ("breach_letter", CODE, "state way why"),
        ("breach_clock", CODE, "code counted_from"),
        ("breach_clock", PUBLISHED, "statute"),
        ("breach_document", CODE, "name"),
        ("breach_document", "what an event of the log names: of a document that is sealed beside it", "sha256"),
        ("breach_judgement", CODE, "kind risk excepted"),
        ("breach_notification", CODE, "clock kind way"),
        ("breach_step", CODE, "event from_state to_state role"),
        ("breach_task", CODE, "code state"),
        ("personal_data_breach", CODE, "number realm controller state processor"),
        ("confirmation", DIGEST, "code_digest"),
        ("consent_act", CODE, "act purpose channel wording_code wording_version locale notice_code notice_version"),
        ("consent_act", CODE, "proof setting mandate age_class no_effect"),
        ("consent_act", PLACE, "source_system source_point source_method"),
        ("consent_act", DIGEST, "repeat_index"),
        ("consent_act", PUBLISHED, "text_sha256"),
        ("consent_act_also", CODE, "via"),
        ("consent_act_gone", CODE, "realm act purpose channel no_effect"),
        ("consent_act_gone", DIGEST, "person"),
        ("consent_act_gone", PLACE, "source_system"),
        ("consent_statistic", CODE, "realm purpose channel counted standing"),
        ("consent_statistic", PLACE, "source_system"),
        ("consent_statistic_place", CODE, "zone"),
        ("consent_statistic_place", PUBLISHED, "origin"),
        ("consent_import", CODE, "realm actor_kind profile purpose wording_code wording_version state stage"),
        ("consent_import", COUNTS, "counts waterfall"),
        ("consent_import", PRINCIPAL, "actor_name"),
        ("consent_fact", CODE, "purpose channel facts"),
        ("consent_expiry_walk", CODE, "purpose"),
        ("data_subject", CODE, "realm kind age_class"),
        ("erasure", CODE, "realm"),
        ("erasure", COUNTS, "account"),
        ("retention_warning", CODE, "realm rule locale state way"),
        ("retention_warned", CODE, "rule"),
        ("quality_confirmation", CODE, "matter"),
        ("quality_finding", CODE, "realm kind state"),
        ("quality_finding", STATEMENT, "reason"),
        ("data_subject_request", CODE, "number realm case_type intake controller locale state outcome proof_level"),
        ("data_subject_request", CODE, "clock_version"),
        ("evidence_record", CODE, "realm"),
        ("idempotent_answer", DIGEST, "fingerprint"),
        ("identity_claim", PLACE, "source"),
        ("job", CODE, "name failure"),
        ("outbox_message", CODE, "kind template locale cause state failure"),
        ("request_letter", CODE, "kind locale"),
        ("person_entry", CODE, "kind locale"),
        ("person_entry", DIGEST, "browser_sha256 code_digest ticket_sha256"),
        ("person_session", CODE, "proof"),
        ("person_session", DIGEST, "members_digest token_sha256"),
        ("sign_on_used", DIGEST, "digest"),
        ("programme_version", PUBLISHED, "sha256 document"),
        ("request_protocol", CODE, "protocol told"),
        ("request_protocol", "what a client calls a request: a UUID, or letters and digits", "their_id"),
        ("request_code", DIGEST, "code_digest"),
        ("request_quota", DIGEST, "digest"),
        ("request_redaction", CODE, "verdict"),
        ("request_redaction", DIGEST, "item"),
        ("request_session", CODE, "proof"),
        ("request_session", DIGEST, "token_sha256"),
        ("request_step", CODE, "event from_state to_state role"),
        ("request_task", CODE, "kind system place state failure"),
        ("request_task", "what a system calls what it has begun: a ticket, an id that we gave it", "reference"),
        ("legal_hold", CODE, "number realm scope"),
        ("register_entry", CODE, "number realm kind state outcome about"),
        ("register_file", CODE, "media_type"),
        ("report_schedule", CODE, "report form locale every"),
        ("report_order", CODE, "report form locale state failure"),
        ("report_order", "what an event of the log names: of a file that is sealed beside it", "sha256"),
        ("register_file", "what an event of the log names: of a file that is sealed beside it", "sha256"),
        ("disposal_run", CODE, "number state chosen"),
        ("disposal_run", COUNTS, "account"),
        ("disposal_run", "a digest of codes and counts", "preview"),
        ("disposal_part", CODE, "way system place state failure review"),
        ("disposal_part", COUNTS, "counted done"),
        ("disposal_batch", CODE, "state"),
        (
            "legal_hold",
            "a case as its court calls it, and a statute; the manual says to name no person in it",
            "reference",
        ),
        ("legal_hold", "a statute", "statute"),
        ("staff", PRINCIPAL, "name role"),
        ("staff_grant", CODE, "role scope"),
        ("staff_factor", CODE, "kind"),
        ("staff_factor", DIGEST, "credential_sha256"),
        ("staff_account", DIGEST, "account_digest"),
        ("staff_recovery_code", DIGEST, "digest"),
        ("staff_invitation", DIGEST, "code_sha256"),
        ("staff_session", DIGEST, "token_sha256"),
        ("staff_session", CODE, "way browser ended_why"),
        ("sign_in_step", DIGEST, "token_sha256"),
        ("sign_in_step", CODE, "kind"),
        ("sign_in_attempts", DIGEST, "digest"),
        ("subject_contact", CODE, "kind ended"),
        ("subject_contact", PLACE, "source"),
        ("subject_merge", STATEMENT, "reason"),
        ("subject_contact_past", CODE, "ended"),
        ("change_by_other", CODE, "whose"),
        ("change_place", PUBLISHED, "origin"),
        ("contact_preference", PLACE, "source"),
        ("subject_standing", CODE, "standing"),
        ("system_connection", CODE, "code"),
        ("suppression", CODE, "kind scope cause"),
        ("suppression", DIGEST, "contact_index"),
        ("suppression", PLACE, "source"),
        ("suppression", STATEMENT, "lift_reason"),
        ("quarantine", STATEMENT, "reason"),
        ("quarantine", "names of backups, and positions of the log that are missing", "data_backup key_backup gap"),
    )
    for column in columns.split()
}


def _columns() -> list[sa.Column[object]]:
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if not isinstance(column.type, Id | sa.Integer | sa.Boolean)
    ]


@pytest.mark.parametrize("column", _columns(), ids=str)
def test_a_column_is_sealed_or_has_a_reason_to_be_plain(column: sa.Column[object]) -> None:
    if column.name.endswith((SEALED, INDEXED)):
        assert isinstance(column.type, sa.LargeBinary)
        return
    assert str(column) in PLAIN, f"{column} holds plain values: seal it, or say in PLAIN why it may"


def test_the_list_names_only_real_columns() -> None:
    assert PLAIN.keys() <= {str(column) for column in _columns()}


def test_no_plain_identifier_is_unique_by_itself() -> None:
    """A database's error repeats the values of a violated key, so keys stand on indexes, never on plain values."""
    suspicious = {"email", "phone", "value", "identifier", "customer_id", "name"}
    found = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for index in [*table.indexes, *table.constraints]
        for column in getattr(index, "columns", [])
        if column.name in suspicious
    ]
    # Names of principals, chosen by the operator, of the service's own jobs, and of the documents that it makes itself.
    assert sorted(set(found)) == ["api_client.name", "breach_document.name", "job.name", "staff.name"]
