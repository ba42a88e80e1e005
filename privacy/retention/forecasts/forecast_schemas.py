"""What the HTTP API and `--json` give of retention rules, of the forecast and of findings."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from msgspec import Struct

from privacy import clock
from privacy.programme.types import RetentionRule
from privacy.retention.forecasts.findings import Finding
from privacy.retention.forecasts.forecast import Forecast, Horizon, Place, within
from privacy.retention.forecasts.forecast_chart import by_rule
from privacy.retention.forecasts.rules_overview import RuleView


class CoveredOut(Struct):
    """What a rule is about: what every list that is not empty allows."""

    systems: list[str]
    data_sets: list[str]
    data_categories: list[str]
    purposes: list[str]


class RulePlaceOut(Struct):
    """A table in which a rule decides."""

    system: str
    #: `data set.table`; empty where it is about all of the system.
    place: str
    #: The field that holds the moment; null where no field of a row does.
    moment: str | None
    fields: list[str]


class RetentionWarningOut(Struct):
    """That people hear of it before their data go."""

    days: int
    attempts: int


class RetentionRuleOut(Struct):
    """One rule, and where it decides."""

    code: str
    period: str | None
    to_year_end: bool
    #: From when it counts, by locale.
    starts: dict[str, str]
    statute: str
    #: Null where nothing is disposed of by it.
    trigger: str | None
    #: `MM-DD`.
    financial_year_ends: str
    action: str
    approvals: int
    warning: RetentionWarningOut | None
    covers: CoveredOut
    places: list[RulePlaceOut]


class RetentionRulesOut(Struct):
    """Every rule of a programme."""

    #: The programme's number.
    programme: int
    rules: list[RetentionRuleOut]


class ForecastCountsOut(Struct):
    """Rows by the end of each horizon, those of the earlier ones among them."""

    past: int
    week: int
    month: int
    year: int


class ForecastPlaceOut(Struct):
    """What is expected of one table."""

    system: str
    place: str
    rules: list[str]
    #: `counted`, `by_hand`, `away` or `cut_short`. In a place that was not counted the figures are none, or too low.
    state: str
    detail: str | None
    #: Rows of which something goes, by rule.
    goes: dict[str, ForecastCountsOut]
    #: Rows that stay though a rule would let them go, by reason.
    stays: dict[str, ForecastCountsOut]
    #: Of the held ones, by the number of the hold.
    holds: dict[str, int]
    #: Since when the oldest row that nothing keeps should be gone.
    oldest: datetime.date | None


class ForecastOut(Struct):
    """What is expected of all places."""

    today: datetime.date
    at: str
    programme: int
    #: The last day of each horizon.
    week_ends: datetime.date
    month_ends: datetime.date
    year_ends: datetime.date
    rules: dict[str, ForecastCountsOut]
    places: list[ForecastPlaceOut]


class RetentionFindingOut(Struct):
    """One thing that somebody should look at."""

    #: `past_date`, `no_start`, `no_rule`, `no_place`, `away` or `cut_short`.
    finding: str
    system: str
    place: str
    rule: str
    rows: int | None
    since: datetime.date | None
    detail: str | None


class RetentionFindingsOut(Struct):
    """Everything that was found."""

    today: datetime.date
    findings: list[RetentionFindingOut]


def rule_out(view: RuleView) -> RetentionRuleOut:
    """One rule."""
    rule = view.rule
    month, day = rule.financial_year_ends
    return RetentionRuleOut(
        code=rule.code,
        period=rule.period,
        to_year_end=rule.to_year_end,
        starts=dict(rule.starts),
        statute=rule.statute,
        trigger=rule.trigger.value if rule.trigger else None,
        financial_year_ends=f"{month:02}-{day:02}",
        action=rule.action.value,
        approvals=rule.approvals,
        warning=RetentionWarningOut(rule.warning.days, rule.warning.attempts) if rule.warning else None,
        covers=_covers(rule),
        places=[RulePlaceOut(one.system, one.place, one.moment, list(one.fields)) for one in view.places],
    )


def _covers(rule: RetentionRule) -> CoveredOut:
    about = rule.covers
    return CoveredOut(list(about.systems), list(about.data_sets), list(about.data_categories), list(about.purposes))


def forecast_out(forecast: Forecast) -> ForecastOut:
    """The forecast."""
    return ForecastOut(
        today=forecast.today,
        at=clock.isoformat(forecast.at),
        programme=forecast.programme,
        week_ends=forecast.ends[Horizon.WEEK],
        month_ends=forecast.ends[Horizon.MONTH],
        year_ends=forecast.ends[Horizon.YEAR],
        rules={code: _counts(counts) for code, counts in by_rule(forecast).items()},
        places=[_place(one) for one in forecast.places],
    )


def finding_out(one: Finding) -> RetentionFindingOut:
    """One finding."""
    return RetentionFindingOut(one.kind.value, one.system, one.place, one.rule, one.rows, one.since, one.detail)


def _place(one: Place) -> ForecastPlaceOut:
    return ForecastPlaceOut(
        system=one.system,
        place=one.place,
        rules=list(one.rules),
        state=one.state.value,
        detail=one.detail,
        goes={code: _counts(counts) for code, counts in sorted(one.goes.items())},
        stays={why: _counts(counts) for why, counts in sorted(one.stays.items())},
        holds=dict(sorted(one.holds.items())),
        oldest=one.oldest,
    )


def _counts(counts: Mapping[Horizon, int]) -> ForecastCountsOut:
    return ForecastCountsOut(**{horizon.value: rows for horizon, rows in within(counts).items()})
