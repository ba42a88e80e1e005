"""Consent: the doors that other rooms use. Acts in, decisions out, with the proof behind them."""

from __future__ import annotations

from privacy.claims import Claim
from privacy.consent.acts import DEVICE, ActKind, Clock, NoEffect, Timing
from privacy.consent.annulment import Filter, annul, matching, refold, request_annulment
from privacy.consent.asked import CheckIn
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
from privacy.consent.confirmation import WrongCode, count_wrong_code
from privacy.consent.decision import Decision, Reason
from privacy.consent.importing.mailchimp import MAILCHIMP
from privacy.consent.importing.rejects import Reject, RejectsFile
from privacy.consent.importing.running import Import, ImportOut, Stage
from privacy.consent.importing.translation import Target as ImportTarget
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
from privacy.consent.recording import ActIn, Cited, Record, Recorded, Source, record
from privacy.consent.reviewing import acts_waiting
from privacy.consent.suppression import ContactEvent, EventOut, lift, record_event
from privacy.consent.upkeep import delete_network_evidence, delete_unconfirmed
from privacy.consent.verification import Finding, verify

__all__ = [
    "DEVICE",
    "MAILCHIMP",
    "ActIn",
    "ActKind",
    "ActView",
    "Check",
    "CheckIn",
    "CheckOut",
    "Cited",
    "Claim",
    "Clock",
    "ContactEvent",
    "Decision",
    "EventOut",
    "Filter",
    "Finding",
    "Import",
    "ImportOut",
    "ImportTarget",
    "NoEffect",
    "Queued",
    "Reason",
    "Record",
    "Recorded",
    "Reject",
    "RejectsFile",
    "Source",
    "Stage",
    "Timing",
    "WrongCode",
    "act",
    "acts_of",
    "acts_waiting",
    "annul",
    "answer",
    "check",
    "count_wrong_code",
    "delete_network_evidence",
    "delete_unconfirmed",
    "hide_act",
    "history",
    "lift",
    "matching",
    "merge",
    "preferences",
    "purpose_in_use",
    "purpose_of",
    "record",
    "record_event",
    "refold",
    "request_annulment",
    "reveal_act",
    "token_for",
    "unmerge",
    "verify",
    "without_effect",
]
