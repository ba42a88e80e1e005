"""Alarms: raised once for as long as their cause lasts, told to named staff until somebody acknowledges them.

An alarm is a code and what it is about: the name of a job, the number of a request. Nothing of it is personal data.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import SERVICE, Actor, Realm
from privacy.crypto import keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, load_owner_key
from privacy.db import new_id, session
from privacy.errors import NotFound
from privacy.jobs.alarm_words import AlarmCode, said
from privacy.jobs.audited import record_alarm
from privacy.jobs.models import Alarm, AlarmCall
from privacy.outbox import service as outbox
from privacy.programme import service as programmes

#: A mail that could not be sent for so long says nothing any more.
_WORTH = clock.DAY
_RAISED, _AGAIN, _ENDED = "raised", "again", "ended"
_FALLBACK_LOCALE = "en"
_MOST_LISTED = 200
#: As many alarms of one look have a mail of their own; more come in one, or nobody would read any.
_FEW = 5
#: A mail names no more of them.
_MOST_NAMED = 100


class AlarmNotFound(NotFound):
    """There is no such alarm."""

    code = "alarm-not-found"


@dataclass(frozen=True, order=True)
class Cause:
    """Why an alarm rings."""

    code: AlarmCode
    #: Which one; empty where there is only one.
    about: str = ""


@dataclass(frozen=True)
class Staff:
    """Who is told of alarms, and how."""

    addresses: tuple[str, ...] = field(default=(), repr=False)
    #: Whether there is a webhook.
    by_webhook: bool = False
    #: How long until those that nobody acknowledged are told again, in microseconds.
    again_after: int = 4 * 3600 * clock.SECOND


@dataclass(frozen=True)
class AlarmView:
    """An alarm as the API and the command line show it."""

    id: UUID
    code: AlarmCode
    about: str
    raised_at: int
    told_at: int
    times_told: int
    acknowledged_at: int | None
    acknowledged_by: UUID | None
    ended_at: int | None


def raise_alarm(cause: Cause, staff: Staff) -> UUID:
    """Raise an alarm in the open unit of work, unless it rings already; returns its id."""
    known = session().scalar(
        sa.select(Alarm.id).where(Alarm.code == cause.code, Alarm.about == cause.about, Alarm.ended_at.is_(None))
    )
    if known is not None:
        return known
    row = _raised(cause)
    _tell([row], _RAISED, staff)
    return row.id


def settle(causes: Collection[Cause], staff: Staff) -> int:
    """Have exactly the alarms of these causes ring, in the open unit of work; returns how many changed.

    New ones are raised, those whose cause is gone end, and what nobody acknowledged is told again in its time.
    """
    now, ringing = clock.micros(), set()
    ended, again = [], []
    for row in session().scalars(sa.select(Alarm).where(Alarm.ended_at.is_(None)).with_for_update()):
        cause = Cause(AlarmCode(row.code), row.about)
        ringing.add(cause)
        if cause not in causes:
            row.ended_at = now
            session().flush()
            record_alarm("alarm.ended", row, actor=SERVICE)
            ended.append(row)
        elif row.acknowledged_at is None and not 0 <= now - row.told_at < staff.again_after:
            again.append(row)
    raised = [_raised(cause) for cause in sorted(set(causes) - ringing)]
    for event, rows in ((_RAISED, raised), (_AGAIN, again), (_ENDED, ended)):
        _tell(rows, event, staff)
    return len(raised) + len(again) + len(ended)


def _raised(cause: Cause) -> Alarm:
    now = clock.micros()
    row = Alarm(id=new_id(), code=cause.code.value, about=cause.about, raised_at=now, told_at=now, times_told=0)
    session().add(row)
    session().flush()
    record_alarm("alarm.raised", row, actor=SERVICE)
    return row


def acknowledge(alarm_id: UUID, *, actor: Actor) -> AlarmView:
    """Say that somebody sees to it, in the open unit of work: it is told no more. Raises `AlarmNotFound`.

    What was acknowledged before stays as it was.
    """
    row = session().get(Alarm, alarm_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise AlarmNotFound
    if row.acknowledged_at is None:
        row.acknowledged_at, row.acknowledged_by = clock.micros(), actor.id
        session().flush()
        record_alarm("alarm.acknowledged", row, actor=actor)
    return _view(row)


def alarms(*, ended: bool = False) -> Sequence[AlarmView]:
    """The alarms that ring, what nobody acknowledged first, then the oldest.

    `ended`: those that are over, the newest first. Some at most.
    """
    query = (
        sa.select(Alarm).where(Alarm.ended_at.is_not(None)).order_by(Alarm.raised_at.desc(), Alarm.id)
        if ended
        else sa.select(Alarm)
        .where(Alarm.ended_at.is_(None))
        .order_by(Alarm.acknowledged_at.is_not(None), Alarm.raised_at, Alarm.id)
    )
    return [_view(row) for row in session().scalars(query.limit(_MOST_LISTED))]


def _tell(rows: Sequence[Alarm], event: str, staff: Staff) -> None:
    """Tell staff of alarms that came together: of a few each by itself, of more by one mail."""
    now = clock.micros()
    for row in rows:
        row.told_at, row.times_told = now, row.times_told + 1
        if staff.by_webhook:
            session().add(AlarmCall(id=new_id(), alarm_id=row.id, event=event, at=now, attempts=0, next_at=now))
    session().flush()
    if not rows or not staff.addresses:
        return
    if len(rows) > _FEW:
        _mail(rows[0], "all", _together(rows, event), staff)
        return
    for row in rows:
        _mail(row, "one", _message(row, event), staff)


def _mail(row: Alarm, sort: str, message: outbox.Message, staff: Staff) -> None:
    key = load_owner_key(session(), keyring.installed(), SERVICE_OWNER)
    for address in staff.addresses:
        outbox.enqueue(
            message,
            key=key,
            to=address,
            cause=uuid5(row.id, f"{row.times_told}/{sort}/{address}"),
            not_after=clock.micros() + _WORTH,
            realm=Realm.LIVE,
        )


def _together(rows: Sequence[Alarm], event: str) -> outbox.Message:
    locale = _locale()
    lines = [" ".join(filter(None, (said(AlarmCode(row.code), locale), row.about))) for row in rows]
    values: dict[str, outbox.Value] = {"COUNT": str(len(rows)), "LINES": lines[:_MOST_NAMED]}
    return outbox.Message("alarms_ended" if event == _ENDED else "alarms", locale, values)


def _message(row: Alarm, event: str) -> outbox.Message:
    locale = _locale()
    values: dict[str, outbox.Value] = {
        "WHAT": said(AlarmCode(row.code), locale),
        "ABOUT": [row.about] if row.about else [],
        "CODE": row.code,
        "RAISED_AT": clock.isoformat(row.raised_at),
    }
    if event == _ENDED:
        return outbox.Message("alarm_ended", locale, values)
    return outbox.Message("alarm", locale, values | {"ID": str(row.id)})


def _locale() -> str:
    """The language of the mail; alarms ring before there is a programme, too."""
    try:
        return programmes.current().jurisdiction.locales[0]
    except programmes.NoProgramme:
        return _FALLBACK_LOCALE


def _view(row: Alarm) -> AlarmView:
    return AlarmView(
        row.id,
        AlarmCode(row.code),
        row.about,
        row.raised_at,
        row.told_at,
        row.times_told,
        row.acknowledged_at,
        row.acknowledged_by,
        row.ended_at,
    )
