"""`privacy subject explain` and `privacy subject disagreements`: as a person reads them, and as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.cli.state import snapshot

PEOPLE = ("--people", "50")
EMAIL = "anna.nowak@example.com"


def _explained(cli: Cli, *arguments: str, stdin: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = cli.json("subject", "explain", *arguments, stdin=stdin)
    return found


def test_a_page_for_the_telephone_says_why(cli: Cli) -> None:
    cli("demo", *PEOPLE)
    shown = cli("subject", "explain", "--email", "-", stdin=EMAIL)
    assert "Acts, newest receipt first:" in shown
    assert "#1 " in shown
    assert "covers the contact that it named: a***@example.com" in shown
    assert "wording klauzula 3.0, in force on that day" in shown
    assert "yes offers email a***@example.com: There is a consent in force. (give, act #" in shown
    assert "It counts, and is the consent that is relied on, until " in shown
    assert "CET" in shown or "CEST" in shown


def test_every_customer_of_the_demo_is_explained_without_a_value(cli: Cli, caplog: pytest.LogCaptureFixture) -> None:
    cli("demo", *PEOPLE)
    secrets = (EMAIL, "anna.nowak", "600100200", "C-1001")
    shown = [
        cli("subject", "explain", "--email", "-", stdin=EMAIL),
        cli("subject", "explain", "--email", "-", "--json", stdin=EMAIL),
        cli("subject", "explain", "--customer-id", "C-1001", "--json"),
        cli("subject", "disagreements"),
        caplog.text,
    ]
    assert [secret for secret in secrets for text in shown if secret in text] == []


def test_its_answers_are_those_of_the_check(cli: Cli) -> None:
    cli("demo", *PEOPLE)
    for number in (1001, 1003):
        page = _explained(cli, "--customer-id", f"C-{number}", "--purpose", "offers", "--channel", "email")
        asked = ("check", "--customer-id", f"C-{number}", "--purpose", "offers", "--channel", "email", "--json")
        checked = json.loads(cli.run(*asked).stdout)
        answer = page["asked"]["answers"][0]
        assert (answer["allowed"], answer["reason"]) == (checked["allowed"], checked["reason"])
        assert answer["decided_by"] == checked["consent_id"]
        assert answer["decided_by"] in {None, *(act["id"] for person in page["people"] for act in person["acts"])}


def test_looking_changes_nothing(cli: Cli) -> None:
    cli("demo", *PEOPLE)
    before = snapshot()
    cli("subject", "explain", "--email", "-", stdin=EMAIL)
    cli("subject", "disagreements")
    assert snapshot() == before


def test_nobody_an_unknown_purpose_and_a_time_to_come_are_refused(cli: Cli) -> None:
    cli("demo", *PEOPLE)
    assert cli.run("subject", "explain", "--customer-id", "C-0").exit_code == 5
    wrong = (
        ("--purpose", "nothing"),
        ("--channel", "pigeon"),
        ("--at", "2999-01-01T00:00:00Z"),
        ("--at", "2001-01-01"),
    )
    for arguments in wrong:
        assert cli.run("subject", "explain", "--customer-id", "C-1001", *arguments).exit_code == 3
    assert cli.run("subject", "explain", "--email", EMAIL).exit_code == 2


def test_merged_people_are_on_one_page(cli: Cli) -> None:
    cli("demo", *PEOPLE)
    one, other = (
        _explained(cli, "--customer-id", customer)["people"][0]["subject_ref"] for customer in ("C-1001", "C-1003")
    )
    cli("subject", "merge", one, other, "--reason", "the same person")
    (person,) = _explained(cli, "--ref", one)["people"]
    assert {one, other} <= set(person["members"])


def test_an_empty_review_list_says_so(cli: Cli) -> None:
    assert cli("subject", "disagreements") == "Nothing to review.\n"
    assert cli.json("subject", "disagreements") == {"disputes": [], "shared_contacts": [], "more": False}
