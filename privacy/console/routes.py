"""All pages of the console, registered on its blueprint."""

from __future__ import annotations

from privacy.console import account, home, jobs, reports, sign_in, staff, statistics
from privacy.console.blueprint import console
from privacy.console.counter import pages as counter

__all__ = ["account", "console", "counter", "home", "jobs", "reports", "sign_in", "staff", "statistics"]
