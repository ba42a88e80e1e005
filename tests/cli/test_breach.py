"""`privacy breach ...`: a breach opened, assessed, decided about and notified on the command line."""

from __future__ import annotations

import json
from typing import Any

from tests.breach.desk import WRITTEN
from tests.cli.conftest import Cli

REPORT = {"words": "Anna's list lies open.", "facts": {"incident": {"systems": ["shop"]}}}


def opened(cli: Cli, *options: str) -> str:
    """Open a breach and return its number."""
    found = cli.json("breach", "open", *options, stdin=json.dumps(REPORT))
    return str(found["number"])


def refused(cli: Cli, *arguments: str, exit_code: int, stdin: str = "") -> str:
    """What is said of a command that is not done."""
    done = cli.run("breach", *arguments, stdin=stdin)
    assert done.exit_code == exit_code, done.output
    return done.stderr


def aware(cli: Cli, number: str) -> Any:
    return cli.json("breach", "aware", number, "--reason", "logs show it", stdin="")


def test_a_breach_goes_from_report_to_notification(cli: Cli) -> None:
    number = opened(cli)
    now = aware(cli, number)
    assert now["state"] == "aware"
    assert {one["code"] for one in now["clocks"]} >= {"authority", "csirt_early", "card_schemes"}
    cli("breach", "facts", number, stdin=json.dumps({"incident": {"description": "A list lay open."}}))
    assessed = cli.json("breach", "assess", number, stdin=json.dumps({"risk": "high", **WRITTEN}))
    assert (assessed["state"], assessed["risk"]) == ("assessment", "high")
    sent = cli.json("breach", "notified", number, "--way", "biznes_gov", stdin="")
    assert [one["kind"] for one in sent["notifications"]] == ["initial"]
    answered = ("--kind", "receipt", "--reference", "DKN.5130.7.2026")
    assert len(cli.json("breach", "notified", number, *answered, stdin="")["notifications"]) == 2
    steps = [one["event"] for one in cli.json("breach", "steps", number)["steps"]]
    assert steps == ["opened", "become_aware", "facts", "assess", "notify_initial", "notification_receipt"]


def test_the_command_line_decides_and_the_officer_speaks_with_their_own_key(cli: Cli) -> None:
    number = opened(cli)
    aware(cli, number)
    cli("breach", "assess", number, stdin=json.dumps({"risk": "unlikely", **WRITTEN}))
    silence = ("--no-notify", "--no-tell", "--reason", "encrypted")
    assert "has not spoken" in refused(cli, "decide", number, *silence, exit_code=6)
    officer = cli.json("staff", "create", "iod", "--role", "dpo", "--email", "-", stdin="iod@example.com\n")["key"]
    other = cli.json("staff", "create", "ewa", "--email", "-", stdin="ewa@example.com\n")["key"]
    said = ("--key", "-", *silence)
    assert "Only the data protection officer" in refused(cli, "opine", number, *said, stdin=other, exit_code=4)
    cli("breach", "opine", number, *said, stdin=officer)
    assert cli.json("breach", "decide", number, *silence, stdin="")["notify"] is False
    assert "decided to notify   False" in cli("breach", "show", number)  # what is decided is not what is done


def test_tasks_are_added_and_ended(cli: Cli) -> None:
    number = opened(cli)
    cli("breach", "task", "add", number, "Call the printer", "--due-at", "2030-01-07T10:00")
    tasks = cli.json("breach", "tasks", number)["tasks"]
    own = next(one for one in tasks if one["code"] == "own")
    cli("breach", "task", "done", number, str(own["number"]))
    cli("breach", "task", "drop", number, "1", "--reason", "told by telephone")
    states = {one["number"]: one["state"] for one in cli.json("breach", "tasks", number)["tasks"]}
    assert (states[own["number"]], states[1]) == ("done", "dropped")


def test_pages_for_people_name_nobody(cli: Cli) -> None:
    number = opened(cli)
    aware(cli, number)
    for command in ("show", "clocks", "steps", "tasks"):
        page = cli("breach", command, number)
        assert "Anna" not in page
    assert number in cli("breach", "list")
    assert json.loads(cli("breach", "read", number))["report"] == REPORT["words"]


def test_a_rehearsal_says_so_and_stands_in_no_list(cli: Cli) -> None:
    number = opened(cli, "--rehearsal")
    assert cli.json("breach", "open", stdin='{"rehearsal": true}')["number"] == "DRILL-N-2026-0002"
    assert number.startswith("DRILL-N-")
    assert cli("breach", "show", number).startswith("REHEARSAL")
    assert number not in cli("breach", "list")
    assert number in cli("breach", "list", "--rehearsals")


def test_a_score_is_an_aid_and_records_nothing(cli: Cli) -> None:
    given = {"data": [{"category": "financial"}], "ease": "maximum", "confidentiality": "known", "persons": 101}
    told = cli("breach", "score", stdin=json.dumps(given))
    assert told.splitlines() == ["SE = 3 x 1.00 + 0.25 = 3.25: high", "More than 100 persons."]


def test_wrong_words_are_named(cli: Cli) -> None:
    number = opened(cli)
    twice = ("--at", "2025-10-26T02:30", "--reason", "logs")
    assert "clocks were set back" in refused(cli, "aware", number, *twice, exit_code=3)
    assert "Use one of" in refused(cli, "notified", number, "--kind", "maybe", exit_code=3)
    assert "by its number" in refused(cli, "show", "the-list", exit_code=5)
