"""All pages of the console, registered on its blueprint."""

from __future__ import annotations

from privacy.console import account, home, jobs, passkeys, provider, recovery, reports, sign_in, staff, statistics
from privacy.console.blueprint import console
from privacy.console.consents import annulments, explorer, idle, imports
from privacy.console.consents import one as consents_one
from privacy.console.counter import pages as counter
from privacy.console.people import pages as people
from privacy.console.programme import edit as programme_edit
from privacy.console.programme import pages as programme
from privacy.console.requests import pages as requests
from privacy.console.retention import pages as retention

__all__ = [
    "account",
    "annulments",
    "breaches",
    "consents_one",
    "console",
    "counter",
    "explorer",
    "home",
    "idle",
    "imports",
    "jobs",
    "passkeys",
    "people",
    "programme",
    "programme_edit",
    "provider",
    "recovery",
    "reports",
    "requests",
    "retention",
    "sign_in",
    "staff",
    "statistics",
]
