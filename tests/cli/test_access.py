"""`privacy client ...` and `privacy staff ...`: keys shown once, as scripts expect them."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Cli


def test_a_new_client_gets_exactly_the_documented_answer(cli: Cli) -> None:
    made = cli.json("client", "create", "shop", "--scope", "consents:write", "--scope", "consents:check")
    assert list(made) == ["client", "key", "scopes", "expires_at"]
    assert made["client"] == "shop"
    assert made["scopes"] == ["consents:check", "consents:write"]
    assert made["key"].startswith("prv_live_")


def test_for_people_standard_output_is_the_key_alone(cli: Cli) -> None:
    assert cli("client", "create", "shop", "--scope", "consents:check").startswith("prv_live_")


def test_test_keys_are_told_apart(cli: Cli) -> None:
    assert cli.json("client", "create", "try", "--scope", "consents:check", "--test")["key"].startswith("prv_test_")


def test_the_list_never_shows_a_key(cli: Cli) -> None:
    key = cli.json("client", "create", "shop", "--scope", "consents:check")["key"]
    for listed in (cli("client", "list"), cli("client", "list", "--json")):
        assert "shop" in listed
        assert key not in listed


def test_rotation_gives_another_key(cli: Cli) -> None:
    first = cli.json("client", "create", "shop", "--scope", "consents:check")
    second = cli.json("client", "rotate", "shop", "--overlap-hours", "0")
    assert second["key"] != first["key"]
    assert second["scopes"] == first["scopes"]


def test_a_revoked_client_stays_on_the_list(cli: Cli) -> None:
    cli("client", "create", "shop", "--scope", "consents:check")
    assert cli.json("client", "revoke", "shop")["revoked_at"]
    assert [c["client"] for c in cli.json("client", "list") if c["revoked_at"]] == ["shop"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("client", "create", "first", "--scope", "consents:check"), 6),
        (("client", "create", "x", "--scope", "approvals:give"), 2),
        (("client", "create", "x"), 2),
        (("client", "rotate", "nobody"), 5),
        (("client", "revoke", "nobody"), 5),
    ],
)
def test_what_is_wrong_has_its_exit_code(cli: Cli, arguments: tuple[str, ...], code: int) -> None:
    done = cli.run(*arguments)
    assert done.exit_code == code
    assert "Error" in done.stderr


def test_staff_get_a_personal_key(cli: Cli) -> None:
    made = cli.json("staff", "create", "Ewa Lis", "--email", "-", stdin="ewa.lis@example.com\n")
    assert list(made) == ["staff", "key"]
    assert made["staff"] == "Ewa Lis"
    assert made["key"].startswith("prv_staff_")


def test_the_address_of_staff_is_no_argument(cli: Cli) -> None:
    done = cli.run("staff", "create", "Ewa Lis", "--email", "ewa.lis@example.com")
    assert done.exit_code == 2
    assert "ewa.lis" not in done.output


def test_a_wrong_address_is_not_repeated(cli: Cli) -> None:
    done = cli.run("staff", "create", "Ewa Lis", "--email", "-", stdin="ewa.lis\n")
    assert done.exit_code == 3
    assert "ewa.lis" not in done.output
