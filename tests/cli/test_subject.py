"""`privacy subject ...`, `privacy consent ...` and the demo that fills them."""

from __future__ import annotations

import sqlalchemy as sa

from tests.cli.conftest import Cli
from tests.cli.state import database, snapshot

PEOPLE = ("--people", "50")


def test_a_page_shows_no_address_in_full(cli: Cli) -> None:
    cli("demo", *PEOPLE)
    for shown in (
        cli("subject", "show", "--customer-id", "C-1001"),
        cli("subject", "show", "--customer-id", "C-1001", "--json"),
    ):
        assert "a***@example.com" in shown
        assert "anna.nowak" not in shown
        assert "600100200" not in shown


def test_an_address_finds_everybody_behind_it(cli: Cli) -> None:
    cli("demo", *PEOPLE)
    found = cli.json("subject", "show", "--email", "-", stdin="anna.nowak@example.com")["people"]
    assert [page["kind"] for page in found] == ["account"]
    assert found[0]["acts"][0]["purpose"] == "offers"


def test_nobody_is_not_found(cli: Cli) -> None:
    assert cli.run("subject", "show", "--customer-id", "C-0").exit_code == 5


def test_merged_people_share_a_page_and_the_stricter_answer(cli: Cli) -> None:
    cli("demo", *PEOPLE)
    one, other = (_page(cli, customer)["subject_ref"] for customer in ("C-1001", "C-1003"))
    assert cli.json("subject", "merge", one, other, "--reason", "the same person")["merged"] is True
    assert len(_page(cli, "C-1001")["merged_with"]) == 1
    asked = ("check", "--customer-id", "C-1001", "--purpose", "offers", "--channel", "email")
    assert cli.json(*asked, exit_code=1)["reason"] == "withdrawn"
    assert cli("subject", "unmerge", one, other, "--reason", "a mistake") == "They are two people again.\n"
    assert cli.run("subject", "unmerge", one, other, "--reason", "a mistake").exit_code == 6
    assert cli.json("consent", "verify")["ok"] is True


def test_the_demo_told_twice_records_nothing_twice(cli: Cli) -> None:
    cli("demo", *PEOPLE)
    before = snapshot()
    cli("demo", *PEOPLE)
    assert snapshot() == before


def test_the_demo_has_every_kind_of_act_but_annulment_which_takes_two_people(cli: Cli) -> None:
    cli("demo", *PEOPLE)
    with database() as connection:
        kinds = set(connection.scalars(sa.text("SELECT DISTINCT act FROM consent_act")))
    assert kinds == {
        *("request", "give", "confirm", "refuse", "withdraw", "object", "lift_objection", "inform", "invalidate"),
    }


def test_the_queue_counts_acts_without_effect(cli: Cli) -> None:
    cli("demo", *PEOPLE)
    assert cli.json("consent", "queue") == [{"reason": "wording_missing", "source": "till", "acts": 2}]
    assert "wording_missing" in cli("consent", "queue")


def test_verify_finds_facts_that_differ_from_the_acts(cli: Cli) -> None:
    cli("demo", *PEOPLE)
    with database() as connection:
        connection.execute(sa.text("DELETE FROM consent_fact WHERE purpose = 'newsletter'"))
    found = cli.json("consent", "verify", exit_code=1)
    assert found["ok"] is False
    assert {finding["problem"] for finding in found["findings"]} == {"facts are missing"}
    assert "differences" in cli("consent", "verify", exit_code=1)


def _page(cli: Cli, customer: str) -> dict[str, list[str]]:
    page: dict[str, list[str]] = cli.json("subject", "show", "--customer-id", customer)["people"][0]
    return page
