"""`privacy breach notification|register|timeline`: documents as files that only their owner reads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from privacy.audit import service as audit
from privacy.cli.opening import opened
from tests.breach.made_up import TOLD
from tests.cli.conftest import Cli
from tests.rules.source import PACKAGE


@pytest.fixture
def number(cli: Cli) -> str:
    """A breach of which everything is told; the controller is aware of it."""
    made = cli.json("breach", "open", stdin=json.dumps({"words": "Somebody rang.", "facts": TOLD}))
    cli("breach", "aware", made["number"], "--reason", "the log shows it")
    return str(made["number"])


def verified(file: Path) -> bool:
    with opened():
        key = str(audit.log_keys()[0].verifier)
    command = [sys.executable, "-I", PACKAGE / "audit" / "privacy_verify.py", file, "--key", key]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_notification_is_written_and_what_it_lacks_is_named(cli: Cli, number: str, tmp_path: Path) -> None:
    pdf, machine = tmp_path / "form.pdf", tmp_path / "form.json"
    told = cli.json("breach", "notification", number, "--pdf", str(pdf), "--machine", str(machine), "--locale", "pl")
    assert (told["number"], told["phase"], told["late"]) == (number, "initial", False)
    assert (told["missing_now"], told["missing_later"]) == ([], ["register.risk"])
    assert pdf.read_bytes().startswith(b"%PDF")
    assert json.loads(machine.read_text())["number"] == number
    assert not any(file.stat().st_mode & 0o077 for file in (pdf, machine))
    said = cli("breach", "notification", number, "--pdf", str(tmp_path / "again.pdf"))
    assert "May follow: register.risk." in said
    assert "Ewa Lis" not in said


def test_what_was_sent_is_written_again(cli: Cli, number: str, tmp_path: Path) -> None:
    cli("breach", "notified", number, "--kind", "initial", "--way", "biznes_gov")
    pdf = tmp_path / "sent.pdf"
    assert cli.json("breach", "notification", number, "--sent", "1", "--pdf", str(pdf))["phase"] == "initial"
    assert pdf.read_bytes().startswith(b"%PDF")
    cli("breach", "notification", number, "--sent", "7", "--pdf", str(tmp_path / "none.pdf"), exit_code=5)
    assert not (tmp_path / "none.pdf").exists()


def test_nothing_is_overwritten_and_a_file_is_asked_for(cli: Cli, number: str, tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_text("mine")
    for asked in (
        ("notification", number, "--pdf", str(file)),
        ("register", "-o", str(file)),
        ("timeline", number, "-o", str(file)),
    ):
        assert cli.run("breach", *asked).exit_code != 0
    assert file.read_text() == "mine"
    cli("breach", "notification", number, exit_code=2)


@pytest.mark.parametrize("form", ["pdf", "csv", "json"])
def test_the_register(cli: Cli, number: str, tmp_path: Path, form: str) -> None:
    drill = cli.json("breach", "open", "--rehearsal", stdin="{}")["number"]
    file = tmp_path / f"register.{form}"
    cli("breach", "register", "--format", form, "--locale", "en", "-o", str(file))
    if form != "pdf":
        said = file.read_text("utf-8")
        assert number in said
        assert drill not in said
    cli("breach", "register", "--format", form, "--until", "2020-01-01", "-o", str(tmp_path / "early"))
    assert form == "pdf" or number not in (tmp_path / "early").read_text("utf-8")


def test_the_timeline_verifies(cli: Cli, number: str, tmp_path: Path) -> None:
    file = tmp_path / "timeline.zip"
    told = cli.json("breach", "timeline", number, "-o", str(file))
    assert (told["number"], told["events"]) == (number, 2)
    assert verified(file)
    file.write_bytes(file.read_bytes()[:-40])
    assert not verified(file)
