"""All pages of the console, registered on its blueprint."""

from __future__ import annotations

from privacy.console import (
    account,
    clients,
    home,
    jobs,
    log,
    passkeys,
    provider,
    recovery,
    settings,
    sign_in,
    staff,
    statistics,
)
from privacy.console.blueprint import console
from privacy.console.breaches import pages as breaches
from privacy.console.consents import annulments, explorer, idle, imports
from privacy.console.consents import one as consents_one
from privacy.console.counter import pages as counter
from privacy.console.people import pages as people
from privacy.console.programme import edit as programme_edit
from privacy.console.programme import pages as programme
from privacy.console.registers import pages as registers
from privacy.console.reports import pages as reports
from privacy.console.reports import ready as reports_ready
from privacy.console.reports import schedules as reports_schedules
from privacy.console.requests import pages as requests
from privacy.console.retention import pages as retention
from privacy.console.systems import connecting
from privacy.console.systems import pages as systems

__all__ = [
    "account",
    "annulments",
    "breaches",
    "clients",
    "connecting",
    "consents_one",
    "console",
    "counter",
    "explorer",
    "home",
    "idle",
    "imports",
    "jobs",
    "log",
    "passkeys",
    "people",
    "programme",
    "programme_edit",
    "provider",
    "recovery",
    "registers",
    "reports",
    "reports_ready",
    "reports_schedules",
    "requests",
    "retention",
    "settings",
    "sign_in",
    "staff",
    "statistics",
    "systems",
]
