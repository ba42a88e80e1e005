"""Reports that are made in the background, by somebody's wish or by a schedule: made once, fetched, gone in time."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine

from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.crypto import keyring
from privacy.crypto.owner_keys import KeyDestroyed, load_owner_key
from privacy.db import db, session, unit_of_work
from privacy.errors import InvalidInput, NotPermitted, Unavailable
from privacy.outbox import service as outbox
from privacy.outbox.models import OutboxMessage
from privacy.reports import making, making_orders, periods
from privacy.reports import service as reports
from privacy.reports.making_orders import MakingReports
from privacy.reports.models import ReportOrderPart
from privacy.reports.service import (
    PACK,
    Every,
    OrderNotFound,
    OrderState,
    Period,
    ReportForm,
    ReportNotReady,
    Scheduled,
    ScheduleNotFound,
)
from tests.reports.conftest import Laid
from tests.reports.office import asked

MONTHLY = Scheduled("requests", ReportForm.PDF, "pl", Every.MONTH, 5)


def ordered(name: str = PACK.name, form: ReportForm = ReportForm.ZIP, **options: str) -> UUID:
    with unit_of_work():
        return reports.order(asked(name, form, **options), actor=OPERATOR)


def worked(laid: Laid, worker: MakingReports | None = None) -> int:
    """What a worker's thread does once."""
    db.session.remove()
    return (worker or MakingReports()).run(laid.service.app.app_context, threading.Event())


def fetched(order_id: UUID) -> bytes:
    with unit_of_work():
        reports.begin_fetch(order_id, actor=OPERATOR)
    return b"".join(reports.parts(order_id))


def day(text: str) -> time_machine.travel:
    return time_machine.travel(f"{text}T12:00:00+00:00", tick=False)


def test_what_is_ordered_is_made_by_a_worker_kept_sealed_and_fetched(laid: Laid) -> None:
    order_id = ordered(sample="2")
    with pytest.raises(ReportNotReady), unit_of_work():
        reports.begin_fetch(order_id, actor=OPERATOR)
    assert reports.order_view(order_id, actor=OPERATOR).state is OrderState.WAITING
    assert worked(laid) == 1
    assert worked(laid) == 0
    view = reports.order_view(order_id, actor=OPERATOR)
    assert (view.state, view.done) == (OrderState.READY, view.steps)
    content = fetched(order_id)
    assert hashlib.sha256(content).hexdigest() == view.sha256
    assert content.startswith(b"PK")
    sealed = b"".join(session().scalars(sa.select(ReportOrderPart.content_enc)).all())
    assert b"manifest.json" in content
    assert b"manifest.json" not in sealed
    assert reports.order_view(order_id, actor=OPERATOR).downloads == 1


def test_who_may_not_make_a_report_finds_none_that_was_made(laid: Laid) -> None:
    order_id = ordered("requests", ReportForm.CSV)
    stranger = replace(OPERATOR, permissions=frozenset())
    assert reports.orders(actor=stranger) == []
    assert [one.id for one in reports.orders(actor=OPERATOR)] == [order_id]
    for someone, wanted in ((stranger, order_id), (OPERATOR, UUID(int=7))):
        with pytest.raises(OrderNotFound):
            reports.order_view(wanted, actor=someone)
    with pytest.raises(NotPermitted), unit_of_work():
        reports.order(asked("requests", ReportForm.CSV), actor=stranger)


def test_nothing_about_one_person_is_kept(laid: Laid) -> None:
    for name, form, options in (
        ("consent_proof", ReportForm.PDF, laid.options("consent_proof")),
        (PACK.name, ReportForm.ZIP, laid.options("consent_proof")),
        (PACK.name, ReportForm.ZIP, laid.options("campaign")),
    ):
        with pytest.raises(InvalidInput):
            ordered(name, form, **options)


def test_after_its_days_the_file_and_its_key_are_gone(laid: Laid) -> None:
    order_id = ordered("requests", ReportForm.CSV)
    worked(laid)
    later = clock.micros() + reports.KEPT_DAYS * clock.DAY + 1
    with unit_of_work():
        assert reports.delete_expired_reports(clock.micros(), actor=SERVICE) == 0
    with unit_of_work():
        assert reports.delete_expired_reports(later, actor=SERVICE) == 1
        assert reports.delete_expired_reports(later, actor=SERVICE) == 0
    assert list(reports.parts(order_id)) == []
    assert reports.order_view(order_id, actor=OPERATOR).state is OrderState.GONE
    with pytest.raises(KeyDestroyed):
        load_owner_key(session(), keyring.installed(), order_id)
    with pytest.raises(ReportNotReady), unit_of_work():
        reports.begin_fetch(order_id, actor=OPERATOR)


def test_what_a_killed_worker_had_is_made_by_another_and_the_late_one_keeps_nothing(
    laid: Laid, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, other, made = MakingReports(), MakingReports(), making.content_of

    def pauses(*arguments: object) -> object:
        """The slow worker sleeps past its lease; meanwhile another does all of it."""
        monkeypatch.setattr(making_orders, "content_of", made)
        with time_machine.travel(clock.from_micros(clock.micros() + 3_600 * clock.SECOND)):
            assert worked(laid, other) == 1
        return made(*arguments)  # type: ignore[arg-type]  # as it was called

    order_id = ordered()
    monkeypatch.setattr(making_orders, "content_of", pauses)
    assert worked(laid, slow) == 0
    view = reports.order_view(order_id, actor=OPERATOR)
    assert view.state is OrderState.READY
    assert hashlib.sha256(fetched(order_id)).hexdigest() == view.sha256


def test_a_worker_that_is_told_to_stop_leaves_the_order_to_the_next(
    laid: Laid, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id, stop, made = ordered(), threading.Event(), making.content_of

    def stopped(*arguments: object) -> object:
        stop.set()
        return made(*arguments)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(making_orders, "content_of", stopped)
    db.session.remove()
    assert MakingReports().run(laid.service.app.app_context, stop) == 0
    assert reports.order_view(order_id, actor=OPERATOR).state is OrderState.WAITING
    monkeypatch.setattr(making_orders, "content_of", made)
    assert worked(laid) == 1


def test_one_that_cannot_be_made_says_so_and_holds_up_no_other(laid: Laid) -> None:
    wrong, right = ordered(sample="many"), ordered("requests", ReportForm.CSV)
    assert worked(laid) == 2
    failed = reports.order_view(wrong, actor=OPERATOR)
    assert (failed.state, failed.failure) == (OrderState.FAILED, "invalid-input")
    assert reports.order_view(right, actor=OPERATOR).state is OrderState.READY


def test_a_database_that_was_away_for_a_moment_costs_no_report(laid: Laid, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id, made = ordered("requests", ReportForm.CSV), making.content_of

    def away(*_: object) -> object:
        raise Unavailable("The database cannot be written now.")

    monkeypatch.setattr(making_orders, "content_of", away)
    with pytest.raises(Unavailable):
        worked(laid)
    monkeypatch.setattr(making_orders, "content_of", made)
    assert worked(laid) == 0  # Until its lease is over.
    with time_machine.travel(clock.from_micros(clock.micros() + 3_600 * clock.SECOND)):
        assert worked(laid) == 1
    assert reports.order_view(order_id, actor=OPERATOR).state is OrderState.READY


def test_each_period_of_a_schedule_is_made_once_and_the_officer_is_told_without_its_content(laid: Laid) -> None:
    with day("2026-11-23"), unit_of_work():
        schedule_id = reports.add_schedule(MONTHLY, actor=OPERATOR)
    for today, due in (("2026-12-04", 0), ("2026-12-05", 1), ("2026-12-05", 0), ("2027-02-20", 1), ("2027-02-20", 1)):
        with day(today), unit_of_work():
            assert reports.order_scheduled(clock.micros(), actor=SERVICE) == due, today
    seen = sorted((one.asked.period.first, one.asked.period.last) for one in reports.orders(actor=OPERATOR))
    assert seen == [
        (date(2026, 11, 1), date(2026, 11, 30)),
        (date(2026, 12, 1), date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 1, 31)),
    ]
    with day("2027-02-20"):
        assert worked(laid) == 3
        for told in (3, 0):
            with unit_of_work():
                assert reports.tell_of_reports(clock.micros(), base_url="https://p.example", actor=SERVICE) == told
    rows = session().scalars(sa.select(OutboxMessage).where(OutboxMessage.template == "report_ready")).all()
    assert len(rows) == 3
    row = rows[0]
    key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
    body = key.open("outbox_message", "body_enc", row.id, row.body_enc).decode()
    assert f"https://p.example/console/reports/ready/{row.owner_id}" in body
    assert "Żądania osób" in body
    assert outbox.view(row.id).template == "report_ready"
    with unit_of_work():
        reports.end_schedule(schedule_id, actor=OPERATOR)
    with day("2028-01-01"), unit_of_work():
        assert reports.order_scheduled(clock.micros(), actor=SERVICE) == 0
    with pytest.raises(ScheduleNotFound), unit_of_work():
        reports.end_schedule(schedule_id, actor=OPERATOR)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (replace(MONTHLY, day=29), "day"),
        (replace(MONTHLY, report="consent_proof"), "report"),
        (replace(MONTHLY, form=ReportForm.ZIP), "form"),
        (replace(MONTHLY, locale="de"), "locale"),
    ],
)
@pytest.mark.usefixtures("context", "in_force")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_schedule_that_cannot_be_is_refused_by_its_field(wanted: Scheduled, field: str) -> None:
    with pytest.raises(InvalidInput) as raised, unit_of_work():
        reports.add_schedule(wanted, actor=OPERATOR)
    assert list(raised.value.extensions["errors"]) == [field]


@pytest.mark.parametrize(
    ("every", "today", "first", "period"),
    [
        (Every.MONTH, "2026-11-05", "2026-11-05", ("2026-10-01", "2026-10-31")),
        (Every.MONTH, "2026-12-06", "2027-01-05", ("2026-12-01", "2026-12-31")),
        (Every.QUARTER, "2026-11-23", "2027-01-05", ("2026-10-01", "2026-12-31")),
        (Every.QUARTER, "2026-04-01", "2026-04-05", ("2026-01-01", "2026-03-31")),
        (Every.YEAR, "2026-11-23", "2027-01-05", ("2026-01-01", "2026-12-31")),
    ],
)
def test_a_schedule_tells_of_the_last_whole_period(
    every: Every, today: str, first: str, period: tuple[str, str]
) -> None:
    on = periods.first_day(every, 5, date.fromisoformat(today))
    assert on == date.fromisoformat(first)
    assert periods.period_before(every, on) == Period(*map(date.fromisoformat, period))
    following = periods.period_before(every, periods.after(every, on))
    assert (following.first - date.fromisoformat(period[1])).days == 1
