"""From an empty folder to evidence that convicts: real processes, a plain SQL client, and the verifier on its own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from config import PREFIX
from tests.callers import ANNA, a_give
from tests.cli.running import PROGRAM, Service

pytestmark = pytest.mark.timeout(300)
JSON = "application/json"


class Site:
    """A service that somebody has just started, and an empty folder elsewhere with a copy of the verifier."""

    def __init__(self, folder: Path) -> None:
        self.service = Service(folder)
        self.elsewhere = folder / "elsewhere"
        self.elsewhere.mkdir()
        shutil.copy(PROGRAM.with_name("privacy-verify"), self.elsewhere)

    def start(self) -> None:
        """Start it, and make a key that may record acts, read them and take evidence."""
        self.service.start()
        scopes = [word for scope in ("consents:write", "consents:read", "audit:read") for word in ("--scope", scope)]
        self.key = json.loads(self.run("client", "create", "auditor", *scopes, "--json").stdout)["key"]

    def ask(self, method: str, path: str, body: Any = None, accept: str = "*/*") -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=60)
        with contextlib.closing(connection):
            heads = {"Authorization": f"Bearer {self.key}", "Content-Type": JSON, "Accept": accept}
            connection.request(method, path, None if body is None else json.dumps(body), heads)
            answer = connection.getresponse()
            content = answer.read()
        assert answer.status in (200, 201), content
        return content

    def run(self, *arguments: str, exit_code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [PROGRAM, *arguments], cwd=self.service.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == exit_code, (done.stdout, done.stderr)
        return done

    def bundle(self, name: str) -> str:
        asked = {"subject": {"customer_id": ANNA["customer_id"]}, "locale": "en"}
        (self.elsewhere / name).write_bytes(self.ask("POST", "/api/v1/audit/bundles", asked))
        return name

    def verify(self, name: str, exit_code: int = 0) -> str:
        """As somebody does who was given the file, the program and the key, and has nothing else."""
        command = [sys.executable, "-I", "privacy-verify", name, "--key", "log.key"]
        done = subprocess.run(command, cwd=self.elsewhere, capture_output=True, text=True, check=False, env={})
        assert done.returncode == exit_code, (done.stdout, done.stderr)
        return done.stdout


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PRIVACY_DATA_DIR", str(tmp_path / "var"))
    made = Site(tmp_path)
    yield made
    made.service.kill_everything()


def test_evidence_from_a_fresh_start(site: Site) -> None:
    site.start()
    act = _recorded(site, a_give())
    _recorded(site, a_give(act="withdraw", channels=["sms"], occurred_at=None))
    keys = json.loads(site.ask("GET", "/.well-known/privacy-keys.json"))
    (site.elsewhere / "log.key").write_text(keys["keys"][0]["key"] + "\n")

    for name, accept in (("receipt.json", JSON), ("receipt.pdf", "application/pdf")):
        (site.elsewhere / name).write_bytes(site.ask("GET", f"/api/v1/consents/{act}/receipt", accept=accept))
        assert "VERIFIED" in site.verify(name)
    assert "VERIFIED" in site.verify(site.bundle("bundle.zip"))
    [line] = site.run("audit", "verify", "--full").stdout.splitlines()
    assert "leaves" in line

    row = _change_one_byte(site.service.data_dir / "privacy.sqlite3")
    assert row in site.run("audit", "verify", "--full", exit_code=1).stdout
    said = site.verify(site.bundle("altered.zip"), exit_code=1)
    assert "FAILED at altered.zip, objects.jsonl" in said
    assert row in said
    assert "VERIFIED" in site.verify("bundle.zip")  # what was handed out before stands as it stood

    leaf = _change_one_byte_of_a_leaf(site.service.data_dir / "privacy.sqlite3")
    assert leaf in site.run("audit", "verify", "--full", exit_code=1).stdout
    site.run("audit", "export", "--log", "--bodies", "-o", str(site.elsewhere / "log.zip"))
    assert leaf in site.verify("log.zip", exit_code=1)


def _recorded(site: Site, body: dict[str, Any]) -> str:
    act: str = json.loads(site.ask("POST", "/api/v1/consents", body))["records"][0]["id"]
    return act


def _change_one_byte(file: Path) -> str:
    """What a plain SQL client does that takes the guard off and changes a letter; returns the act's id."""
    with contextlib.closing(sqlite3.connect(file, timeout=20)) as database, database:
        _take_guard_off(database, "consent_act")
        [(raw, point)] = database.execute("SELECT id, source_point FROM consent_act ORDER BY id LIMIT 1")
        database.execute("UPDATE consent_act SET source_point = ? WHERE id = ?", ("C" + point[1:], raw))
    return _uuid(raw)


def _change_one_byte_of_a_leaf(file: Path) -> str:
    """The same with what the log has committed to; returns the event's id."""
    with contextlib.closing(sqlite3.connect(file, timeout=20)) as database, database:
        _take_guard_off(database, "audit_event")
        query = (
            "SELECT id, commitment FROM audit_event JOIN audit_leaf ON event_id = id ORDER BY sequence_number LIMIT 1"
        )
        [(raw, commitment)] = database.execute(query)
        changed = bytes([commitment[0] ^ 1]) + commitment[1:]
        database.execute("UPDATE audit_event SET commitment = ? WHERE id = ?", (changed, raw))
    return _uuid(raw)


def _take_guard_off(database: sqlite3.Connection, table: str) -> None:
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
    for (name,) in database.execute(query, (table,)).fetchall():
        database.execute(f"DROP TRIGGER {name}")


def _uuid(raw: bytes) -> str:
    return str(UUID(bytes=raw))
