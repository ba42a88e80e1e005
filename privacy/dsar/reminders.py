"""Reminders before a request is late (Art. 12(3)): once for each cause, as a step of the request and a mail to the DPO.

Nobody is told whom the request is about: its number and its days suffice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from uuid import UUID, uuid5

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor, Realm
from privacy.db import session
from privacy.dsar import cases, deadlines
from privacy.dsar.models import DataSubjectRequest, RequestStep
from privacy.dsar.one_by_one import OneByOne
from privacy.dsar.vocabulary import CaseType, Role, State
from privacy.legal_time import days
from privacy.legal_time.working_days import WorkingDays
from privacy.outbox import service as outbox
from privacy.programme import service as programmes
from privacy.programme.types import Programme


class Cause(StrEnum):
    """Why somebody is reminded, the most urgent last."""

    DECIDE_EXTENSION = "decide_extension"  # soon it is too late to tell the person of an extension
    DUE_IN_10 = "due_in_10"  # working days
    DUE_IN_5 = "due_in_5"
    DUE_IN_2 = "due_in_2"
    OVERDUE = "overdue"


_WORKING_DAYS = {Cause.DUE_IN_2: 2, Cause.DUE_IN_5: 5, Cause.DUE_IN_10: 10}
#: An extension takes a reason, a letter and perhaps the post.
_BEFORE_TELLING = 7
#: The step that says that somebody was reminded is this and the cause; so no cause is told twice.
_REMINDED = "reminded_"
#: Ten working days are never more than so many days of the calendar, Christmas and Easter included.
_WITHIN = timedelta(days=30)
#: How many requests one unit of work deals with, so that it stays short.
_AT_ONCE = 50
#: A mail that could not be sent for so long says nothing any more.
_WORTH = 7 * clock.DAY
_REMINDING = OneByOne("remind_of_requests")
_TEMPLATES = {Cause.DECIDE_EXTENSION: "request_extension_reminder", Cause.OVERDUE: "request_overdue_reminder"}


@dataclass(frozen=True)
class Days:
    """The days of an open request that somebody is reminded of."""

    due_on: date
    #: The last day to tell of an extension; None where there was one, or can be none.
    tell_by_on: date | None


@dataclass(frozen=True)
class _Calendar:
    """By what days are counted, today."""

    programme: Programme
    today: date
    working_days: WorkingDays


def causes(of: Days, today: date, working_days: WorkingDays) -> frozenset[Cause]:
    """What is a cause to remind somebody today: the most urgent one of its due day, and whether to extend it."""
    found: set[Cause] = set()
    tells = of.tell_by_on
    if tells is not None and today <= tells and working_days.between(today, tells) <= _BEFORE_TELLING:
        found.add(Cause.DECIDE_EXTENSION)
    if today > of.due_on:
        return frozenset({*found, Cause.OVERDUE})
    left = working_days.between(today, of.due_on)
    found.update([cause for cause, most in _WORKING_DAYS.items() if left <= most][:1])
    return frozenset(found)


def remind(now: int, *, actor: Actor) -> int:
    """Remind the data protection officer of requests that are soon due or late, some at a time; returns how many.

    `now` in microseconds. Each cause is told once, and anew after the due day was extended.
    """
    programme = programmes.current()
    today, working_days = days.day_of(now, programme.zone), deadlines.working_days_of(programme)
    rows = _soon_due(today)
    told = _told([row.id for row in rows])
    resting = _REMINDING.put_off()
    untold = [row.id for row in rows if causes(_days_of(row), today, working_days) - told.get(row.id, set())]
    ready = [request_id for request_id in untold if request_id not in resting]
    calendar = _Calendar(programme, today, working_days)
    # In the order in which everybody locks requests.
    some = sorted(ready[:_AT_ONCE])
    return sum(_REMINDING.do(request_id, partial(_remind_of, request_id, calendar, actor)) for request_id in some)


def alarming(now: int) -> Mapping[str, bool]:
    """The numbers of open requests that are due within two working days, or late; and whether they are late.

    `now` in microseconds.
    """
    programme = programmes.current()
    today, working_days = days.day_of(now, programme.zone), deadlines.working_days_of(programme)
    found = {row.number: causes(_days_of(row), today, working_days) for row in _soon_due(today)}
    return {number: Cause.OVERDUE in why for number, why in found.items() if why & {Cause.DUE_IN_2, Cause.OVERDUE}}


def _remind_of(request_id: UUID, calendar: _Calendar, actor: Actor) -> None:
    row = cases.lock(request_id)
    # Another worker, an end or an extension may have made the reminder needless meanwhile.
    if State(row.state).ended:
        return
    due = causes(_days_of(row), calendar.today, calendar.working_days) - _told([row.id]).get(row.id, set())
    for cause in sorted(due, key=list(Cause).index):
        _remind(row, cause, calendar, actor)


def _soon_due(today: date) -> list[DataSubjectRequest]:
    until = days.numbered(today + _WITHIN)
    query = sa.select(DataSubjectRequest).where(
        DataSubjectRequest.state.in_([state.value for state in State if not state.ended]),
        sa.or_(
            DataSubjectRequest.due_on <= until,
            sa.and_(DataSubjectRequest.extended_at.is_(None), DataSubjectRequest.nominal_on <= until),
        ),
        DataSubjectRequest.realm == Realm.LIVE.value,
    )
    return list(session().scalars(query.order_by(DataSubjectRequest.due_on, DataSubjectRequest.id)))


def _told(request_ids: Collection[UUID]) -> Mapping[UUID, set[Cause]]:
    """Of which causes somebody was reminded before, since the last extension."""
    found: defaultdict[UUID, set[Cause]] = defaultdict(set)
    query = (
        sa.select(RequestStep.request_id, RequestStep.event)
        .join(DataSubjectRequest, DataSubjectRequest.id == RequestStep.request_id)
        .where(
            RequestStep.event.startswith(_REMINDED, autoescape=True),
            RequestStep.at >= sa.func.coalesce(DataSubjectRequest.extended_at, 0),
            DataSubjectRequest.state.in_([state.value for state in State if not state.ended]),
        )
    )
    wanted = frozenset(request_ids)
    for request_id, event in session().execute(query):
        if request_id in wanted:
            found[request_id].add(Cause(event.removeprefix(_REMINDED)))
    return found


def _days_of(row: DataSubjectRequest) -> Days:
    nominal_on, extended = days.named(row.nominal_on), row.extended_at is not None
    return Days(days.named(row.due_on), deadlines.tell_by(CaseType(row.case_type), nominal_on, extended=extended))


def _remind(row: DataSubjectRequest, cause: Cause, calendar: _Calendar, actor: Actor) -> None:
    programme = calendar.programme
    of = _days_of(row)
    cases.note(row, _REMINDED + cause.value, Role.SERVICE, actor=actor, reason=None, due_on=of.due_on.isoformat())
    if programme.dpo is None:
        return
    values = {"NUMBER": row.number, "DUE_ON": of.due_on.isoformat()}
    if cause is Cause.DECIDE_EXTENSION and of.tell_by_on is not None:
        values["TELL_BY_ON"] = of.tell_by_on.isoformat()
    elif cause is not Cause.OVERDUE:
        values["WORKING_DAYS"] = str(calendar.working_days.between(calendar.today, of.due_on))
    template = _TEMPLATES.get(cause, "request_due_reminder")
    outbox.enqueue(
        outbox.Message(template, programme.jurisdiction.locales[0], values),
        key=cases.key_of(row),
        to=programme.dpo.email,
        cause=uuid5(row.id, f"{cause}/{of.due_on}"),
        not_after=clock.micros() + _WORTH,
        realm=Realm(row.realm),
    )
