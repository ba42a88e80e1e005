"""Requests over real systems: what is found, what is changed, what is left alone, and when it is called done."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from privacy.db import unit_of_work
from privacy.dsar import cases
from privacy.dsar.execution import course, results
from privacy.dsar.matter import Correction, Decision, Refused
from privacy.dsar.vocabulary import CaseType, Ground, Outcome, State, TaskState
from tests.dsar.shops import Shops, a_person, connected, granted


@pytest.fixture
def shops(context: Flask, tmp_path: Path) -> Shops:
    return connected(context, tmp_path)


def test_an_access_finds_the_person_in_every_system_and_nobody_else(shops: Shops) -> None:
    request_id = granted(shops, CaseType.ACCESS, a_person(shops))
    shops.run_but_answer()
    with shops.app.app_context():
        found = {(one.system, one.table): one.rows for one in results.found_tables(request_id)}
    systems = {place: {row["id"] for row in rows} for place, rows in found.items() if place[0] != "privacy"}
    assert systems == {
        ("shop", "customer"): {1},
        ("shop", "orders"): {10},
        ("shop", "line"): {100},
        ("crm", "member"): {7},
        ("crm", "talk"): {70},
    }
    assert {row["value"] for row in found["privacy", "contacts"]} == {"anna@example.com"}
    assert {row["value"] for row in found["privacy", "identifiers"]} == {"C-1"}
    shops.run()
    assert shops.request(request_id).state == State.ANSWERED
    with shops.app.app_context():
        assert {one.system for one in results.found_tables(request_id)} == {"privacy"}  # It has been handed over.
        assert {one.found for one in course.outcomes(request_id)} == {2, 3}


def test_an_erasure_keeps_what_a_statute_keeps_and_leaves_every_other_row_as_it_was(shops: Shops) -> None:
    before = shops.everything()
    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    shops.run()
    after = shops.everything()
    assert shops.request(request_id).state == State.ANSWERED, [
        (t.kind, t.system, t.place, t.state, t.failure) for t in shops.tasks(request_id)
    ]
    assert after["crm.member"] == before["crm.member"][1:]
    assert after["crm.talk"] == before["crm.talk"][1:]
    assert after["shop.orders"][0][-1] == 1
    assert after["shop.orders"][1] == before["shop.orders"][1]
    with shops.app.app_context():
        outcomes = {one.system: one for one in course.outcomes(request_id)}
    assert outcomes["crm"].deleted == 2
    assert after["shop.customer"][0] == (1, None, None, "-", None, 1)
    assert after["shop.customer"][1] == before["shop.customer"][1]
    assert {fate.strategy for fate in outcomes["shop"].fates} == {"keep", "null", "constant"}
    assert {fate.until for fate in outcomes["shop"].fates if fate.strategy == "keep"} - {None}
    assert outcomes["privacy"].state == TaskState.DONE
    assert shops.request(request_id).subject_id is None
    assert shops.request(request_id).outcome == Outcome.PARTLY


def test_a_rectification_reaches_every_system_that_holds_the_field(shops: Shops) -> None:
    right = (Correction("email", "anna.new@example.com", "anna@example.com"),)
    request_id = granted(shops, CaseType.RECTIFICATION, a_person(shops), corrections=right)
    before = shops.everything()
    shops.run()
    assert shops.request(request_id).state == State.ANSWERED
    # There it stands in capitals, and was found as the same address.
    assert shops.rows("crm", "member")[0][1] == "anna.new@example.com"
    assert shops.rows("shop", "customer")[0][2] == "anna.new@example.com"
    assert shops.rows("crm", "member")[0][1] == "anna.new@example.com", "spelled otherwise there"
    assert shops.rows("shop", "customer")[1] == before["shop.customer"][1]


def test_a_field_that_was_refused_is_not_corrected(shops: Shops) -> None:
    right = (Correction("email", "anna.new@example.com", "anna@example.com"),)
    with shops.app.app_context():
        request_id = granted(shops, CaseType.RECTIFICATION, a_person(shops), corrections=right)
        with unit_of_work():
            refused = (Refused(Ground.ACCURATE, "shop.customer.email", "it is right there"),)
            cases.put_decision(cases.lock(request_id), Decision(refused=refused))
    before = shops.everything()
    shops.run()
    after = shops.everything()
    assert after["shop.customer"] == before["shop.customer"]
    assert after["crm.member"] != before["crm.member"]
