"""Where jobs stand, and having one done now: by the API, the command line, and a worker that looks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.db import db, end_read, unit_of_work
from privacy.jobs import beats as heartbeats
from privacy.jobs import leases, standing
from privacy.jobs import service as jobs
from privacy.jobs.beats import Beats
from privacy.jobs.leases import LEASE
from privacy.jobs.service import AlarmCode, Cause, Holder, Job, JobNotFound, LeaseLost, LongJob, Staff
from tests.callers import Service
from tests.databases import Database, bare_app

HOUR = 3600


@pytest.fixture
def bare(database: Database, in_force: None) -> Iterator[Flask]:
    made = bare_app(database)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


class Counting:
    """A job that counts its effects."""

    def __init__(self, **more: object) -> None:
        self.at: list[int] = []
        self.job = Job("counting", HOUR, self.portion, **{"whole": True, **more})  # type: ignore[arg-type]  # by name

    def portion(self, now: int) -> int:
        self.at.append(now)
        return 1


def state(bare: Flask, name: str) -> jobs.JobView:
    with bare.app_context():
        found = jobs.view(name)
        db.session.remove()
    return found


def test_a_period_has_one_effect_whoever_looks(bare: Flask, frozen: time_machine.Traveller) -> None:
    counting, workers = Counting(), [Holder(), Holder()]
    for _ in range(3):
        for worker in workers:
            jobs.run_if_due(counting.job, worker, bare.app_context)
        frozen.shift(HOUR + LEASE // clock.SECOND)
    assert len(counting.at) == 3


def test_missed_periods_are_one_or_each_in_its_turn(bare: Flask, frozen: time_machine.Traveller) -> None:
    together, worker = Counting(), Holder()
    jobs.run_if_due(together.job, worker, bare.app_context)
    frozen.shift(5 * HOUR)
    jobs.run_if_due(together.job, worker, bare.app_context)
    assert len(together.at) == 2

    each = Counting(one_by_one=True)
    frozen.shift(5 * HOUR)
    jobs.run_if_due(each.job, worker, bare.app_context)
    assert [at // (HOUR * clock.SECOND) for at in each.at] == list(
        range(clock.micros() // (HOUR * clock.SECOND) - 4, clock.micros() // (HOUR * clock.SECOND) + 1)
    )
    assert all(at % (HOUR * clock.SECOND) == 0 for at in each.at)


def test_a_clock_that_was_set_back_repeats_nothing(bare: Flask, frozen: time_machine.Traveller) -> None:
    counting, worker = Counting(), Holder()
    jobs.run_if_due(counting.job, worker, bare.app_context)
    frozen.shift(-10 * HOUR)
    jobs.run_if_due(counting.job, worker, bare.app_context)
    frozen.shift(10 * HOUR)
    jobs.run_if_due(counting.job, Holder(), bare.app_context)
    assert len(counting.at) == 1


def test_a_lease_of_a_wrong_clock_keeps_nobody_waiting(bare: Flask, frozen: time_machine.Traveller) -> None:
    counting = Counting(whole=False, one_by_one=False)
    left = [1, 0, 1, 0]
    job = Job(counting.job.name, HOUR, lambda _now: left.pop(0))
    frozen.shift(100 * HOUR)
    assert jobs.run_if_due(job, Holder(), bare.app_context) == 1
    frozen.shift(-100 * HOUR)
    assert jobs.run_if_due(job, Holder(), bare.app_context) == 1


def test_a_portion_under_a_lost_lease_is_taken_back(bare: Flask, frozen: time_machine.Traveller) -> None:
    """The other worker takes over in the middle, as after a long pause."""
    paused, other = Holder(), Holder()

    def portion(_now: int) -> int:
        standing.note("job", rows=77)
        leases_of_other()
        return 1

    def leases_of_other() -> None:
        standing.note("job", holder=other.id, fence=99)

    with bare.app_context():
        with unit_of_work():
            standing.ensure_known(["job"])
        with pytest.raises(LeaseLost):
            jobs.run_if_due(Job("job", HOUR, portion), paused, bare.app_context)
        end_read()
    assert (state(bare, "job").rows, state(bare, "job").fence) == (0, 1)


def test_a_worker_that_ends_lets_the_next_begin_at_once(bare: Flask) -> None:
    one, other = Holder(), Holder()
    with bare.app_context():
        with unit_of_work():
            standing.ensure_known(["job"])
            assert leases.take("job", one)
            assert leases.take("job", other) is None
        with unit_of_work():
            leases.release(one)
        with unit_of_work():
            taken = leases.take("job", other)
        db.session.remove()
    assert taken
    assert taken.fence == 2


def test_what_somebody_wants_is_done_out_of_turn_and_once(bare: Flask, frozen: time_machine.Traveller) -> None:
    counting, worker = Counting(), Holder()
    jobs.run_if_due(counting.job, worker, bare.app_context)
    with bare.app_context():
        with unit_of_work():
            assert jobs.ask("counting", actor=OPERATOR).asked_at == clock.micros()
        with pytest.raises(JobNotFound), unit_of_work():
            jobs.ask("nothing", actor=OPERATOR)
        db.session.remove()
    for _ in range(2):
        jobs.run_if_due(counting.job, worker, bare.app_context)
    assert len(counting.at) == 2
    assert state(bare, "counting").asked_at is None


def test_a_long_job_is_woken_by_a_wish(bare: Flask) -> None:
    stop, ran = threading.Event(), []

    def run(_context: object, _stop: threading.Event) -> int:
        ran.append("long")
        if len(ran) == 2:
            stop.set()
        else:
            with bare.app_context():
                with unit_of_work():
                    standing.ensure_known(["long"])
                    jobs.ask("long", actor=OPERATOR)
                db.session.remove()
        return len(ran)

    jobs.run_until(stop, [], bare.app_context, long_jobs=[LongJob("long", HOUR, run)])
    assert len(ran) == 2
    seen = state(bare, "long")
    assert (seen.rows, seen.failures, seen.asked_at) == (2, 0, None)


def test_a_long_job_that_rests_is_seen_to(bare: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that runs once an hour would count as silent after five minutes, in every installation."""
    monkeypatch.setattr(heartbeats, "EVERY", 0.001)
    stop, ran = threading.Event(), threading.Event()
    seen: list[str] = []

    def note(beats: Beats, name: str) -> None:
        seen.append(name)
        if ran.is_set():
            stop.set()

    def run(_context: object, _stop: threading.Event) -> int:
        ran.set()
        return 0

    monkeypatch.setattr(Beats, "seen", note)
    jobs.run_until(stop, [], bare.app_context, long_jobs=[LongJob("long", HOUR, run)])
    assert set(seen) == {"long"}


def test_a_failure_is_counted_by_its_code_and_ends_with_the_next_success(bare: Flask) -> None:
    stop = threading.Event()

    def broken(_now: int) -> int:
        stop.set()
        raise KeyError("anna.nowak@example.com")

    jobs.run_until(stop, [Job("broken", HOUR, broken)], bare.app_context)
    seen = state(bare, "broken")
    assert (seen.failures, seen.failure, seen.ended_at) == (1, "KeyError", None)
    jobs.run_if_due(Job("broken", HOUR, lambda _now: 0), Holder(), bare.app_context)
    assert (state(bare, "broken").failures, state(bare, "broken").failure) == (0, None)


def test_the_api_lists_shows_and_runs_jobs(service: Service) -> None:
    with service.app.app_context():
        with unit_of_work():
            standing.ensure_known(["sequencer", "witness a/b"])
        db.session.remove()
    reader, staff = service.caller("jobs:read"), service.staff()
    answer = reader.send("GET", "/jobs")
    assert answer.status_code == 200, answer.text
    assert [one["name"] for one in answer.json["jobs"]] == ["sequencer", "witness a/b"]
    assert reader.send("GET", "/jobs/witness a/b").json["failures"] == 0
    assert reader.send("GET", "/jobs/nothing").status_code == 404
    assert reader.send("POST", "/jobs/sequencer/run").status_code == 403
    answer = staff.send("POST", "/jobs/sequencer/run")
    assert (answer.status_code, bool(answer.json["asked_at"])) == (202, True)
    figures = service.app.test_client().get("/metrics").text
    assert 'privacy_job_age_seconds{job="sequencer"}' in figures
    assert "privacy_alarms 0" in figures


def test_the_api_lists_and_acknowledges_alarms(service: Service) -> None:
    with service.app.app_context():
        with unit_of_work():
            alarm_id = jobs.raise_alarm(Cause(AlarmCode.JOB_SILENT, "sequencer"), Staff())
        db.session.remove()
    reader, staff = service.caller("jobs:read"), service.staff()
    [ringing] = reader.send("GET", "/alarms").json["alarms"]
    assert (ringing["code"], ringing["about"], ringing["acknowledged_at"]) == ("job-silent", "sequencer", None)
    assert reader.send("POST", f"/alarms/{alarm_id}/acknowledge").status_code == 403
    assert staff.send("POST", f"/alarms/{alarm_id}/acknowledge").json["acknowledged_at"]
    assert staff.send("POST", f"/alarms/{uuid4()}/acknowledge").status_code == 404
    assert reader.send("GET", "/alarms?ended=true").json["alarms"] == []
