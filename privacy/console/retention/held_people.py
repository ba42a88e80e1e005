"""Who is to be held: read as they are written, looked for with the reason in the log, and told as numbers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.db import new_id
from privacy.errors import InvalidInput
from privacy.programme.types import Programme
from privacy.retention.service import WantedHold
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming


@dataclass(frozen=True)
class Found:
    """How many of those who were named are known here."""

    known: int
    #: Named, and not known here: held all the same, in other systems, and here once they are known.
    unknown: int


def named(programme: Programme, actor: Actor, kind: str, written: str) -> tuple[Naming, ...]:
    """The people of a list, one a line; raises `InvalidInput` without repeating what was written."""
    lines = [line.strip() for line in written.split("\n") if line.strip()]
    try:
        return tuple(subjects.name_of(programme, actor, {kind: line}, place="people") for line in lines)
    except InvalidInput:
        raise InvalidInput.of("people", "A line has not the form of what you chose. Write one person a line.") from None


def look_for(wanted: WantedHold, kind: str, *, actor: Actor) -> Found:
    """Look whom the hold would hold, in the open unit of work; the log has who looked, for which case, and whom."""
    each = [subjects.find_ids(naming) for naming in wanted.people]
    people = sorted({one for some in each for one in some})
    unknown = sum(not some for some in each)
    content = {
        "by": kind,
        "reason": "legal_hold",
        "case": wanted.reference.strip(),
        "statute": wanted.statute.strip(),
        "found": len(people),
    }
    about: Sequence[UUID | None] = [*people] or [None]
    for subject_id in about:
        audit.record(
            "customer.looked_for",
            actor=actor,
            object_type="customer_search",
            object_id=new_id(),
            subject_id=subject_id,
            content=content,
            details=content,
        )
    return Found(len(people), unknown)
