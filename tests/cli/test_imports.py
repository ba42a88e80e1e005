"""`privacy import mailchimp` as its users run it: a process of its own."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from config import Config
from tests.consent.importing.conftest import apply_programme
from tests.consent.importing.exports import EXPORTS, Export, an_export
from tests.consent.importing.hunt import Hunt, canaries, encodings, files_below, tables_of
from tests.databases import Database
from tests.rules.source import ROOT

T1, T2 = "2024-01-01 10:00:00", "2024-02-01 10:00:00"
_RUN = "import sys; from privacy.cli.imports import command; command(prog_name='privacy import')"


@pytest.fixture
def installation(config: Config, context: Flask) -> Config:
    apply_programme()
    return config


def start(config: Config, *arguments: str, **more: str) -> subprocess.Popen[str]:
    environment = os.environ | {
        "PRIVACY_DATA_DIR": str(config.data_dir),
        "PRIVACY_DATABASE_URL": config.database_url,
        "PRIVACY_LOG_LEVEL": "DEBUG",
        **more,
    }
    return subprocess.Popen(
        [sys.executable, "-c", _RUN, "mailchimp", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(config: Config, *arguments: str) -> tuple[int, str, str]:
    process = start(config, *arguments)
    out, err = process.communicate(timeout=110)
    return process.returncode, out, err


WHAT = ("--purpose", "newsletter", "--wording", "newsletter")


def test_json_is_exactly_the_contract(installation: Config, tmp_path: Path) -> None:
    export = Export().subscribed("ewa@example.com", T1, T2).subscribed("ewa(at)example.com", T1)
    export.unsubscribed("jan@example.com", T1).cleaned("iza@example.com", T1)
    folder = str(export.write(tmp_path / "export"))
    expected = {
        "rows": 4,
        "acts_recorded": 3,
        "acts_known": 0,
        "rejected": 1,
        "suppressed": 1,
        "permissions_gained": 1,
        "permissions_lost": 0,
        "rejects_file": None,
    }
    code, out, err = run(installation, folder, *WHAT, "--dry-run", "--json")
    assert (code, json.loads(out)) == (0, expected)
    assert "subscribed_members_export.csv:3, Email Address: This is not an e-mail address." in err
    assert not (installation.data_dir / "imports").exists()
    code, out, err = run(installation, folder, *WHAT, "--json")
    report = json.loads(out)
    rejects = Path(report.pop("rejects_file"))
    assert (code, err, list(report), report) == (0, "", list(expected)[:-1], dict(list(expected.items())[:-1]))
    assert rejects.parent == installation.data_dir / "imports"
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    assert len(rejects.read_text().splitlines()) == 2


def test_people_get_words(installation: Config, tmp_path: Path) -> None:
    folder = Export().subscribed("ewa@example.com", T1, T2).write(tmp_path / "export")
    code, out, _ = run(installation, str(folder), "--purpose", "newsletter", "--wording", "newsletter:2")
    assert code == 0
    assert "        2  acts recorded" in out.splitlines()


@pytest.mark.parametrize("which", EXPORTS)
@pytest.mark.timeout(600)
def test_no_personal_data_can_be_found_afterwards(
    which: str, installation: Config, database: Database, tmp_path: Path
) -> None:
    folder = an_export(which, tmp_path / "export")
    (folder_with_dirt := tmp_path / "dirt").mkdir()
    Export().subscribed("nieprawidłowy adres e-mail", T1, **{"First Name": "Wawrzyniec"}).write(folder_with_dirt)
    hunt = Hunt(canaries(folder) | canaries(folder_with_dirt))
    said = _say(installation, str(folder)) + _say(installation, str(folder_with_dirt))
    places = {"output and log": said.encode(), **files_below(installation.data_dir)}
    if database.kind == "sqlite":
        places |= files_below(Path(database.url.removeprefix("sqlite:///")).parent / "data")
        places["database"] = Path(database.url.removeprefix("sqlite:///")).read_bytes()
    else:
        places |= tables_of(database.url)
    assert sum(len(data) for data in places.values()) > 100_000
    assert {place: found for place, data in places.items() if (found := hunt.find(data))} == {}


def _say(config: Config, folder: str) -> str:
    """What an import prints and logs, and what process lists show of it meanwhile."""
    process = start(config, folder, *WHAT)
    listed = Path(f"/proc/{process.pid}/cmdline")
    shown = listed.read_text() + listed.with_name("environ").read_text() if listed.exists() else ""
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return shown + out + err


@pytest.mark.parametrize("text", ["ewa.kowalska@example.com", "Brzęczyszczykiewicz"])
def test_the_hunt_finds_what_is_there(text: str) -> None:
    hunt = Hunt([text])
    for coded in encodings(text):
        assert hunt.find(b"\0" * 5 + coded + b"xyz") >= {coded}
