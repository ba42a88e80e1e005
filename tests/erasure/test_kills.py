"""kill -9 at each step of an erasure: all of it happened, or nothing; run again, it is done."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from privacy.authz.actors import OPERATOR
from privacy.crypto.keyring import Keyring
from privacy.db import session, unit_of_work
from privacy.erasure import service as erasure
from tests.consent.desk import Desk
from tests.databases import Database
from tests.erasure.killed_erasure import STEPS
from tests.erasure.test_erasing import ANNA, lived_in, mentions

_PATIENCE = 120


def test_a_killed_erasure_left_everything_as_it_was(
    desk: Desk, database: Database, ring: Keyring, tmp_path: Path
) -> None:
    lived_in(desk)
    anna, file = desk.subject(ANNA), tmp_path / "keyring"
    ring.save(file)
    session().close()
    done = subprocess.run(
        [sys.executable, "-m", "tests.erasure.killed_erasure", database.url, str(file), str(anna)],
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["step"], one["killed"], one["same"]) for one in told] == [
        (f"{step[0]} {step[1]}", True, True) for step in STEPS
    ]
    assert desk.reason(ANNA) == "given"
    with unit_of_work():
        erased = erasure.erase_subject(anna, cause="request 7", actor=OPERATOR)
    assert mentions(erased.subject_ids) == {}
    assert desk.findings() == []
