"""A report by its name, one that was made in the background, and a schedule."""

from __future__ import annotations

import threading
from datetime import date

from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.db import db, unit_of_work
from privacy.reports import service as reports
from privacy.reports.service import Asked, Every, Period, ReportForm, Scheduled


def made(app: Flask) -> dict[str, object]:
    """Values of the routes' arguments."""
    with app.app_context():
        period = Period(date(2026, 1, 1), date(2026, 12, 31))
        asked = Asked("requests", ReportForm.PDF, "pl", period, clock.micros())
        with unit_of_work():
            order_id = reports.order(asked, actor=OPERATOR)
            wanted = Scheduled("processors", ReportForm.CSV, "hr", Every.QUARTER, 7)
            schedule_id = reports.add_schedule(wanted, actor=OPERATOR)
        db.session.remove()
    reports.MakingReports().run(app.app_context, threading.Event())
    return {"report_code": "requests", "order_id": order_id, "schedule_id": schedule_id}
