"""The time of a request by decision: extended once with reasons, suspended only with a recorded one (Art. 12(3))."""

from __future__ import annotations

from uuid import UUID

from privacy import clock
from privacy.authz.actors import Actor
from privacy.dsar import cases, deadlines
from privacy.dsar.correspondence import letters
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.deadlines import Deadlines
from privacy.dsar.failures import (
    ExtendedAlready,
    NotExtendable,
    NotSuspended,
    RequestEnded,
    SuspendedAlready,
    TooLateToExtend,
)
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, State
from privacy.errors import InvalidInput
from privacy.legal_time import days
from privacy.programme import service as programmes


def times_of(row: DataSubjectRequest) -> Deadlines:
    """Every day that matters for a request, as of now; what is worked to stands in the row.

    A day that an authority set stands in the row alone: it is not computed again.
    """
    stored = days.named(row.nominal_on)
    return deadlines.for_request(
        row.received_at,
        programmes.current(),
        case_type=CaseType(row.case_type),
        set_term=None if CaseType(row.case_type).of_a_person else stored,
        extended=row.extended_at is not None,
        suspensions=deadlines.suspensions_of((step.event, step.at) for step in cases.steps_of(row.id)),
        now=clock.micros(),
    )


def extend(request_id: UUID, *, reason: str, actor: Actor, version: int | None = None) -> DataSubjectRequest:
    """Take the two further months and tell the person why, in the open unit of work.

    `reason`: how complex the request is, or how many there are (Art. 12(3)); it is in the letter. Raises
    `TooLateToExtend` from the nominal day on, `ExtendedAlready`, `NotExtendable`, `RequestEnded`, `InvalidInput`.
    """
    row = _running(request_id, version)
    why = _why(reason)
    if row.extended_at is not None:
        raise ExtendedAlready
    times = times_of(row)
    if times.extended_due_on is None or times.tell_by_on is None:
        raise NotExtendable
    now = clock.micros()
    if days.day_of(now, programmes.current().zone) > times.tell_by_on:
        raise TooLateToExtend
    row.extended_at, row.due_on = now, days.numbered(times.extended_due_on)
    until = times.extended_due_on.isoformat()
    cases.note(row, "extended", cases.role_of(actor), actor=actor, reason=why, due_on=until)
    letters.write(row, LetterKind.EXTENSION, facts={"reasons": [why], "until": until})
    return row


def suspend(request_id: UUID, *, reason: str, actor: Actor, version: int | None = None) -> DataSubjectRequest:
    """Record that the time stands while the person is asked for something (EDPB 01/2022, 159).

    The day that is worked to stays: whether the law lets it stand is open. Raises `SuspendedAlready`, `RequestEnded`,
    `InvalidInput`.
    """
    row = _running(request_id, version)
    if cases.is_suspended(row):
        raise SuspendedAlready
    cases.note(row, deadlines.SUSPENDED, cases.role_of(actor), actor=actor, reason=_why(reason))
    return row


def resume(
    request_id: UUID, *, actor: Actor, reason: str | None = None, version: int | None = None
) -> DataSubjectRequest:
    """Record that the time runs again. Raises `NotSuspended`, `RequestEnded`."""
    row = _running(request_id, version)
    if not cases.is_suspended(row):
        raise NotSuspended
    cases.note(row, deadlines.RESUMED, cases.role_of(actor), actor=actor, reason=reason)
    return row


def _running(request_id: UUID, version: int | None) -> DataSubjectRequest:
    row = cases.lock(request_id, version=version)
    if State(row.state).ended:
        raise RequestEnded
    return row


def _why(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput.of("reason", "Say why.")
    return reason.strip()
