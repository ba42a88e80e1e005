"""`privacy jobs` and `privacy alarms`: what stands where, and to have it done; `privacy doctor` tells of it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.cli.conftest import Cli
from tests.cli.state import database

_FAILS = sa.text(
    "UPDATE job SET failures = 3, failure = 'system-unreachable', beat_at = beat_at + 1000000, ended_at = NULL"
    " WHERE name = 'tell protocols of old'"
)
_ENTER = sa.text(
    "INSERT INTO job (name, created_at, beat_at, lease_until, fence, rows, failures)"
    " SELECT 'tell protocols of old', created_at, beat_at, 0, 0, 0, 0 FROM job WHERE name = 'sequencer'"
)
_SILENT = sa.text("UPDATE job SET beat_at = 0 WHERE name = 'sequencer'")


def change(*statements: sa.TextClause) -> None:
    with database() as connection:
        for statement in statements:
            connection.execute(statement)


def jobs_of_doctor(cli: Cli) -> str:
    found = Cli.parsed(cli.run("doctor", "--json"))["findings"]
    return " ".join(one["text"] for one in found if one["check"] == "jobs")


def test_jobs_are_listed_shown_and_run(cli: Cli) -> None:
    assert cli.json("jobs", "list") == []
    assert "No worker runs" in jobs_of_doctor(cli)
    assert cli.run("jobs", "show", "sequencer").exit_code == 5
    cli("worker", "--once")
    listed = {one["name"]: one for one in cli.json("jobs", "list")}
    assert {"sequencer", "journal", "watch", "forget_answers", "note_expired_consents"} <= listed.keys()
    assert all(one["ended_at"] and not one["failures"] for one in listed.values())
    assert "sequencer" in cli("jobs", "list")
    assert jobs_of_doctor(cli) == ""

    cli("jobs", "run", "sequencer")
    assert cli.json("jobs", "show", "sequencer")["asked_at"]
    assert "failures: 0" in cli("jobs", "show", "sequencer")
    cli("worker", "--once")
    assert cli.json("jobs", "show", "sequencer")["asked_at"] is None
    assert cli.run("jobs", "run", "nothing").exit_code == 5

    change(_SILENT)
    assert "No worker sees to: sequencer" in jobs_of_doctor(cli)


def test_alarms_are_listed_and_acknowledged(cli: Cli) -> None:
    cli("worker", "--once")
    assert cli.json("alarms", "list") == []
    change(_ENTER, _FAILS)
    cli("worker", "--once")
    [alarm] = cli.json("alarms", "list")
    assert (alarm["code"], alarm["about"]) == ("job-failing", "tell protocols of old")
    assert "fails again and again" in cli("alarms", "list")
    assert "1 alarms ring" in jobs_of_doctor(cli)
    cli("alarms", "acknowledge", alarm["id"])
    assert cli.json("alarms", "list")[0]["acknowledged_at"]
    assert "alarms ring" not in jobs_of_doctor(cli)
    assert cli.json("alarms", "list", "--ended") == []
    assert cli.run("alarms", "acknowledge", "00000000-0000-0000-0000-000000000007").exit_code == 5


def test_a_worker_does_not_start_with_a_purpose_by_which_nobody_can_be_asked(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIVACY_QUALITY_PURPOSE", "no_such_purpose")
    done = cli.run("worker", "--once")
    assert done.exit_code != 0
    assert "PRIVACY_QUALITY_PURPOSE" in done.output + done.stderr
    monkeypatch.setenv("PRIVACY_QUALITY_PURPOSE", "offers")
    cli("worker", "--once")
