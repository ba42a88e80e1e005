"""kill -9 anywhere in the telling of many: in the end everybody has one letter, and nobody two."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask

from privacy.audit import service as audit
from privacy.breach.telling import letters
from privacy.crypto.keyring import Keyring
from privacy.db import session
from privacy.outbox import service as outbox
from tests.breach import telling_desk as desk
from tests.databases import Database
from tests.sizes import size

_PATIENCE = 280
#: Lines of our files that a worker runs until all of these are told, at the least.
_LINES = 60


@pytest.fixture(autouse=True)
def _office(context: Flask, in_force: None) -> None:
    """The example programme is in force; what becomes of messages is told as in the application."""
    outbox.install(audit.record_message, letters.note_message)


def test_everybody_is_told_once_whenever_workers_are_killed(database: Database, ring: Keyring, tmp_path: Path) -> None:
    breach = desk.a_breach()
    people = [f"person.{number}@example.com" for number in range(size("affected"))]
    desk.listed(breach, [{"email": one} for one in people])
    desk.agreed(breach)
    file = tmp_path / "keyring"
    ring.save(file)
    session().close()
    step = max(1, _LINES * len(people) // (3 * size("kill_places")))
    done = subprocess.run(
        [sys.executable, "-m", "tests.breach.killed_teller", database.url, str(file), str(step)],
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 3
    assert Counter(to for _, to, _ in desk.mails()) == Counter(people)
    assert desk.states(breach) == [("on_its_way", "email", None)] * len(people)
