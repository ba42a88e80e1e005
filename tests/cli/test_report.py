"""`privacy report ...`: listed, made into a file with private rights, and told as JSON."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from privacy.reports.service import OFFERED
from tests.cli.conftest import Cli


def test_every_report_is_listed_with_its_forms(cli: Cli) -> None:
    told = cli.json("report", "list")["reports"]
    assert [one["name"] for one in told] == list(OFFERED)
    assert all(one["forms"] and one["about"] for one in told)
    assert "processing_records" in cli("report", "list")


@pytest.mark.parametrize("name", OFFERED)
def test_help_names_what_a_report_takes(cli: Cli, name: str) -> None:
    said = cli("report", name, "--help")
    assert all(f"--{option.name.replace('_', '-')}" in said for option in OFFERED[name].options)
    assert ("--from" in said) == OFFERED[name].periodic


def test_a_report_is_written_once_to_a_private_file(cli: Cli, tmp_path: Path) -> None:
    place = tmp_path / "rejestr.json"
    arguments = ("report", "processing_records", "--as", "json", "--locale", "hr", "-o", str(place))
    told = cli.json(*arguments)
    content = place.read_bytes()
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    assert json.loads(content)["language"] == "hr"
    assert place.stat().st_mode & 0o077 == 0
    assert cli.run(*arguments).exit_code != 0
    assert place.read_bytes() == content


def test_what_is_asked_wrongly_ends_with_the_field(cli: Cli, tmp_path: Path) -> None:
    done = cli.run("report", "requests", "--from", "2026-12-31", "--to", "2026-01-01", "-o", str(tmp_path / "x.pdf"))
    assert done.exit_code != 0
    assert "last" in done.output
    assert cli.run("report", "consent_proof", "-o", str(tmp_path / "x.pdf")).exit_code == 2
    assert cli.run("report", "nothing").exit_code == 2
    assert not (tmp_path / "x.pdf").exists()


def test_the_pack_is_made_by_its_name_with_a_hyphen(cli: Cli, tmp_path: Path) -> None:
    place = tmp_path / "pack.zip"
    period = ("--from", "2026-01-01", "--to", "2026-12-31")
    said = cli("report", "accountability-pack", *period, "--language", "pl", "--out", str(place))
    assert "SHA-256" in said
    with zipfile.ZipFile(place) as archive:
        assert json.loads(archive.read("contents.json"))["language"] == "pl"


def test_schedules_are_added_listed_and_ended(cli: Cli) -> None:
    added = cli.json("report", "schedules", "add", "requests", "--every", "quarter", "--day", "7", "--as", "csv")
    assert (added["form"], added["locale"], added["ended"]) == ("csv", "pl", False)
    assert [one["id"] for one in cli.json("report", "schedules", "list")["schedules"]] == [added["id"]]
    assert "ended" in cli("report", "schedules", "end", added["id"])
    assert cli.json("report", "schedules", "list")["schedules"] == []
    assert cli.json("report", "schedules", "list", "--ended")["schedules"][0]["id"] == added["id"]
    assert cli.run("report", "schedules", "end", added["id"]).exit_code != 0
    assert cli.run("report", "schedules", "add", "consent_proof", "--every", "year").exit_code != 0
