"""Retention rules, the forecast and findings over HTTP and on the command line."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from privacy.authz.actors import OPERATOR
from privacy.db import unit_of_work
from privacy.systems import service as systems
from tests.callers import Service
from tests.retention.old_shop import OldShop

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def shop(service: Service, tmp_path: Path) -> OldShop:
    """The two databases, of which only the shop is connected."""
    made = OldShop(tmp_path)
    made.orders({1: "2021-03-01", 2: "2022-03-01"})
    with service.app.app_context(), unit_of_work():
        systems.put_connection("shop", {"url": made.url("shop")}, actor=OPERATOR)
    return made


def test_rules_are_told_with_their_places(service: Service) -> None:
    answer = service.caller("retention:read").get("/retention-rules")
    assert answer.status_code == 200
    rules = {one["code"]: one for one in answer.json["rules"]}
    assert rules["sale"] == {
        **{"code": "sale", "period": "P3Y", "to_year_end": True, "starts": rules["sale"]["starts"]},
        **{"statute": "Kodeks cywilny art. 118", "trigger": "claim_due", "financial_year_ends": "12-31"},
        **{"action": "erase", "approvals": 1, "warning": None},
        "covers": {"systems": ["shop"], "data_sets": [], "data_categories": [], "purposes": []},
        "places": [
            {
                **{"system": "shop", "place": "shop.orders", "moment": "ordered_on"},
                "fields": ["delivery_address", "ordered_on", "recipient"],
            }
        ],
    }
    assert rules["membership"]["trigger"] is None


def test_the_forecast_is_json_or_a_picture(service: Service, shop: OldShop) -> None:
    caller = service.caller("retention:read")
    told = caller.get("/retention/forecast")
    assert told.status_code == 200
    assert told.json["rules"]["sale"] == {"past": 2, "week": 2, "month": 2, "year": 2}
    places = {(one["system"], one["place"]): one for one in told.json["places"]}
    assert places["shop", "shop.orders"]["state"] == "counted"
    assert places["shop", "shop.orders"]["oldest"] == "2025-01-01"
    assert places["billing", "billing.invoice"]["state"] == "away"
    assert places["crm", "crm.conversations"]["state"] == "by_hand"
    drawn = caller.get("/retention/forecast", Accept="image/svg+xml")
    assert drawn.content_type.startswith("image/svg+xml")
    assert "Co zostanie usunięte" in (ElementTree.fromstring(drawn.text).findtext(f"{SVG}title") or "")
    assert caller.get("/retention/forecast", Accept="text/csv").status_code == 406


def test_findings_are_told(service: Service, shop: OldShop) -> None:
    answer = service.caller("retention:read").get("/retention/findings")
    assert answer.status_code == 200
    found = answer.json["findings"]
    assert found[0] == {
        **{"finding": "past_date", "system": "shop", "place": "shop.orders", "rule": "sale"},
        **{"rows": 2, "since": "2025-01-01", "detail": None},
    }
    assert {"away", "no_rule", "no_place"} <= {one["finding"] for one in found}


def test_who_may_not_read_retention_reads_nothing(service: Service) -> None:
    caller = service.caller("consents:check")
    for address in ("/retention-rules", "/retention/forecast", "/retention/findings"):
        assert caller.get(address).status_code == 403
