"""Retention's decisions, by the programme and a row alone: which rules are about it, until when, and what is then done.

No database, no clock. Rooms and jobs that dispose of data ask here.
"""

from __future__ import annotations

from privacy.retention.disposing import change
from privacy.retention.terms import ELSEWHERE, Applied, Term, Terms, applied, before, covers, started, term

__all__ = ["ELSEWHERE", "Applied", "Term", "Terms", "applied", "before", "change", "covers", "started", "term"]
