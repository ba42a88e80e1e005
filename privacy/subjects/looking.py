"""Looking for a person: for a reason that stands in the log, which is also what opens the person's file for a while.

Nothing but the log says whose file is open: an event by the same member of staff, from the same seat, not long ago.
The event says by what kind of identifier somebody looked, never by which value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.errors import InvalidInput
from privacy.subjects.finding import find_ids
from privacy.subjects.naming import Naming
from privacy.subjects.person import one_with

#: As long as a call or a letter takes.
OPEN_FOR = 30 * clock.MINUTE
_ACTION, _OBJECT = "subject.looked_for", "subject_file"
_SHORTEST, _LONGEST = 3, 300


class LookReason(StrEnum):
    """Why somebody opens a person's file."""

    REQUEST = "request"  # of the person, about their data
    QUESTION = "question"  # of the person, by any way
    COMPLAINT = "complaint"
    AUTHORITY = "authority"
    BREACH = "breach"
    MISTAKE = "mistake"  # in what is recorded
    CHECK = "check"  # by the data protection officer, or an audit


@dataclass(frozen=True)
class Why:
    """The reason, and what it is about in a few words that name nobody."""

    reason: LookReason
    words: str = field(repr=False)
    #: Where the member of staff sits: one sign-in, told as text.
    seat: str


def look_for(naming: Naming, why: Why, *, actor: Actor) -> list[UUID]:
    """A subject of each person whom the naming may mean, in the open unit of work; each one's file is open then.

    Raises `NotPermitted`, `InvalidInput`.
    """
    people: dict[frozenset[UUID], UUID] = {}
    for subject_id in find_ids(naming):
        people.setdefault(frozenset(one_with(subject_id, realm=actor.realm.value)), subject_id)
    found = list(people.values())
    kinds = sorted({*(account.type.code for account in naming.accounts), *naming.contacts})
    asked: list[UUID | None] = [*found] or [None]
    for one in asked:
        _record(one, why, actor, by=kinds, found=len(found))
    return found


def look_again(subject_id: UUID, why: Why, *, actor: Actor) -> None:
    """Open the file of somebody whose reference is at hand, in the open unit of work; raises as `look_for` does."""
    _record(subject_id, why, actor, by=["ref"], found=1)


def file_open_until(subject_id: UUID, seat: str, *, actor: Actor) -> int | None:
    """Until when this member may read the person's file; None where they did not look for the person lately."""
    members = one_with(subject_id, realm=actor.realm.value)
    at = audit.last_done(audit.Deed(_ACTION, actor.id, _OBJECT, seat, members))
    until = at + OPEN_FOR if at is not None else 0
    return until if until > clock.micros() else None


def _record(subject_id: UUID | None, why: Why, actor: Actor, *, by: list[str], found: int) -> None:
    actor.require(Permission.SUBJECTS_SEARCH)
    words = why.words.strip()
    if not _SHORTEST <= len(words) <= _LONGEST:
        raise InvalidInput.of("words", f"Write in {_SHORTEST} to {_LONGEST} characters what it is about.")
    content = {"reason": why.reason.value, "by": by, "found": found, "words": words}
    audit.record(
        _ACTION,
        actor=actor,
        object_type=_OBJECT,
        object_id=why.seat,
        subject_id=subject_id,
        content=content,
        details=content,
    )
