"""Imports done by real `privacy worker` processes, which are killed, doubled and told to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from config import Config
from privacy import clock
from privacy.audit import service as audit
from privacy.db import db, session, unit_of_work
from tests.callers import Service
from tests.consent.importing import naive
from tests.consent.importing.exports import a_dirty_export
from tests.consent.uploads.desk import a_small_export, eventually, queued, shown, zipped
from tests.rules.source import ROOT

#: Processes start slowly on cores that others use too.
pytestmark = pytest.mark.timeout(300)
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(config: Config, tmp_path: Path) -> Iterator[Start]:
    """Starts workers, which write their log to one file; whatever the test leaves of them is killed."""
    started: list[subprocess.Popen[bytes]] = []
    environment = os.environ | {
        "PRIVACY_DATA_DIR": str(config.data_dir),
        "PRIVACY_DATABASE_URL": config.database_url,
    }

    def worker(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "privacy.cli", "worker", *arguments]
        with (tmp_path / "log").open("a") as log:
            started.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log))
        return started[-1]

    yield worker
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def count(service: Service, table: str) -> int:
    with context(service):
        return int(session().scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0)


@contextmanager
def context(service: Service) -> Iterator[None]:
    with service.app.app_context():
        yield
        db.session.remove()


def finished(service: Service) -> int:
    with context(service):
        return list(audit.actions_since(session(), None)).count("import.finished")


def test_a_killed_import_goes_on_in_another_worker_and_ends_the_same(
    service: Service, start: Start, tmp_path: Path
) -> None:
    export = a_dirty_export(150)
    expected = naive.read(export.write(tmp_path / "export"), clock.now())
    caller = service.caller()
    one = queued(caller, zipped(export))
    first = start()
    eventually(lambda: count(service, "consent_act") > 0)
    first.send_signal(signal.SIGKILL)
    first.wait()
    held = shown(caller, one)
    assert held["state"] == "running", "it was killed in the middle"
    second = start()
    # As if the lease had run out meanwhile: the wait itself is tested with a clock that stands still.
    with context(service), unit_of_work() as unit:
        unit.execute(sa.text("UPDATE consent_import SET lease_until = 1"))
    eventually(lambda: shown(caller, one)["state"] == "done")
    found = {
        address: caller.check({"email": address}, purpose="newsletter", channel="email")["reason"]
        for address in expected
    }
    assert found == expected
    now = shown(caller, one)
    assert now["counts"]["acts_known"] > 0
    assert now["counts"]["acts_recorded"] < count(service, "consent_act")
    assert finished(service) == 1
    second.terminate()
    assert second.wait(60) == 0


def test_two_workers_do_each_import_once(service: Service, start: Start) -> None:
    caller = service.caller()
    imports = [queued(caller, zipped(a_small_export())) for _ in range(6)]
    workers = [start("--once") for _ in range(2)]
    assert [worker.wait(60) for worker in workers] == [0, 0]
    assert {shown(caller, one)["state"] for one in imports} == {"done"}
    assert finished(service) == 6
    # The first records, whichever it is; to the others its rows are known.
    assert sum(shown(caller, one)["counts"]["acts_recorded"] for one in imports) == 3


def test_a_worker_that_is_told_to_end_leaves_its_import_to_the_next(
    service: Service, start: Start, tmp_path: Path
) -> None:
    caller = service.caller()
    one = queued(caller, zipped(a_dirty_export(150)))
    worker = start()
    eventually(lambda: count(service, "consent_act") > 0)
    worker.terminate()
    assert worker.wait(60) == 0
    assert shown(caller, one)["state"] == "queued"
    log = (tmp_path / "log").read_text()
    assert "import began" in log
    assert "@" not in log
    assert start("--once").wait(60) == 0
    assert shown(caller, one)["state"] == "done"
