"""Many processes write, two sequencers compete, all of them are killed or paused: nothing acknowledged is missing."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy.audit import merkle, service
from privacy.audit.checkpoint import verify_checkpoint
from privacy.audit.leaf import leaf_bytes
from privacy.audit.models import AuditBody, AuditCheckpoint, AuditEvent, AuditLeaf, AuditLog, AuditPending
from privacy.crypto.keyring import Keyring
from privacy.db import session, unit_of_work
from tests.build import an_actor
from tests.databases import Database
from tests.rules.source import ROOT
from tests.sizes import size

WRITERS = {"postgresql": 16, "sqlite": 4}


@pytest.fixture
def place(tmp_path: Path, ring: Keyring) -> Path:
    """A folder with the keyring, and with the anchor of the log."""
    ring.save(tmp_path / "ring.json")
    return tmp_path


def program(module: str, database: Database, place: Path, *more: object) -> list[str]:
    return [sys.executable, "-m", module, database.url, str(place / "ring.json"), str(place), *map(str, more)]


def settled_log(context: Flask, place: Path) -> list[str]:
    """The objects of all events in the order of the log, once everything is published and has been verified."""
    with context.app_context():
        with unit_of_work() as current:
            current.execute(sa.update(AuditLog).values(lease_until=0))  # Whoever was killed comes back to nothing.
        service.settle(service.Anchor(place / "anchor.txt"), seconds=20)
        assert session().scalar(sa.select(sa.func.count()).select_from(AuditPending)) == 0
        query = (
            sa.select(AuditLeaf.sequence_number, AuditLeaf.leaf_hash, AuditEvent, AuditBody.object_id)
            .join(AuditEvent, AuditEvent.id == AuditLeaf.event_id)
            .join(AuditBody, AuditBody.event_id == AuditEvent.id)
            .order_by(AuditLeaf.sequence_number)
        )
        frontier, roots, objects = merkle.Frontier(), {}, []
        for number, (place_in_log, leaf_hash, event, object_id) in enumerate(session().execute(query)):
            assert place_in_log == number
            assert leaf_hash == merkle.leaf_hash(leaf_bytes(event.id, event.v, event.commitment))
            frontier.append(leaf_hash)
            roots[frontier.size] = frontier.root()
            objects.append(object_id)
        assert session().scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == len(objects)
        key = service.log_keys()[0].verifier
        notes = list(session().scalars(sa.select(AuditCheckpoint.note).order_by(AuditCheckpoint.size)))
        for note in notes:
            checkpoint, _ = verify_checkpoint(note, service.origin(), [key])
            assert checkpoint.root == roots[checkpoint.size]
        assert checkpoint.size == len(objects)
    return objects


@pytest.mark.timeout(600)
@pytest.mark.parametrize("killed", [False, True])
def test_no_write_fails_and_what_is_acknowledged_is_in_the_log_in_order(
    context: Flask, database: Database, place: Path, killed: bool
) -> None:
    kills = size("kills") if killed else 0
    race = program("tests.audit.log_race", database, place, WRITERS[database.kind], size("log_units"), kills)
    subprocess.run(race, check=True, timeout=500, cwd=ROOT)
    log = {key: number for number, key in enumerate(settled_log(context, place))}
    told = [line.split() for line in (place / "acknowledged").read_text().splitlines()]
    assert len(told) >= WRITERS[database.kind] * size("log_units")
    missing = [key for key, _, _ in told if key not in log]
    assert missing == []
    if not killed:
        assert len(log) == len(told) + 1  # the opening of the log
    by_place = sorted((log[key], int(begun), int(done), key) for key, begun, done in told)
    committed = float("inf")
    for number, begun, done, key in reversed(by_place):
        assert begun <= committed, f"{key} at {number} was begun after one behind it had been committed"
        committed = min(committed, done)
    for writer in {key.split(":")[0] for key, _, _ in told}:
        own = [tuple(map(int, key.split(":"))) for _, _, _, key in by_place if key.split(":")[0] == writer]
        assert own == sorted(own)


@pytest.mark.timeout(600)
def test_killed_at_any_line_a_sequencer_leaves_a_log_that_goes_on(
    context: Flask, database: Database, place: Path
) -> None:
    done = subprocess.run(
        program("tests.audit.killed_sequencer", database, place),
        check=True,
        timeout=500,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    lines = int(done.stdout)
    assert lines > 60
    assert len(settled_log(context, place)) == lines + 2


@pytest.mark.parametrize("word", ["stopped", "unguarded"])
def test_a_sequencer_that_wakes_up_after_its_lease_writes_nothing(
    context: Flask, database: Database, place: Path, word: str
) -> None:
    """`unguarded` shows that it is the lease that keeps it from writing."""
    command = program("tests.audit.killed_sequencer", database, place, word)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as paused:
        try:
            os.waitid(os.P_PID, paused.pid, os.WSTOPPED | os.WNOWAIT)
            with context.app_context():
                with unit_of_work() as current:
                    current.execute(sa.update(AuditLog).values(lease_until=0))  # As after three seconds.
                other = service.Sequencer(service.Anchor(place / "anchor.txt"))
                assert other.turn(publish_now=True) == 1
                with unit_of_work():
                    service.record("thing.done", actor=an_actor(), object_type="thing", object_id="t", content={})
            paused.send_signal(signal.SIGCONT)
            written, _ = paused.communicate(timeout=30)
        finally:
            with contextlib.suppress(ProcessLookupError):
                paused.kill()
    assert paused.returncode == 0
    assert (int(written) > 0) == (word == "unguarded")
    assert len(settled_log(context, place)) == 4
