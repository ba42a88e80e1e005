"""The register of requests: one line for each, without a word about the person, for statistics and reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.crypto.owner_keys import KeyDestroyed
from privacy.db import end_read, session
from privacy.dsar import cases
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, Ground, Intake, Outcome, State
from privacy.legal_time import days

#: Requests of one read: some milliseconds, their decisions opened.
_AT_ONCE = 200


@dataclass(frozen=True)
class Registered:
    """What the register holds of one request."""

    number: str
    case_type: CaseType
    intake: Intake
    #: The controller's code in the programme.
    controller: str
    state: State
    outcome: Outcome | None
    #: Microseconds.
    received_at: int
    due_on: date
    extended_at: int | None
    ended_at: int | None
    #: Why something was refused; each ground once.
    grounds: tuple[Ground, ...]


def registered(*, actor: Actor) -> Iterator[Registered]:
    """Every request of the actor's realm that is kept, in the order in which they were recorded.

    In short reads, each by itself; none is open while the caller has a line. Raises `NotPermitted`.
    """
    actor.require(Permission.REQUESTS_READ)
    query = (
        sa.select(DataSubjectRequest)
        .where(DataSubjectRequest.realm == actor.realm.value)
        .order_by(DataSubjectRequest.id)
        .limit(_AT_ONCE)
        .execution_options(populate_existing=True)
    )
    some = query
    while rows := list(session().scalars(some)):
        last = rows[-1].id
        lines = [_line(row) for row in rows]
        end_read()
        yield from lines
        if len(rows) < _AT_ONCE:
            return
        some = query.where(DataSubjectRequest.id > last)


def _line(row: DataSubjectRequest) -> Registered:
    return Registered(
        number=row.number,
        case_type=CaseType(row.case_type),
        intake=Intake(row.intake),
        controller=row.controller,
        state=State(row.state),
        outcome=Outcome(row.outcome) if row.outcome else None,
        received_at=row.received_at,
        due_on=days.named(row.due_on),
        extended_at=row.extended_at,
        ended_at=row.ended_at,
        grounds=_grounds(row),
    )


def _grounds(row: DataSubjectRequest) -> tuple[Ground, ...]:
    """Of an answered request; a decision whose key is gone tells none."""
    if row.outcome not in {Outcome.REFUSED.value, Outcome.PARTLY.value}:
        return ()
    try:
        decision = cases.decision_of(row)
    except KeyDestroyed:
        return ()
    return tuple(dict.fromkeys(refused.ground for refused in decision.refused)) if decision else ()
