"""`privacy consent statistics`: figures as they stand, compared with the acts, and counted anew."""

from __future__ import annotations

from tests.cli.conftest import Cli


def test_figures_are_told_compared_and_counted_anew(cli: Cli) -> None:
    cli("demo", "--people", "20")
    cli("worker", "--once")
    told = cli.json("consent", "statistics", "--from", "2000-01-01", "--json")
    assert told["whole"]
    assert told["total"]["acts"]["give"] > 0
    assert {"purpose", "channel", "opt_in_rate"} <= told["by_purpose"][0].keys()
    assert cli.json("consent", "statistics", "--check", "--json")["ok"]
    assert "anew" in cli("consent", "statistics", "--rebuild")
    assert cli.run("consent", "statistics", "--check").exit_code == 1
    cli("worker", "--once")
    assert cli.json("consent", "statistics", "--check", "--json")["ok"]
    assert "As of" in cli("consent", "statistics")
