"""What will go within a week, a month and a year, and what is kept too long. Systems are asked at this moment."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response
from markupsafe import Markup

from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.retention import words
from privacy.pages import charts
from privacy.pages.blueprint import needs
from privacy.pages.languages import gettext as _
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table
from privacy.programme import service as programmes
from privacy.programme.types import Programme
from privacy.retention import service as retention
from privacy.retention.service import Forecast, ForecastHorizon, ForecastPlace, ForecastState, OverdueFinding

_READ = needs(Permission.RETENTION_READ)
#: Seconds that somebody waits for a page at most; the command line has all the time it needs.
_SECONDS = 10.0
_HORIZONS = {
    ForecastHorizon.PAST: lazy_gettext("Overdue"),
    ForecastHorizon.WEEK: lazy_gettext("Within a week"),
    ForecastHorizon.MONTH: lazy_gettext("Within a month"),
    ForecastHorizon.YEAR: lazy_gettext("Within a year"),
}


def _goes(until: ForecastHorizon) -> Column[ForecastPlace]:
    return Column(until.value, _HORIZONS[until], lambda place: _known(place, until), Kind.NUMBER)


def _known(place: ForecastPlace, until: ForecastHorizon) -> int | None:
    """How many rows go by then; None where nothing was counted: nobody guesses a number."""
    return place.total(until) or (0 if place.state is ForecastState.COUNTED else None)


def _stays(place: ForecastPlace) -> str:
    """How much a rule would let go and stays all the same, by reason."""
    told = []
    for why, counts in sorted(place.stays.items()):
        held = f" ({', '.join(sorted(place.holds))})" if why == "held" and place.holds else ""
        told.append(f"{words.STAYS[why]}{held}: {retention.forecast_within(counts)[ForecastHorizon.YEAR]}")
    return "; ".join(told)


def _places(programme: Programme) -> tuple[Column[ForecastPlace], ...]:
    where = Column[ForecastPlace](
        "place", lazy_gettext("System and table"), lambda one: words.place(programme, one.system, one.place)
    )
    return (where, *_OF_PLACES)


def _findings(programme: Programme) -> tuple[Column[OverdueFinding], ...]:
    where = Column[OverdueFinding](
        "place",
        lazy_gettext("System and table"),
        lambda one: words.place(programme, one.system, one.place) if one.system else None,
    )
    return (_OF_FINDINGS[0], where, *_OF_FINDINGS[1:])


_OF_PLACES: tuple[Column[ForecastPlace], ...] = (
    Column(
        "known",
        lazy_gettext("How it is known"),
        lambda one: words.PLACE_STATES[one.state][0],
        order=lambda one: one.state,
        sign=lambda one: words.PLACE_STATES[one.state][1],
    ),
    *(_goes(one) for one in ForecastHorizon),
    Column("since", lazy_gettext("Overdue since"), lambda one: one.oldest, Kind.DAY),
    Column("stays", lazy_gettext("Stays within a year, and why"), _stays),
)
_OF_FINDINGS: tuple[Column[OverdueFinding], ...] = (
    Column(
        "finding",
        lazy_gettext("Finding"),
        lambda one: words.OVERDUE[one.kind][0],
        order=lambda one: list(words.OVERDUE).index(one.kind),
        sign=lambda one: words.OVERDUE[one.kind][1],
    ),
    Column("rule", lazy_gettext("Rule"), lambda one: one.rule),
    Column("rows", lazy_gettext("Rows"), lambda one: one.rows, Kind.NUMBER),
    Column("since", lazy_gettext("Since"), lambda one: one.since, Kind.DAY),
)


@console.page("/retention/forecast", guard=_READ, endpoint="retention_forecast")
def shown() -> Response:
    """The forecast, as a chart and by table."""
    made = retention.forecast(seconds=_SECONDS)
    state = Choice[ForecastPlace](
        "known",
        lazy_gettext("How it is known"),
        [(one.value, said) for one, (said, _sign) in words.PLACE_STATES.items()],
        lambda place, wanted: place.state.value == wanted,
    )
    places = table(lazy_gettext("By system and table"), _places(programmes.current()), made.places, choices=[state])
    return as_csv(places, "retention-forecast") or render(
        "retention/forecast.html",
        at=made.at,
        table=places,
        chart=_chart(made),
        rules=_rules(made),
        heads=list(_HORIZONS.values()),
        whole=all(one.state is ForecastState.COUNTED for one in made.places),
    )


@console.page("/retention/findings", guard=_READ, endpoint="retention_findings")
def findings() -> Response:
    """What is kept past its time, what has no end, and tables that no rule is about."""
    made = retention.forecast(seconds=_SECONDS)
    kind = Choice[OverdueFinding](
        "finding",
        lazy_gettext("Finding"),
        [(one.value, said) for one, (said, _sign) in words.OVERDUE.items()],
        lambda one, wanted: one.kind.value == wanted,
    )
    programme = programmes.current()
    found = retention.overdue_findings(programme, made)
    told = table(lazy_gettext("Findings"), _findings(programme), found, choices=[kind])
    return as_csv(told, "retention-findings") or render("retention/findings.html", at=made.at, table=told)


def _chart(made: Forecast) -> Markup:
    """A bar for each rule by which something goes within a year, and one for what is held back; nothing for nothing."""
    every = [(rule, counts[ForecastHorizon.YEAR]) for rule, counts in _rules(made).items()]
    held = retention.forecast_within(retention.forecast_held_back(made))[ForecastHorizon.YEAR]
    bars = [(label, rows) for label, rows in (*every, (_("Held back"), held)) if rows]
    if not bars:
        return Markup()
    about = _("Rows of which something goes within a year, a bar for each rule, and what is held back.")
    return charts.bars("forecast", _("What goes within a year"), about, bars, (_("Rule"), _("Rows")))


def _rules(made: Forecast) -> Mapping[str, Mapping[ForecastHorizon, int]]:
    by_rule = retention.forecast_by_rule(made)
    return {rule: retention.forecast_within(counts) for rule, counts in by_rule.items()}
