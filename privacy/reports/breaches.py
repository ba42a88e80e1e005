"""The register of breaches (Art. 33(5)) among the reports. The breach room writes it; nothing is written twice."""

from __future__ import annotations

from privacy.authz.permissions import Permission
from privacy.breach import service as breach
from privacy.breach.service import Form
from privacy.db import end_read
from privacy.reports.report import Context, Report, ReportForm
from privacy.reports.words import Said

_FORMS = {ReportForm.PDF: Form.PDF, ReportForm.CSV: Form.CSV, ReportForm.JSON: Form.JSON}


def make(context: Context) -> bytes:
    """The register of breaches that were detected in the period."""
    asked = context.asked
    report = breach.register_report(
        actor=context.actor,
        at=asked.as_of,
        since=asked.period.first,
        until=asked.period.last,
        locales=[asked.locale],
    )
    end_read()  # On SQLite an open read would keep every writer out while the pages are laid out.
    return breach.register_file(report, _FORMS[asked.form])


REPORT = Report(
    name="breaches",
    permission=Permission.BREACHES_HANDLE,
    titles=Said(
        "Rejestr naruszeń ochrony danych osobowych", "Register of personal data breaches", "Evidencija povreda podataka"
    ),
    about=Said(
        "Każde naruszenie, zgłoszone lub nie: okoliczności, skutki i podjęte działania (art. 33 ust. 5 RODO).",
        "Every breach, notified or not: its facts, its effects and what was done (GDPR Art. 33(5)).",
        "Svaka povreda, prijavljena ili ne: činjenice, posljedice i poduzete mjere (čl. 33. st. 5. GDPR-a).",
    ),
    texts={},
    make=make,
    forms=tuple(_FORMS),
)
