"""Sequencers that are killed before the n-th line of a turn, or stopped before it and woken up after their lease.

Run as: python -m tests.audit.killed_sequencer DATABASE_URL KEYRING FOLDER [stopped | unguarded].
Without a word: SIGKILL before each line in turn, a new event each time; prints how many lines there were.
`stopped`: sequences, stops itself (SIGSTOP) when it is about to sequence again, and prints how many events it then
still wrote; `unguarded`: the same where nothing says whose turn it is.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from privacy.audit import anchor, sequencer, service
from privacy.audit.models import AuditLog
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.db import db, unit_of_work
from tests.build import an_actor
from tests.databases import Database, bare_app
from tests.killed_lines import was_killed

TRACED = {sequencer.__file__, anchor.__file__}


def main() -> None:
    url, ring, folder, *word = sys.argv[1:]
    keyring.install(Keyring.load(Path(ring)))
    app, kept = bare_app(Database("", url)), service.Anchor(Path(folder) / "anchor.txt")
    if word:
        print(_stopped(app, kept, unguarded=word == ["unguarded"]))
        return
    number = 0
    while _killed_at(number, app, kept):
        number += 1
    print(number)


def _record(app: Flask, kept: service.Anchor) -> None:
    """One event more, behind a log that has all before it."""
    with app.app_context():
        with unit_of_work() as current:
            current.execute(sa.update(AuditLog).values(lease_until=0))  # As after three seconds.
        service.settle(kept, seconds=20)
        with unit_of_work():
            service.record("thing.done", actor=an_actor(), object_type="thing", object_id="t", content={})
        db.session.remove()
        db.engine.dispose()


def _killed_at(number: int, app: Flask, kept: service.Anchor) -> bool:
    """Whether there was an n-th line."""
    _record(app, kept)
    with app.app_context():
        return was_killed(TRACED, number, lambda: service.Sequencer(kept).turn(publish_now=True))


def _stopped(app: Flask, kept: service.Anchor, *, unguarded: bool) -> int:
    class Stopping(service.Sequencer):
        def _may_hold(self) -> bool:
            """Stops when it has seen that it is its turn."""
            found = super()._may_hold()
            if self.is_at_work:
                db.session.remove()
                os.kill(os.getpid(), signal.SIGSTOP)
                if unguarded:
                    with unit_of_work() as current:
                        current.execute(sa.update(AuditLog).values(lease_until=0))
            return found

    _record(app, kept)
    with app.app_context():
        paused = Stopping(kept)
        assert paused.turn(publish_now=True)
        with unit_of_work():
            service.record("thing.done", actor=an_actor(), object_type="thing", object_id="t", content={})
        return paused.turn(publish_now=True)


if __name__ == "__main__":
    main()
