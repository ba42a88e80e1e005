"""The log from outside: mirrored with plain GETs, proven by evidence files that the verifier takes as they are."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from config import Config
from privacy.audit import service as audit
from privacy.authz.actors import Realm
from privacy.db import db, unit_of_work
from tests.audit import mirroring
from tests.audit.filled_log import fill_up
from tests.build import an_actor
from tests.callers import Service
from tests.rules.source import ROOT
from tests.verifier.conftest import Alone

PROBLEM = "application/problem+json"


class Log:
    """The log of an installation that is asked from outside."""

    def __init__(self, app: Flask, config: Config) -> None:
        self.app = app
        self.anchor = audit.Anchor(config.anchor_path)
        self.web = app.test_client()
        self.service = Service(app)

    def get(self, path: str) -> bytes:
        """The body of a 200."""
        answer = self.web.get(path)
        assert answer.status_code == 200, (path, answer.text)
        return answer.data

    def status(self, path: str) -> int:
        answer = self.web.get(path)
        assert answer.status_code == 200 or answer.content_type == PROBLEM
        return answer.status_code

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        with self.app.app_context():
            yield
            db.session.remove()

    def recorded(self, number: int = 1) -> list[UUID]:
        """So many events, not yet sequenced."""
        with self.inside(), unit_of_work():
            return [
                audit.record("thing.done", actor=an_actor(), object_type="thing", object_id=str(n), content={})
                for n in range(number)
            ]

    def settle(self) -> None:
        with self.inside():
            audit.settle(self.anchor, seconds=5)

    @property
    def vkey(self) -> str:
        return str(json.loads(self.get("/.well-known/privacy-keys.json"))["keys"][0]["key"])


@pytest.fixture
def alone(tmp_path: Path) -> Alone:
    folder = tmp_path / "alone"
    folder.mkdir()
    return Alone(folder)


@pytest.fixture
def log(app: Flask, config: Config) -> Log:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return Log(app, config)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 70_000])
def test_a_mirror_made_of_plain_gets_is_the_tree_of_the_checkpoint(log: Log, size: int) -> None:
    with log.inside():
        fill_up(size, log.anchor)
    assert mirroring.mirrored(log.get) == size
    log.recorded(2)
    log.settle()
    assert mirroring.mirrored(log.get) == size + 2


def test_tiles_are_served_at_any_width_that_is_published_and_kept_for_good(log: Log) -> None:
    with log.inside():
        fill_up(600, log.anchor)
    whole = log.get("/log/tile/0/001")
    assert [len(log.get(f"/log/tile/0/001.p/{width}")) for width in (1, 200, 255)] == [32, 6400, 8160]
    assert whole.startswith(log.get("/log/tile/0/001.p/200"))
    assert log.get("/log/tile/entries/002.p/88").startswith(log.get("/log/tile/entries/002.p/1"))
    assert log.get("/log/tile/1/000.p/2").startswith(log.get("/log/tile/1/000.p/1"))
    answer = log.web.get("/log/tile/0/000")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "application/octet-stream"
    checkpoint = log.web.get("/log/checkpoint")
    assert checkpoint.content_type == "text/plain; charset=utf-8"
    assert checkpoint.headers["Cache-Control"] == "public, max-age=2"


@pytest.mark.parametrize(
    "address",
    [
        "0/002", "0/002.p/89", "0/003.p/1", "0/002.p/0", "0/002.p/256", "0/002.p/088", "1/000", "1/000.p/3",
        "2/000.p/1", "entries/002", "entries/003.p/1", "0/2", "0/x000/001", "00/001", "-1/000", "64/000",
        "0/001.p/+1", "0/001.p/", "0/%31%30%301", "0/x999/x999/x999/x999/x999/x999/x999/999", "0/\u0661\u0660\u0660",
        "a/000", "0", "entries",
    ],
)  # fmt: skip
def test_what_is_not_published_is_not_there(log: Log, address: str) -> None:
    with log.inside():
        fill_up(600, log.anchor)
    assert log.status(f"/log/tile/{address}") == 404


def test_what_is_sequenced_and_not_published_is_not_shown(log: Log) -> None:
    with log.inside():
        fill_up(300, log.anchor)
    log.recorded(5)
    with log.inside(), time_machine.travel(0, tick=False):
        # The last checkpoint is of the very moment to which the clock is set: too early for another one.
        assert audit.Sequencer(log.anchor).turn() == 5
    assert log.status("/log/tile/0/001.p/44") == 200
    assert log.status("/log/tile/0/001.p/45") == 404
    assert log.status("/log/tile/entries/001.p/45") == 404


def test_before_anything_is_published_there_is_nothing(log: Log) -> None:
    assert log.status("/log/checkpoint") == 404
    assert log.status("/log/tile/0/000.p/1") == 404
    reader = log.service.caller("audit:read")
    assert reader.get("/audit/checkpoint").status_code == 404


def test_the_keys_are_there_to_be_looked_up(log: Log) -> None:
    told = json.loads(log.get("/.well-known/privacy-keys.json"))
    assert (told["origin"], told["witnesses"]) == ("log.example.org/tests", [])
    (key,) = told["keys"]
    assert key["key"].startswith("log.example.org/tests+")
    assert (key["state"], key["from_size"], key["endorsement"]) == ("current", 0, None)
    assert told["verifier_sha256"] in (ROOT / "docs" / "verifying.md").read_text()


def test_evidence_files_verify_as_they_are_handed_out(log: Log, alone: Alone) -> None:
    reader = log.service.caller("audit:read")
    log.settle()
    first = reader.get("/audit/checkpoint").get_json()
    assert (first["origin"], first["note"]) == ("log.example.org/tests", log.get("/log/checkpoint").decode())
    event_id, *_ = log.recorded(3)
    log.settle()
    newest = reader.get("/audit/checkpoint").get_json()
    assert newest["size"] == first["size"] + 3
    for path in (
        f"/audit/proofs/inclusion?event_id={event_id}",
        f"/audit/proofs/inclusion?index={first['size']}&tree_size={newest['size']}",
        "/audit/proofs/inclusion?index=0",
        f"/audit/proofs/inclusion?index=0&tree_size={first['size']}",
        f"/audit/proofs/consistency?old={first['size']}",
        f"/audit/proofs/consistency?old={first['size']}&new={newest['size']}",
        f"/audit/proofs/consistency?old={newest['size']}&new={newest['size']}",
    ):
        answer = reader.get(path)
        assert answer.status_code == 200, answer.text
        done = alone.run(alone.put("evidence", answer.data), "--key", log.vkey)
        assert (done.returncode, done.stderr) == (0, ""), (path, done.stdout)
    shown = reader.get(f"/audit/proofs/inclusion?event_id={event_id}").get_json()
    assert shown["event"]["body"]["action"] == "thing.done"


def test_a_test_key_gets_the_proof_and_not_what_the_event_says(log: Log, alone: Alone) -> None:
    (event_id,) = log.recorded()
    log.settle()
    answer = log.service.caller("audit:read", realm=Realm.TEST).get(f"/audit/proofs/inclusion?event_id={event_id}")
    assert "body" not in answer.get_json()["event"]
    done = alone.run(alone.put("evidence", answer.data), "--key", log.vkey)
    assert done.returncode == 0, done.stdout


def test_a_fresh_event_is_waited_for(log: Log) -> None:
    (event_id,) = log.recorded()
    publishing = threading.Timer(0.15, log.settle)
    publishing.start()
    try:
        answer = log.service.caller("audit:read").get(f"/audit/proofs/inclusion?event_id={event_id}")
    finally:
        publishing.join()
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "number", ["+1", "01", "%201", "1%20", "1_0", "1.0", "", "-1", str(2**63), "\u0661", "0x1", "1e0"]
)
def test_numbers_have_one_spelling(log: Log, number: str) -> None:
    log.settle()
    reader = log.service.caller("audit:read")
    for name, path in (
        ("index", f"inclusion?index={number}"),
        ("tree_size", f"inclusion?index=0&tree_size={number}"),
        ("old", f"consistency?old={number}"),
        ("new", f"consistency?old=1&new={number}"),
    ):
        answer = reader.get(f"/audit/proofs/{path}")
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [name]), answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("inclusion", 422),
        ("inclusion?event_id=00000000-0000-0000-0000-000000000007&index=0", 422),
        ("inclusion?event_id=00000000-0000-0000-0000-000000000007", 404),
        ("inclusion?event_id=00000000000000000000000000000007", 422),
        ("inclusion?event_id=%7B00000000-0000-0000-0000-000000000007%7D", 422),
        ("inclusion?index=0&index=0", 422),
        ("inclusion?index=0&more=1", 422),
        ("inclusion?index=7", 404),
        (f"inclusion?index={2**63 - 1}", 404),
        ("inclusion?index=0&tree_size=7", 404),
        ("consistency", 422),
        ("consistency?old=0", 422),
        ("consistency?old=7", 404),
        ("consistency?old=1&new=7", 404),
        (f"consistency?old={2**63 - 1}", 404),
    ],
)
def test_what_cannot_be_proven_is_refused_by_name(log: Log, path: str, status: int) -> None:
    log.settle()
    answer = log.service.caller("audit:read").get(f"/audit/proofs/{path}")
    assert (answer.status_code, answer.content_type) == (status, PROBLEM), answer.text


def test_a_tree_that_ends_before_the_event_is_named(log: Log) -> None:
    log.settle()
    log.recorded(2)
    log.settle()
    reader = log.service.caller("audit:read")
    log.settle()
    size = reader.get("/audit/checkpoint").get_json()["size"]
    answer = reader.get(f"/audit/proofs/inclusion?index={size - 1}&tree_size=1")
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["tree_size"])
    answer = reader.get(f"/audit/proofs/consistency?old={size}&new=1")
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["old"])
