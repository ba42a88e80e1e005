"""The story of reports: making one changes nothing, handing it out is an event."""

from __future__ import annotations

from datetime import date

from privacy.authz.actors import OPERATOR
from privacy.reports import service as reports
from privacy.reports.service import Asked, Made, Period, ReportForm
from tests.rules.changes import CHANGES, Change, a_programme, story

__all__ = ["CHANGES"]


@story("reports.record_made", "report.made")
def _() -> Change:
    a_programme()
    asked = Asked("requests", ReportForm.CSV, "pl", Period(date(2026, 1, 1), date(2026, 12, 31)), 0)
    made = Made(asked, b"a report", ReportForm.CSV.media_type, "requests.csv")
    return lambda: reports.record_made(made, actor=OPERATOR)
