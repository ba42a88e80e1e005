"""`privacy export` as an operator runs it: what it writes verifies, killed anywhere it is run again, memory is flat."""

from __future__ import annotations

import gc
import itertools
import json
import os
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from config import Config
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.db import db, unit_of_work
from privacy.evidence import service as evidence
from tests.callers import a_give
from tests.cli.running import PROGRAM
from tests.evidence.conftest import Desk
from tests.rules.source import ROOT
from tests.sizes import size

_PATIENCE = 60
_LINES = 200


@pytest.fixture
def environ(desk: Desk, config: Config) -> dict[str, str]:
    """Settings of the installation of the desk, at which something was recorded."""
    desk.caller.record(a_give())
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PRIVACY_")}
    return kept | {"PRIVACY_DATA_DIR": str(config.data_dir), "PRIVACY_DATABASE_URL": config.database_url}


def export(desk: Desk, environ: dict[str, str], name: str, *options: str) -> subprocess.CompletedProcess[str]:
    desk.folder.chmod(0o700)
    command = [PROGRAM, "export", str(desk.folder / name), *options]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=_PATIENCE)


def test_what_the_command_writes_verifies(desk: Desk, environ: dict[str, str]) -> None:
    done = export(desk, environ, "all", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["folder"] == str(desk.folder / "all")
    assert told["rows"]["acts.jsonl"] == 2  # One for each channel.
    assert told["log_size"] == len((desk.folder / "all" / "log" / "leaves.jsonl").read_bytes().splitlines())
    said = desk.verify("all")
    assert said["ok"], said
    again = export(desk, environ, "all")
    assert again.returncode not in (0, 1)
    assert "all" in again.stderr
    assert "Traceback" not in again.stderr


def test_killed_anywhere_it_is_run_again(desk: Desk, environ: dict[str, str]) -> None:
    place = desk.folder / "all"
    for number in range(size("kills")):
        # Before each of its files in turn, and before the folder gets its name.
        command = [sys.executable, "-m", "tests.evidence.killed_export", str(1 + number * 13 % 24), "export"]
        killed = subprocess.run(
            [*command, str(place), "--yes"], env=environ, cwd=ROOT, capture_output=True, check=False, timeout=_PATIENCE
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert not place.exists()
    assert any((desk.folder / ".all.part").iterdir())
    done = export(desk, environ, "all")
    assert done.returncode == 0, done.stderr
    assert not (desk.folder / ".all.part").exists()
    said = desk.verify("all")
    assert said["ok"], said


@pytest.mark.timeout(size("exported_acts") * 2)
def test_what_is_held_in_memory_does_not_grow_with_the_rows(desk: Desk) -> None:
    lines, people, peaks = itertools.count(), itertools.count(), []

    def no_garbage(_done: int) -> None:
        # Reference cycles that nobody holds any more would count until the collector happens to come by.
        if next(lines) % 250 == 0:
            gc.collect()

    def settle() -> None:
        audit.settle(desk.anchor, seconds=20)

    for number, times in enumerate((1, 4)):
        wanted = times * size("exported_acts")
        for start in range(0, wanted, _LINES):
            ids = [next(people) for _ in range(min(_LINES, wanted - start))]
            acts = (
                a_give(
                    {"customer_id": f"C-5{n:07}", "email": f"person{n}@example.net"}, key=f"k{n}", channels=["email"]
                )
                for n in ids
            )
            assert desk.caller.batch(b"".join(json.dumps(act).encode() + b"\n" for act in acts)).status_code == 200
        desk.publish()
        with desk.app.app_context():
            tables = evidence.exported_tables()
            if not number:
                _export(desk.folder / "first", tables, settle, no_garbage)  # What is made once and kept.
            gc.collect()
            tracemalloc.start()
            _export(desk.folder / f"all-{number}", tables, settle, no_garbage)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            db.session.remove()
    # The first log is less than a portion of what is read at a time; all rows would be several times as much.
    assert peaks[1] < peaks[0] + 1_000_000


def _export(place: Path, tables: list[evidence.ExportedRows], settle: object, progress: object) -> None:
    with unit_of_work():
        evidence.record_export({}, actor=OPERATOR)
    done = evidence.export_everything(place, tables, settle=settle, progress=progress)  # type: ignore[arg-type]
    assert done.rows["acts.jsonl"] >= size("exported_acts")
