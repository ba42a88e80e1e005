"""Retention rules, what will go by them, and what stayed too long, over HTTP."""

from __future__ import annotations

import msgspec
from flask import Response, request

from privacy.authz.permissions import Permission
from privacy.http.auth import require
from privacy.http.blueprint import Blueprint
from privacy.http.failures import NotAcceptable
from privacy.programme import service as programmes
from privacy.retention.forecasts import forecast_chart, forecast_schemas, rules_overview
from privacy.retention.forecasts.findings import findings as found_by
from privacy.retention.forecasts.forecast import forecast as worked_out
from privacy.retention.forecasts.forecast_schemas import ForecastOut, RetentionFindingsOut, RetentionRulesOut

retention_rules = Blueprint(
    "retention_rules", __name__, url_prefix="/api/v1", description="How long data are kept, and what goes next."
)

_JSON, _SVG = "application/json", "image/svg+xml"
#: Seconds that a forecast may take while somebody waits; the command line has all the time it needs.
_SECONDS = 20.0


@retention_rules.get("/retention-rules")
@require(Permission.RETENTION_READ)
@retention_rules.answers(200, RetentionRulesOut)
def rules() -> RetentionRulesOut:
    """Every retention rule, with the tables and fields of the data map that it is about."""
    programme = programmes.current()
    views = rules_overview.overview(programme)
    return RetentionRulesOut(programme.number, [forecast_schemas.rule_out(one) for one in views])


@retention_rules.get("/retention/forecast")
@require(Permission.RETENTION_READ)
@retention_rules.answers(200, ForecastOut)
@retention_rules.gives_file(_SVG, "The picture.")
@retention_rules.problems(406)
def forecast() -> Response:
    """What will go within a week, a month and a year, and what is held back, as JSON or by Accept as a picture (SVG).

    Systems are asked now. Those that do not answer in time, and those that a person looks after, are named.
    """
    media_type = _acceptable()
    locale = programmes.current().jurisdiction.locales[0]
    made = worked_out(seconds=_SECONDS)
    if media_type == _SVG:
        response = Response(forecast_chart.picture(made, locale), mimetype=_SVG)
    else:
        response = Response(msgspec.json.encode(forecast_schemas.forecast_out(made)), mimetype=_JSON)
    response.vary.add("Accept")
    return response


@retention_rules.get("/retention/findings")
@require(Permission.RETENTION_READ)
@retention_rules.answers(200, RetentionFindingsOut)
def findings() -> RetentionFindingsOut:
    """What is kept past its date, what has no end, and tables that no rule is about. Systems are asked now."""
    made = worked_out(seconds=_SECONDS)
    found = found_by(programmes.current(), made)
    return RetentionFindingsOut(made.today, [forecast_schemas.finding_out(one) for one in found])


def _acceptable() -> str:
    """The form that is wanted most; without a wish JSON."""
    wanted = request.accept_mimetypes
    found = wanted.best_match([_JSON, _SVG]) if wanted else _JSON
    if found is None:
        raise NotAcceptable(f"There is: {_JSON}, {_SVG}.")
    return found
