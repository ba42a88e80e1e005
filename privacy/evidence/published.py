"""The evidence of events, to one checkpoint that has them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.audit import service as audit


def proven_events(event_ids: Sequence[UUID], seconds: float) -> tuple[audit.Published, list[dict[str, Any]]]:
    """The evidence of all these events to one checkpoint, which is waited for; raises `NotPublishedYet`."""
    until = clock.micros() + int(seconds * clock.SECOND)
    published = audit.newest_checkpoint()
    events = audit.event_evidence(event_ids, published.size)
    for missing in sorted(set(event_ids) - {UUID(event["leaf"]["event_id"]) for event in events}):
        left = max(0, until - clock.micros()) / clock.SECOND
        _, published = audit.wait_until_published(missing, seconds=left)
    if len(events) < len(event_ids):
        events = audit.event_evidence(event_ids, published.size)
    return published, events
