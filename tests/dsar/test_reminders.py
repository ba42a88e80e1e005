"""Reminders, due days counted anew, and the calendar: by number and day, once for each cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import icalendar
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.audit.models import AuditBody
from privacy.authz.actors import OPERATOR, SERVICE, Realm
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import session, unit_of_work
from privacy.dsar import calendar, cases, deadlines
from privacy.dsar.cases import Opening
from privacy.dsar.matter import Matter, Named
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.recounting import RECOUNTED, recount_due_days
from privacy.dsar.reminders import Cause, Days, causes, remind
from privacy.dsar.vocabulary import CaseType, Event, Intake, Role
from privacy.legal_time import days
from privacy.legal_time.working_days import WorkingDays
from privacy.outbox.models import OutboxMessage
from privacy.programme.types import Programme, PublicHoliday
from tests.consent.desk import lay_programme

PL = WorkingDays("PL")
NOBODY = "nobody@example.com"


@pytest.fixture
def programme(context: Flask, frozen: time_machine.Traveller, in_force: None) -> Programme:
    assert context
    return lay_programme()


@pytest.fixture
def received(programme: Programme, frozen: time_machine.Traveller) -> UUID:
    """An access request of 2026-11-23: nominal and due on 2026-12-23, extended 2027-02-23."""
    frozen.move_to(datetime(2026, 11, 23, 11, tzinfo=UTC))
    return _opened(programme, CaseType.ACCESS)


def _opened(programme: Programme, case_type: CaseType, realm: Realm = Realm.LIVE) -> UUID:
    matter = Matter(named=(Named("email", NOBODY),), name="Nobody", words="Everything, please.")
    with unit_of_work():
        opening = Opening(
            case_type, Intake.EMAIL, matter, "pl", next(iter(programme.controllers)), clock.micros(), realm=realm
        )
        return cases.open_case(opening, actor=OPERATOR).id


def _remind(frozen: time_machine.Traveller, day: date) -> int:
    frozen.move_to(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    with unit_of_work():
        return remind(clock.micros(), actor=SERVICE)


def _words(request_id: UUID) -> list[str]:
    return [step.event for step in cases.steps_of(request_id)]


@pytest.mark.parametrize(
    ("today", "due"),
    [
        ("2026-12-08", set()),  # 11 working days before
        ("2026-12-09", {Cause.DUE_IN_10}),
        ("2026-12-10", {Cause.DUE_IN_10}),
        ("2026-12-11", {Cause.DUE_IN_10, Cause.DECIDE_EXTENSION}),
        ("2026-12-16", {Cause.DUE_IN_5, Cause.DECIDE_EXTENSION}),
        ("2026-12-21", {Cause.DUE_IN_2, Cause.DECIDE_EXTENSION}),
        ("2026-12-22", {Cause.DUE_IN_2, Cause.DECIDE_EXTENSION}),
        ("2026-12-23", {Cause.DUE_IN_2}),
        ("2026-12-24", {Cause.OVERDUE}),
        ("2027-06-01", {Cause.OVERDUE}),
    ],
)
def test_causes_are_counted_in_working_days(today: str, due: set[Cause]) -> None:
    of = Days(due_on=date(2026, 12, 23), tell_by_on=date(2026, 12, 22))
    assert causes(of, date.fromisoformat(today), PL) == due
    assert Cause.DECIDE_EXTENSION not in causes(replace(of, tell_by_on=None), date.fromisoformat(today), PL)


def test_each_cause_is_told_once_by_number_and_day(
    received: UUID, programme: Programme, frozen: time_machine.Traveller
) -> None:
    assert _remind(frozen, date(2026, 12, 8)) == 0
    assert _remind(frozen, date(2026, 12, 9)) == 1
    assert _remind(frozen, date(2026, 12, 10)) == 0
    assert _remind(frozen, date(2026, 12, 16)) == 1
    assert _remind(frozen, date(2026, 12, 29)) == 1
    assert _remind(frozen, date(2027, 1, 29)) == 0
    told = ["reminded_due_in_10", "reminded_decide_extension", "reminded_due_in_5", "reminded_overdue"]
    assert _words(received) == ["received", *told]
    about = sa.select(AuditBody.action).where(AuditBody.object_id == str(received))
    assert sorted(session().scalars(about)) == sorted(["request.received", *(f"request.{word}" for word in told)])
    row = cases.read(received)
    key = load_owner_key(session(), keyring.installed(), row.id, row.key_version)
    mails = session().scalars(sa.select(OutboxMessage).where(OutboxMessage.owner_id == row.id)).all()
    assert len(mails) == 4
    assert programme.dpo is not None
    for mail in mails:
        assert key.open("outbox_message", "to_enc", mail.id, mail.to_enc).decode() == programme.dpo.email
        body = key.open("outbox_message", "body_enc", mail.id, mail.body_enc).decode()
        assert row.number in body
        assert NOBODY not in body


def test_after_an_extension_the_causes_begin_anew(received: UUID, frozen: time_machine.Traveller) -> None:
    _remind(frozen, date(2026, 12, 16))
    with unit_of_work():
        row = cases.lock(received)
        row.extended_at, row.due_on = clock.micros() + 1, days.numbered(date(2027, 2, 23))
        cases.note(row, "extended", Role.STAFF, actor=OPERATOR, reason="Three systems.")
    assert _remind(frozen, date(2026, 12, 22)) == 0
    assert _remind(frozen, date(2027, 2, 16)) == 1
    assert _words(received)[-1] == "reminded_due_in_5"


def test_what_has_ended_or_is_made_up_is_nobodys_worry(
    received: UUID, programme: Programme, frozen: time_machine.Traveller
) -> None:
    _opened(programme, CaseType.ACCESS, Realm.TEST)
    with unit_of_work():
        cases.advance(cases.lock(received), Event.WITHDRAW, Role.PERSON, actor=OPERATOR)
    assert _remind(frozen, date(2027, 1, 29)) == 0


def test_two_reminders_of_one_day_are_one_step_each(
    received: UUID, programme: Programme, frozen: time_machine.Traveller
) -> None:
    other = _opened(programme, CaseType.COMPLAINT)
    assert _remind(frozen, date(2026, 12, 22)) == 2
    assert _words(received)[1:] == ["reminded_decide_extension", "reminded_due_in_2"]
    assert _words(other)[1:] == ["reminded_due_in_2"]


def _counted_by(monkeypatch: pytest.MonkeyPatch, programme: Programme, *free: tuple[date, bool]) -> int:
    """Count anew by a programme whose own holidays say otherwise."""
    own = tuple(PublicHoliday("PL", day, {"en": "Own"}, is_working=works, statute="Own") for day, works in free)
    changed = replace(programme, public_holidays=own)
    monkeypatch.setattr("privacy.dsar.recounting.programmes.current", lambda: changed)
    with unit_of_work():
        return recount_due_days(clock.micros(), actor=SERVICE)


def test_a_due_day_moves_earlier_with_its_event_and_never_later(
    programme: Programme, frozen: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen.move_to(datetime(2026, 11, 24, 11, tzinfo=UTC))
    request_id = _opened(programme, CaseType.ERASURE)
    before = cases.read(request_id)
    assert (days.named(before.due_on), before.nominal_on) == (date(2026, 12, 28), before.due_on - 4)
    # The same rules, other lists: no earlier day, so nothing moves, and nothing says otherwise.
    assert _counted_by(monkeypatch, programme, (date(2026, 12, 28), False)) == 0
    assert cases.read(request_id).due_on == before.due_on
    version = cases.read(request_id).clock_version
    # 24 December is a working day after all.
    assert _counted_by(monkeypatch, programme, (date(2026, 12, 24), True)) == 1
    moved = cases.read(request_id)
    assert days.named(moved.due_on) == date(2026, 12, 24)
    assert moved.clock_version != version
    assert _words(request_id) == ["received", RECOUNTED]
    assert _counted_by(monkeypatch, programme) == 0  # back again: the day that stands is kept
    assert days.named(cases.read(request_id).due_on) == date(2026, 12, 24)


def test_what_an_authority_asks_is_not_counted_anew(
    programme: Programme, frozen: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen.move_to(datetime(2026, 12, 17, 11, tzinfo=UTC))
    request_id = _opened(programme, CaseType.AUTHORITY_LETTER)
    due_on = cases.read(request_id).due_on
    assert _counted_by(monkeypatch, programme, (date(2026, 12, 24), True)) == 0
    assert cases.read(request_id).due_on == due_on


def test_the_calendar_has_days_and_numbers_and_nobody(
    received: UUID, programme: Programme, frozen: time_machine.Traveller
) -> None:
    complaint = _opened(programme, CaseType.COMPLAINT)
    _opened(programme, CaseType.ACCESS, Realm.TEST)
    text = calendar.calendar_of(Realm.LIVE)
    assert NOBODY.encode() not in text
    found = {str(event["uid"]): event for event in icalendar.Calendar.from_ical(text).walk("VEVENT")}
    assert found.keys() == {
        f"due-{received}@requests.privacy",
        f"extension-{received}@requests.privacy",
        f"due-{complaint}@requests.privacy",
    }
    due = found[f"due-{received}@requests.privacy"]
    number = session().scalar(sa.select(DataSubjectRequest.number).where(DataSubjectRequest.id == received))
    assert str(due["summary"]) == f"Termin odpowiedzi na żądanie {number}"
    assert (due["dtstart"].dt, due["dtend"].dt) == (date(2026, 12, 23), date(2026, 12, 24))
    assert due["dtstart"].params["VALUE"] == "DATE"
    assert found[f"extension-{received}@requests.privacy"]["dtstart"].dt == date(2026, 12, 22)
    assert [alarm["trigger"].dt.days for alarm in due.walk("VALARM")] == [-7, -2]


def test_an_entry_keeps_its_uid_when_its_day_moves(received: UUID, frozen: time_machine.Traveller) -> None:
    def due() -> icalendar.Event:
        events = icalendar.Calendar.from_ical(calendar.calendar_of(Realm.LIVE)).walk("VEVENT")
        return next(event for event in events if str(event["uid"]).startswith("due-"))

    before = due()
    with unit_of_work():
        row = cases.lock(received)
        row.extended_at, row.due_on = clock.micros(), days.numbered(date(2027, 2, 23))
        cases.note(row, "extended", Role.STAFF, actor=OPERATOR, reason="Three systems.")
    after = due()
    assert (after["uid"], after["dtstart"].dt) == (before["uid"], date(2027, 2, 23))
    assert after["sequence"] > before["sequence"]
    events = icalendar.Calendar.from_ical(calendar.calendar_of(Realm.LIVE)).walk("VEVENT")
    assert len(events) == 1  # nobody can extend it again


def test_the_calendar_speaks_the_languages_of_the_product() -> None:
    entry = calendar.Entry(UUID(int=7), "2026/000001", date(2026, 12, 23), date(2026, 12, 22), 3)
    made_at = datetime(2026, 11, 23, tzinfo=UTC)
    texts = {locale: calendar.render([entry], locale=locale, made_at=made_at) for locale in ("pl", "en", "hr", "de-AT")}
    assert len(set(texts.values())) == 3
    assert texts["de-AT"] == texts["en"]
    assert calendar.render([], locale="en", made_at=made_at).count(b"VEVENT") == 0
    assert deadlines.tell_by(CaseType.ACCESS, date(2026, 12, 23), extended=False) == entry.tell_by_on
