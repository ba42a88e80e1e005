"""In quarantine every door is shut: no answer, no change, nothing that leaves; and it ends only where it may."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator

import pytest
from flask import Flask

from config import Config
from privacy import quarantine
from privacy.app import READERS, create_app
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.db import Driver, db, session, unit_of_work
from privacy.jobs import service as jobs
from privacy.jobs.listing import Job, LongJob
from privacy.programme import service as programmes
from privacy.quarantine import InQuarantine, mending, quarantined
from privacy.recovery.quarantine import enter, release, released
from privacy.subjects import service as subjects
from tests.callers import ANNA, Caller, Service, a_give
from tests.recovery.desk import inside, journalled, own_ring

#: Pages that say nothing about anybody, or are for whoever runs the service.
OPEN = {"operations", "contract", "log", "audit", "assets"}
#: Those for people, whose errors are pages.
PAGES = {"portal", "console", "collect", "shop_door"}


@pytest.fixture
def caller(service: Service) -> Caller:
    made = service.caller()
    made.record(a_give())
    return made


@pytest.fixture
def shut(service: Service, caller: Caller) -> Service:
    """A service whose database is in quarantine; a connection that was opened before does not help."""
    with inside(service.app), unit_of_work():
        enter(0)
    quarantine.found(on=True)
    return service


def test_checks_are_unavailable(shut: Service, caller: Caller) -> None:
    asked = {"subject": ANNA, "purpose": "offers", "channel": "email"}
    listed = {"subjects": [ANNA], "purpose": "offers", "channel": "email"}
    for path, body in (("/consents/check", asked), ("/consents/check/batch", listed)):
        answer = caller.post(path, body)
        assert answer.status_code == 503, path
        assert answer.get_json()["reason"] == "unavailable"
        assert answer.get_json()["allowed"] is False
    assert shut.app.test_client().post("/api/v1/consents/check", json=asked).status_code == 503


def test_the_services_behind_the_doors_refuse_too(shut: Service) -> None:
    with inside(shut.app):
        programme = programmes.current()
        naming = subjects.name_of(programme, OPERATOR, ANNA, place="subject")
        asked = consent.CheckIn(naming, programme.purpose("offers"), "email")
        with pytest.raises(InQuarantine):
            consent.check(asked, actor=OPERATOR, programme=programme, driver=Driver.of(session()))
        with pytest.raises(InQuarantine), unit_of_work():
            pass
        with mending():
            assert consent.check(asked, actor=OPERATOR, programme=programme, driver=Driver.of(session()))


def test_every_route_but_those_that_say_nothing_is_shut(shut: Service) -> None:
    client, looked = shut.app.test_client(), 0
    for rule in shut.app.url_map.iter_rules():
        path = rule.rule
        for name in rule.arguments:
            kind = type(rule._converters[name]).__name__
            given = "018f2f1e-0000-7000-8000-000000000000" if "UUID" in kind else "1"
            path = re.sub(rf"<([^<>]*:)?{name}>", given, path)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = client.open(path, method=method)
            room = rule.endpoint.partition(".")[0]
            if method == "GET" and room in OPEN:
                continue
            looked += 1
            assert answer.status_code == 503, (method, path)
            if rule.endpoint.partition(".")[0] in PAGES:
                assert answer.mimetype == "text/html", path
                continue
            assert answer.get_json()["type"] in {"/problems/in-quarantine", "/problems/check-unavailable"}, path
    assert looked > 20


def test_it_lives_and_is_not_ready(shut: Service) -> None:
    client = shut.app.test_client()
    assert client.get("/livez").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["quarantine"] == "failed"
    assert answer.get_json()["checks"]["database"] == "ok"


def test_no_job_runs(shut: Service) -> None:
    ran: list[str] = []
    stop = threading.Event()
    short = Job("short", 1, lambda _now: len(ran.append("short") or ""))  # type: ignore[func-returns-value]
    long = LongJob("long", 0.01, lambda _context, _stop: len(ran.append("long") or ""))  # type: ignore[func-returns-value]
    timer = threading.Timer(1.0, stop.set)
    timer.start()
    jobs.run_until(stop, [short], shut.app.app_context, long_jobs=[long])
    timer.join()
    assert not ran


def test_what_is_known_is_looked_at_again_and_ends(shut: Service, caller: Caller) -> None:
    with inside(shut.app), mending(), unit_of_work():
        release(actor=OPERATOR)
    assert quarantined()  # Not looked at again yet: another process released it.
    quarantine._process.looked -= 2 * quarantine.LOOK_EVERY
    assert caller.check()["allowed"]
    with inside(shut.app), pytest.raises(Exception, match="not in quarantine"), unit_of_work():
        release(actor=OPERATOR)


@contextlib.contextmanager
def started(config: Config) -> Iterator[Flask]:
    """Another process of the same installation, as far as its start goes."""
    app = create_app(config)
    try:
        yield app
    finally:
        app.extensions[READERS].drop()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def test_a_new_connection_finds_out(shut: Service, config: Config) -> None:
    released()
    assert not quarantined()
    with started(config):
        assert quarantined()


def test_an_older_copy_of_the_database_is_noticed_at_the_start(
    service: Service, config: Config, caller: Caller
) -> None:
    own_ring(config.keyring_path)
    entries = journalled(service.app, config.data_dir)
    last = config.journal_path / sorted(path.name for path in config.journal_path.iterdir() if "jsonl" in path.name)[-1]
    with started(config):
        assert not quarantined()
    line = entries[-1].line().replace(f'"n":{entries[-1].n}'.encode(), f'"n":{entries[-1].n + 1}'.encode())
    last.write_bytes(last.read_bytes() + line)

    with started(config) as app:
        assert quarantined()
        assert app.test_client().get("/readyz").get_json()["checks"]["quarantine"] == "failed"


@pytest.fixture(autouse=True)
def _nobody_else_is_concerned() -> Iterator[None]:
    """The flag is the process's: other tests have databases of their own."""
    yield
    released()
