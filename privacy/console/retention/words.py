"""The words of retention, for codes of its closed lists; periods and places as people say them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.units import format_unit

from privacy.pages.languages import lazy_gettext, locale
from privacy.programme.duration import Duration
from privacy.programme.types import OWN_SYSTEM, Programme, RetentionAction, RetentionTrigger
from privacy.retention.service import (
    Choice,
    Decision,
    FindingKind,
    FindingState,
    ForecastState,
    OverdueKind,
    PartState,
    ReviewChoice,
    RunState,
    RunWay,
    Stays,
    WarningState,
)

TRIGGERS = {
    RetentionTrigger.CREATED: lazy_gettext("it was created"),
    RetentionTrigger.LAST_ACTIVITY: lazy_gettext("the last activity"),
    RetentionTrigger.CONTRACT_END: lazy_gettext("the contract ended"),
    RetentionTrigger.CONSENT_ENDED: lazy_gettext("every consent ended"),
    RetentionTrigger.ACCOUNT_CLOSED: lazy_gettext("the account was closed"),
    RetentionTrigger.CLAIM_DUE: lazy_gettext("the claim fell due"),
    RetentionTrigger.CALENDAR_YEAR_END: lazy_gettext("the end of the calendar year"),
    RetentionTrigger.FINANCIAL_YEAR_END: lazy_gettext("the end of the financial year"),
    RetentionTrigger.CUSTOM: lazy_gettext("a field that the rule names"),
}
ACTIONS = {
    RetentionAction.ERASE: lazy_gettext("erased"),
    RetentionAction.ANONYMISE: lazy_gettext("made anonymous"),
    RetentionAction.RESTRICT: lazy_gettext("restricted"),
    RetentionAction.REVIEW: lazy_gettext("looked at by a person"),
}
RUN_STATES = {
    RunState.PREVIEWING: lazy_gettext("Being counted"),
    RunState.PREVIEWED: lazy_gettext("Waits for agreement"),
    RunState.APPROVED: lazy_gettext("Agreed, not started"),
    RunState.RUNNING: lazy_gettext("Under way"),
    RunState.STOPPED: lazy_gettext("Stopped"),
    RunState.EXCEEDED: lazy_gettext("More is due than was agreed to"),
    RunState.DONE: lazy_gettext("Carried out"),
    RunState.CANCELLED: lazy_gettext("Given up"),
}
RUN_SIGNS = {
    RunState.PREVIEWING: "wait",
    RunState.PREVIEWED: "wait",
    RunState.APPROVED: "wait",
    RunState.RUNNING: "wait",
    RunState.STOPPED: "late",
    RunState.EXCEEDED: "late",
    RunState.DONE: "yes",
    RunState.CANCELLED: "no",
}
PART_STATES = {
    PartState.COUNTING: lazy_gettext("being counted"),
    PartState.COUNTED: lazy_gettext("counted"),
    PartState.RUNNING: lazy_gettext("under way"),
    PartState.WAITING: lazy_gettext("waits until warnings are old enough"),
    PartState.CHECKING: lazy_gettext("is read again"),
    PartState.FOR_A_PERSON: lazy_gettext("waits for a person"),
    PartState.DONE: lazy_gettext("nothing is left"),
}
PART_SIGNS = {PartState.FOR_A_PERSON: "late", PartState.DONE: "yes"}
WAYS = {
    RunWay.BATCHES: lazy_gettext("in batches"),
    RunWay.OWN: lazy_gettext("people of this service, one by one"),
    RunWay.BY_HAND: lazy_gettext("by hand: somebody does it and says so"),
}
#: Why something stays, of runs and of the forecast.
STAYS: Mapping[str, Any] = {
    Stays.HELD.value: lazy_gettext("under a legal hold"),
    Stays.REFERRED_TO.value: lazy_gettext("needed by rows that stay"),
    Stays.WARNING.value: lazy_gettext("the person was warned, and the time is not over"),
    Stays.KEPT.value: lazy_gettext("somebody decided that it stays"),
    Stays.NOT_WARNED.value: lazy_gettext("the person could not be warned"),
    Stays.REVIEW.value: lazy_gettext("the rule wants a person to look"),
    Stays.CHANGED.value: lazy_gettext("changed since it was counted"),
    Stays.TOO_MUCH.value: lazy_gettext("too many rows refer to it"),
    Stays.UNREADABLE.value: lazy_gettext("no key tells it apart"),
    "other_rule": lazy_gettext("another rule needs it yet"),
    "in_use": lazy_gettext("a consent, restriction or request of the person is open"),
    "no_start": lazy_gettext("nobody knows from when its time counts"),
}
PLACE_STATES = {
    ForecastState.COUNTED: (lazy_gettext("everything was counted"), "yes"),
    ForecastState.BY_HAND: (lazy_gettext("a person looks after it"), "wait"),
    ForecastState.AWAY: (lazy_gettext("the system did not answer"), "late"),
    ForecastState.CUT_SHORT: (lazy_gettext("there was no time to count all"), "late"),
}
OVERDUE = {
    OverdueKind.PAST_DATE: (lazy_gettext("kept past its time"), "late"),
    OverdueKind.NO_START: (lazy_gettext("never ends: its start is not known"), "late"),
    OverdueKind.NO_RULE: (lazy_gettext("no rule is about this table"), "late"),
    OverdueKind.NO_PLACE: (lazy_gettext("the rule is about nothing in the data map"), "wait"),
    OverdueKind.AWAY: (lazy_gettext("the system did not answer"), "wait"),
    OverdueKind.CUT_SHORT: (lazy_gettext("there was no time to count all"), "wait"),
}
REVIEWS = {
    ReviewChoice.ERASE: lazy_gettext("They go with this run"),
    ReviewChoice.KEEP: lazy_gettext("They stay until a day"),
}
WARNING_STATES = {
    WarningState.WAITING: (lazy_gettext("On its way"), "wait"),
    WarningState.DELIVERED: (lazy_gettext("Delivered"), "yes"),
    WarningState.FOR_A_PERSON: (lazy_gettext("Waits for a decision"), "late"),
    WarningState.LET_GO: (lazy_gettext("Goes without a warning"), "no"),
    WarningState.KEPT: (lazy_gettext("The data stay"), "no"),
}
WARNING_WAYS = {
    "email": lazy_gettext("by e-mail"),
    "sms": lazy_gettext("by text message"),
    "post": lazy_gettext("by letter"),
}
WARNING_CHOICES = {
    Choice.TOLD: lazy_gettext("The person was told in another way"),
    Choice.LET_GO: lazy_gettext("The data may go without a warning"),
    Choice.KEEP: lazy_gettext("The data stay"),
}
QUALITY_KINDS = {
    FindingKind.BOUNCED: lazy_gettext("Mail came back for good"),
    FindingKind.UNCONFIRMED: lazy_gettext("Never confirmed by its holder"),
    FindingKind.OLD: lazy_gettext("Confirmed long ago"),
    FindingKind.SAME_PHONE: lazy_gettext("Two people with one number"),
    FindingKind.SAME_ADDRESS: lazy_gettext("Two people at one postal address"),
    FindingKind.LIKE_EMAIL: lazy_gettext("Two addresses that look alike"),
}
QUALITY_STATES = {
    FindingState.OPEN: (lazy_gettext("Waits for a decision"), "wait"),
    FindingState.MERGED: (lazy_gettext("Merged"), "yes"),
    FindingState.DIFFERENT: (lazy_gettext("Two people"), "no"),
    FindingState.IGNORED: (lazy_gettext("Left as it is"), "no"),
    FindingState.SETTLED: (lazy_gettext("Settled by itself"), "yes"),
}
QUALITY_DECISIONS = {
    Decision.MERGE: lazy_gettext("They are one person: merge them"),
    Decision.DIFFERENT: lazy_gettext("They are two people"),
    Decision.IGNORE: lazy_gettext("Leave it as it is"),
}


def period(text: str | None) -> str:
    """A period of the programme, `P1Y6M`, in words; empty where there is none."""
    if text is None:
        return ""
    long = Duration.parse(text)
    years, months = divmod(long.months, 12)
    counted = ((years, "year"), (months, "month"), (long.days, "day"))
    return " ".join(format_unit(many, f"duration-{unit}", locale=locale()) for many, unit in counted if many)


def named(names: Mapping[str, str]) -> str:
    """A name of the programme in the language of the page, else in one that it has."""
    return names.get(locale()) or next(iter(names.values()), "")


def system_name(programme: Programme, code: str) -> str:
    """What a system is called; its code where the programme has none of it by now."""
    if code == OWN_SYSTEM:
        return str(lazy_gettext("This service"))
    found = programme.systems.get(code)
    return named(found.names) if found is not None else code


def place(programme: Programme, system: str, where: str) -> str:
    """A table of a system, or all of it."""
    called = system_name(programme, system)
    return f"{called}: {where}" if where else called


def days_about(text: str | None) -> int | None:
    """How many days a period of the programme is, near enough to put periods in order."""
    return None if text is None else Duration.parse(text).months * 31 + Duration.parse(text).days
