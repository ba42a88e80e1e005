"""kill -9 of a worker at each boundary of a disposal run: another one ends it, and each row went and counted once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from privacy.crypto.keyring import Keyring
from privacy.db import db, session
from privacy.retention.runs.vocabulary import RunState
from tests.databases import Database
from tests.retention.killed_run import FEW, STEPS
from tests.retention.offices import NEW, OLD, ROWS, an_office
from tests.sizes import size

_PATIENCE = 500


@pytest.mark.usefixtures("in_force")
def test_a_run_whose_workers_are_killed_is_ended_by_another(
    context: Flask, database: Database, ring: Keyring, tmp_path: Path
) -> None:
    due = FEW * len(STEPS) * (1 if size("kills") < 10 else 2)
    talks = [(n, f"p{n}@example.com", "hello", OLD if n < due else NEW) for n in range(due + 5)]
    office = an_office(context, tmp_path, rows={**ROWS, "chat": {"talk": talks}})
    run_id = office.started()
    counted = office.counted(run_id)
    ring.save(tmp_path / "keyring")
    session().close()
    db.session.remove()
    command = [sys.executable, "-m", "tests.retention.killed_run", database.url, str(tmp_path / "keyring")]
    command.append(str(tmp_path))
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    killed = dict(json.loads(line) for line in done.stdout.splitlines())
    assert killed == {f"{file} {function}": True for file, function in STEPS}
    assert office.run(run_id).state == RunState.DONE
    assert [row[0] for row in office.rows("chat", "talk")] == list(range(due, due + 5))
    assert [row[0] for row in office.rows("shop", "customer")] == [2, 3, 4]
    for place, one in office.did(run_id).items():
        assert (place, one.deleted, one.changed) == (place, counted[place].deleted, counted[place].changed)
