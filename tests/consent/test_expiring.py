"""Consents expire on their second in every answer, without any job; the job says so in the log once for each."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.consent import service as consent
from privacy.consent.checking_many import check_many
from privacy.consent.service import CheckIn
from privacy.db import db, end_read, session, unit_of_work
from privacy.erasure import service as erasure
from privacy.jobs import service as jobs
from privacy.jobs.service import Job
from tests.consent.desk import Desk
from tests.sizes import size

ANNA = {"email": "anna.nowak@example.com"}
JOB = next(one for one in jobs.listed(idempotency_days=7) if one.name == "note_expired_consents")


def expiry(desk: Desk) -> int:
    """When a consent to offers that is given now expires."""
    found = desk.programme.purpose("offers").expires_at(clock.micros(), desk.programme.zone)
    assert found is not None
    return found


def events() -> int:
    found = list(audit.actions_since(session(), None)).count("consent.expired")
    end_read()
    return found


def note() -> int:
    """What the job does, until nothing is left; returns how many events there are."""
    while True:
        with unit_of_work():
            if not consent.note_expired(clock.micros(), actor=SERVICE):
                break
    return events()


def test_many_consents_flip_on_their_second_without_any_job(desk: Desk, frozen: time_machine.Traveller) -> None:
    people = [{"email": f"person{number}@example.com"} for number in range(size("expiring"))]
    for start in range(0, len(people), 500):
        desk.record_many([desk.act_in(who, "give") for who in people[start : start + 500]])
    ends_at = expiry(desk)
    purpose = desk.programme.purpose("offers")
    for at, reason in ((ends_at - clock.SECOND, "given"), (ends_at, "expired")):
        frozen.move_to(clock.from_micros(at))
        asked = [CheckIn(desk.name(who), purpose, "email") for who in people]
        batch = [
            decision.reason.value
            for start in range(0, len(asked), 500)
            for decision in check_many(asked[start : start + 500], actor=desk.actor, programme=desk.programme)
        ]
        end_read()
        assert set(batch) == {reason}
        assert {desk.reason(who) for who in people[:: max(1, len(people) // 100)]} == {reason}
    assert note() == len(people)


def test_each_is_in_the_log_once(desk: Desk, frozen: time_machine.Traveller) -> None:
    desk.record(ANNA, "give", channels=["email"])
    ends_at = expiry(desk)
    frozen.move_to(clock.from_micros(ends_at - clock.SECOND))
    assert note() == 0
    frozen.move_to(clock.from_micros(ends_at))
    assert note() == 1
    frozen.shift(86_400)
    assert note() == 1


@pytest.mark.parametrize("act", ["withdraw", "object"])
def test_what_somebody_ended_before_did_not_expire(desk: Desk, frozen: time_machine.Traveller, act: str) -> None:
    desk.record(ANNA, "give")
    frozen.shift(60)
    desk.record(ANNA, act)
    frozen.shift(4 * 365 * 86_400)
    assert note() == 0


def test_a_withdrawal_of_everything_ends_it_too(desk: Desk, frozen: time_machine.Traveller) -> None:
    desk.record(ANNA, "give")
    frozen.shift(60)
    desk.record(ANNA, "withdraw", purpose=None, channels=None)
    frozen.shift(4 * 365 * 86_400)
    assert note() == 0


def test_what_was_renewed_goes_on_until_the_newer_one_ends(desk: Desk, frozen: time_machine.Traveller) -> None:
    desk.record(ANNA, "give")
    first = expiry(desk)
    frozen.shift(30 * 86_400)
    desk.record(ANNA, "give")
    second = expiry(desk)
    frozen.move_to(clock.from_micros(first))
    assert note() == 0
    frozen.move_to(clock.from_micros(second))
    assert note() == 1


def test_an_old_consent_that_had_expired_when_it_came_has_no_event(desk: Desk, frozen: time_machine.Traveller) -> None:
    desk.record(ANNA, "give", claim=consent.Claim(clock.micros() - 5 * 365 * clock.DAY))
    assert note() == 0


def test_who_was_erased_leaves_no_mark(desk: Desk, context: Flask, frozen: time_machine.Traveller) -> None:
    desk.record(ANNA, "give")
    frozen.shift(4 * 365 * 86_400)
    assert note() == 1
    subject = desk.subject(ANNA)
    end_read()
    with unit_of_work():
        erasure.erase_subject(subject, cause="request", actor=OPERATOR)
    from privacy.consent.models import ConsentExpired

    assert session().query(ConsentExpired).count() == 0


def forget_marks() -> None:
    """Whoever looks at an act again now would record it again."""
    with unit_of_work() as current:
        current.execute(sa.text("DELETE FROM consent_expired"))


def test_what_expired_long_ago_is_not_gone_through_again(desk: Desk, frozen: time_machine.Traveller) -> None:
    people = [{"email": f"person{number}@example.com"} for number in range(450)]  # More than two portions.
    desk.record_many([desk.act_in(who, "give") for who in people])
    frozen.move_to(clock.from_micros(expiry(desk)))
    assert note() == 450
    frozen.shift(2 * 3600)
    assert note() == 450
    forget_marks()
    frozen.shift(600)
    assert note() == 450


def test_what_is_committed_after_the_job_passed_its_moment_is_found(desk: Desk, frozen: time_machine.Traveller) -> None:
    given, ends_at = clock.micros(), expiry(desk)
    frozen.move_to(clock.from_micros(ends_at + 20 * clock.MINUTE))
    assert note() == 0
    frozen.move_to(clock.from_micros(ends_at - clock.SECOND))  # Its unit of work began in time.
    desk.record(ANNA, "give", claim=consent.Claim(given + 10 * clock.MINUTE))
    frozen.move_to(clock.from_micros(ends_at + 20 * clock.MINUTE))
    assert note() == 1


def test_a_clock_that_was_days_ahead_leaves_nobody_out(desk: Desk, frozen: time_machine.Traveller) -> None:
    given, ends_at = clock.micros(), expiry(desk)
    frozen.move_to(clock.from_micros(ends_at + 30 * clock.DAY))
    assert note() == 0
    frozen.move_to(clock.from_micros(ends_at - clock.SECOND))
    desk.record(ANNA, "give", claim=consent.Claim(given + 10 * clock.MINUTE))
    frozen.move_to(clock.from_micros(ends_at + 20 * clock.MINUTE))
    assert note() == 1


def test_a_look_begins_where_the_last_one_ended(desk: Desk, frozen: time_machine.Traveller) -> None:
    statements: list[str] = []

    def heard(_conn: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if "consent_expired" in statement and statement.startswith("SELECT"):
            statements.append(statement)
            bound.append(parameters)

    bound: list[Any] = []
    desk.record(ANNA, "give")
    frozen.move_to(clock.from_micros(expiry(desk)))
    sa.event.listen(db.engine, "before_cursor_execute", heard)
    assert note() == 1
    sa.event.remove(db.engine, "before_cursor_execute", heard)
    with unit_of_work() as current:
        sqlite = current.get_bind().dialect.name == "sqlite"
        if not sqlite:
            current.execute(sa.text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        plan = "\n".join(str(row) for row in current.connection().exec_driver_sql(explain + statements[0], bound[0]))
    assert "ix_consent_act_purpose_earliest" in plan
    assert ("(earliest,id)>" if sqlite else "ROW(earliest, id) >") in plan.replace("consent_act.", "")


def test_two_workers_at_once_record_each_once(desk: Desk, context: Flask, frozen: time_machine.Traveller) -> None:
    people = [{"email": f"person{number}@example.com"} for number in range(30)]
    desk.record_many([desk.act_in(who, "give") for who in people])
    frozen.shift(4 * 365 * 86_400)
    start = threading.Barrier(2)

    def work(job: Job = JOB) -> None:
        start.wait()
        jobs.run_job(job, context.app_context)
        with context.app_context():
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert events() == 30
