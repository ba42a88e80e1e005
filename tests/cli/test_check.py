"""`privacy check`: 0 is yes, 1 is no, and an error is neither."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import Result

from config import Config
from tests.cli.conftest import Cli

ANNA = "anna.nowak@example.com"
OFFERS = ("--purpose", "offers", "--channel", "email")
KEYS = {
    *("allowed", "reason", "purpose", "channel", "legal_basis", "consent_id", "wording", "valid_until", "may_ask"),
    *("as_of", "token"),
}


@pytest.fixture
def people(cli: Cli) -> Cli:
    """An installation with the first of the demo's people: Anna, who agreed to offers."""
    cli("demo", "--people", "1")
    return cli


def test_yes_is_zero(people: Cli) -> None:
    answer = people.json("check", "--email", "-", *OFFERS, stdin=f"{ANNA}\n")
    assert answer.keys() == KEYS
    assert (answer["allowed"], answer["reason"], answer["wording"]) == (
        True,
        "given",
        {"code": "klauzula", "version": "3.0"},
    )


def test_no_is_one(people: Cli) -> None:
    answer = people.json("check", "--email", "-", *OFFERS, stdin="nobody@example.com", exit_code=1)
    assert (answer["allowed"], answer["reason"]) == (False, "no_record")


def test_people_read_a_line(people: Cli) -> None:
    assert people("check", "--customer-id", "C-1001", *OFFERS) == "allowed: given\n"


def test_several_values_are_read_line_by_line(people: Cli) -> None:
    given = f"{ANNA}\n+48 600 100 200\n"
    assert people.json("check", "--email", "-", "--phone", "-", *OFFERS, stdin=given)["reason"] == "given"


@pytest.mark.parametrize("option", ["--email", "--phone", "--postal-address"])
def test_an_address_as_an_argument_is_refused_and_not_repeated(cli: Cli, option: str) -> None:
    done = cli.run("check", option, ANNA, *OFFERS)
    assert done.exit_code == 2
    assert "process lists" in done.stderr
    assert ANNA not in done.output


def test_nothing_on_standard_input_is_no_answer(cli: Cli) -> None:
    assert cli.run("check", "--email", "-", *OFFERS, stdin="").exit_code == 2


def test_a_receipt_is_the_signed_answer_and_the_question_is_counted(people: Cli) -> None:
    answer = people.parsed(people.run("check", "--email", "-", *OFFERS, "--receipt", stdin=ANNA))
    assert answer.keys() == KEYS | {"receipt"}
    statement = json.loads(answer["receipt"]["statement"].split("\n")[1])
    assert (statement["type"], statement["allowed"]) == ("decision/v1", True)
    assert statement["asked_by"]["name"] == "command line"
    people("check", "--customer-id", "C-1001", *OFFERS)
    (person,) = people.json("subject", "asked", "--customer-id", "C-1001")["people"]
    assert [(one["asked_by"]["name"], one["channel"], one["times"]) for one in person["asked"]] == [
        ("command line", "email", 2)
    ]
    told = people("subject", "asked", "--customer-id", "C-1001")
    assert "command line: offers by email, allowed, 2 times" in told


def test_by_what_would_be_sent(people: Cli) -> None:
    asked = ("check", "--customer-id", "C-1001", "--message-type", "abandoned_cart_reminder", "--channel", "email")
    assert people.json(*asked)["purpose"] == "offers"


def test_as_it_was_then(people: Cli) -> None:
    asked = ("check", "--customer-id", "C-1001", *OFFERS, "--at", "2026-03-14T12:00:00+01:00")
    assert people.json(*asked, exit_code=1)["reason"] == "no_record"


def test_with_the_token_of_an_earlier_answer(people: Cli) -> None:
    token = people.json("check", "--customer-id", "C-1001", *OFFERS)["token"]
    assert people.json("check", "--customer-id", "C-1001", *OFFERS, "--token", token)["allowed"]


def test_by_the_reference_that_subject_show_prints(people: Cli) -> None:
    reference = people.json("subject", "show", "--customer-id", "C-1001")["people"][0]["subject_ref"]
    assert people.json("check", "--ref", reference, *OFFERS)["allowed"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--customer-id", "C-1", "--purpose", "no_such", "--channel", "email"), 3),
        (("--customer-id", "C-1", "--purpose", "offers", "--channel", "no_such"), 3),
        (("--customer-id", "C-1", "--purpose", "offers"), 3),
        (("--customer-id", "C-1"), 3),
        ((*OFFERS,), 3),
        (("--customer-id", "C-1", *OFFERS, "--at", "yesterday"), 3),
        (("--customer-id", "C-1", *OFFERS, "--at", "2199-01-01"), 3),
        (("--customer-id", "C-1", *OFFERS, "--token", "AAAA"), 3),
        (("--no-such-option",), 2),
    ],
)
def test_what_cannot_be_asked_is_neither_yes_nor_no(cli: Cli, arguments: tuple[str, ...], code: int) -> None:
    done = cli.run("check", *arguments)
    assert done.exit_code == code
    assert done.stdout == ""
    assert "Error" in done.stderr


def test_an_error_is_json_as_well(cli: Cli) -> None:
    done = cli.run("check", "--customer-id", "C-1", "--purpose", "no_such", "--channel", "email", "--json")
    assert done.stderr.startswith('{"error": "unknown-purpose"')


@pytest.mark.parametrize("as_json", [True, False])
def test_what_cannot_be_decided_is_unavailable_and_not_no(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, as_json: bool
) -> None:
    away = f"sqlite:///{os.environ['PRIVACY_DATA_DIR']}/no/such/folder/privacy.sqlite3"
    monkeypatch.setenv("PRIVACY_DATABASE_URL", away)
    _is_unavailable(cli.run("check", "--customer-id", "C-1", *OFFERS, *(["--json"] * as_json)), as_json)


@pytest.mark.parametrize("as_json", [True, False])
def test_without_its_tables_it_is_unavailable(
    cli: Cli, config: Config, monkeypatch: pytest.MonkeyPatch, as_json: bool
) -> None:
    monkeypatch.setenv("PRIVACY_DATABASE_URL", f"sqlite:///{config.data_dir}/empty.sqlite3")
    _is_unavailable(cli.run("check", "--customer-id", "C-1", *OFFERS, *(["--json"] * as_json)), as_json)


def test_without_a_keyring_it_is_unavailable(cli: Cli, config: Config) -> None:
    config.keyring_path.unlink()
    _is_unavailable(cli.run("check", "--customer-id", "C-1", *OFFERS, "--json"), as_json=True)


def _is_unavailable(done: Result, as_json: bool) -> None:
    assert done.exit_code == 2
    if as_json:
        assert '"allowed": false, "reason": "unavailable"' in done.stdout
    else:
        assert done.stdout == ""
    assert "Traceback" not in done.output


def test_nothing_is_written_by_asking(people: Cli, config: Config) -> None:
    files = {path: path.read_bytes() for path in Path(config.data_dir).iterdir() if path.suffix == ".json"}
    people.json("check", "--customer-id", "C-1001", *OFFERS)
    assert files == {path: path.read_bytes() for path in files}
