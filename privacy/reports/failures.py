"""What can go wrong with reports."""

from __future__ import annotations

from privacy.errors import Conflict, NotFound


class ReportNotFound(NotFound):
    """There is no report of that name."""

    code = "report-not-found"


class OrderNotFound(NotFound):
    """There is no such report that was made."""

    code = "report-order-not-found"


class ReportNotReady(Conflict):
    """The report is not ready, or its time is over; have it made anew."""

    code = "report-not-ready"


class ScheduleNotFound(NotFound):
    """There is no such schedule of a report, or it has ended."""

    code = "report-schedule-not-found"
