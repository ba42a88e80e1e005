"""The course of one breach as evidence: who did what and when, by the log's own events, each proven (Art. 33(5)).

One archive that verifies without this service, as a bundle about a person does (docs/evidence.md). It holds what the
log says, and no word that is sealed: neither facts nor reasons.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.breach import service as breaches
from privacy.db import end_read
from privacy.evidence import archive
from privacy.evidence.archive import Proven
from privacy.evidence.published import proven_events


@dataclass(frozen=True)
class Timeline:
    """An archive that is ready to be handed out, once `record_timeline` has noted who takes it."""

    breach_id: UUID
    number: str
    content: bytes
    events: int
    #: Leaves of the checkpoint to which everything is proven.
    size: int

    @property
    def sha256(self) -> str:
        """SHA-256 of the archive, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def make_timeline(named: str, *, actor: Actor, seconds: float) -> Timeline:
    """The course of the breach of a number or id; waits up to `seconds` for the newest event to be published.

    Raises `BreachNotFound`, `NotPublishedYet`. Not inside a unit of work; nothing may be handed out before
    `record_timeline` is committed.
    """
    row = breaches.named(named, actor=actor)
    breach_id, number, rehearsal = row.id, row.number, row.rehearsal
    ids = [event for kind, one in breaches.objects_of(breach_id) for event in audit.events_about(kind, one)]
    published, events = proven_events(ids, seconds)
    proven = Proven(published, audit.endorsements(published.size))
    at = clock.isoformat(clock.micros())
    end_read()
    course = _course(events)
    head = {"number": number, "rehearsal": rehearsal, "events": len(events), "log_size": published.size}
    files = {
        "events.jsonl": archive.lines(events),
        "timeline.json": audit.readable({**head, "course": course}),
    }
    files["README.txt"] = _readme(number, rehearsal, course).encode()
    about = {"breach": str(breach_id), "number": number, **({"rehearsal": True} if rehearsal else {})}
    content = archive.packed(files, about, proven, at=at)
    end_read()
    return Timeline(breach_id, number, content, len(events), published.size)


def record_timeline(made: Timeline, *, actor: Actor) -> UUID:
    """Record who takes the course of which breach; in the open unit of work, before the archive is handed out."""
    content = {"sha256": made.sha256, "bytes": len(made.content)}
    return audit.record(
        "evidence.exported",
        actor=actor,
        object_type="breach_timeline",
        object_id=made.breach_id,
        content=content,
        details={**content, "number": made.number, "events": made.events, "log_size": made.size},
    )


def _course(events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What each event says, in the order of the log."""
    return [
        {
            "index": event["index"],
            "at": event["body"]["at"],
            "what": event["body"]["action"],
            "actor": event["body"]["actor"],
            "details": event["body"]["details"],
        }
        for event in events
        if "body" in event
    ]


def _readme(number: str, rehearsal: bool, course: Sequence[Mapping[str, Any]]) -> str:
    marked = ["A REHEARSAL: about no real breach.", ""] if rehearsal else []
    lines = [f"  {step['at']:<28} {step['what']}" for step in course]
    return "\n".join(
        [
            f"The course of the breach {number}, as the log has it.",
            "",
            *marked,
            "Verify it on any machine with Python 3.9 or newer, with the log's key as its owner gave it to you:",
            "",
            "  python3 -I privacy_verify.py timeline.zip --key KEY",
            "",
            *lines,
            "",
            "events.jsonl has each event with its proof; timeline.json the same for reading. No personal data of those",
            "affected is in it, and no word that was written about the breach.",
            "",
        ]
    )
