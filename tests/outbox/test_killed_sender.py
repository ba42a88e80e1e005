"""Whoever is killed while sending loses nothing and doubles at most one, which its Message-ID tells."""

from __future__ import annotations

import email
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from privacy.audit import service as audit
from privacy.crypto.keyring import Keyring
from privacy.db import db
from privacy.outbox import service as outbox
from privacy.outbox.service import Sending
from tests.databases import Database, bare_app
from tests.outbox.killed_sender import STEPS
from tests.outbox.relay import Relay
from tests.outbox.sending import actions, later, mailer, put, send, state_of
from tests.rules.source import ROOT
from tests.sizes import size


@pytest.fixture(autouse=True)
def _told(context: Flask) -> None:
    outbox.install(audit.record_message)


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    with Relay(tmp_path_factory.mktemp("relay")) as made:
        yield made


@pytest.fixture(autouse=True)
def _empty(relay: Relay) -> None:
    relay.handler.got.clear()


@pytest.mark.parametrize(("file", "function"), STEPS, ids=lambda part: str(part).strip("_"))
def test_a_message_of_a_killed_sender_arrives(
    file: str, function: str, relay: Relay, database: Database, ring: Keyring, tmp_path: Path
) -> None:
    message_id = put()
    ring.save(tmp_path / "keyring.json")
    arguments = [database.url, str(tmp_path / "keyring.json"), relay.url, str(relay.ca_file), file, function]
    killed = subprocess.run(
        [sys.executable, "-m", "tests.outbox.killed_sender", *arguments], cwd=ROOT, check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    assert send(mailer(relay.url, relay.ca_file)) <= 1  # Nobody takes what another may still be at.
    later(message_id)
    send(mailer(relay.url, relay.ca_file))
    later(message_id)
    send(mailer(relay.url, relay.ca_file))
    assert state_of(message_id) == ("sent", None)
    assert actions() == ["message.sent"]
    assert 1 <= len(relay.handler.got) <= 2
    assert len({email.message_from_bytes(got.content)["Message-ID"] for got in relay.handler.got}) == 1


def test_two_senders_at_once_send_each_message_once(relay: Relay, database: Database) -> None:
    ids = [put(f"person{number}@example.com") for number in range(size("races"))]
    app, barrier = bare_app(database), threading.Barrier(2)

    def work() -> None:
        barrier.wait()
        Sending([mailer(relay.url, relay.ca_file)]).run(app.app_context, threading.Event())

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with app.app_context():
        db.engine.dispose()
    assert sorted(got.to[0] for got in relay.handler.got) == sorted(
        f"person{number}@example.com" for number in range(len(ids))
    )
    assert {state_of(one)[0] for one in ids} == {"sent"}
