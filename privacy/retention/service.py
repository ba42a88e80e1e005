"""Retention: the doors that other rooms use. Legal holds, disposal runs and their warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from privacy.audit.service import AuditedRows
from privacy.retention.forecasts.findings import Finding as OverdueFinding
from privacy.retention.forecasts.findings import Kind as OverdueKind
from privacy.retention.forecasts.findings import findings as overdue_findings
from privacy.retention.forecasts.forecast import Forecast, forecast
from privacy.retention.forecasts.forecast import Horizon as ForecastHorizon
from privacy.retention.forecasts.forecast import Place as ForecastPlace
from privacy.retention.forecasts.forecast import State as ForecastState
from privacy.retention.forecasts.forecast import within as forecast_within
from privacy.retention.forecasts.forecast_chart import by_rule as forecast_by_rule
from privacy.retention.forecasts.forecast_chart import held_back as forecast_held_back
from privacy.retention.forecasts.rules_overview import RulePlace, RuleView
from privacy.retention.forecasts.rules_overview import overview as rule_views
from privacy.retention.holds.audited import audited_holds
from privacy.retention.holds.failures import HoldMustWait, HoldNotFound, HoldPlaced, HoldReleased, UnderLegalHold
from privacy.retention.holds.gate import WAITED_SECONDS, enter, is_busy, leave, waited
from privacy.retention.holds.holding import HoldView, due_for_review
from privacy.retention.holds.holding import Wanted as WantedHold
from privacy.retention.holds.holding import ensure_placeable as ensure_hold_placeable
from privacy.retention.holds.holding import listed as listed_holds
from privacy.retention.holds.holding import named as hold_named
from privacy.retention.holds.holding import place as place_hold
from privacy.retention.holds.holding import release as release_hold
from privacy.retention.holds.holding import release_asked as release_of_hold_asked
from privacy.retention.holds.holding import request_release as request_release_of_hold
from privacy.retention.holds.holding import review as review_hold
from privacy.retention.holds.holding import view as view_hold
from privacy.retention.holds.holds import (
    HoldFacts,
    Holds,
    ensure_not_held,
    held_among,
    in_force,
    known_categories,
    this_service_is_held,
)
from privacy.retention.holds.replaying import ReplayableHold, replay_hold, replayable_holds
from privacy.retention.holds.upkeep import remind_of_holds
from privacy.retention.quality.failures import FindingDecided, FindingNotFound, NotOfTwo, QualityPurposeInvalid
from privacy.retention.quality.findings import FindingView, decide_finding, finding, findings, forget_quality
from privacy.retention.quality.quality import Asked, ToConfirm, to_confirm
from privacy.retention.quality.quality import confirm as confirm_data
from privacy.retention.quality.quality import ensure_purpose as ensure_quality_purpose
from privacy.retention.quality.vocabulary import Decision, FindingKind, FindingState, QualityMatter
from privacy.retention.quality.walk import look_after
from privacy.retention.runs.audited_runs import run_rows
from privacy.retention.runs.certificate import Form as CertificateForm
from privacy.retention.runs.certificate import certificate_of as certificate_of_run
from privacy.retention.runs.counting import Counts as RunCounts
from privacy.retention.runs.failures import PartNotFound
from privacy.retention.runs.reviews import Review, ReviewChoice
from privacy.retention.runs.run_upkeep import forget_statements
from privacy.retention.runs.running import Running as RunningDisposals
from privacy.retention.runs.running import run_until_idle as run_disposals
from privacy.retention.runs.runs import Chosen, chosen_of, state_by_hand
from privacy.retention.runs.runs import Statement as RunStatement
from privacy.retention.runs.runs import again as try_part_again
from privacy.retention.runs.runs import approve as approve_run
from privacy.retention.runs.runs import cancel as cancel_run
from privacy.retention.runs.runs import prepare as prepare_run
from privacy.retention.runs.runs import preview as preview_run
from privacy.retention.runs.runs import review as review_run_part
from privacy.retention.runs.runs import start as start_run
from privacy.retention.runs.runs import stop as stop_run
from privacy.retention.runs.views import RunView
from privacy.retention.runs.views import listed as listed_runs
from privacy.retention.runs.views import named as run_named
from privacy.retention.runs.views import to_approve as runs_to_approve
from privacy.retention.runs.views import view as view_run
from privacy.retention.runs.vocabulary import PartState, RunState, Stays
from privacy.retention.runs.vocabulary import Way as RunWay
from privacy.retention.warnings.failures import WarningChanged, WarningNotFound
from privacy.retention.warnings.warned import Warned
from privacy.retention.warnings.warning_audited import audited_rows as audited_warnings
from privacy.retention.warnings.warning_sending import WarningState
from privacy.retention.warnings.warnings import (
    Choice,
    Standing,
    WarningView,
    attend_warnings,
    delete_old_warnings,
    forget_warned,
    standing,
    warn,
)
from privacy.retention.warnings.warnings import decide as decide_warning
from privacy.retention.warnings.warnings import listed as listed_warnings
from privacy.retention.warnings.warnings import view as view_warning

__all__ = [
    "WAITED_SECONDS",
    "Asked",
    "CertificateForm",
    "Choice",
    "Chosen",
    "Decision",
    "FindingDecided",
    "FindingKind",
    "FindingNotFound",
    "FindingState",
    "FindingView",
    "Forecast",
    "ForecastHorizon",
    "ForecastPlace",
    "ForecastState",
    "HoldFacts",
    "HoldMustWait",
    "HoldNotFound",
    "HoldPlaced",
    "HoldReleased",
    "HoldView",
    "Holds",
    "NotOfTwo",
    "OverdueFinding",
    "OverdueKind",
    "PartNotFound",
    "PartState",
    "QualityMatter",
    "QualityPurposeInvalid",
    "ReplayableHold",
    "Review",
    "ReviewChoice",
    "RulePlace",
    "RuleView",
    "RunCounts",
    "RunState",
    "RunStatement",
    "RunView",
    "RunWay",
    "RunningDisposals",
    "Standing",
    "Stays",
    "ToConfirm",
    "UnderLegalHold",
    "WantedHold",
    "Warned",
    "WarningChanged",
    "WarningNotFound",
    "WarningState",
    "WarningView",
    "approve_run",
    "attend_warnings",
    "audited_rows",
    "cancel_run",
    "certificate_of_run",
    "chosen_of",
    "confirm_data",
    "decide_finding",
    "decide_warning",
    "delete_old_warnings",
    "due_for_review",
    "ensure_hold_placeable",
    "ensure_not_held",
    "ensure_quality_purpose",
    "enter",
    "finding",
    "findings",
    "forecast",
    "forecast_by_rule",
    "forecast_held_back",
    "forecast_within",
    "forget_people",
    "forget_statements",
    "held_among",
    "hold_named",
    "in_force",
    "is_busy",
    "known_categories",
    "leave",
    "listed_holds",
    "listed_runs",
    "listed_warnings",
    "look_after",
    "overdue_findings",
    "place_hold",
    "prepare_run",
    "preview_run",
    "release_hold",
    "release_of_hold_asked",
    "remind_of_holds",
    "replay_hold",
    "replayable_holds",
    "request_release_of_hold",
    "review_hold",
    "review_run_part",
    "rule_views",
    "run_disposals",
    "run_named",
    "runs_to_approve",
    "standing",
    "start_run",
    "state_by_hand",
    "stop_run",
    "this_service_is_held",
    "to_confirm",
    "try_part_again",
    "view_hold",
    "view_run",
    "view_warning",
    "waited",
    "warn",
]


def audited_rows() -> tuple[AuditedRows, ...]:
    """The tables of this room that the log vouches for."""
    return (*audited_holds(), *run_rows(), *audited_warnings())


def forget_people(subject_ids: Sequence[UUID]) -> Mapping[str, int]:
    """Delete what this room holds of people who are erased, in the open unit of work of that; rows by table."""
    return {**forget_quality(subject_ids), "retention_warning": forget_warned(subject_ids)}
