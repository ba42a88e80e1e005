"""`privacy retention rules|forecast|findings` on a real database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.retention.old_shop import OldShop


@pytest.fixture
def shop(cli: Cli, tmp_path: Path) -> OldShop:
    """The two databases of the example, connected."""
    made = OldShop(tmp_path)
    for system in ("shop", "billing"):
        cli("systems", "connect", system, stdin=f"{made.url(system)}\n")
    return made


def test_rules_are_listed_with_where_they_apply(cli: Cli) -> None:
    listed = cli("retention", "rules")
    assert "billing:billing.invoice, billing:billing.payment" in listed
    assert "P3Y to 31 December" in listed
    rules = {one["code"]: one for one in cli.json("retention", "rules")["rules"]}
    assert rules["tax"]["approvals"] == 2
    assert rules["damage"]["places"] == []


def test_the_forecast_says_what_goes_and_what_it_does_not_know(cli: Cli, shop: OldShop, tmp_path: Path) -> None:
    shop.orders({1: "2015-03-01", 2: "2016-03-01", 3: "2017-03-01"})
    picture = tmp_path / "forecast.svg"
    told = cli("retention", "forecast", "--svg", str(picture))
    [line] = [line.split() for line in told.splitlines() if line.startswith("shop:shop.orders")]
    assert line == ["shop:shop.orders", "sale", "3", "3", "3", "3"]
    assert "by_hand" in told
    assert picture.read_text().startswith("<?xml")
    whole = cli.json("retention", "forecast")
    assert whole["rules"]["sale"]["past"] == 3


def test_findings_fail_where_something_is_past_its_date(cli: Cli, shop: OldShop) -> None:
    assert "no_rule" in cli("retention", "findings", "--quick")
    shop.orders({1: "2015-03-01", 2: None})
    lines = [line.split() for line in cli("retention", "findings", exit_code=1).splitlines()]
    assert ["past_date", "shop:shop.orders", "sale", "1", "2019-01-01"] in lines
    assert ["no_start", "shop:shop.orders", "1"] in lines
    found = cli.json("retention", "findings", exit_code=1)["findings"]
    assert found[0]["since"] == "2019-01-01"
