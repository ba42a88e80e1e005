"""`privacy audit export`: evidence on the command line, with or without a worker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from privacy.audit import service as audit
from privacy.cli.opening import opened
from tests.cli.conftest import Cli
from tests.rules.source import PACKAGE

ANNA = "anna.nowak@example.com\n"


@pytest.fixture
def people(cli: Cli) -> Cli:
    """An installation with the first of the demo's people: Anna, who agreed to offers."""
    cli("demo", "--people", "1")
    return cli


def verified(file: Path) -> bool:
    with opened():
        key = str(audit.log_keys()[0].verifier)
    command = [sys.executable, "-I", PACKAGE / "audit" / "privacy_verify.py", file, "--key", key]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_a_person_named_on_standard_input(people: Cli, tmp_path: Path) -> None:
    file = tmp_path / "anna.zip"
    told = people.json("audit", "export", "--email", "-", "-o", str(file), stdin=ANNA)
    assert told["acts"] > 0
    assert told["erased"] == 0
    assert verified(file)
    assert file.stat().st_mode & 0o077 == 0


def test_by_the_reference_that_subject_show_prints(people: Cli, tmp_path: Path) -> None:
    shown = people.json("subject", "show", "--customer-id", "C-1001")["people"][0]
    file = tmp_path / "anna.zip"
    said = people("audit", "export", "--subject", shown["subject_ref"], "--locale", "hr", "-o", str(file))
    assert f"events written to {file}" in said
    assert verified(file)


@pytest.mark.parametrize("name", ["log.zip", "log"])
def test_the_whole_log(people: Cli, tmp_path: Path, name: str) -> None:
    told = people.json("audit", "export", "--log", "--bodies", "-o", str(tmp_path / name))
    assert told["size"] == told["bodies"] > 0
    assert verified(tmp_path / name)


def test_nothing_is_overwritten_and_no_event_says_it_was(people: Cli, tmp_path: Path) -> None:
    file = tmp_path / "anna.zip"
    file.write_text("mine")
    for asked in (("--customer-id", "C-1001"), ("--log",)):
        assert people.run("audit", "export", *asked, "-o", str(file)).exit_code == 3
    assert file.read_text() == "mine"
    assert people.json("audit", "events", "--action", "evidence.exported")["events"] == []


@pytest.mark.parametrize(
    "arguments",
    [(), ("--log", "--customer-id", "C-1001"), ("--customer-id", "C-1001", "--bodies"), ("--log", "--locale", "pl")],
)
def test_what_does_not_go_together_is_refused(people: Cli, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert people.run("audit", "export", *arguments, "-o", str(tmp_path / "x.zip")).exit_code == 2
    assert not (tmp_path / "x.zip").exists()


def test_a_decision_that_is_none_is_refused(people: Cli, tmp_path: Path) -> None:
    for content in ("{}", "[", "[]"):
        (tmp_path / "decision.json").write_text(content)
        asked = ("--customer-id", "C-1001", "--decision", str(tmp_path / "decision.json"))
        assert people.run("audit", "export", *asked, "-o", str(tmp_path / "x.zip")).exit_code == 3
