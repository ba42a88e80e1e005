"""`privacy staff ...`: taken on, authorised, invited, and all of that listed."""

from __future__ import annotations

import re

from tests.cli.conftest import Cli


def test_a_colleague_is_authorised_and_invited_from_the_command_line(cli: Cli) -> None:
    cli("staff", "create", "ewa", "--email", "-", "--role", "none", stdin="ewa@example.com\n")
    given = cli.json("staff", "grant", "ewa", "--role", "inspector", "--days", "30", "--reason", "an audit")
    assert (given["staff"], given["role"], given["scope"], given["state"]) == ("ewa", "inspector", "all", "in force")
    [listed] = cli.json("staff", "list")
    assert [one["number"] for one in listed["authorisations"]] == [given["number"]]
    assert cli.json("staff", "end-grant", str(given["number"]))["state"] == "over"
    invited = cli.json("staff", "invite", "ewa")
    assert re.fullmatch(r"([A-Z2-9]{4}-){5}[A-Z2-9]{4}", invited["code"])
    assert invited["address"].endswith("/console/begin")
    assert "over" in cli("staff", "list")
