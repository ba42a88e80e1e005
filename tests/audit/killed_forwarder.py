"""Workers that are killed (SIGKILL) before the n-th line of the sink's code while they stream; n from 0 until none is.

Run as: python -m tests.audit.killed_forwarder DATABASE_URL KEYRING FOLDER. Each has one event more to stream than the
one before it left; FOLDER/log.jsonl is the sink. Prints how many were killed.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from privacy.audit import service
from privacy.audit.models import AuditSink
from privacy.audit.sinks import file, forwarding
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.db import db, unit_of_work
from tests.build import an_actor
from tests.databases import Database, bare_app
from tests.killed_lines import was_killed

TRACED = {forwarding.__file__, file.__file__}


def main() -> None:
    url, ring, folder = sys.argv[1:]
    keyring.install(Keyring.load(Path(ring)))
    app, number = bare_app(Database("", url)), 0
    while _killed_at(number, app, Path(folder)):
        number += 1
    print(number)


def _killed_at(number: int, app: Flask, folder: Path) -> bool:
    """Whether there was an n-th line."""
    with app.app_context():
        with unit_of_work() as current:
            service.record("thing.done", actor=an_actor(), object_type="thing", object_id="t", content={})
            current.execute(sa.update(AuditSink).values(lease_until=0))  # As after a minute.
        service.settle(service.Anchor(folder / "anchor.txt"), seconds=10)
        db.session.remove()
        db.engine.dispose()
    return was_killed(TRACED, number, lambda: _stream(app, folder))


def _stream(app: Flask, folder: Path) -> None:
    sink = service.sink_of(f"file:{folder / 'log.jsonl'}")
    assert sink is not None
    service.Forwarder(sink).run(app.app_context, threading.Event())


if __name__ == "__main__":
    main()
