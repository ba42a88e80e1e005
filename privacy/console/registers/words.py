"""The words of the registers, for codes of their closed lists."""

from __future__ import annotations

from privacy.pages.languages import lazy_gettext
from privacy.registers.service import EntryKind, EntryOutcome, EntryState

KINDS = {
    EntryKind.TRAINING: lazy_gettext("Training"),
    EntryKind.AUDIT: lazy_gettext("Audit"),
    EntryKind.DPIA: lazy_gettext("Impact assessment (DPIA)"),
    EntryKind.LIA: lazy_gettext("Balancing test (LIA)"),
    EntryKind.PROCESSOR_CHECK: lazy_gettext("Check of a processor"),
    EntryKind.POLICY: lazy_gettext("Policy"),
    EntryKind.SECURITY_TEST: lazy_gettext("Test of security"),
    EntryKind.TRANSFER_ASSESSMENT: lazy_gettext("Transfer assessment (TIA)"),
}
STATES = {
    EntryState.OPEN: (lazy_gettext("Being written"), "wait"),
    EntryState.CONSULTING: (lazy_gettext("The authority is asked"), "wait"),
    EntryState.DECIDED: (lazy_gettext("Decided and closed"), "yes"),
    EntryState.SUPERSEDED: (lazy_gettext("Superseded by a new version"), "no"),
    EntryState.CANCELLED: (lazy_gettext("Entry given up"), "no"),
}
OUTCOMES = {
    EntryOutcome.HELD: lazy_gettext("It took place"),
    EntryOutcome.COMPLIANT: lazy_gettext("Compliant"),
    EntryOutcome.SHORTCOMINGS: lazy_gettext("Shortcomings"),
    EntryOutcome.SERIOUS_SHORTCOMINGS: lazy_gettext("Serious shortcomings"),
    EntryOutcome.ACCEPTABLE: lazy_gettext("The risk is acceptable"),
    EntryOutcome.WITH_MEASURES: lazy_gettext("Acceptable with measures"),
    EntryOutcome.CONSULT_AUTHORITY: lazy_gettext("The authority is asked first (Art. 36)"),
    EntryOutcome.NOT_CARRIED_OUT: lazy_gettext("The processing is not carried out"),
    EntryOutcome.ADOPTED: lazy_gettext("Adopted"),
    EntryOutcome.PASSED: lazy_gettext("Passed"),
    EntryOutcome.PASSED_WITH_SAFEGUARDS: lazy_gettext("Passed with safeguards"),
    EntryOutcome.FAILED: lazy_gettext("Not passed"),
}
#: The answers to the one question that is answered by choosing.
RISKS = {"low": lazy_gettext("Low risk"), "medium": lazy_gettext("Medium risk"), "high": lazy_gettext("High risk")}
