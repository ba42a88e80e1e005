"""The jobs: what must go goes, with an event each, also when several workers come to the same rows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.claims import Claim
from privacy.consent import service as consent
from privacy.db import db, session, unit_of_work
from privacy.errors import Unavailable
from privacy.jobs import running, standing
from privacy.jobs import service as jobs
from privacy.jobs.service import Job, LongJob
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from tests.cli.running import eventually
from tests.databases import Database, bare_app

LISTED = {job.name: job for job in jobs.listed(idempotency_days=7)}


@pytest.fixture
def app(database: Database, in_force: None) -> Iterator[Flask]:
    made = bare_app(database)
    yield made
    with made.app_context():
        db.engine.dispose()


def requests_of(app: Flask, how_many: int, **more: object) -> None:
    """So many people who asked for the newsletter now and never confirmed it."""
    with app.app_context():
        programme = programmes.current()
        with unit_of_work():
            for number in range(how_many):
                naming = subjects.name_of(programme, OPERATOR, {"email": f"person{number}@example.com"})
                given = consent.ActIn(
                    naming=naming,
                    act=consent.ActKind.REQUEST,
                    source=consent.Source("shop", "footer", "web_form"),
                    purpose="newsletter",
                    channels=("email",),
                    wording=consent.Cited("newsletter", "3"),
                    claim=Claim(clock.micros()),
                )
                consent.record(replace(given, **more), actor=OPERATOR, programme=programme)
        db.session.remove()


def count(app: Flask, table: str) -> int:
    with app.app_context():
        found = session().scalar(sa.text(f"SELECT count(*) FROM {table}"))
        db.session.remove()
    return int(found or 0)


def actions(app: Flask, name: str) -> int:
    with app.app_context():
        found = list(audit.actions_since(session(), None)).count(name)
        db.session.remove()
    return found


def test_unconfirmed_requests_go_after_their_time(app: Flask, frozen: time_machine.Traveller) -> None:
    requests_of(app, 3)
    assert jobs.run_job(LISTED["delete_unconfirmed"], app.app_context) == 0
    frozen.shift(15 * 86_400)
    assert jobs.run_job(LISTED["delete_unconfirmed"], app.app_context) == 3
    assert count(app, "data_subject") == count(app, "consent_act") == count(app, "outbox_message") == 0
    assert actions(app, "consent.unconfirmed_deleted") == 3
    assert jobs.run_job(LISTED["delete_unconfirmed"], app.app_context) == 0


def test_network_evidence_goes_after_its_term(app: Flask, frozen: time_machine.Traveller) -> None:
    requests_of(app, 2, network={"ip": "192.0.2.1"})
    assert jobs.run_job(LISTED["delete_network_evidence"], app.app_context) == 0
    frozen.shift(91 * 86_400)
    assert jobs.run_job(LISTED["delete_network_evidence"], app.app_context) == 2
    assert count(app, "network_evidence") == 0


def test_stored_answers_are_forgotten_after_their_days(app: Flask) -> None:
    assert jobs.run_job(LISTED["forget_answers"], app.app_context) == 0


def test_two_workers_at_once_do_each_deletion_once(app: Flask, frozen: time_machine.Traveller) -> None:
    requests_of(app, 30, network={"ip": "192.0.2.1"})
    frozen.shift(91 * 86_400)
    for name in ("delete_network_evidence", "delete_unconfirmed"):
        together, done = threading.Barrier(2), []

        def work(job: Job = LISTED[name], start: threading.Barrier = together, rows: list[int] = done) -> None:
            start.wait()
            rows.append(jobs.run_job(job, app.app_context))

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert sum(done) == 30
    assert actions(app, "network_evidence.deleted") == actions(app, "consent.unconfirmed_deleted") == 30


def test_a_job_goes_on_until_nothing_is_left(app: Flask) -> None:
    left = [3, 2, 1, 0]
    assert jobs.run_job(Job("portions", 60, lambda _now: left.pop(0)), app.app_context) == 6
    assert left == []


def test_the_scheduler_runs_each_job_at_once_and_ends_when_told(app: Flask) -> None:
    stop, ran = threading.Event(), []

    def portion(_now: int) -> int:
        ran.append("job")
        stop.set()
        return 0

    jobs.run_until(stop, [Job("once", 3600, portion)], app.app_context)
    assert ran == ["job"]


@pytest.mark.parametrize(
    ("failure", "said"), [(Unavailable(), "job put off"), (KeyError("anna.nowak@example.com"), "job failed")]
)
def test_a_job_that_fails_takes_nothing_with_it(
    app: Flask, caplog: pytest.LogCaptureFixture, failure: Exception, said: str
) -> None:
    stop = threading.Event()

    def broken(_now: int) -> int:
        raise failure

    def well(_now: int) -> int:
        stop.set()
        return 0

    with caplog.at_level(logging.WARNING):
        jobs.run_until(stop, [Job("broken", 3600, broken), Job("well", 3600, well)], app.app_context)
    assert said in caplog.text


def test_once_a_job_that_fails_keeps_no_other_from_its_work_and_is_told_at_the_end(app: Flask) -> None:
    ran = []

    def broken(_now: int) -> int:
        raise KeyError("anna.nowak@example.com")

    def well(_now: int) -> int:
        ran.append("well")
        return 0

    def long(*_: object) -> int:
        ran.append("long")
        return 0

    listed = [Job("broken", 60, broken), Job("broken too", 60, broken, whole=True), Job("well", 60, well)]
    with pytest.raises(KeyError):
        jobs.run_once(threading.Event(), listed, app.app_context, long_jobs=[LongJob("long", 60, long)])
    assert ran == ["well", "long"]
    with app.app_context():
        assert {one.name: one.failures for one in jobs.standings()} == {
            "broken": 1,
            "broken too": 1,
            "long": 0,
            "well": 0,
        }
        db.session.remove()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # nobody takes over from a writer of SQLite
def test_a_portion_that_outlasts_its_lease_keeps_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_RENEW", 0)
    stop = threading.Event()

    def slow(_now: int) -> int:
        began = standing.view("slow").lease_until
        eventually(lambda: standing.view("slow").lease_until > began)
        stop.set()
        return 0

    jobs.run_until(stop, [Job("slow", 3600, slow)], app.app_context)
    with app.app_context():
        assert (standing.view("slow").failures, bool(standing.view("slow").ended_at)) == (0, True)
        db.session.remove()
