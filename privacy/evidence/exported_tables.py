"""What an export of everything holds, file by file. A room that gets a table adds it here, or says why it is left out.

A test compares both lists with the models, and docs/export.md with what is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from privacy.consent import service as consent


@dataclass(frozen=True)
class ExportedTable:
    """One table as a file of JSON lines."""

    file: str
    table: str
    holds: str
    #: Columns that are left out beside keyed indexes: secrets, and what serves the running service alone.
    left_out: frozenset[str] = frozenset()
    #: How a column is told that is no plain value.
    readable: Mapping[str, Callable[[bytes], Any]] | None = None


def _exported(file: str, table: str, holds: str, *left_out: str, **readable: Callable[[bytes], Any]) -> ExportedTable:
    return ExportedTable(f"{file}.jsonl", table, holds, frozenset(left_out), readable)


EXPORTED = (
    _exported("people", "data_subject", "People, one line for each identifier or lone contact, and who is one person"),
    _exported("identifiers", "account_identifier", "Customer numbers, loyalty cards and devices, opened"),
    _exported("contacts", "subject_contact", "E-mail addresses, phone numbers and postal addresses, opened"),
    _exported("contacts-past", "subject_contact_past", "How a contact was known before it was dated anew or ended"),
    _exported("claims", "identity_claim", "Which identifiers a source named as one person's"),
    _exported("merges", "subject_merge", "Which people staff found to be one"),
    _exported(
        "contact-preferences",
        "contact_preference",
        "By which channel, about what and how often people like to hear, opened",
    ),
    _exported("standings", "subject_standing", "When a restriction, a death or an age class held"),
    _exported(
        "acts", "consent_act", "Every act of consent, refusal, withdrawal and objection, with its evidence opened"
    ),
    _exported("acts-also", "consent_act_also", "Whom else an act concerns"),
    _exported("network-evidence", "network_evidence", "IP address and user agent of acts, while they are kept, opened"),
    _exported("confirmations", "confirmation", "Double opt-ins that wait for their code", "code_digest"),
    _exported(
        "states", "consent_fact", "What the acts amount to now, by purpose and channel", facts=consent.readable_facts
    ),
    _exported("suppression", "suppression", "Contacts that must not be used, by keyed index"),
    _exported("asked", "asked_count", "How often which client asked about whom, by day"),
    _exported(
        "messages",
        "outbox_message",
        "Messages that were sent or are to be: to whom and when",
        "body_enc",
        "worker",
        "lease_until",
    ),
    _exported("request-letters", "request_letter", "Letters of requests, opened"),
    _exported("request-reach", "request_reach", "Where the person of a request was reached before it, opened"),
    _exported("imports", "consent_import", "Imports over the API", "lease", "lease_until"),
    _exported("erasures", "erasure", "Erasures: when, and until when copies of the key may exist"),
    _exported(
        "evidence-records", "evidence_record", "That evidence of an erased person is kept, and until when", "body_enc"
    ),
    _exported("requests", "data_subject_request", "Requests of data subjects, what was asked and decided, opened"),
    _exported("request-steps", "request_step", "Every step of a request, by whom and why, opened"),
    _exported(
        "request-tasks",
        "request_task",
        "What was done about a request in each system, with counts; what was found went to the person",
        "keys_enc",
        "result_enc",
        "worker",
        "lease_until",
        "next_at",
    ),
    _exported("request-packages", "request_package", "Packages that answered requests: when, and how often fetched"),
    _exported(
        "request-redactions",
        "request_redaction",
        "What about somebody else was handed out or left out, by whom and why, opened",
        "item",
    ),
    _exported(
        "request-protocols",
        "request_protocol",
        "Requests that came by a protocol, as their clients call them, and where they are told, opened",
        "attempts",
        "next_at",
    ),
    _exported("breaches", "personal_data_breach", "The register of breaches and rehearsals, what is known opened"),
    _exported("breach-steps", "breach_step", "Every step of a breach, by whom and why, opened"),
    _exported("breach-clocks", "breach_clock", "Time limits of breaches, each as it was set"),
    _exported("breach-judgements", "breach_judgement", "Assessments, opinions and decisions about breaches, opened"),
    _exported("breach-notifications", "breach_notification", "What was told to authorities and others, opened"),
    _exported(
        "breach-affected-sources",
        "breach_affected_source",
        "By what affected persons were found, and how many",
        "cursor_enc",
        "next_at",
    ),
    _exported("breach-affected", "breach_affected", "Who was affected by a breach; contacts of the unknown opened"),
    _exported("breach-communications", "breach_communication", "What affected persons were told, opened"),
    _exported("breach-letters", "breach_letter", "What became of the letter to each affected person"),
    _exported("breach-tasks", "breach_task", "What was to be done about breaches, opened"),
    _exported("clients", "api_client", "Clients of the API with the facts and the SHA-256 of their keys, never a key"),
    _exported("staff", "staff", "Colleagues, with their work address opened"),
    _exported("authorisations", "staff_grant", "In which role staff may act, from when and until when, opened"),
    _exported("approvals", "approval", "What needed two people, and who decided"),
    _exported("alarms", "alarm", "Alarms: what rang, when, and who acknowledged it"),
    _exported("legal-holds", "legal_hold", "Legal holds: by what right, what they hold, and until when, opened"),
    _exported("held-people", "legal_hold_person", "Whom a legal hold in force holds"),
    _exported("disposal-runs", "disposal_run", "Disposal runs: what was due, who agreed, what went"),
    _exported(
        "disposal-parts",
        "disposal_part",
        "What they did in each table, and what was said of work by hand, opened",
        *("worker", "lease_until", "next_at", "cursor_enc"),
    ),
    _exported(
        "retention-warnings",
        "retention_warning",
        "Warnings of people before their data go, and where they went, opened",
        "next_at",
    ),
    _exported("quality-confirmations", "quality_confirmation", "When people confirmed what is held about them"),
    _exported("quality-findings", "quality_finding", "Contacts that may be wrong, people who may be one"),
    _exported("register-entries", "register_entry", "The registers of accountability: what each entry says, opened"),
    _exported("register-files", "register_file", "Files of the registers: name, size and SHA-256"),
    _exported("report-schedules", "report_schedule", "Reports that are made at set times"),
    _exported(
        "report-orders",
        "report_order",
        "Reports that were made in the background: which, when, and how often fetched",
        *("worker", "lease_until"),
    ),
    _exported("programme", "programme_version", "Versions of the programme; each as YAML in programme/", "document"),
)

_LOG = "in log/, with its proofs"
_RUNNING = "serves the running service and says nothing of anybody"
_KEYS = "keys leave the service in backups of the keys alone"
#: Tables that are not exported, and why.
NOT_EXPORTED: dict[str, str] = {
    **dict.fromkeys(("audit_body", "audit_checkpoint", "audit_event", "audit_key", "audit_leaf", "audit_log"), _LOG),
    **dict.fromkeys(("audit_cosignature", "audit_tile"), _LOG),
    **dict.fromkeys(("audit_pending", "audit_sink", "journal_state", "quarantine", "index_rotation"), _RUNNING),
    **dict.fromkeys(("owner_key", "wrapping_key"), _KEYS),
    **dict.fromkeys(("job", "alarm_call", "consent_expired", "consent_expiry_walk"), _RUNNING),
    **dict.fromkeys(("consent_statistic", "consent_statistic_place"), "counts of what `acts.jsonl` has, made from it"),
    "consent_act_gone": "acts that were deleted, for the seconds until they are out of the statistics",
    **dict.fromkeys(
        ("staff_password", "staff_factor", "staff_account", "staff_recovery_code", "staff_invitation", "sign_in_step"),
        "by what staff sign in: secrets, which stay sealed where they are",
    ),
    **dict.fromkeys(("staff_session", "staff_recovery_asked", "sign_in_attempts"), _RUNNING),
    "api_key": "its facts stand with the client or colleague; its digest is a secret's",
    "system_connection": "credentials, which stay sealed where they are",
    "breach_document": "documents as they were sent, which are had from their breach",
    "asked_list": "people as digests by a key that stays; `asked.jsonl` has the counts by person",
    "idempotent_answer": "answers kept for some days, for requests that are repeated",
    "request_package_part": "the packages themselves, which are for the person alone and go after some weeks",
    "report_order_part": "the reports themselves, which are made anew and go after some days",
    "register_file_part": "the files themselves, which are had from their entry",
    "request_code": "codes by their digest, good for ten minutes",
    "request_quota": "counts of a day by a keyed digest",
    "person_entry": "codes and tickets by their digests, good for ten minutes",
    **dict.fromkeys(("person_session", "person_proof"), "tokens by their digest, good for half a day at most"),
    "change_by_other": "which of `acts.jsonl` others did, noted for some weeks",
    "change_place": _RUNNING,
    "sign_on_used": "numbers of sign-ons by a keyed digest, kept for minutes",
    "request_session": "tokens by their digest, good for a quarter of an hour",
    "tombstone": "keyed indexes that only a restore of this installation can use",
    "erasure_case": "letters to the erased, readable under the key of their case alone",
    "legal_hold_name": "keyed indexes by which held people are recognised in other systems",
    **dict.fromkeys(("hold_gate", "hold_gate_batch"), _RUNNING),
    "disposal_batch": "plans of what is under way, which go once it is done",
    "retention_warned": "keyed indexes by which warned people are known again",
    "quality_likeness": "keyed indexes of what addresses look like",
    "quality_walk": _RUNNING,
    "evidence_contact": "keyed indexes of the evidence of erased people",
}
