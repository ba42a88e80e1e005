"""Many people in one question: each is answered as it would be alone, in the order asked, as of one moment."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
import time_machine

from privacy.authz.actors import Realm
from privacy.db import unit_of_work
from tests.callers import ANNA, Caller, Service, a_give
from tests.databases import Database

OFFERS = {"purpose": "offers", "channel": "email"}
JAN = {"customer_id": "C-2001", "email": "family@example.com"}
EWA = {"customer_id": "C-2002", "email": "family@example.com", "phone": "+48600100300"}


def a_list(caller: Caller, subjects: list[dict[str, str]], **changes: Any) -> dict[str, Any]:
    """The answer to a list that must be answered."""
    body = {**OFFERS, "subjects": subjects} | changes
    answer = caller.post("/consents/check/batch", {name: value for name, value in body.items() if value is not None})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def a_town(service: Service) -> tuple[Caller, list[dict[str, str]]]:
    """People of many kinds, and every way to name them."""
    shop = service.caller()
    ref = shop.record(a_give())["subject_ref"]
    shop.record(a_give(JAN, channels=["email"]))
    shop.record(a_give(EWA, channels=["email", "sms"]))
    shop.record(a_give(EWA, act="withdraw", channels=["email"], wording=None, occurred_at=None))
    shop.record(a_give({"email": "alone@example.com"}, channels=["email"]))
    shop.record(a_give({"customer_id": "C-3001", "email": "gone@example.com"}, channels=["email"]))
    shop.post("/contacts/events", {"contact": {"email": "gone@example.com"}, "event": "complaint"})
    shop.put("/subjects", {"subject": {"customer_id": "C-3002", "email": "old@example.com"}, "deceased": True})
    shop.put("/subjects", {"subject": {"loyalty_card": "L-1"}})
    shop.post("/subjects/merge", {"subject": {"loyalty_card": "L-1"}, "other": ANNA, "reason": "the same person"})
    return shop, [
        ANNA,
        {"ref": ref},
        {"customer_id": "C-1001"},
        {"loyalty_card": "L-1"},
        {"phone": ANNA["phone"]},
        JAN,
        EWA,
        {"email": "family@example.com"},
        {"customer_id": "C-2001"},
        {"customer_id": "C-2002"},
        {"customer_id": "C-9999", "email": "family@example.com"},
        {"email": "alone@example.com"},
        {"customer_id": "C-2001", "email": "alone@example.com"},
        {"email": "gone@example.com"},
        {"customer_id": "C-3001"},
        {"customer_id": "C-3002"},
        {"email": "nobody@example.com"},
        {"customer_id": "C-1001", "loyalty_card": "L-1"},
        {"ref": "00000000-0000-0000-0000-000000000000"},
        ANNA,
    ]


def test_each_person_is_answered_as_alone(service: Service) -> None:
    shop, people = a_town(service)
    for purpose, channel in (
        ("offers", "email"),
        ("offers", "sms"),
        ("offers", "voice"),
        ("offers", "fax_not_there"),
        ("newsletter", "email"),
        ("profiling", None),
    ):
        asked = {"purpose": purpose} | ({"channel": channel} if channel else {})
        answer = shop.post("/consents/check/batch", asked | {"subjects": people})
        alone = [shop.post("/consents/check", asked | {"subject": one}) for one in people]
        assert {one.status_code for one in alone} == {answer.status_code}
        if answer.status_code == 200:
            expected = [{"allowed": one.json["allowed"], "reason": one.json["reason"]} for one in alone if one.json]
            assert answer.get_json()["results"] == expected


def test_one_moment_for_all_and_a_time_until_which_it_is_good(service: Service, frozen: time_machine.Traveller) -> None:
    shop, people = a_town(service)
    answer = a_list(shop, people * 30)
    assert (answer["as_of"], answer["expires_at"]) == ("2026-11-21T19:40:00.000Z", "2026-11-21T19:55:00.000Z")
    assert sum(answer["counts"].values()) == len(answer["results"]) == 30 * len(people)
    assert answer["counts"]["given"] == sum(result["reason"] == "given" for result in answer["results"])
    assert shop.check(token=answer["token"])["allowed"]
    assert "receipt" not in answer


def test_a_partner_learns_yes_or_no(service: Service) -> None:
    _, people = a_town(service)
    named = [one for one in people if "ref" not in one]
    answer = a_list(service.caller(partner=True), named)
    assert answer.keys() == {"as_of", "expires_at", "results"}
    assert all(result.keys() == {"allowed"} for result in answer["results"])


def test_a_message_type_may_be_asked_about(service: Service) -> None:
    shop, people = a_town(service)
    asked = a_list(shop, people, purpose=None, message_type="abandoned_cart_reminder")
    assert asked["results"] == a_list(shop, people)["results"]


def test_nobody_of_the_other_realm_is_found(service: Service) -> None:
    shop, people = a_town(service)
    test = service.caller(realm=Realm.TEST)
    others = [one for one in people if "ref" not in one]
    assert {result["reason"] for result in a_list(test, others)["results"]} == {"no_record"}
    assert a_list(test, [{"ref": "6a9c2b1e-0000-7000-8000-000000000000"}])["results"][0]["reason"] == "no_record"
    assert shop.check()["allowed"]


def test_rows_that_name_nobody_properly_are_all_named_and_nothing_is_answered(service: Service) -> None:
    people = [ANNA, {"email": "no address"}, {"customer_id": "C-1"}, {"shoe_size": "43"}, {}]
    body = {**OFFERS, "subjects": people[:-1]}
    answer = service.caller().post("/consents/check/batch", body)
    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]) == {"subjects[1].email", "subjects[3].shoe_size"}
    assert "no address" not in answer.text
    empty = service.caller().post("/consents/check/batch", {**OFFERS, "subjects": people})
    assert set(empty.get_json()["errors"]) == {"subjects[4]"}


def test_a_list_has_at_most_ten_thousand_people_and_ten_million_bytes(service: Service) -> None:
    shop = service.caller()
    many = [{"customer_id": f"C-{n}"} for n in range(10_000)]
    assert len(a_list(shop, many)["results"]) == 10_000
    for wrong in ([*many, ANNA], []):
        assert shop.post("/consents/check/batch", {**OFFERS, "subjects": wrong}).status_code == 422
    assert shop.post("/consents/check/batch", b" " * 10_000_001).status_code == 413
    assert shop.post("/consents/check", {**OFFERS, "subject": ANNA, "channel": "x" * 1_000_000}).status_code == 413


def test_no_answer_is_never_a_no(service: Service, database: Database) -> None:
    shop = service.caller()
    shop.record(a_give())
    with service.app.app_context(), unit_of_work() as current:
        current.execute(sa.text("ALTER TABLE consent_fact RENAME TO consent_fact_away"))
    answer = shop.post("/consents/check/batch", {**OFFERS, "subjects": [ANNA]})
    assert "results" not in answer.get_json()
    if database.kind == "sqlite":  # It says there that the database can't be used; PostgreSQL, that we asked wrongly.
        assert (answer.status_code, answer.get_json()["allowed"]) == (503, False)
    else:
        assert answer.status_code == 500
