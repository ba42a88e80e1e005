"""What the log says of askings and sessions: ids and counts, never an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.selfservice.models import PersonEntry, PersonSession


def of_entry(action: str, entry: PersonEntry, actor: Actor, **details: Any) -> None:
    """The event of an asking, in the open unit of work."""
    audit.record(
        f"person_entry.{action}",
        actor=actor,
        object_type="person_entry",
        object_id=entry.id,
        content={"id": str(entry.id), "asked_at": entry.asked_at, "kind": entry.kind, "tries": entry.tries},
        details=details,
    )


def of_session(action: str, row: PersonSession, actor: Actor, **details: Any) -> None:
    """The event of a session, in the open unit of work; one of the person's own, where it is one person's."""
    audit.record(
        f"person_session.{action}",
        actor=actor,
        object_type="person_session",
        object_id=row.id,
        content={"id": str(row.id), "proof": row.proof, "opened_at": row.opened_at, "ends_at": row.ends_at},
        subject_id=row.subject_id,
        details={"proof": row.proof, **details},
    )


def of_changes(action: str, subject_id: UUID, actor: Actor, count: int, **details: Any) -> None:
    """The event that a person was told of changes by others, or has seen them, in the open unit of work."""
    audit.record(
        f"changes_by_others.{action}",
        actor=actor,
        object_type="changes_by_others",
        object_id=subject_id,
        content={"subject_id": str(subject_id), "count": count},
        subject_id=subject_id,
        details={"count": count, **details},
    )


def of_deleted(what: str, ids: Sequence[UUID], actor: Actor) -> None:
    """The event of rows that are over and were deleted, by what they are called together."""
    audit.record(
        f"{what}.deleted",
        actor=actor,
        object_type=what,
        object_id=ids[0],
        content={"ids": [str(one) for one in ids]},
        details={"count": len(ids)},
    )
