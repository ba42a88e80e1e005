"""Statistics of consents: choose the period, purpose, channel and source; charts, tables and CSV."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, request

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.consent import service as consent
from privacy.console import consent_charts
from privacy.console.blueprint import console
from privacy.db import end_read
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.legal_time import days
from privacy.pages.blueprint import needs
from privacy.pages.csv_files import csv_file
from privacy.pages.forms import NO_ERRORS, FormErrors
from privacy.pages.languages import gettext as _
from privacy.pages.languages import moment_text
from privacy.pages.rendering import download, render
from privacy.programme import service as programmes

_READ = needs(Permission.CONSENTS_READ)
#: Days of a period that is shown by day; a longer one is shown by month.
_MOST_DAYS = 92


@console.page("/statistics", guard=_READ)
def statistics() -> Response:
    """Counts and rates of a period; a wrong choice is named, and the year until today shown."""
    errors, wanted = NO_ERRORS, _year()
    try:
        wanted = _asked()
    except InvalidInput as error:
        errors = FormErrors.of(error)
    found = consent.statistics(wanted)
    values = _shown(found, errors)
    end_read()
    return render("console/statistics.html", 422 if errors else 200, **values)


@console.page("/statistics.csv", guard=_READ, endpoint="statistics_csv")
def as_file() -> Response:
    """The same by purpose and channel as a file that no spreadsheet runs."""
    wanted = _asked()
    found = consent.statistics(wanted)
    rows = [consent_charts.heads(), *consent_charts.rows(found)]
    end_read()
    return download(csv_file(rows), "text/csv; charset=utf-8", f"consents-{wanted.first}-{wanted.last}.csv")


def _shown(found: consent.Statistics, errors: FormErrors) -> dict[str, Any]:
    wanted, programme = found.wanted, programmes.current()
    chosen = {
        "from": wanted.first.isoformat(),
        "to": wanted.last.isoformat(),
        **{name: value for name, value in _narrowed(wanted).items() if value},
    }
    every = [("", _("All"))]
    purposes = [(code, consent_charts.purpose_name(code)) for code in sorted(programme.purposes)]
    channels = [(code, consent_charts.channel_name(code)) for code in sorted(programme.channels)]
    return {
        "errors": errors,
        "chosen": chosen,
        "purposes": every + purposes,
        "channels": every + channels,
        "sources": every + [(code, code) for code in sorted({*found.by_source(), wanted.source_system or ""} - {""})],
        "charts": consent_charts.standing(found),
        "heads": consent_charts.heads(),
        "rows": consent_charts.rows(found),
        "source_rows": consent_charts.source_rows(found),
        "as_of": moment_text(found.as_of),
        "whole": found.is_whole,
    }


def _narrowed(wanted: consent.StatisticsWanted) -> dict[str, str | None]:
    return {"purpose": wanted.purpose, "channel": wanted.channel, "source": wanted.source_system}


def _asked() -> consent.StatisticsWanted:
    """What the address asks for; raises `InvalidInput`."""
    year = _year()
    first, last = _day("from", year.first), _day("to", year.last)
    if last < first:
        raise InvalidInput.of("to", "The last day comes before the first.")
    grain = consent.Grain.DAY if (last - first).days < _MOST_DAYS else consent.Grain.MONTH
    purpose, channel, source = (request.args.get(name) or None for name in ("purpose", "channel", "source"))
    return consent.StatisticsWanted(current_actor().realm, first, last, grain, purpose, channel, source)


def _year() -> consent.StatisticsWanted:
    last = days.day_of(clock.micros(), programmes.current().zone)
    return consent.StatisticsWanted(current_actor().realm, date(last.year, 1, 1), last)


def _day(name: str, otherwise: date) -> date:
    text = request.args.get(name, "")
    if not text:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput.of(name, "Give a day like 2026-11-30.") from None
