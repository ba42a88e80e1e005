"""`privacy import` as its users run it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from config import Config
from tests.canaries.hunt import Hunt, canaries, encodings, files_below, tables_of
from tests.cli.conftest import Cli
from tests.cli.state import snapshot
from tests.consent.importing.conftest import apply_programme
from tests.consent.importing.exports import EXPORTS, Export
from tests.consent.importing.exports import an_export as a_whole_export
from tests.databases import Database
from tests.rules.source import ROOT

T1, T2 = "2024-01-01 10:00:00", "2024-02-01 10:00:00"
CANARY = "wawrzyniec.tajny@example.com"
WHAT = ("--purpose", "newsletter", "--wording", "newsletter")
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


def an_export(folder: Path) -> Path:
    export = Export().subscribed("ewa@example.com", T1, T2).subscribed("ewa(at)example.com", T1)
    return export.unsubscribed("jan@example.com", T1).cleaned("iza@example.com", T1).write(folder)


REPORT = {
    "rows": 4,
    "acts_recorded": 3,
    "acts_known": 0,
    "rejected": 1,
    "suppressed": 1,
    "permissions_gained": 1,
    "permissions_lost": 0,
}


def test_json_is_exactly_the_contract(cli: Cli, config: Config, tmp_path: Path) -> None:
    report = cli.json("import", "mailchimp", str(an_export(tmp_path / "export")), *WHAT)
    rejects = Path(report["rejects_file"])
    assert list(report) == [*REPORT, "rejects_file"]
    assert report == {**REPORT, "rejects_file": str(rejects)}
    assert rejects.parent == config.data_dir / "imports"
    assert (stat.S_IMODE(rejects.stat().st_mode), stat.S_IMODE(rejects.parent.stat().st_mode)) == (0o600, 0o700)
    assert len(rejects.read_text().splitlines()) == 2
    clean = Export().subscribed("ola@example.com", T1, T2).write(tmp_path / "clean")
    assert cli.json("import", "mailchimp", str(clean), *WHAT)["rejects_file"] is None


def test_a_dry_run_changes_nothing_and_writes_the_waterfall(cli: Cli, config: Config, tmp_path: Path) -> None:
    folder = an_export(tmp_path / "export")
    before = snapshot()
    done = cli.run("import", "mailchimp", str(folder), *WHAT, "--dry-run", "--json")
    report = json.loads(done.stdout)
    files, rows = snapshot()
    assert rows == before[1]
    assert {name: data for name, data in files.items() if "/imports/" not in name} == before[0]
    assert {name: report[name] for name in REPORT} == REPORT
    assert "subscribed_members_export.csv:3, Email Address: This is not an e-mail address." in done.stderr
    assert "ewa(at)" not in done.stdout + done.stderr
    _look_at_the_waterfall(Path(report["report"]), report["waterfall"])
    assert Path(report["rejects_file"]).parent == Path(report["report"])
    assert cli.json("import", "mailchimp", str(folder), *WHAT)["acts_recorded"] == REPORT["acts_recorded"]


def _look_at_the_waterfall(folder: Path, waterfall: dict[str, Any]) -> None:
    written = {str(path.relative_to(folder)): path for path in folder.rglob("*")}
    assert json.loads(written["waterfall.json"].read_text())["total"] == waterfall["total"]
    assert written["waterfall.svg"].read_text().startswith('<?xml version="1.0" encoding="UTF-8"?>\n<svg')
    assert written["waterfall.pdf"].read_bytes().startswith(b"%PDF")
    for path in [folder, *written.values()]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    left = waterfall["total"]
    for step in waterfall["steps"]:
        left -= step["count"]
        assert step["left"] == left
    assert left == waterfall["may_contact"]["entries"]
    steps = {path.stem.split("-")[1]: len(path.read_text().splitlines()) - 1 for path in folder.glob("steps/*.csv")}
    counts = {step["step"]: step["count"] for step in waterfall["steps"] if step["count"]}
    assert steps == {**counts, "may_contact": left}


def test_a_run_that_is_kept_writes_the_waterfall_where_it_is_asked_to(cli: Cli, config: Config, tmp_path: Path) -> None:
    where = tmp_path / "for the board"
    report = cli.json("import", "mailchimp", str(an_export(tmp_path / "export")), *WHAT, "--report", str(where))
    assert report["report"] == str(where)
    assert {name: report[name] for name in REPORT} == REPORT
    _look_at_the_waterfall(where, report["waterfall"])
    assert Path(report["rejects_file"]).parent == config.data_dir / "imports"


def test_people_get_words(cli: Cli, tmp_path: Path) -> None:
    folder = Export().subscribed("ewa@example.com", T1, T2).write(tmp_path / "export")
    out = cli("import", "mailchimp", str(folder), "--purpose", "newsletter", "--wording", "newsletter:2", "--dry-run")
    assert out.startswith("Dry run: nothing was changed.")
    out = cli("import", "mailchimp", str(folder), "--purpose", "newsletter", "--wording", "newsletter:2")
    assert "        2  acts recorded" in out.splitlines()
    assert "ewa@example.com" not in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["mailchimp"], "The profile mailchimp needs it: its files don't say."),
        (["mailchimp", "--purpose", "newsletter"], "wording: The profile mailchimp needs it"),
        (["mailchimp", "--purpose", "gazetka", "--wording", "newsletter"], "the programme has"),
        (["mailchimp", *WHAT[:3], "newsletter:9"], "newsletter has the versions 1, 2, 3."),
        (["mailchimp", "--purpose", "geolocation", "--wording", "klauzula"], "geolocation is not sent by email"),
        (["suppression", "--purpose", "newsletter"], "The profile suppression takes it from its files. Leave it out."),
        (["crm", "--wording", "klauzula:3.0"], "name the version themselves"),
        (["mailchimp", *WHAT, "--wordings", "WORDINGS"], "Publish them first"),
        (["nowhere.yml"], "It cannot be read (FileNotFoundError)."),
    ],
)
def test_what_is_missing_or_not_wanted_is_said_and_nothing_is_written(
    arguments: list[str], says: str, cli: Cli, config: Config, tmp_path: Path
) -> None:
    (tmp_path / "wordings.yml").write_text("wordings: []\n")
    given = [str(tmp_path / "wordings.yml") if each == "WORDINGS" else each for each in arguments]
    before = snapshot()
    done = cli.run("import", given[0], str(an_export(tmp_path / "export")), *given[1:])
    assert done.exit_code >= 2
    assert says in done.stderr
    assert snapshot() == before


@pytest.mark.parametrize("name", ["suppression", "suppression-list"])
def test_a_profile_goes_by_its_other_names(name: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("ewa@example.com\n")
    assert cli.json("import", name, str(tmp_path / "list.txt"))["suppressed"] == 1


def test_a_name_of_no_profile_is_no_command(cli: Cli, tmp_path: Path) -> None:
    done = cli.run("import", "mailchump", str(tmp_path))
    assert done.exit_code == 2
    assert "No such command 'mailchump'" in done.stderr


def test_a_profile_of_ones_own_is_named_by_its_file(cli: Cli, tmp_path: Path) -> None:
    mine = tmp_path / "my tool.yml"
    mine.write_text(MINE)
    (tmp_path / "list.tsv").write_text("Mail\tOut\tSince\nEWA@example.com\tja\t2024-01-01\njan@example\tja\t\n")
    report = cli.json("import", str(mine), str(tmp_path / "list.tsv"))
    assert (report["rows"], report["acts_recorded"], report["rejected"]) == (2, 1, 1)
    mine.write_text(MINE.replace("withdraw", "forget"))
    done = cli.run("import", str(mine), str(tmp_path / "list.tsv"))
    assert done.exit_code >= 2
    assert "line 9: rules.0.acts.0.act: Name one of:" in done.stderr


MINE = """\
profile: my-tool
title: Mine
format: csv
identifiers: { email: Mail }
proof: staff_claim
"yes": [ja]
"no": [nein]
rules:
  - acts: [{ when: { Out: yes }, act: withdraw, purpose: offers, channel: email, at: Since }]
"""


def test_every_shipped_profile_is_listed(cli: Cli) -> None:
    listed = cli.json("import", "profile", "list")["profiles"]
    names = {each["profile"] for each in listed}
    assert names >= {"mailchimp", "hubspot", "crm", "tills", "suppression", "getresponse", "salesmanago", "freshmail"}
    assert {each["profile"]: each["needs"] for each in listed}["mailchimp"] == ["purpose", "wording"]
    assert {line.split()[0] for line in cli("import", "profile", "list").splitlines()} == names


@pytest.mark.parametrize(
    ("profile", "name", "text", "options", "said"),
    [
        (
            "mailchimp",
            "subscribed.csv",
            Export().subscribed(CANARY, T1, T2).text("subscribed"),
            WHAT,
            {"give", "confirm"},
        ),
        ("suppression", "list.txt", f"{CANARY}\n", (), {"suppress"}),
        (
            "tills",
            "pos.ndjson",
            '{"loyalty_card": "977123", "purpose": "offers", "channel": "sms", "act": "give", '
            '"occurred_at": "2024-01-01", "notice": {"code": "loyalty", "version": 2}}\n',
            (),
            {"give"},
        ),
        (
            "hubspot",
            "contacts.csv",
            "Email,Unsubscribed from all email,Opted out of email: Marketing Information,"
            "Legal basis for processing contact's data,Create Date,Last Modified Date\n"
            f"{CANARY},true,false,Freely given consent from contact,2024-03-01 10:00,2024-03-01 10:00\n",
            ("--purpose", "offers", "--wording", "klauzula"),
            {"withdraw", "give"},
        ),
        (
            "crm",
            "klienci.csv",
            "ID klienta;E-mail;Telefon;Nr karty;Data urodzenia;Zgoda e-mail;Zgoda SMS;Zgoda telefon;"
            "Zgoda profilowanie;Data zgody;Data zmiany;Wersja klauzuli;Źródło\n"
            f"C-123456;{CANARY};;;;TAK;NIE;;;01.02.2025 10:00;;3.0;www\n",
            (),
            {"give", "refuse"},
        ),
    ],
)
def test_a_sample_is_explained_without_an_address_and_recorded_nowhere(
    profile: str, name: str, text: str, options: tuple[str, ...], said: set[str], cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    before = snapshot()
    rows = cli.json("import", "profile", "check", profile, str(tmp_path / name), *options)["rows"]
    words = cli("import", "profile", "check", profile, str(tmp_path / name), *options)
    assert snapshot() == before
    assert {act["act"] for row in rows for act in row["acts"]} == said
    assert [(row["file"], row["line"]) for row in rows] == [(name, 1 if name.endswith(("txt", "ndjson")) else 2)]
    for secret in (CANARY, "wawrzyniec", "977123", "C-123456"):
        assert secret not in words + json.dumps(rows)


@pytest.mark.parametrize("which", EXPORTS)
@pytest.mark.timeout(600)
def test_no_personal_data_can_be_found_afterwards(
    which: str, installation: Config, database: Database, tmp_path: Path
) -> None:
    folder = a_whole_export(which, tmp_path / "export")
    (folder_with_dirt := tmp_path / "dirt").mkdir()
    Export().subscribed("nieprawidłowy adres e-mail", T1, **{"First Name": "Wawrzyniec"}).write(folder_with_dirt)
    hunt = Hunt(canaries(folder) | canaries(folder_with_dirt))
    said = _say(installation, str(folder)) + _say(installation, str(folder_with_dirt))
    rejects = list((installation.data_dir / "imports").glob("rejects-*.csv"))
    places = {"output and log": said.encode(), **files_below(installation.data_dir)}
    # It holds rows as they stood in the export, so that they can be corrected; nobody else may read it.
    assert [stat.S_IMODE(path.stat().st_mode) for path in rejects] == [0o600]
    if database.kind == "sqlite":
        places |= files_below(Path(database.url.removeprefix("sqlite:///")).parent / "data")
        places["database"] = Path(database.url.removeprefix("sqlite:///")).read_bytes()
    else:
        places |= tables_of(database.url)
    for path in rejects:
        del places[str(path)]
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
