"""Every report, in the order in which they are offered. A new one is a module of its own and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from privacy.reports import (
    breaches,
    campaign,
    consent_proof,
    consent_statistics,
    inspection_binder,
    log_integrity,
    processing_records,
    processors,
    registers,
    requests,
    retention,
)
from privacy.reports.report import Report

REPORTS: Mapping[str, Report] = {
    report.name: report
    for report in (
        consent_statistics.REPORT,
        requests.REPORT,
        retention.REPORT,
        breaches.REPORT,
        processing_records.REPORT,
        processors.REPORT,
        registers.REPORT,
        consent_proof.REPORT,
        campaign.REPORT,
        log_integrity.REPORT,
        inspection_binder.REPORT,
    )
}
