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
    _exported("clients", "api_client", "Clients of the API with the facts and the SHA-256 of their keys, never a key"),
    _exported("staff", "staff", "Colleagues, with their work address opened"),
    _exported("approvals", "approval", "What needed two people, and who decided"),
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
    "api_key": "its facts stand with the client or colleague; its digest is a secret's",
    "system_connection": "credentials, which stay sealed where they are",
    "asked_list": "people as digests by a key that stays; `asked.jsonl` has the counts by person",
    "idempotent_answer": "answers kept for some days, for requests that are repeated",
    "request_package_part": "the packages themselves, which are for the person alone and go after some weeks",
    "request_code": "codes by their digest, good for ten minutes",
    "request_quota": "counts of a day by a keyed digest",
    "request_session": "tokens by their digest, good for a quarter of an hour",
    "tombstone": "keyed indexes that only a restore of this installation can use",
    "erasure_case": "letters to the erased, readable under the key of their case alone",
    "evidence_contact": "keyed indexes of the evidence of erased people",
}
