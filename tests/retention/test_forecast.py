"""What will go and when, what is held back and why, and what stayed too long: counted in real databases."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine

from privacy.authz.actors import OPERATOR
from privacy.db import unit_of_work
from privacy.programme import service as programmes
from privacy.retention.forecasts import forecast_chart, rules_overview
from privacy.retention.forecasts.findings import Finding, Kind, findings
from privacy.retention.forecasts.forecast import NO_START, OTHER_RULE, Forecast, Horizon, Place, State, forecast
from tests.consent.desk import Desk
from tests.programme.documents import EXAMPLE
from tests.retention import hold_desk
from tests.retention.old_shop import OldShop
from tests.sizes import size

pytestmark = pytest.mark.usefixtures("in_force", "frozen", "context")


@pytest.fixture
def shop(tmp_path: Path) -> OldShop:
    return OldShop(tmp_path)


def place(made: Forecast, system: str, name: str) -> Place:
    [found] = [one for one in made.places if (one.system, one.place) == (system, name)]
    return found


def goes(one: Place, rule: str) -> dict[Horizon, int]:
    return {horizon: rows for horizon, rows in one.goes[rule].items() if rows}


def test_rows_are_counted_by_when_they_go(shop: OldShop) -> None:
    """Today is 21 November 2026. Claims of an order end with the third year after it, on 31 December."""
    shop.orders({1: "2021-03-01", 2: "2022-12-31", 3: "2023-01-01", 4: "2023-12-31", 5: "2024-01-01", 6: None})
    carts = {1: "2026-08-01", 2: "2026-08-23", 3: "2026-08-24", 4: "2026-09-20T23:00:00+00:00", 5: "2026-11-21"}
    shop.put(
        "shop", "cart", [{"id": n, "customer_id": 1, "product": "tea", "added_at": day} for n, day in carts.items()]
    )
    made = forecast(connect=shop.connect)
    assert made.today == date(2026, 11, 21)
    orders, cart = place(made, "shop", "shop.orders"), place(made, "shop", "shop.cart")
    assert goes(orders, "sale") == {Horizon.PAST: 2, Horizon.YEAR: 2}
    assert orders.oldest == date(2025, 1, 1)
    assert goes(cart, "carts") == {Horizon.PAST: 1, Horizon.WEEK: 2, Horizon.MONTH: 1, Horizon.YEAR: 1}
    assert (cart.total(Horizon.WEEK), cart.total(Horizon.YEAR)) == (3, 5)
    assert made.ends == {
        **{Horizon.PAST: date(2026, 11, 21), Horizon.WEEK: date(2026, 11, 28)},
        **{Horizon.MONTH: date(2026, 12, 21), Horizon.YEAR: date(2027, 11, 21)},
    }


def test_a_held_row_is_told_as_held(shop: OldShop) -> None:
    shop.orders({1: "2021-03-01"})
    hold_desk.colleague("ewa")
    hold = hold_desk.place(systems=("shop",))
    made = forecast(connect=shop.connect)
    orders = place(made, "shop", "shop.orders")
    assert goes(orders, "sale") == {}
    assert orders.stays["held"] == {Horizon.PAST: 1}
    assert orders.holds == {hold.number: 1}
    assert [one for one in findings(programmes.current(), made) if one.kind is Kind.PAST_DATE] == []


def test_the_people_of_a_hold_are_found_by_what_their_rows_refer_to(shop: OldShop) -> None:
    shop.put("shop", "customer", [{"id": 1001, "email": "anna.nowak@example.com"}, {"id": 1002, "email": "jan@b.pl"}])
    shop.orders({1: "2021-03-01"}, customer=1001)
    shop.orders({2: "2021-03-01"}, customer=1002)
    hold_desk.colleague("ewa")
    hold_desk.place({"email": "anna.nowak@example.com"})
    orders = place(forecast(connect=shop.connect), "shop", "shop.orders")
    assert goes(orders, "sale") == {Horizon.PAST: 1}
    assert orders.stays["held"] == {Horizon.PAST: 1}


ANNA = {"email": "anna.nowak@example.com"}
JAN = {"email": "jan.kowalski@example.com"}
RULES = """retention_rules:
  - code: names
    period: P1M
    starts: { pl: od, en: from, hr: od }
    statute: RODO art. 5
    trigger: created
    covers: { systems: [shop], data_categories: [identity] }
  - code: parcels
    period: P1Y
    starts: { pl: od, en: from, hr: od }
    statute: RODO art. 5
    trigger: contract_end
    covers: { systems: [shop] }
"""


def test_what_another_rule_needs_and_what_has_no_start_is_told_as_kept_for_that(shop: OldShop) -> None:
    """A month is over for the names in orders; claims keep them for years, and one has no day of delivery at all."""
    text = EXAMPLE.read_text().replace("retention_rules:\n", RULES, 1)
    text = text.replace(
        "{ name: ordered_on, data_categories: [purchases] }",
        "{ name: ordered_on, data_categories: [purchases], privacy: { moments: [created] } }",
        1,
    )
    text = text.replace(
        "[user.contact.address], privacy: { third_party: true } }",
        "[user.contact.address], privacy: { third_party: true, moments: [contract_end] } }",
        1,
    )
    with unit_of_work():
        programmes.apply(programmes.read(text), actor=OPERATOR, purpose_in_use=lambda _code: False)
    shop.orders({1: "2026-06-01", 2: "2026-11-01"}, delivered="2026-06-05")
    shop.orders({3: "2026-06-01"}, delivered=None)
    orders = place(forecast(connect=shop.connect), "shop", "shop.orders")
    assert orders.goes == {}
    assert dict(orders.stays) == {OTHER_RULE: {Horizon.PAST: 1, Horizon.MONTH: 1}, NO_START: {Horizon.PAST: 1}}


def test_nobody_guesses_a_number_for_a_system_that_is_away_or_has_a_person(shop: OldShop) -> None:
    shop.orders({1: "2021-03-01"})
    shop.lose("billing")
    made = forecast(connect=shop.connect)
    assert goes(place(made, "shop", "shop.orders"), "sale") == {Horizon.PAST: 1}
    invoice = place(made, "billing", "billing.invoice")
    assert (invoice.state, invoice.detail) == (State.AWAY, "System billing does not answer.")
    assert place(made, "crm", "crm.conversations").state is State.BY_HAND
    assert invoice.goes == {}


def test_a_system_without_a_table_is_away_and_the_others_are_counted(shop: OldShop) -> None:
    shop.orders({1: "2021-03-01"})
    shop.drop("shop", "cart")
    made = forecast(connect=shop.connect)
    assert place(made, "shop", "shop.cart").state is State.AWAY
    assert goes(place(made, "shop", "shop.orders"), "sale") == {Horizon.PAST: 1}


def test_who_waits_no_longer_is_told_that_it_is_not_all(shop: OldShop) -> None:
    shop.orders({1: "2021-03-01"})
    made = forecast(connect=shop.connect, seconds=-1)
    assert {one.state for one in made.places} == {State.CUT_SHORT, State.BY_HAND}
    kinds = {one.kind for one in findings(programmes.current(), made)}
    assert Kind.CUT_SHORT in kinds


def test_what_is_past_its_date_has_no_end_or_no_rule_is_found(shop: OldShop) -> None:
    shop.orders({1: "2021-03-01", 2: None, 3: "soon", 4: "2026-01-01"})
    found = findings(programmes.current(), forecast(connect=shop.connect, thorough=True))
    of_shop = [one for one in found if one.system == "shop"]
    assert of_shop == [
        Finding(Kind.PAST_DATE, "shop", "shop.orders", "sale", 1, date(2025, 1, 1)),
        Finding(Kind.NO_START, "shop", "shop.orders", "", 2, None),
        Finding(Kind.NO_RULE, "shop", "shop.customer", "", None, None),
    ]
    assert {one.rule for one in found if one.kind is Kind.NO_PLACE} == {"personnel_file", "cctv"}


def test_a_forecast_is_what_the_day_brings(shop: OldShop, frozen: time_machine.Traveller) -> None:
    shop.orders({1: "2023-05-01"})
    assert goes(place(forecast(connect=shop.connect), "shop", "shop.orders"), "sale") == {Horizon.YEAR: 1}
    frozen.move_to("2026-12-31T22:59:00+00:00")  # a minute before midnight in Warsaw
    assert goes(place(forecast(connect=shop.connect), "shop", "shop.orders"), "sale") == {Horizon.WEEK: 1}
    frozen.move_to("2026-12-31T23:00:00+00:00")
    made = place(forecast(connect=shop.connect), "shop", "shop.orders")
    assert (goes(made, "sale"), made.oldest) == ({Horizon.WEEK: 1}, None)
    frozen.move_to("2027-01-01T23:00:00+00:00")
    made = place(forecast(connect=shop.connect), "shop", "shop.orders")
    assert (goes(made, "sale"), made.oldest) == ({Horizon.PAST: 1}, date(2027, 1, 1))


def test_the_picture_says_every_figure_in_words_too(shop: OldShop) -> None:
    shop.orders({1: "2021-03-01", 2: "2023-05-01"})
    shop.lose("billing")
    made = forecast(connect=shop.connect)
    for locale, word in (("pl", "zaległe"), ("en", "overdue"), ("hr-HR", "zakašnjelo"), ("de", "overdue")):
        root = ElementTree.fromstring(forecast_chart.picture(made, locale))
        texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
        assert word in texts
        assert {"sale", "carts", "1", "2"} <= set(texts)
        description = root.findtext("{http://www.w3.org/2000/svg}desc") or ""
        assert f"sale: {word} 1" in description
        assert "billing billing.invoice" in description


def test_rules_are_shown_with_their_places() -> None:
    rules = {one.rule.code: one.places for one in rules_overview.overview(programmes.current())}
    assert [(one.system, one.place, one.moment) for one in rules["tax"]] == [
        ("billing", "billing.invoice", "tax_due_on"),
        ("billing", "billing.payment", "paid_on"),
    ]
    assert [(one.system, one.moment) for one in rules["consent_evidence"]] == [("privacy", None)]
    assert rules["until_withdrawal"] == ()


def test_memory_does_not_grow_with_the_table(shop: OldShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are forgotten once they are counted: no more rows are held than fit one."""
    import gc

    from privacy.retention.forecasts import forecast as module

    monkeypatch.setattr(module, "_AT_ONCE", 50)
    shop.orders(dict.fromkeys(range(size("due_rows")), "2021-03-01"))
    held: list[int] = []
    planned = module.Planning.plan

    def watched(self: Any, rows: Any) -> Any:
        gc.collect()
        held.append(sum(type(one) is dict and "ordered_on" in one and "id" in one for one in gc.get_objects()))
        return planned(self, rows)

    monkeypatch.setattr(module.Planning, "plan", watched)
    assert place(forecast(connect=shop.connect), "shop", "shop.orders").total(Horizon.PAST) == size("due_rows")
    assert max(held) <= 3 * 50


def test_our_own_people_are_expected_to_go_when_the_time_of_their_evidence_is_up(
    shop: OldShop, frozen: time_machine.Traveller
) -> None:
    """Evidence of a consent is kept for three years after its end, to the end of that year."""
    desk = Desk(programmes.current())
    desk.record(ANNA, "give")
    desk.record(JAN, "give")
    desk.record(JAN, "withdraw")
    assert place(forecast(connect=shop.connect), "privacy", "consent_evidence").goes == {}
    frozen.move_to("2029-06-01T12:00:00+00:00")
    assert goes(of_people(shop), "consent_evidence") == {Horizon.YEAR: 1}
    frozen.move_to("2029-12-28T12:00:00+00:00")
    assert goes(of_people(shop), "consent_evidence") == {Horizon.WEEK: 1}
    frozen.move_to("2030-01-05T12:00:00+00:00")
    made = of_people(shop)
    assert (goes(made, "consent_evidence"), made.oldest) == ({Horizon.PAST: 1}, date(2030, 1, 1))
    hold_desk.colleague("ewa")
    hold = hold_desk.place(JAN, review_on=date(2030, 6, 1))
    held = of_people(shop)
    assert (goes(held, "consent_evidence"), held.holds) == ({}, {hold.number: 1})


def of_people(shop: OldShop) -> Place:
    return place(forecast(connect=shop.connect), "privacy", "consent_evidence")


def test_who_must_be_warned_first_is_told_as_kept_for_that(shop: OldShop) -> None:
    text = EXAMPLE.read_text()
    carts = "    covers: { systems: [shop], purposes: [offers] }\n"
    assert text.count(carts) == 1
    with unit_of_work():
        text = text.replace(carts, f"{carts}    warning: {{ days: 14, attempts: 2 }}\n")
        programmes.apply(programmes.read(text), actor=OPERATOR, purpose_in_use=lambda _code: False)
    shop.put("shop", "customer", [{"id": 1001, "email": "anna.nowak@example.com"}])
    carts_of = [("2026-08-01", 1), ("2026-10-01", 2)]
    shop.put("shop", "cart", [{"id": n, "customer_id": 1001, "product": "tea", "added_at": day} for day, n in carts_of])
    cart = place(forecast(connect=shop.connect), "shop", "shop.cart")
    assert goes(cart, "carts") == {Horizon.YEAR: 1}
    assert sum(counts[Horizon.PAST] for counts in cart.stays.values()) == 1
