"""The review list: who cannot all be one person, and contacts that several people hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from privacy.authz.actors import OPERATOR
from privacy.clock import DAY
from privacy.consent import service as consent
from privacy.db import session, unit_of_work
from privacy.subjects import service as subjects
from privacy.subjects.service import Page
from tests.callers import Caller, Service, a_give
from tests.consent.conftest import desk
from tests.consent.desk import Desk, clock_at, micros

__all__ = ["desk"]
CARD = {"loyalty_card": "K-1"}
HOME = "dom.kowalskich@example.com"
START = micros("2026-03-01T12:00+00:00")


def _page(desk: Desk, **fields: Any) -> Page:
    return subjects.disagreements("live", programme=desk.programme, **fields)


def _all(desk: Desk, limit: int) -> list[Page]:
    """Every page."""
    pages = [_page(desk, limit=limit)]
    while pages[-1].ends is not None:
        text = subjects.hide_place(OPERATOR, pages[-1].ends)
        pages.append(_page(desk, limit=limit, after=subjects.reveal_place(OPERATOR, text)))
        assert len(pages) < 100
    return pages


def test_people_on_whom_everybody_agrees_are_not_listed(desk: Desk) -> None:
    desk.put({"customer_id": "C-1", "loyalty_card": "K-1", "email": HOME})
    desk.put({"customer_id": "C-1", "loyalty_card": "K-2", "phone": "+48600100200"})
    desk.put({"email": HOME})  # The contact alone is nobody's account.
    assert _page(desk) == Page((), (), None)


def test_two_customers_on_a_card_are_listed_with_sources_and_dates(desk: Desk) -> None:
    with clock_at(START):
        one = desk.put({"customer_id": "C-1"} | CARD, held_from=START - 9 * DAY)
    with clock_at(START + DAY):
        other = desk.put({"customer_id": "C-2"} | CARD)
    with clock_at(START + 2 * DAY):
        desk.put({"loyalty_card": "K-2"} | {"customer_id": "C-2"})
    (dispute,) = _page(desk).disputes
    assert dispute.since == START + DAY
    assert {m.subject_id for m in dispute.members if m.contested} == {one, other}
    assert [m.identifier for m in dispute.members if not m.contested] == ["loyalty_card", "loyalty_card"]
    assert {m.source for m in dispute.members} == {"crm"}
    assert [claim.claimed_at for claim in dispute.claims] == [START - 9 * DAY, START + DAY, START + 2 * DAY]


def test_retiring_the_wrong_claim_ends_the_dispute_and_what_waited_counts(desk: Desk) -> None:
    anna = {"customer_id": "C-1", "email": "anna@example.com"}
    desk.record(anna | CARD, "give")
    desk.record(anna | CARD, "give", purpose="newsletter")
    assert desk.reason(anna) == "given"
    other = desk.put({"customer_id": "C-2"} | CARD)
    (dispute,) = _page(desk).disputes
    assert consent.acts_waiting({m.subject_id for m in dispute.members}) == 2
    assert desk.reason(anna) == "no_record"
    desk.retire(other)
    assert _page(desk).disputes == ()
    assert consent.acts_waiting({m.subject_id for m in dispute.members}) == 0
    assert desk.reason(anna) == "given"
    assert desk.findings() == []


def test_a_no_of_either_counts_for_both_before_and_after_the_review(desk: Desk) -> None:
    one, other = {"customer_id": "C-1", "email": HOME}, {"customer_id": "C-2", "email": HOME}
    desk.record(one | CARD, "give")
    wrong = desk.put(other | CARD)
    desk.record({"customer_id": "C-2"}, "withdraw")
    assert [desk.reason(who) for who in (one, other)] == ["withdrawn", "withdrawn"]
    desk.retire(wrong)
    assert [desk.reason(who) for who in (one, other)] == ["withdrawn", "withdrawn"]


def test_an_act_annulled_or_named_with_a_device_waits_for_nobody(desk: Desk) -> None:
    desk.record({"customer_id": "C-1", "device_id": "D-1", "email": HOME}, "give")
    desk.record({"customer_id": "C-1", "email": HOME} | CARD, "give")
    one, other = desk.subject({"customer_id": "C-1"}), desk.put({"customer_id": "C-2"} | CARD)
    assert consent.acts_waiting({one, other}) == 1
    desk.annul(purpose="offers")
    assert consent.acts_waiting({one, other}) == 0


def test_a_household_is_listed_once_and_leaves_when_merged_or_moved_out(desk: Desk) -> None:
    with clock_at(START):
        for number in (1, 2, 3):
            desk.put({"customer_id": f"C-{number}", "email": HOME}, held_from=START - number * DAY)
    (shared,) = _page(desk).shared
    assert (shared.kind, shared.masked, shared.people) == ("email", "d***@example.com", 3)
    assert (shared.sources, shared.since) == (("crm",), START - 2 * DAY)
    desk.merge({"customer_id": "C-1"}, {"customer_id": "C-2"})
    (shared,) = _page(desk).shared
    assert shared.people == 2
    contact = desk.contact({"email": HOME})
    with unit_of_work():
        leaving = desk.subject({"customer_id": "C-3"})
        subjects.retire_contact(leaving, contact.kind, contact.index, actor=OPERATOR, at=START)
    assert _page(desk).shared == ()


def test_accounts_of_one_person_share_nothing_with_anybody(desk: Desk) -> None:
    desk.put({"customer_id": "C-1", "email": HOME} | CARD)
    desk.put(CARD | {"email": HOME})
    assert _page(desk).shared == ()


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_every_page_goes_on_where_the_last_one_ended(desk: Desk, limit: int) -> None:
    for pair in range(3):
        desk.put({"customer_id": f"A-{pair}", "loyalty_card": f"K-{pair}"})
        desk.put({"customer_id": f"B-{pair}", "loyalty_card": f"K-{pair}"})
        for number in range(2):
            desk.put({"customer_id": f"H-{pair}-{number}", "email": f"home{pair}@example.com"})
        desk.put({"customer_id": f"S-{pair}", "email": f"single{pair}@example.com"})
    pages = _all(desk, limit)
    assert all(len(page.disputes) + len(page.shared) <= limit for page in pages)
    listed = [member.subject_id for page in pages for dispute in page.disputes for member in dispute.members]
    assert len(listed) == len(set(listed)) == 9
    assert [contact.people for page in pages for contact in page.shared] == [2, 2, 2]


def test_a_contact_whose_holders_fill_a_portion_hides_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        desk.put({"customer_id": f"C-{number}", "email": HOME, "phone": f"+4860010020{number // 2}"})
    whole = _page(desk).shared
    assert sorted(contact.people for contact in whole) == [2, 2, 2, 7]
    monkeypatch.setattr("privacy.subjects.shared_contacts._WINDOW", 3)
    assert _page(desk).shared == whole
    monkeypatch.setattr("privacy.subjects.shared_contacts._MOST_WINDOWS", 1)
    assert tuple(contact for page in _all(desk, 5) for contact in page.shared) == whole


def test_what_test_keys_made_is_not_listed(desk: Desk) -> None:
    desk.put({"customer_id": "C-1", "email": HOME} | CARD)
    desk.put({"customer_id": "C-2", "email": HOME} | CARD)
    desk.put({"customer_id": "C-3", "email": HOME})
    assert subjects.disagreements("test", programme=desk.programme) == Page((), (), None)


def test_no_page_reads_a_whole_table(desk: Desk) -> None:
    """What the planner does with tables of some size, in which few disagree."""
    for number in range(40):
        desk.put({"customer_id": f"C-{number}", "loyalty_card": f"K-{number // 2}", "email": f"a{number}@example.com"})
    session().close()
    plans = _plans(lambda: _page(desk))
    assert plans
    for plan in plans:
        assert "SCAN subject_contact" not in plan.replace("SCAN subject_contact USING", "")
        assert "SCAN data_subject" not in plan.replace("SCAN data_subject USING", "")
        assert "SCAN identity_claim" not in plan.replace("SCAN identity_claim USING", "")
        assert "Seq Scan" not in plan


def _plans(question: Any) -> list[str]:
    """The plan of each statement that a question runs."""
    found: list[tuple[str, Any]] = []
    engine = session().get_bind()
    assert isinstance(engine, sa.Engine)

    def remember(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            found.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", remember)
    question()
    sa.event.remove(engine, "before_cursor_execute", remember)
    session().close()
    sqlite = engine.dialect.name == "sqlite"
    plans = []
    with engine.connect() as connection:
        if not sqlite:  # So few rows are read whole; what matters is that an index serves.
            connection.exec_driver_sql("SET enable_seqscan = off")
        for statement, parameters in found:
            how = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
            rows = connection.exec_driver_sql(how + statement, parameters).all()
            plans.append("\n".join(str(row[-1]) for row in rows))
    return plans


# Over HTTP.


def _listed(caller: Caller, query: str = "") -> dict[str, Any]:
    answer = caller.get(f"/subjects/disagreements{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_story_of_a_review_over_http(service: Service) -> None:
    caller = service.staff()
    anna = {"customer_id": "C-1001", "loyalty_card": "K-1", "email": "anna.nowak@example.com"}
    caller.record(a_give(anna, channels=["email"]))
    wrong = caller.put("/subjects", {"subject": {"customer_id": "C-2002", "loyalty_card": "K-1"}, "source": "till"})
    (dispute,) = _listed(caller)["disputes"]
    assert dispute["acts_waiting"] == 1
    assert {m["source"] for m in dispute["members"]} == {"shop", "till"}
    assert caller.check(anna)["allowed"] is False
    reference = wrong.get_json()["subject_ref"]
    assert reference in [member["subject_ref"] for member in dispute["members"] if member["contested"]]
    body = {"retire": {"customer_id": "C-2002"}, "reason": "typed in wrongly at the till"}
    assert caller.put(f"/subjects/{reference}/identifiers", body).status_code == 200
    assert _listed(caller) == {"disputes": [], "shared_contacts": [], "next": None}
    assert caller.check(anna)["reason"] == "given"


def test_the_list_shows_no_value_and_its_cursor_says_nothing(service: Service) -> None:
    caller = service.caller()
    for number in (1, 2):
        caller.put("/subjects", {"subject": {"customer_id": f"C-900{number}", "loyalty_card": "K-9", "email": HOME}})
        caller.put("/subjects", {"subject": {"customer_id": f"C-800{number}", "email": HOME}})
    first = _listed(caller, "?limit=1")
    second = _listed(caller, f"?limit=1&after={first['next']}")
    assert (len(first["disputes"]), len(second["shared_contacts"])) == (1, 1)
    assert second["shared_contacts"][0]["contact"] == {"email": "d***@example.com"}
    shown = json.dumps([first, second])
    assert [value for value in (HOME, "dom.kowalskich", "C-900", "C-800", "K-9") if value in shown] == []
    for stranger in (service.caller(), service.staff()):
        answer = stranger.get(f"/subjects/disagreements?after={first['next']}")
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["after"])


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=1_0", "limit=x", "after=", "after=*", "page=2"])
def test_a_page_that_cannot_be_is_refused(service: Service, query: str) -> None:
    assert service.caller().get(f"/subjects/disagreements?{query}").status_code == 422


def test_only_who_may_merge_sees_the_list(service: Service) -> None:
    assert service.caller("subjects:read", "subjects:write").get("/subjects/disagreements").status_code == 403
    assert service.caller(partner=True).get("/subjects/disagreements").status_code == 403
