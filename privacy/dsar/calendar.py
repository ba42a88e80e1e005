"""The calendar of due days as iCalendar (RFC 5545), for whoever answers requests: numbers and days, no personal data.

Each request has the same UID in every feed, so a calendar that reads it again moves an entry rather than doubling it.
What has ended is no longer in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Realm
from privacy.db import session
from privacy.dsar import deadlines
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, State
from privacy.legal_time import days
from privacy.programme import service as programmes

if TYPE_CHECKING:
    from icalendar import Event

CONTENT_TYPE = "text/calendar; charset=utf-8"
_ALARMS = (timedelta(days=-7), timedelta(days=-2))
_NAMES = {
    "en": (
        "Requests of data subjects",
        "Request {number} is due",
        "Request {number}: last day to tell of an extension",
    ),
    "pl": ("Żądania osób", "Termin odpowiedzi na żądanie {number}", "Żądanie {number}: ostatni dzień na przedłużenie"),
    "hr": ("Zahtjevi ispitanika", "Rok za zahtjev {number}", "Zahtjev {number}: zadnji dan za produljenje roka"),
}


@dataclass(frozen=True)
class Entry:
    """One open request in the calendar."""

    request_id: UUID
    number: str
    due_on: date
    #: The last day to tell of an extension; None where there was one, or can be none.
    tell_by_on: date | None
    #: Goes up with every change (`SEQUENCE`).
    version: int


def entries(realm: Realm) -> Sequence[Entry]:
    """Every open request of a realm, soonest due first."""
    query = sa.select(DataSubjectRequest).where(
        DataSubjectRequest.state.in_([state.value for state in State if not state.ended]),
        DataSubjectRequest.realm == realm.value,
    )
    return [_entry(row) for row in session().scalars(query.order_by(DataSubjectRequest.due_on, DataSubjectRequest.id))]


def calendar_of(realm: Realm) -> bytes:
    """The calendar of a realm's open requests, in the first language of the programme."""
    locale = programmes.current().jurisdiction.locales[0]
    return render(entries(realm), locale=locale, made_at=clock.now())


def render(found: Iterable[Entry], *, locale: str, made_at: datetime) -> bytes:
    """These entries as one iCalendar object; `locale` (BCP 47) falls back to English."""
    from icalendar import Calendar  # noqa: PLC0415  # slow to import, and few processes make one

    name, due, tell = _NAMES.get(locale.partition("-")[0].lower(), _NAMES["en"])
    calendar = Calendar()
    calendar.add("prodid", "-//privacy//requests//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for one in found:
        summary = due.format(number=one.number)
        calendar.add_component(_day(one, "due", one.due_on, summary, made_at))
        if one.tell_by_on is not None:
            summary = tell.format(number=one.number)
            calendar.add_component(_day(one, "extension", one.tell_by_on, summary, made_at))
    written: bytes = calendar.to_ical()
    return written


def _entry(row: DataSubjectRequest) -> Entry:
    tell_by_on = deadlines.tell_by(
        CaseType(row.case_type), days.named(row.nominal_on), extended=row.extended_at is not None
    )
    return Entry(row.id, row.number, days.named(row.due_on), tell_by_on, row.version)


def _day(one: Entry, what: str, on: date, summary: str, made_at: datetime) -> Event:
    """A whole day without a zone: it is the same date wherever the calendar is read."""
    from icalendar import Alarm, Event  # noqa: PLC0415  # the same

    event = Event()
    event.add("uid", f"{what}-{one.request_id}@requests.privacy")
    event.add("dtstamp", made_at)
    event.add("dtstart", on)
    event.add("dtend", on + days.ONE)
    event.add("sequence", one.version)
    event.add("summary", summary)
    event.add("transp", "TRANSPARENT")
    for before in _ALARMS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", before)
        event.add_component(alarm)
    return event
