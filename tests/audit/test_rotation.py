"""The log changes its key while it is written to, and through kills at every step."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from config import Config
from privacy.audit import service as audit
from privacy.audit.checkpoint import Checkpoint
from privacy.audit.models import AuditCheckpoint
from privacy.audit.note import Note, SigningKey
from privacy.crypto import keyring
from privacy.crypto.keyring import KeyUse
from privacy.db import db, session, unit_of_work
from tests.audit.killed_rotation import STEPS
from tests.build import an_actor
from tests.cli.running import PROGRAM
from tests.verifier.conftest import Alone

_PATIENCE = 60


class Log:
    """The log of an installation, sequenced in this process and changed by real programs."""

    def __init__(self, app: Flask, config: Config) -> None:
        self.app = app
        self.config = config
        self.anchor = audit.Anchor(config.anchor_path)
        self.environ = os.environ | {
            "PRIVACY_DATA_DIR": str(config.data_dir),
            "PRIVACY_DATABASE_URL": config.database_url,
        }

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=_PATIENCE, check=False)

    def program(self, *arguments: str) -> str:
        done = self.run(PROGRAM, "audit", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def record(self) -> None:
        with self.app.app_context():
            with unit_of_work():
                audit.record("thing.done", actor=an_actor(), object_type="thing", object_id="1", content={})
            db.session.remove()

    def settle(self) -> None:
        with self.app.app_context():
            audit.settle(self.anchor, seconds=20)
            db.session.remove()

    def sequence(self, stop: threading.Event) -> None:
        """Record and sequence until it is told to stop, as a worker does; no command holds this up."""
        sequencer = audit.Sequencer(self.anchor)
        while not stop.wait(0.02):
            self.record()
            sequencer.run(self.app.app_context, stop)
        sequencer.release(self.app.app_context)

    def known_keys(self) -> list[audit.LogKey]:
        with self.app.app_context():
            found = audit.log_keys()
            db.session.remove()
        return found

    def notes(self) -> list[str]:
        with self.app.app_context():
            found = list(session().scalars(sa.select(AuditCheckpoint.note).order_by(AuditCheckpoint.size)))
            db.session.remove()
        return found


@pytest.fixture
def log(app: Flask, config: Config) -> Log:
    # As the service does at its start: keys that come later are read from the file.
    keyring.install(keyring.Keyring.load(config.keyring_path))
    return Log(app, config)


@pytest.fixture
def alone(tmp_path: Path) -> Alone:
    folder = tmp_path / "alone"
    folder.mkdir()
    return Alone(folder)


@pytest.fixture
def sequenced(log: Log) -> Iterator[Log]:
    """The same while it is written to and sequenced all the time."""
    stop = threading.Event()
    thread = threading.Thread(target=log.sequence, args=(stop,))
    thread.start()
    yield log
    stop.set()
    thread.join()


def assert_signed_by_the_right_key(log: Log) -> None:
    """Each checkpoint by the newest key whose endorsement it covers, and by no other."""
    first, *others = log.known_keys()
    for note in map(Note.parse, log.notes()):
        size = Checkpoint.parse(note.text).size
        right = max(
            (key for key in others if key.index is not None and key.index < size), key=lambda k: k.number, default=first
        )
        assert note.verify([key.verifier for key in (first, *others)]) == [right.verifier], size


def test_the_running_log_changes_over_without_a_restart(log: Log, alone: Alone) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=log.sequence, args=(stop,))
    thread.start()
    try:
        before = json.loads(log.program("checkpoint", "--json"))
        told = json.loads(log.program("rotate-key", "--json"))
    finally:
        stop.set()
        thread.join()
    first, second = log.known_keys()
    assert told == {"old": str(first.verifier), "new": str(second.verifier), "endorsed": True}
    assert_signed_by_the_right_key(log)
    assert Note.parse(log.notes()[-1]).verify([second.verifier])
    for arguments in (("prove", "--index", "0"), ("prove", "--old", str(before["size"]))):
        name = alone.put("evidence", log.program(*arguments).encode())
        for key in (first, second) if "--index" in arguments else (first,):
            done = alone.run(name, "--key", str(key.verifier))
            assert done.returncode == 0, (arguments, done.stdout)


def test_a_key_that_the_old_one_did_not_endorse_is_refused(log: Log, alone: Alone) -> None:
    old = str(log.known_keys()[0].verifier)
    log.program("rotate-key")
    proof = json.loads(log.program("prove", "--index", "0"))
    without: dict[str, Any] = proof | {"endorsements": []}
    assert alone.run(alone.put("proof", without), "--key", old).returncode == 1
    thief = SigningKey(
        Checkpoint.parse(Note.parse(proof["checkpoint"]).text).origin, log.known_keys()[0].verifier.type, bytes(32)
    )
    forged = str(
        Note(Note.parse(proof["checkpoint"]).text, ()).signed(thief.sign(Note.parse(proof["checkpoint"]).text))
    )
    assert alone.run(alone.put("proof", proof | {"checkpoint": forged}), "--key", old).returncode == 1


def test_a_key_can_be_made_known_before_it_signs(log: Log) -> None:
    prepared = json.loads(log.program("rotate-key", "--prepare", "--json"))
    assert json.loads(log.program("rotate-key", "--prepare", "--json")) == prepared
    assert (prepared["endorsed"], len(log.known_keys())) == (False, 1)
    done = json.loads(log.program("rotate-key", "--json"))
    assert done == prepared | {"endorsed": True}
    assert [str(key.verifier) for key in log.known_keys()] == [prepared["old"], prepared["new"]]


def test_a_change_that_is_killed_at_any_step_is_finished_by_the_next(sequenced: Log) -> None:
    """The log is written to and sequenced all the while."""
    for step in STEPS:
        done = sequenced.run(sys.executable, "-m", "tests.audit.killed_rotation", step)
        # A sequencer that is at work elsewhere leaves nothing to release.
        assert done.returncode in ({-signal.SIGKILL, 0} if step == "release" else {-signal.SIGKILL}), done.stderr
    sequenced.program("rotate-key")
    keys = sequenced.known_keys()
    # What an attempt made is used by the next one: no key is in the ring that the log does not know.
    assert len(keys) >= 2
    assert keyring.Keyring.load(sequenced.config.keyring_path).numbers(KeyUse.SIGN) == [k.number for k in keys[::-1]]
    assert_signed_by_the_right_key(sequenced)
    assert Note.parse(sequenced.notes()[-1]).verify([keys[-1].verifier])


def test_what_is_proven_is_written_to_a_file_and_named_in_one_way(log: Log, tmp_path: Path, alone: Alone) -> None:
    log.settle()
    log.program("prove", "--index", "0", "-o", str(alone.folder / "proof.json"))
    done = alone.run("proof.json", "--key", str(log.known_keys()[0].verifier))
    assert done.returncode == 0, done.stdout
    event_id = str(log.known_keys()[0].event_id)
    assert json.loads(log.program("prove", event_id))["event"]["index"] == 0
    for wrong in ([], ["--index", "00"], ["--index", "9" * 5000], [event_id.upper()]):
        assert log.run(PROGRAM, "audit", "prove", *wrong).returncode == 2, wrong
    assert log.run(PROGRAM, "audit", "prove", "--index", "9").returncode == 5
    assert log.run(PROGRAM, "audit", "prove", "--old", "9").returncode == 5
    note = log.program("checkpoint")
    facts = json.loads(log.program("checkpoint", "--json"))
    assert (facts["note"], base64.b64decode(facts["root"])) == (note, Checkpoint.parse(Note.parse(note).text).root)
