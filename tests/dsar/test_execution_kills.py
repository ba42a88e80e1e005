"""kill -9 of a worker at each boundary of an erasure: another one ends it, and what was done was done once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from flask import Flask

from privacy.crypto.keyring import Keyring
from privacy.db import db, session
from privacy.dsar.execution import course
from privacy.dsar.vocabulary import CaseType, State
from tests.databases import Database
from tests.dsar.killed_worker import STEPS
from tests.dsar.shops import PEOPLE, a_person, connected, granted
from tests.sizes import size

_PATIENCE = 500


def test_an_erasure_whose_workers_are_killed_is_ended_by_another(
    context: Flask, database: Database, ring: Keyring, tmp_path: Path
) -> None:
    shops = connected(context, tmp_path)
    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    ring.save(tmp_path / "keyring")
    session().close()
    db.session.remove()
    times = str(1 if size("kills") < 10 else 2)
    command = [sys.executable, "-m", "tests.dsar.killed_worker", database.url, str(tmp_path / "keyring"), times]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    killed = dict(json.loads(line) for line in done.stdout.splitlines())
    assert killed == {f"{file} {function}": int(times) for file, function in STEPS}
    assert shops.request(request_id).state == State.ANSWERED
    assert shops.rows("crm", "member") == [PEOPLE["crm"]["member"][1]]
    assert shops.rows("shop", "customer")[0] == (1, None, None, "-", None, 1)
    outcomes = {one.system: (one.found, one.deleted, one.changed) for one in course.outcomes(request_id)}
    assert (outcomes["shop"], outcomes["crm"]) == ((3, 0, 2), (2, 2, 0))
