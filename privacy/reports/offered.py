"""What can be made by name: the pack of all, and each report."""

from __future__ import annotations

from collections.abc import Mapping

from privacy.reports.accountability_pack import REPORT as PACK
from privacy.reports.failures import ReportNotFound
from privacy.reports.listing import REPORTS
from privacy.reports.report import Report

OFFERED: Mapping[str, Report] = {PACK.name: PACK, **REPORTS}


def named(name: str) -> Report:
    """The report of that name; raises `ReportNotFound`."""
    if (found := OFFERED.get(name)) is None:
        raise ReportNotFound(f"There is no such report. There are: {', '.join(OFFERED)}.")
    return found
