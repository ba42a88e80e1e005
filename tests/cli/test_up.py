"""`privacy up` as a newcomer meets it, and as a power cut does."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.running import Service, eventually
from tests.cli.state import log_is_published, snapshot
from tests.sizes import size

pytestmark = pytest.mark.timeout(300)

ACT = {
    "purpose": "offers",
    "channels": ["email"],
    "act": "give",
    "wording": {"code": "klauzula", "version": "3.0", "locale": "pl"},
    "source": {"system": "shop", "point": "checkout", "method": "web_form"},
}
#: What has nothing to do with the database needs to be shown once.
once = pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
#: Stands in the path before the real curl and writes down what a process list would show.
SPY = """#!/bin/sh
tr '\\0' ' ' < /proc/$$/cmdline >> "$SPIED"
exec {curl} "$@"
"""


@once
@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_the_printed_line_works_as_printed_and_shows_no_secret(service: Service, tmp_path: Path, shell: str) -> None:
    line = service.start()
    spied, spy = tmp_path / "spied", tmp_path / "bin" / "curl"
    spy.parent.mkdir()
    spy.write_text(SPY.format(curl=shutil.which("curl")))
    spy.chmod(0o755)
    environ = os.environ | {"PATH": f"{spy.parent}:{os.environ['PATH']}", "SPIED": str(spied)}
    answer = subprocess.run([shell, "-c", line], capture_output=True, text=True, check=True, env=environ)
    assert '"reason":"no_record"' in answer.stdout
    key = (service.data_dir / "first-key").read_text().strip()
    shown = spied.read_text() + "".join(service.family().values())
    assert key not in shown
    assert "@example.com" not in shown


def test_who_asked_is_written_down_when_it_ends_in_good_order(service: Service, bare: Cli) -> None:
    service.start("--demo")
    anna, offers = {"customer_id": "C-1001"}, {"purpose": "offers", "channel": "email"}
    for _ in range(3):
        assert service.post("/api/v1/consents/check", {"subject": anna, **offers})[0] == 200
    assert service.post("/api/v1/consents/check/batch", {"subjects": [anna], **offers})[0] == 200
    assert service.stop() == 0
    (person,) = bare.json("subject", "asked", "--customer-id", "C-1001")["people"]
    assert sum(one["times"] for one in person["asked"]) == 4


def test_a_second_start_changes_nothing_and_ctrl_c_ends_it_well(service: Service) -> None:
    service.start()
    eventually(log_is_published)
    assert service.stop(signal.SIGINT) == 0
    before = snapshot()
    service.start()
    assert service.stop() == 0
    assert service.still_alive() == set()
    files, rows = snapshot()
    assert {name for name, held in rows.items() if held != before[1][name]} == set()
    assert files == before[0]


def test_nothing_acknowledged_is_lost_when_everything_is_killed(service: Service, bare: Cli) -> None:
    acknowledged: list[str] = []
    for _ in range(size("kills")):
        service.start()
        for _ in range(10):
            customer = f"C-{len(acknowledged)}"
            subject = {"customer_id": customer, "email": f"{customer.lower()}@example.com"}
            status, _ = service.post("/api/v1/consents", ACT | {"subject": subject})
            assert status == 201
            acknowledged.append(customer)
        service.kill_group()
        eventually(lambda: not service.still_alive())
    service.start()
    for customer in acknowledged:
        question = {"subject": {"customer_id": customer}, "purpose": "offers", "channel": "email"}
        assert service.post("/api/v1/consents/check", question)[1]["reason"] == "given"
    assert bare.json("consent", "verify") == {"ok": True, "subjects": len(acknowledged), "findings": []}


@once
def test_a_child_that_dies_is_started_again(service: Service) -> None:
    service.start()
    worker, web = service.child("worker"), service.child("serve")
    for pid in (worker, web):
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: not {worker, web} & service.family().keys())
    # The old web process's own worker must not go on answering beside the new one.
    eventually(lambda: len(service.family()) == 3 and not service.still_alive())
    eventually(service.is_ready)
    assert service.stop() == 0


@once
def test_children_end_with_a_supervisor_that_was_killed(service: Service) -> None:
    service.start()
    assert service.stop(signal.SIGKILL) == -signal.SIGKILL
    eventually(lambda: not service.still_alive())


@once
def test_a_taken_port_is_said_before_anything_is_made(bare: Cli) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = bare.run("up", "--port", str(taken.getsockname()[1]))
    assert done.exit_code == 6
    assert "Choose another with --port" in done.stderr
    assert not (Path(os.environ["PRIVACY_DATA_DIR"]) / "keyring.json").exists()


@once
def test_the_demo_answers_the_printed_question_with_yes_and_says_who_can_sign_in(service: Service, bare: Cli) -> None:
    assert bare.run("demo", "colleagues").exit_code == 6  # There is no demo yet.
    line = service.start("--demo")
    answer = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    assert '"reason":"given"' in answer.stdout
    assert {one["name"] for one in bare.json("demo", "colleagues")} == {"ewa", "jan", "iwona", "adam", "ola"}
    eventually(lambda: bare.json("demo", "letters"))
    known = {one["system"]: one["connected_at"] for one in bare.json("systems", "list")["systems"]}
    assert known["shop"]
    assert known["billing"]


@once
def test_many_processes_answer_and_count_together(service: Service, bare: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVACY_WORKERS", "2")
    service.start()
    assert len(service.family()) == 4
    question = {"subject": {"customer_id": "C-1"}, "purpose": "offers", "channel": "email"}
    for _ in range(20):
        assert service.post("/api/v1/consents/check", question)[0] == 200
    figures = service.figures()
    assert figures['privacy_http_requests_total{method="POST",route="/api/v1/consents/check",status="200"}'] == 20


@once
def test_no_address_and_no_key_is_left_in_any_log(service: Service) -> None:
    service.start()
    subject = {"customer_id": "C-1", "email": "zdzislawa.brzeczyszczykiewicz@example.com", "phone": "+48600100200"}
    service.post("/api/v1/consents", ACT | {"subject": subject})
    service.post("/api/v1/consents/check", {"subject": subject, "purpose": "no_such", "channel": "email"})
    assert service.stop() == 0
    key = (service.data_dir / "first-key").read_text().strip()
    for secret in ("brzeczyszczykiewicz", "600100200", key):
        assert secret not in service.log
