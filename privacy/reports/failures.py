"""What can go wrong with reports."""

from __future__ import annotations

from privacy.errors import NotFound


class ReportNotFound(NotFound):
    """There is no report of that name."""

    code = "report-not-found"
