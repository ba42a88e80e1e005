"""What becomes of requests by the clock: cooling-off ends, restrictions end, files are deleted with their key.

And what becomes of them when their person is erased: the request stays, as the account of what was done (Art. 5(2)).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from privacy.authz.actors import SERVICE, SERVICE_ID, Actor
from privacy.crypto.owner_keys import destroy_owner_key
from privacy.db import Base, in_parts, session
from privacy.dsar import audited, cases, deciding, standings
from privacy.dsar.answering import ENDS_RESTRICTION, NOTICE
from privacy.dsar.correspondence.models import RequestLetter, RequestReach
from privacy.dsar.identity.models import RequestCode, RequestSession
from privacy.dsar.models import DataSubjectRequest, RequestStep, RequestTask
from privacy.dsar.one_by_one import OneByOne
from privacy.dsar.package.models import RequestPackage, RequestPackagePart, RequestRedaction
from privacy.dsar.protocols.models import RequestProtocol
from privacy.dsar.vocabulary import CaseType, Event, Outcome, Role, State, TaskKind, TaskState
from privacy.outbox import service as outbox
from privacy.retention import service as retention

#: How many files one unit of work deletes, so that it stays short.
_AT_ONCE = 50
_COOLING_OFF, _RESTRICTIONS, _FILES = map(OneByOne, ("end_cooling_off", "end_restrictions", "delete_ended_files"))
#: What hangs on a request, in the order in which it goes.
_PARTS: tuple[type[Base], ...] = (
    *(RequestSession, RequestCode, RequestPackagePart, RequestPackage, RequestRedaction),
    *(RequestLetter, RequestReach, RequestProtocol, RequestTask, RequestStep),
)


def end_cooling_off(now: int, *, actor: Actor) -> int:
    """Begin something that was approved and whose cooling-off is over; returns how many, which is one or none.

    One in each unit of work: each locks its own people, and whoever holds people must not wait for more.
    """
    query = sa.select(DataSubjectRequest).where(
        DataSubjectRequest.state == State.COOLING_OFF.value, DataSubjectRequest.cooling_until <= now
    )
    return _done(_COOLING_OFF, query, lambda row: deciding.end_cooling_off(row, actor=actor), most=1)


def end_restrictions(now: int, *, actor: Actor) -> int:
    """End a restriction of what was answered and told, one in each unit of work; returns how many."""
    ended = sa.exists().where(RequestStep.request_id == DataSubjectRequest.id, RequestStep.event == standings.LIFTED)
    query = sa.select(DataSubjectRequest).where(
        DataSubjectRequest.state == State.ANSWERED.value,
        DataSubjectRequest.case_type.in_([case_type.value for case_type in ENDS_RESTRICTION]),
        DataSubjectRequest.ended_at <= now - NOTICE,
        DataSubjectRequest.granted_by.is_distinct_from(SERVICE_ID),  # Nobody weighed those, and nothing was restricted.
        ~ended,
    )
    return _done(_RESTRICTIONS, query, lambda row: standings.lift(row, actor=actor, reason=None), most=1)


def delete_ended_files(now: int, *, actor: Actor) -> int:
    """Delete requests past their term with their keys and all that hangs on them, some at a time; returns how many.

    A restriction that holds is not past it, nor one that a system has still to lift: nobody else knows what it marked.
    Nor is what somebody asked for whom a legal hold holds.
    """
    joined = sa.orm.aliased(DataSubjectRequest)
    # What was joined to it goes first: it refers to the one that went on.
    last = ~sa.exists().where(joined.joined_to == DataSubjectRequest.id)
    query = sa.select(DataSubjectRequest).where(DataSubjectRequest.deleted_at <= now, last, ~_restricts())
    return _done(_FILES, query, lambda row: _delete_file(row, actor), most=_AT_ONCE, stays=_is_held)


def forget_subjects(subject_ids: Sequence[UUID]) -> Mapping[str, int]:
    """Take erased people out of their requests, in the open unit of work of their erasure; no row of a request goes.

    What the requests hold stays under their own keys until the term of each file ends.
    """
    for part in in_parts(subject_ids):
        codes = sa.update(RequestCode).where(RequestCode.subject_id.in_(part)).values(subject_id=None)
        session().execute(codes.execution_options(synchronize_session=False))
        query = sa.select(DataSubjectRequest).where(DataSubjectRequest.subject_id.in_(part))
        for row in session().scalars(query.order_by(DataSubjectRequest.id).with_for_update()):
            row.subject_id = None
            cases.note(row, cases.PERSON_ERASED, Role.SERVICE, actor=SERVICE, reason=None)
    return {}


def _restricts() -> sa.ColumnElement[bool]:
    """Whether a request restricts somebody whom our records know, or its end has not come to every system."""
    later = sa.orm.aliased(RequestStep)
    reopened = sa.exists().where(
        later.request_id == RequestStep.request_id, later.event == Event.REOPEN.value, later.number > RequestStep.number
    )
    lifted = sa.exists().where(
        RequestStep.request_id == DataSubjectRequest.id, RequestStep.event == standings.LIFTED, ~reopened
    )
    to_lift = sa.exists().where(
        RequestTask.request_id == DataSubjectRequest.id,
        RequestTask.kind == TaskKind.LIFT.value,
        RequestTask.state.not_in([TaskState.DONE.value, TaskState.EXCEPTED.value]),
    )
    holds = sa.and_(
        DataSubjectRequest.case_type == CaseType.RESTRICTION.value,
        DataSubjectRequest.outcome.in_([Outcome.GRANTED.value, Outcome.PARTLY.value]),
        DataSubjectRequest.subject_id.is_not(None),
        ~lifted,
    )
    return sa.or_(holds, to_lift)


def _is_held(row: DataSubjectRequest) -> bool:
    """Whether a legal hold keeps the file: of the person, or of this service while nobody is known behind it."""
    if row.subject_id is None:
        return retention.this_service_is_held()
    return row.subject_id in retention.held_among([row.subject_id])


def _delete_file(row: DataSubjectRequest, actor: Actor) -> None:
    request_id = row.id
    audited.record(audited.DELETED, row, actor=actor, details={"number": row.number, "why": "its term ended"})
    for part in _PARTS:
        owner = part.__table__.c.request_id
        _delete(sa.delete(part).where(owner == request_id))
    outbox.forget_people([request_id])
    _delete(sa.delete(DataSubjectRequest).where(DataSubjectRequest.id == request_id))
    destroy_owner_key(session(), request_id)
    session().expire_all()


def _delete(rows: sa.Delete) -> None:
    session().execute(rows.execution_options(synchronize_session=False))


def _done(
    lot: OneByOne,
    due: sa.Select[DataSubjectRequest],
    change: Callable[[DataSubjectRequest], object],
    *,
    most: int,
    stays: Callable[[DataSubjectRequest], bool] = lambda _row: False,
) -> int:
    """Change what is due, each by itself and locked; whoever another worker holds is left to it.

    `stays`: what, once it is locked, is left as it is.
    """
    done = 0
    free = due.order_by(DataSubjectRequest.id).limit(1).with_for_update(skip_locked=True)
    while done < most:
        query = free.where(DataSubjectRequest.id.not_in(lot.put_off()))
        row = session().scalar(query.execution_options(populate_existing=True))
        if row is None:
            break
        if stays(row):
            free = free.where(DataSubjectRequest.id > row.id)
            continue
        done += lot.do(row.id, partial(change, row))
    return done
