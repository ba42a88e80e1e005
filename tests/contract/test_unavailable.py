"""An error is never an answer: the database away or locked, or older than the caller's token, is 503 and not "no"."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from config import Config
from privacy import db as database_of_service
from privacy.app import READERS, create_app
from privacy.crypto.keyring import Keyring
from privacy.db import db, engine_url, session, unit_of_work
from tests import postgres
from tests.callers import ANNA, Caller, Service, a_give, a_service
from tests.databases import Database, PostgresqlTemplate

ASKED = {"subject": ANNA, "purpose": "offers", "channel": "email"}


def ask(caller: Caller, **more: str) -> TestResponse:
    return caller.post("/consents/check", ASKED | more)


def is_undecided(answer: TestResponse) -> None:
    found = answer.get_json()
    assert answer.status_code == 503, answer.text
    assert (found["allowed"], found["reason"], found["type"]) == (False, "unavailable", "/problems/check-unavailable")
    assert answer.content_type == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0


def through_flask(service: Service, caller: Caller) -> TestResponse:
    """The same check by Flask's view, which a request of unknown length reaches."""
    body = b'{"subject": {"email": "anna.nowak@example.com"}, "purpose": "offers", "channel": "email"}'
    return service.app.test_client().post(
        "/api/v1/consents/check",
        data=body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {caller.key}"},
        environ_overrides={"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
    )


def everything_is_unavailable(service: Service, caller: Caller, reference: str) -> None:
    is_undecided(ask(caller))
    is_undecided(through_flask(service, caller))
    is_undecided(caller.post("/consents/check/batch", {"subjects": [ANNA], "purpose": "offers", "channel": "email"}))
    for answer in (
        caller.get(f"/subjects/{reference}/preferences"),
        caller.post("/consents", a_give()),
        caller.post("/subjects/lookup", {"subject": ANNA}),
        caller.batch(b'{"key": "1"}\n'),
    ):
        assert answer.status_code == 503, answer.text
        assert answer.get_json()["type"] == "/problems/unavailable"


def test_a_token_newer_than_the_data_is_not_answered(service: Service) -> None:
    caller = service.caller()
    token = caller.record(a_give())["token"]
    assert caller.check(token=token)["allowed"]
    newer = caller.record(a_give(channels=["voice"]))["token"]
    with service.app.app_context(), unit_of_work():
        session().execute(sa.text("UPDATE data_subject SET version = version - 1"))
    assert caller.check(token=token)["allowed"]
    is_undecided(ask(caller, token=newer))
    assert caller.check()["allowed"]


def test_each_write_gives_a_token_that_each_check_heeds(service: Service) -> None:
    caller = service.caller()
    first = caller.record(a_give())
    reference = first["subject_ref"]
    tokens = [
        first["token"],
        caller.put("/subjects", {"subject": ANNA, "age_class": "adult"}).get_json()["token"],
        caller.put(f"/subjects/{reference}/identifiers", {"add": {"loyalty_card": "L1"}}).get_json()["token"],
        caller.put(f"/subjects/{reference}/contacts", {"add": {"phone": "+48600100201"}}).get_json()["token"],
        caller.put(
            f"/subjects/{reference}/preferences", {"preferences": [{"purpose": "profiling", "allowed": False}]}
        ).get_json()["token"],
        caller.check()["token"],
    ]
    for token in tokens:
        assert caller.check(token=token)["allowed"]
        assert caller.check({"ref": reference, "email": ANNA["email"]}, token=token)["allowed"]
    with service.app.app_context(), unit_of_work():
        session().execute(sa.text("UPDATE data_subject SET version = 0"))
    for token in tokens:
        is_undecided(ask(caller, token=token))


def test_tokens_outlive_a_merge_and_its_end(service: Service) -> None:
    caller, other = service.caller(), {"customer_id": "C-2002"}
    for _ in range(3):
        caller.record(a_give(occurred_at=None))
    caller.record(a_give(other))
    both = {"subject": ANNA, "other": other, "reason": "the same person"}
    merged = caller.post("/subjects/merge", both).get_json()["token"]
    caller.record(a_give(occurred_at=None))
    of_other = caller.record(a_give(other, occurred_at=None, act="refuse", wording=None))["token"]
    parted = caller.post("/subjects/unmerge", both).get_json()["token"]
    for token in (merged, of_other, parted):
        assert ask(caller, token=token).status_code == 200
        assert caller.check(other, token=token)["allowed"] is False


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_restored_from_a_copy_does_not_answer_for_what_it_lacks(
    database: Database, service: Service, tmp_path: Path
) -> None:
    caller, file = service.caller(), str(engine_url(database.url).database)
    shutil.copy(file, tmp_path / "copy")
    token = caller.record(a_give())["token"]
    let_go(service.app)
    shutil.copy(tmp_path / "copy", file)
    is_undecided(ask(caller, token=token))
    assert caller.check()["reason"] == "no_record"


@pytest.fixture
def short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers and readers give up soon: the test waits for each of them."""
    monkeypatch.setattr(database_of_service, "LOCK_TIMEOUT", 0.2)


@contextlib.contextmanager
def locked(file: str) -> Iterator[None]:
    """Another process has the file for itself."""
    other = sqlite3.connect(file, isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("short_wait")
def test_a_locked_file_is_unavailable_and_answers_again_when_it_is_free(
    database: Database, service: Service, tmp_path: Path
) -> None:
    service.publish(tmp_path)
    caller = service.caller()
    reference = caller.record(a_give())["subject_ref"]
    with locked(str(engine_url(database.url).database)):
        everything_is_unavailable(service, caller, reference)
        assert service.nobody().get("/readyz").status_code == 503
    assert caller.check()["allowed"]
    assert service.nobody().get("/readyz").status_code == 200
    assert caller.post("/consents", a_give()).status_code == 201


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of this test's own, which may die."""

    url: str
    programs: Path

    def kill(self) -> None:
        self._control("-m", "fast", "-w", "stop")  # Its clients are cut off; what it has is kept.

    def start(self) -> None:
        folder = engine_url(self.url).query["host"]
        self._control("-w", "-l", f"{folder}/log", "-o", f"-k {folder} -c listen_addresses=''", "start")

    def _control(self, *command: str) -> None:
        data = f"{engine_url(self.url).query['host']}/data"
        user = "postgres" if os.geteuid() == 0 else None
        subprocess.run(
            [str(self.programs / "pg_ctl"), "-D", data, *command],
            check=True,
            user=user,
            cwd="/",
            stdout=subprocess.DEVNULL,
        )


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that only this test uses."""
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    try:
        with postgres.server() as url:
            yield Server(url, max(postgres.INSTALLED.glob("*/bin"), key=lambda path: float(path.parent.name)))
    except postgres.PostgresqlMissing as missing:
        pytest.skip(str(missing))


def let_go(app: Flask) -> None:
    """Close the connections that this thread has through the application."""
    app.extensions[READERS].drop()
    with app.app_context():
        db.engine.dispose()


def test_a_server_that_dies_is_unavailable_and_answers_again_when_it_is_back(
    mortal: Server, ring: Keyring, tmp_path: Path
) -> None:
    template = PostgresqlTemplate(engine_url(mortal.url), ring)
    url = template.copy_to(tmp_path).url
    template.close()
    config = Config.for_tests(data_dir=tmp_path, database_url=url)
    ring.save(config.keyring_path)
    app = create_app(config)
    service = a_service(app)
    service.publish(tmp_path)
    caller = service.caller()
    reference = caller.record(a_give())["subject_ref"]
    assert caller.check()["allowed"]
    mortal.kill()
    everything_is_unavailable(service, caller, reference)
    assert service.nobody().get("/readyz").status_code == 503
    mortal.start()
    # A connection that died with the server is found out by the first who uses it.
    assert [ask(caller).status_code for _ in range(3)][-1] == 200
    assert [caller.post("/consents", a_give()).status_code for _ in range(3)][-1] == 201
    assert caller.get(f"/subjects/{reference}/history").status_code == 200
    assert service.nobody().get("/readyz").status_code == 200
    let_go(app)
