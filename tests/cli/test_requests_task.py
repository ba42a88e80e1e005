"""`privacy requests plan` and `task ...`: what waits for a person where nobody connected the systems."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.rules.source import ROOT

ANNA = {"customer_id": "C-1001"}


@pytest.fixture
def number(cli: Cli, tmp_path: Path) -> str:
    """A granted request for access; every system but the papers waits for somebody who connects it."""
    text = (ROOT / "programme.yml").read_text()
    processor = text[text.index("  - code: mailing\n    names: { pl: Wysyłka") : text.index("  - code: paper\n")]
    (tmp_path / "programme.yml").write_text(text.replace(processor, ""))  # It would be looked for in the network.
    cli("programme", "apply", str(tmp_path / "programme.yml"))
    cli("demo", "--people", "2")
    body = json.dumps({"subject": ANNA, "name": "Anna Nowak"})
    found: str = cli.json("requests", "open", "--type", "access", "--intake", "letter", stdin=body)["number"]
    cli("requests", "identify", found, "--reason", "signature compared")
    cli("requests", "grant", found)
    cli("requests", "run")
    return found


def tasks(cli: Cli, number: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cli.json("requests", "tasks", number)["tasks"]
    return found


def test_what_nobody_connected_is_excepted_and_the_papers_are_looked_through(
    cli: Cli, number: str, tmp_path: Path
) -> None:
    assert {(one["system"], one["state"]) for one in tasks(cli, number)} == {
        *(("billing", "for_a_person"), ("crm", "for_a_person"), ("paper", "pending"), ("shop", "for_a_person")),
    }
    page = cli("requests", "tasks", number)
    assert f"privacy requests task open {number} TASK" in page
    assert max(map(len, page.splitlines())) <= 100, page
    for one in tasks(cli, number):
        if one["state"] == "for_a_person":
            assert one["id"][-8:] in page
            cli("requests", "task", "except", number, one["id"][-8:], "--reason", "switched off since May")
    [paper] = [one for one in tasks(cli, number) if one["system"] == "paper"]
    opened = cli("requests", "task", "open", number, paper["id"])
    assert "Archiwum" in opened
    assert "customer_id: C-1001" in opened
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4")
    filed = ("--statement", "Looked through both folders of complaints.", "--file", str(scan))
    cli("requests", "task", "form", number, paper["id"][-8:], *filed)
    cli("requests", "run")
    folder = tmp_path / "files"
    folder.mkdir()
    seen = cli.json("requests", "review", number, "--save", str(folder))
    [item] = seen["items"]
    assert (seen["undecided"], item["field"], item["why"]) == (1, "scan.pdf", "file")
    [saved] = folder.iterdir()
    assert (saved.read_bytes(), saved.stat().st_mode & 0o777) == (b"%PDF-1.4", 0o600)
    cli("requests", "decide", number, item["ref"], "--keep", "--reason", "nobody else is in it")
    cli("requests", "step", number, "finish-review")
    cli("requests", "run")
    assert {one["state"] for one in tasks(cli, number)} == {"done", "excepted"}
    shown = cli.json("requests", "show", number)
    assert (shown["state"], shown["outcome"]) == ("answered", "partly")


def test_what_is_tried_again_is_refused_again(cli: Cli, number: str) -> None:
    [shop] = [one for one in tasks(cli, number) if one["place"] == "shop.customer"]
    cli("requests", "task", "again", number, shop["id"][-8:], "--reason", "connected now")
    cli("requests", "run")
    [again] = [one for one in tasks(cli, number) if one["id"] == shop["id"]]
    assert (again["state"], again["attempts"]) == ("for_a_person", 1)
    assert again["started_at"] == shop["started_at"]
    assert "task_tried_again" in [one["event"] for one in cli.json("requests", "steps", number)["steps"]]


def test_what_does_not_fit_is_told_and_changes_nothing(cli: Cli, number: str) -> None:
    [paper] = [one["id"] for one in tasks(cli, number) if one["system"] == "paper"]
    [shop] = [one["id"] for one in tasks(cli, number) if one["place"] == "shop.customer"]
    before = tasks(cli, number)
    for exit_code, stdin, arguments in (
        (2, None, ("form", number, paper)),
        (2, None, ("form", number, paper, "--statement", "x", "--form", "-")),
        (3, None, ("form", number, paper, "--statement", " ")),
        (3, '{"statement": "x", "files": [{"name": "a", "content": "?"}]}', ("form", number, paper, "--form", "-")),
        (6, None, ("rows", number, paper, "--theirs", "x", "--reason", "hers")),
        (6, None, ("allow", number, shop, "--limit", "50000", "--reason", "a wholesaler")),
        (6, None, ("answered", number, shop, "--answer", "done")),
        (6, "C-1001\n", ("tell", number, shop, "--to", "a@example.net", "--what", "erase", "--whom", "-")),
        (2, None, ("tell", number, shop, "--to", "a@example.net", "--what", "erase", "--whom", "C-1001")),
        (3, None, ("except", number, shop)),
        (5, None, ("again", number, "nothing")),
        (3, None, ("again", number, "")),
        (5, None, ("again", "2026/999999", shop)),
    ):
        done = cli.run("requests", "task", *arguments, stdin=stdin)
        assert (arguments, done.exit_code) == (arguments, exit_code), done.output
    assert tasks(cli, number) == before


def test_a_plan_counts_and_says_what_it_cannot_reach(cli: Cli) -> None:
    body = json.dumps({"subject": ANNA, "name": "Anna Nowak"})
    number = cli.json("requests", "open", "--type", "access", stdin=body)["number"]
    assert cli.json("requests", "plan", number) == {"identified": False, "tables": []}
    cli("demo", "--people", "1")
    cli("requests", "identify", number, "--reason", "signature compared")
    refused = cli.run("requests", "plan", number)
    assert refused.exit_code != 0
    assert "connect" in refused.output
