"""My requests on the portal: asked, looked at once more, sent once, seen, answered, taken back, and fetched."""

from __future__ import annotations

import pytest
import time_machine

from privacy.dsar.service import CaseType, ProofLevel
from tests.callers import Service
from tests.dsar.shops import Shops
from tests.portal.request_desk import (
    ANNA,
    FORMS,
    KINDS,
    PLAIN,
    STEPPED_UP,
    decided,
    fields_of,
    id_in,
    review,
    row,
    rows,
    send,
    stepped_up,
)
from tests.selfservice.visitors import Visitor


@pytest.mark.parametrize("topic", FORMS)
def test_each_kind_is_asked_for_and_identified_by_the_session(shops: Shops, anna: Visitor, topic: str) -> None:
    visitor = stepped_up(anna) if topic in STEPPED_UP else anna
    request_id = id_in(send(visitor, topic))
    made = row(shops.app, request_id)
    assert made.case_type == KINDS.get(topic, CaseType.RECTIFICATION)
    assert (made.intake, made.proof_level, made.controller) == ("portal", ProofLevel.CONTROL, "sklepy")
    assert made.subject_id is not None
    page = visitor.get(f"/requests/{request_id}")
    assert page.status_code == 200
    assert made.number in page.text
    assert made.number in visitor.get("/requests").text


@pytest.mark.parametrize("topic", STEPPED_UP)
def test_what_matters_wants_a_second_contact_before_anybody_writes(shops: Shops, anna: Visitor, topic: str) -> None:
    sent = anna.get(f"/requests/new/{topic}")
    assert sent.status_code == 303
    assert sent.headers["Location"] == f"/portal/prove-again?next=/portal/requests/new/{topic}"
    for path in ("", "/send", "/change"):
        answer = anna.post(f"/requests/new/{topic}{path}", page="/requests", controller="sklepy", right="x")
        assert answer.headers["Location"] == "/portal/prove-again"
    assert rows(shops.app) == []
    anna.get(f"/prove-again?next=/portal/requests/new/{topic}")
    assert anna.prove("+48*****200").headers["Location"] == f"/portal/requests/new/{topic}"
    assert anna.get(f"/requests/new/{topic}").status_code == 200


@pytest.mark.parametrize("topic", PLAIN)
def test_what_harms_nobody_wants_no_more_proof(anna: Visitor, topic: str) -> None:
    assert anna.get(f"/requests/new/{topic}").status_code == 200
    id_in(send(anna, topic))


def test_whoever_was_let_in_to_a_form_has_time_to_fill_it_in_and_no_longer(
    anna: Visitor, later: time_machine.Traveller
) -> None:
    stepped_up(anna)
    later.shift(25 * 60)
    anna.get("/requests/new")
    looked_at = anna.post("/requests/new/access", page="/requests/new", controller="sklepy")
    assert looked_at.status_code == 200
    later.shift(6 * 60)
    assert anna.post("/requests/new/access", page="/requests/new", controller="sklepy").status_code == 303


def test_a_form_that_is_sent_twice_is_one_request(shops: Shops, anna: Visitor) -> None:
    carried = fields_of(review(anna, "restriction").text)
    carried.pop("csrf")
    answers = [anna.post("/requests/new/restriction/send", page="/requests/new", **carried) for _ in range(2)]
    assert id_in(answers[0]) == id_in(answers[1])
    assert len(rows(shops.app)) == 1
    again = fields_of(review(anna, "restriction").text)
    again.pop("csrf")
    assert id_in(anna.post("/requests/new/restriction/send", page="/requests/new", **again)) != id_in(answers[0])


def test_nothing_is_kept_before_it_is_sent_and_it_can_be_changed(shops: Shops, anna: Visitor) -> None:
    looked_at = review(anna, "correct-name")
    assert "Anna" in looked_at.text
    carried = fields_of(looked_at.text)
    carried.pop("csrf")
    changed = anna.post("/requests/new/correct-name/change", page="/requests/new", **carried)
    assert changed.status_code == 200
    assert 'value="Anna"' in changed.text
    assert rows(shops.app) == []


@pytest.mark.parametrize(
    ("topic", "fields", "wrong"),
    [
        ("objection", {"purposes": []}, "purposes"),
        ("objection", {"purposes": ["order_service"]}, "purposes"),
        ("objection", {"purposes": ["nothing"]}, "purposes"),
        ("restriction", {"why": ""}, "why"),
        ("restriction", {"why": "because"}, "why"),
        ("restriction", {"controller": "nobody"}, "controller"),
        ("correct-name", {"right": ""}, "right"),
        ("correct-name", {"right": "x" * 301}, "right"),
        ("correct-name", {"wrong": "x" * 301}, "wrong"),
        ("correct-other", {"words": "  "}, "words"),
        ("restriction", {"words": "x" * 5001}, "words"),
    ],
)
def test_a_wrong_form_is_shown_again_with_what_was_in_it(
    shops: Shops, anna: Visitor, topic: str, fields: dict[str, object], wrong: str
) -> None:
    for path in ("", "/send"):
        given = {"controller": "sklepy"} | dict(FORMS[topic]) | {"words": "My own words"} | fields
        answer = anna.post(f"/requests/new/{topic}{path}", page=f"/requests/new/{topic}", **given)
        assert answer.status_code == 422
        assert f'href="#field-{wrong}"' in answer.text
        assert f'id="field-{wrong}"' in answer.text
        assert "Prosimy jeszcze raz" not in answer.text, "the mend is said in the language of the page"
        if "words" not in fields:
            assert "My own words" in answer.text
    assert rows(shops.app) == []


@pytest.mark.parametrize("path", ["nothing", "correction/send", "disclosure", "authority_letter", "complaint"])
def test_what_cannot_be_asked_for_is_no_page(anna: Visitor, path: str) -> None:
    answer = anna.post(f"/requests/new/{path}", page="/requests/new", controller="sklepy")
    assert answer.status_code == 404


def test_an_objection_to_marketing_binds_at_once_and_is_carried_out_by_itself(
    service: Service, shops: Shops, anna: Visitor
) -> None:
    request_id = id_in(send(anna, "objection"))
    assert row(shops.app, request_id).state in {"executing", "answering"}
    caller = service.caller("consents:check")
    for given in ({"email": ANNA["email"]}, {"phone": ANNA["phone"]}, {"customer_id": "C-1"}):
        channel = "sms" if "phone" in given else "email"
        asked = {"subject": given, "purpose": "offers", "channel": channel}
        answer = caller.post("/consents/check", asked).get_json()
        assert answer["allowed"] is False
        assert answer["reason"] == "objected"


def test_an_objection_to_something_else_is_weighed(shops: Shops, anna: Visitor) -> None:
    request_id = id_in(send(anna, "objection", purposes=["marketing", "analytics"], words="I am a nurse."))
    assert row(shops.app, request_id).state == "assessing"


def test_an_erasure_stops_marketing_at_once_and_can_be_stopped_while_it_cools(shops: Shops, anna: Visitor) -> None:
    request_id = id_in(send(stepped_up(anna), "erasure"))
    decided(shops.app, request_id)
    assert row(shops.app, request_id).state == "cooling_off"
    before = shops.everything()
    page = anna.get(f"/requests/{request_id}", headers={"Accept-Language": "en"}).text
    assert "You can still stop it" in page
    assert anna.get(f"/requests/{request_id}/withdraw").status_code == 200
    first = anna.post(f"/requests/{request_id}/withdraw")
    assert first.headers["Location"].endswith("?said=request-withdrawn")
    again = anna.post(f"/requests/{request_id}/withdraw", page="/requests/new")
    assert again.status_code in {303}
    assert row(shops.app, request_id).state == "withdrawn"
    shops.run()
    assert shops.everything() == before
