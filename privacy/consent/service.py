"""Consent: the doors that other rooms use. Acts in, decisions out, with the proof behind them."""

from __future__ import annotations

from privacy.claims import Claim
from privacy.consent import plain_words
from privacy.consent.activity import last_acts
from privacy.consent.acts import ANY, DEVICE, NO_CHANNEL, ActKind, Clock, NoEffect, Timing
from privacy.consent.annulment import Filter, annul, matching, refold, request_annulment
from privacy.consent.annulment_course import (
    Advice,
    AnnulmentState,
    AnnulmentView,
    Opinion,
    advise_on_annulment,
    annulment,
    annulments,
    refuse_annulment,
)
from privacy.consent.asked import CheckIn
from privacy.consent.asking.counting import AskedCounter
from privacy.consent.asking.reading import Asking, who_asked
from privacy.consent.asking.storing import forget_asked
from privacy.consent.asking.upkeep import delete_asked
from privacy.consent.audited import audited_rows
from privacy.consent.bounces import bounced_since, bounces, record_refusal
from privacy.consent.changing import Changing, changes_among
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
from privacy.consent.choices import Choice, ChosenContact, choices_of, not_chosen
from privacy.consent.committed import ACT_OBJECT, CommittedAct, committed_acts
from privacy.consent.confirmation import WrongCode, count_wrong_code
from privacy.consent.decision import Decision, Reason
from privacy.consent.ending import consents_ended
from privacy.consent.erasing import delete_people, touched_by
from privacy.consent.expiring import note_expired
from privacy.consent.explained import Answer, Asked, Entry, ExplainedAct, ExplainedPerson, Explanation, Shown
from privacy.consent.explaining import Scope, explain
from privacy.consent.exploring import (
    MOST_COUNTED,
    ActCounts,
    ActState,
    Concerned,
    CountedActs,
    WantedActs,
    concerned_by,
    count_acts,
    newest_acts,
)
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
from privacy.consent.importing.waterfall_texts import words as waterfall_words
from privacy.consent.merging import merge, unmerge
from privacy.consent.own_device import OwnDeviceTicket, TicketWorthless, issue_ticket, read_ticket
from privacy.consent.people import ActedFilter, children_of, guardians_of, locale_of, people_who_acted
from privacy.consent.queue import Queued, acts_without_effect, examples_without_effect, without_effect
from privacy.consent.reach import Place, lines_of, reach_of
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
from privacy.consent.signed_decisions import list_root, receipt
from privacy.consent.statistics.asking import Count, Grain, Statistics, statistics
from privacy.consent.statistics.asking import Wanted as StatisticsWanted
from privacy.consent.statistics.counting import BEGUN, ENDED
from privacy.consent.statistics.counting import Standing as CountedStanding
from privacy.consent.statistics.following import begin_anew as begin_statistics_anew
from privacy.consent.statistics.following import run_following as follow_statistics
from privacy.consent.statistics.rates import Tally, per_cent
from privacy.consent.statistics.recounting import counted as counted_statistics
from privacy.consent.statistics.recounting import recount as recount_statistics
from privacy.consent.suppression import ContactEvent, EventOut, lift, record_event, suppress_erased, tell_of_bounces
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
    "ANY",
    "BEGUN",
    "DEVICE",
    "ENDED",
    "IMPORT_FILES_KEPT_DAYS",
    "MOST_COUNTED",
    "NO_CHANNEL",
    "ActCounts",
    "ActIn",
    "ActKind",
    "ActState",
    "ActView",
    "ActedFilter",
    "Advice",
    "AnnulmentState",
    "AnnulmentView",
    "Answer",
    "Asked",
    "AskedCounter",
    "Asking",
    "Changing",
    "Check",
    "CheckIn",
    "CheckOut",
    "Choice",
    "ChosenContact",
    "Cited",
    "Claim",
    "Clock",
    "CommittedAct",
    "Concerned",
    "ContactEvent",
    "Count",
    "CountedActs",
    "CountedStanding",
    "Decision",
    "Effect",
    "Entry",
    "EventOut",
    "ExplainedAct",
    "ExplainedPerson",
    "Explanation",
    "Filter",
    "Finding",
    "Grain",
    "Import",
    "ImportFile",
    "ImportOptions",
    "ImportOut",
    "ImportStore",
    "NoEffect",
    "Occasion",
    "Opinion",
    "OwnDeviceTicket",
    "Place",
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
    "Statistics",
    "StatisticsWanted",
    "Step",
    "Tally",
    "TicketWorthless",
    "Timing",
    "Verdict",
    "WantedActs",
    "Waterfall",
    "WrongCode",
    "act",
    "acts_of",
    "acts_waiting",
    "acts_without_effect",
    "advise_on_annulment",
    "annul",
    "annulment",
    "annulments",
    "answer",
    "audited_rows",
    "begin_statistics_anew",
    "bounced_since",
    "bounces",
    "cancel_abandoned_imports",
    "changes_among",
    "check",
    "children_of",
    "choices_of",
    "committed_acts",
    "concerned_by",
    "consents_ended",
    "count_acts",
    "count_wrong_code",
    "counted_statistics",
    "delete_asked",
    "delete_ended_suppressions",
    "delete_import_rejects",
    "delete_network_evidence",
    "delete_people",
    "delete_unconfirmed",
    "examples_without_effect",
    "explain",
    "follow_statistics",
    "forget_asked",
    "group_lines",
    "guardians_of",
    "hide_act",
    "history",
    "import_files",
    "import_files_of",
    "import_sample",
    "is_replayed",
    "issue_ticket",
    "last_acts",
    "lift",
    "lines_of",
    "list_root",
    "locale_of",
    "matching",
    "merge",
    "newest_acts",
    "not_chosen",
    "note_expired",
    "people_who_acted",
    "per_cent",
    "plain_words",
    "preferences",
    "profile",
    "profile_at",
    "profile_from",
    "profiles",
    "purpose_in_use",
    "purpose_of",
    "reach_of",
    "read_ticket",
    "readable_facts",
    "receipt",
    "receipt_of",
    "record",
    "record_event",
    "record_many",
    "record_refusal",
    "recount_statistics",
    "refold",
    "refuse_annulment",
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
    "statistics",
    "still_allows",
    "suppress_erased",
    "table_lines",
    "tell_of_bounces",
    "token_for",
    "touched_by",
    "unmerge",
    "verify",
    "verify_of",
    "waterfall_words",
    "who_asked",
    "without_effect",
    "write_report",
]
