"""Two requests of one person for the same are one: the earlier goes on, with its own clock and every step of its own.

Nothing that was done to the later one counts for the earlier: not its proof, not its grant.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from privacy.authz.actors import Actor
from privacy.dsar import cases, standings
from privacy.dsar.correspondence import letters
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.failures import NotJoinable
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import Event, Role, State
from privacy.legal_time import days
from privacy.subjects import service as subjects


def join(
    request_id: UUID, earlier_id: UUID, *, actor: Actor, version: int | None = None, reason: str | None = None
) -> DataSubjectRequest:
    """End a request because an earlier one asks the same, in the open unit of work; returns the one that ended.

    Raises `NotJoinable`, `workflow.NotPossible` where both are not identified as the same person, `RequestNotFound`,
    `RequestChanged`.
    """
    if request_id == earlier_id:
        raise NotJoinable
    # In one order, so that two who join the other way round don't wait for each other in a circle.
    held = {one: cases.lock(one) for one in sorted((request_id, earlier_id))}
    row, earlier = cases.lock(request_id, version=version), held[earlier_id]
    if (earlier.received_at, earlier.id) > (row.received_at, row.id) or earlier.realm != row.realm:
        raise NotJoinable("The one that came first goes on, so that its time runs.")
    row.joined_to = earlier.id
    cases.advance(
        row,
        Event.JOIN,
        cases.role_of(actor),
        actor=actor,
        reason=reason,
        same_person=_same_person(row, earlier),
        joined_to=earlier.number,
    )
    if earlier.state == State.ASSESSING:
        _take_over(row, earlier, actor)
    standings.settle(row, actor=actor)
    until = days.named(earlier.due_on).isoformat()
    letters.write(row, LetterKind.JOINED, facts={"earlier": earlier.number, "until": until})
    return row


def _same_person(row: DataSubjectRequest, earlier: DataSubjectRequest) -> bool:
    if State(earlier.state).ended or earlier.case_type != row.case_type or earlier.identified_at is None:
        return False
    if row.subject_id is None or earlier.subject_id is None:
        return False
    return earlier.subject_id in subjects.natural_person(row.subject_id)


def _take_over(row: DataSubjectRequest, earlier: DataSubjectRequest, actor: Actor) -> None:
    """The identifiers that were proven to be the person's lead the earlier request further, before it is decided."""
    theirs, known = cases.matter_of(row), cases.matter_of(earlier)
    more = tuple(one for one in theirs.named if one not in known.named)
    if more:
        cases.put_matter(earlier, msgspec.structs.replace(known, named=known.named + more))
        cases.note(earlier, "joined_by", Role.SERVICE, actor=actor, reason=None, joined_by=row.number)
