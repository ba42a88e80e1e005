"""Who asked is kept for 12 months and then deleted, with an event that says how many records went."""

from __future__ import annotations

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.consent.asking import storing

#: Twelve months, in a leap year too.
_KEPT_DAYS = 366
#: Rows of each table in one unit of work.
_AT_ONCE = 2_000


def delete_asked(now: int, *, actor: Actor) -> int:
    """Delete what is older than 12 months, a portion at a time; returns how many rows went. Call again while any."""
    before = now // clock.DAY - _KEPT_DAYS
    deleted = storing.delete_before(before, _AT_ONCE)
    if deleted:
        content = {"before": clock.from_micros(before * clock.DAY).date().isoformat(), "deleted": deleted}
        audit.record(
            "asked.deleted",
            actor=actor,
            object_type="asked",
            object_id="all",
            content=content,
            details={**content, "why": "its term ended"},
        )
    return deleted
