"""Consent: the doors that other rooms use. Acts in, decisions out, with the proof behind them."""

from __future__ import annotations

from privacy.claims import Claim
from privacy.consent import plain_words
from privacy.consent.acts import DEVICE, ActKind, Clock, NoEffect, Timing
from privacy.consent.annulment import Filter, annul, matching, refold, request_annulment
from privacy.consent.asked import CheckIn
from privacy.consent.asking.counting import AskedCounter
from privacy.consent.asking.reading import Asking, who_asked
from privacy.consent.asking.storing import forget_asked
from privacy.consent.asking.upkeep import delete_asked
from privacy.consent.audited import audited_rows
from privacy.consent.bounces import bounces, record_refusal
from privacy.consent.checking import (
    Check,
    CheckOut,
    answer,
    check,
    hide_act,
    purpose_of,
    reveal_act,
    token_for,
)
from privacy.consent.committed import ACT_OBJECT, CommittedAct, committed_acts
from privacy.consent.confirmation import WrongCode, count_wrong_code
from privacy.consent.decision import Decision, Reason
from privacy.consent.erasing import delete_people, touched_by
from privacy.consent.explained import Answer, Asked, Entry, ExplainedAct, ExplainedPerson, Explanation, Shown
from privacy.consent.explaining import Scope, explain
from privacy.consent.exporting import readable_facts
from privacy.consent.importing.options import Options as ImportOptions
from privacy.consent.importing.profile import Profile
from privacy.consent.importing.profiles import named as profile
from privacy.consent.importing.profiles import named_or_read as profile_at
from privacy.consent.importing.profiles import read as profile_from
from privacy.consent.importing.profiles import shipped as profiles
from privacy.consent.importing.rejects import Reject, RejectsFile
from privacy.consent.importing.report import Occasion, RowsFiles, group_lines, table_lines, write_report
from privacy.consent.importing.running import Import, ImportOut, Stage
from privacy.consent.importing.sampling import sample as import_sample
from privacy.consent.importing.sources import Source as ImportFile
from privacy.consent.importing.sources import sources as import_files
from privacy.consent.importing.sources import sources_of as import_files_of
from privacy.consent.importing.waterfall import Step, Waterfall
from privacy.consent.merging import merge, unmerge
from privacy.consent.queue import Queued, without_effect
from privacy.consent.reading import (
    ActView,
    act,
    acts_of,
    history,
    preferences,
    purpose_in_use,
)
from privacy.consent.receipts.issuing import Receipt, ReceiptForm, receipt_of
from privacy.consent.recording import ActIn, Cited, Record, Recorded, Source, record, record_many
from privacy.consent.replayable import ReplayableAct, replayable_acts, replayable_suppressions
from privacy.consent.replaying import Outcome as ReplayOutcome
from privacy.consent.replaying import (
    is_replayed,
    replay_act,
    replay_claim,
    replay_merge,
    replay_suppression,
    still_allows,
)
from privacy.consent.reviewing import acts_waiting
from privacy.consent.signed_decisions import receipt
from privacy.consent.suppression import ContactEvent, EventOut, lift, record_event, suppress_erased
from privacy.consent.suppression import delete_ended as delete_ended_suppressions
from privacy.consent.upkeep import delete_network_evidence, delete_unconfirmed
from privacy.consent.uploads.lease import KEPT_DAYS as IMPORT_FILES_KEPT_DAYS
from privacy.consent.uploads.running import run_imports
from privacy.consent.uploads.store import ImportStore
from privacy.consent.uploads.upkeep import cancel_abandoned_imports, delete_import_rejects, remove_forgotten_files
from privacy.consent.verdicts import Effect, Verdict
from privacy.consent.verification import Finding, verify, verify_of

__all__ = [
    "ACT_OBJECT",
    "DEVICE",
    "IMPORT_FILES_KEPT_DAYS",
    "ActIn",
    "ActKind",
    "ActView",
    "Answer",
    "Asked",
    "AskedCounter",
    "Asking",
    "Check",
    "CheckIn",
    "CheckOut",
    "Cited",
    "Claim",
    "Clock",
    "CommittedAct",
    "ContactEvent",
    "Decision",
    "Effect",
    "Entry",
    "EventOut",
    "ExplainedAct",
    "ExplainedPerson",
    "Explanation",
    "Filter",
    "Finding",
    "Import",
    "ImportFile",
    "ImportOptions",
    "ImportOut",
    "ImportStore",
    "NoEffect",
    "Occasion",
    "Profile",
    "Queued",
    "Reason",
    "Receipt",
    "ReceiptForm",
    "Record",
    "Recorded",
    "Reject",
    "RejectsFile",
    "ReplayOutcome",
    "ReplayableAct",
    "RowsFiles",
    "Scope",
    "Shown",
    "Source",
    "Stage",
    "Step",
    "Timing",
    "Verdict",
    "Waterfall",
    "WrongCode",
    "act",
    "acts_of",
    "acts_waiting",
    "annul",
    "answer",
    "audited_rows",
    "bounces",
    "cancel_abandoned_imports",
    "check",
    "committed_acts",
    "count_wrong_code",
    "delete_asked",
    "delete_ended_suppressions",
    "delete_import_rejects",
    "delete_network_evidence",
    "delete_people",
    "delete_unconfirmed",
    "explain",
    "forget_asked",
    "group_lines",
    "hide_act",
    "history",
    "import_files",
    "import_files_of",
    "import_sample",
    "is_replayed",
    "lift",
    "matching",
    "merge",
    "plain_words",
    "preferences",
    "profile",
    "profile_at",
    "profile_from",
    "profiles",
    "purpose_in_use",
    "purpose_of",
    "readable_facts",
    "receipt",
    "receipt_of",
    "record",
    "record_event",
    "record_many",
    "record_refusal",
    "refold",
    "remove_forgotten_files",
    "replay_act",
    "replay_claim",
    "replay_merge",
    "replay_suppression",
    "replayable_acts",
    "replayable_suppressions",
    "request_annulment",
    "reveal_act",
    "run_imports",
    "still_allows",
    "suppress_erased",
    "table_lines",
    "token_for",
    "touched_by",
    "unmerge",
    "verify",
    "verify_of",
    "who_asked",
    "without_effect",
    "write_report",
]
