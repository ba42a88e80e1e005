"""`privacy retention hold ...`: a legal hold is placed, keeps somebody from being erased, and is released by two."""

from __future__ import annotations

from tests.cli.conftest import Cli

MAIL = '{"email": "anna.nowak@example.com"}\n'
PLACE = ("retention", "hold", "place", "--reference", "I C 7/27", "--owner", "ewa", "--review-on", "2099-05-31")
WHY = ("--reason", "a claim for damages")


def colleague(cli: Cli, name: str) -> str:
    """A new colleague's key."""
    return str(cli.json("staff", "create", name, "--email", "-", stdin=f"{name}@example.com\n")["key"])


def test_a_hold_keeps_somebody_from_being_erased_until_two_release_it(cli: Cli) -> None:
    ewa, jan = colleague(cli, "ewa"), colleague(cli, "jan")
    cli("demo", "--people", "3")
    placed = cli.json(*PLACE, *WHY, "--people", "-", stdin=MAIL)
    number = placed["number"]
    assert placed["people"] >= 1
    assert (placed["owner"], placed["review_on"]) == ("ewa", "2099-05-31")

    erase = ("erasure", "erase", "--email", "-", "--cause", "request 7")
    for more in ((), ("--dry-run",)):
        refused = cli.run(*erase, *more, stdin="anna.nowak@example.com\n")
        assert refused.exit_code == 6
        assert number in refused.stderr

    assert [one["number"] for one in cli.json("retention", "hold", "list")["holds"]] == [number]
    assert cli.json("retention", "hold", "list", "--due")["holds"] == []
    assert "a claim for damages" in cli("retention", "hold", "show", number)
    again = ("retention", "hold", "review", number, "--review-on", "2099-12-31", "--reason", "yet")
    assert cli.json(*again)["review_on"] == "2099-12-31"

    release = ("retention", "hold", "release", number, "--key", "-")
    asked = cli.json(*release, "--reason", "settled", stdin=f"{ewa}\n")
    assert cli.run(*release, "--approval", asked["approval"], stdin=f"{ewa}\n").exit_code != 0
    ended = cli.json(*release, "--approval", asked["approval"], stdin=f"{jan}\n")
    assert (ended["released_by"], ended["people"]) == ("jan", 0)
    assert cli("retention", "hold", "list") == "No legal holds.\n"
    assert "released" in cli("retention", "hold", "list", "--released")
    cli(*erase, stdin="anna.nowak@example.com\n")


def test_what_is_wrong_is_told_and_no_value_is_repeated(cli: Cli) -> None:
    colleague(cli, "ewa")
    unknown = cli.run(*PLACE, *WHY, "--system", "no_such")
    assert unknown.exit_code == 3
    assert "systems" in unknown.stderr
    wrong = cli.run(*PLACE, *WHY, "--people", "-", stdin='{"email": "anna.nowak"}\n')
    assert wrong.exit_code == 3
    assert "anna.nowak" not in wrong.output
    assert cli.run("retention", "hold", "show", "H-2026-0009").exit_code == 5
