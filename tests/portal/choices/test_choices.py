"""My choices: what is shown, that one click changes it at once, and that nobody sees or says more than is theirs."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
import time_machine

from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import db, session
from privacy.outbox.models import OutboxMessage
from tests.callers import Caller, Service
from tests.selfservice.visitors import ANNA, Visitor, come_in, known

pytestmark = pytest.mark.usefixtures("frozen")
MAIL = ANNA["email"]


def _rows(page: str, purpose: str) -> str:
    """The card of a purpose."""
    return re.split(rf'aria-labelledby="purpose-{purpose}"', page)[1].split("</section>")[0]


def _place(page: str) -> str:
    """The place of a choice by e-mail."""
    return str(re.findall(r'name="place" value="(email\.[^"]+)"', page)[0])


def _shown(page: str) -> str:
    found = re.search(r'name="shown" value="([^"]+)"', page)
    assert found
    return found[1]


def test_what_was_agreed_to_is_shown_by_channel_and_contact(anna: Visitor) -> None:
    card = _rows(anna.get("/").text, "offers")
    assert card.count("You agreed") == 2
    assert "a***@example.com" in card
    assert MAIL not in card
    assert "20 November 2026" in card


def test_a_withdrawal_takes_effect_at_once(anna: Visitor, crm: Caller) -> None:
    assert crm.check()["allowed"]
    place = _place(_rows(anna.get("/").text, "offers"))
    answer = anna.post("/choices/withdraw", page="/", purpose="offers", place=place)
    assert answer.status_code == 303
    assert "takes effect at once" in anna.web.get(answer.location).text
    assert crm.check()["reason"] == "withdrawn"
    assert crm.check(channel="sms")["allowed"]


def test_nothing_is_ticked_and_a_yes_counts_for_the_proven_contact_alone(anna: Visitor, crm: Caller) -> None:
    page = anna.get("/choices/birthday_coupon").text
    assert "checked" not in page
    boxes = re.findall(r'name="place" value="([^"]+)"', page)
    assert [box.split(".")[0] for box in boxes] == ["email", "push"]
    assert "+48" in page  # shown as one that has to be proven first
    answer = anna.post(
        "/choices/birthday_coupon/answer",
        page="/choices/birthday_coupon",
        answer="yes",
        shown=_shown(page),
        place=boxes[0],
    )
    assert answer.status_code == 303, answer.text
    assert crm.check(purpose="birthday_coupon")["allowed"]
    assert crm.check(purpose="birthday_coupon", channel="sms")["reason"] == "no_record"


def test_a_yes_to_a_contact_that_was_not_proven_is_refused(anna: Visitor, crm: Caller) -> None:
    page = anna.get("/choices/birthday_coupon").text
    sms = _sms_place(anna)
    answer = anna.post(
        "/choices/birthday_coupon/answer", page="/choices/birthday_coupon", answer="yes", shown=_shown(page), place=sms
    )
    assert answer.status_code == 422
    assert "proven" in answer.text
    assert crm.check(purpose="birthday_coupon", channel="sms")["reason"] == "no_record"


def test_after_proving_the_number_one_agrees_for_it_too(anna: Visitor, crm: Caller) -> None:
    sms = _sms_place(anna)
    anna.prove(_masked_number(anna))
    page = anna.get("/choices/birthday_coupon").text
    assert sms in page
    answer = anna.post(
        "/choices/birthday_coupon/answer", page="/choices/birthday_coupon", answer="yes", shown=_shown(page), place=sms
    )
    assert answer.status_code == 303
    assert crm.check(purpose="birthday_coupon", channel="sms")["allowed"]


def test_what_was_shown_is_recorded_to_the_letter(anna: Visitor, crm: Caller) -> None:
    page = anna.get("/choices/birthday_coupon").text
    place = _place(page)
    anna.post(
        "/choices/birthday_coupon/answer",
        page="/choices/birthday_coupon",
        answer="yes",
        shown=_shown(page),
        place=place,
    )
    reference = crm.post("/subjects/lookup", {"subject": {"customer_id": ANNA["customer_id"]}}).get_json()
    history = crm.get(f"/subjects/{reference['subject_ref']}/history").get_json()
    [act] = [one for one in history["acts"] if one["purpose"] == "birthday_coupon"]
    assert act["wording"] == {"code": "loyalty", "version": "2"}
    assert act["locale"] == "en"
    assert act["notice"]["code"] == "loyalty"
    assert act["text_sha256"] in _shown(page)
    assert act["source"] == {"system": "portal", "point": "choices", "method": "web_form"}
    assert act["proof"] == "own_act"


def test_a_text_that_changed_meanwhile_is_agreed_to_by_nobody(anna: Visitor, crm: Caller) -> None:
    page = anna.get("/choices/birthday_coupon").text
    answer = anna.post(
        "/choices/birthday_coupon/answer",
        page="/choices/birthday_coupon",
        answer="yes",
        shown=_shown(page).replace("loyalty", "klauzula"),
        place=_place(page),
    )
    assert answer.status_code == 422
    assert "read it and decide again" in answer.text
    assert crm.check(purpose="birthday_coupon")["reason"] == "no_record"


def test_nothing_ticked_agrees_to_nothing(anna: Visitor, crm: Caller) -> None:
    page = anna.get("/choices/birthday_coupon").text
    answer = anna.post(
        "/choices/birthday_coupon/answer", page="/choices/birthday_coupon", answer="yes", shown=_shown(page)
    )
    assert answer.status_code == 422
    assert "Tick what you agree to" in answer.text
    assert crm.check(purpose="birthday_coupon")["reason"] == "no_record"


def test_a_no_is_as_easy_as_a_yes_and_is_kept(anna: Visitor, crm: Caller) -> None:
    page = anna.get("/choices/birthday_coupon").text
    answer = anna.post(
        "/choices/birthday_coupon/answer", page="/choices/birthday_coupon", answer="no", shown=_shown(page)
    )
    assert answer.status_code == 303
    refused = crm.check(purpose="birthday_coupon")
    assert refused["reason"] == "refused"
    assert not refused["may_ask"]


def test_one_click_stops_all_advertising_and_nothing_else(anna: Visitor, crm: Caller) -> None:
    page = anna.get("/").text
    assert "Loyalty programme" in page.split("What stays:")[1].split("</p>")[0]
    answer = anna.post("/choices/stop", page="/")
    assert "nobody may send you advertising" in anna.web.get(answer.location).text
    assert crm.check()["reason"] == "objected"
    assert crm.check(channel="sms")["reason"] == "objected"
    assert crm.check(purpose="profiling", channel=None)["reason"] == "objected"
    assert crm.check(purpose="loyalty")["allowed"]
    assert crm.check(purpose="order_service")["allowed"]


def test_after_stopping_all_one_may_agree_again_to_the_text(
    anna: Visitor, crm: Caller, frozen: time_machine.Traveller
) -> None:
    anna.post("/choices/stop", page="/")
    frozen.shift(60)
    page = anna.get("/choices/offers").text
    anna.post("/choices/offers/answer", page="/choices/offers", answer="yes", shown=_shown(page), place=_place(page))
    assert crm.check()["allowed"]
    assert crm.check(channel="sms")["reason"] == "objected"


def test_a_double_opt_in_says_what_comes_next_and_counts_after_it(anna: Visitor, crm: Caller) -> None:
    page = anna.get("/choices/newsletter").text
    assert "What comes next" in page
    answer = anna.post(
        "/choices/newsletter/answer", page="/choices/newsletter", answer="yes", shown=_shown(page), place=_place(page)
    )
    after = anna.web.get(answer.location).text
    assert "One step is left" in after
    assert crm.check(purpose="newsletter")["reason"] == "requested"
    wrong = anna.post("/choices/newsletter/confirm", page="/", code="AAAAA-AAAAA")
    assert wrong.status_code == 422
    assert "not the code" in wrong.text
    with anna.app.app_context():
        code = _opt_in_code()
        db.session.remove()
    assert anna.post("/choices/newsletter/confirm", page="/", code=code).status_code == 303
    assert crm.check(purpose="newsletter")["allowed"]


def test_an_interest_of_ours_is_objected_to_and_the_objection_taken_back(anna: Visitor, crm: Caller) -> None:
    anna.post("/choices/object", page="/", purpose="analytics")
    assert crm.check(purpose="analytics", channel=None)["reason"] == "objected"
    anna.post("/choices/lift", page="/", purpose="analytics")
    assert not crm.check(purpose="analytics", channel=None)["allowed"]  # The same moment: doubt stays with the no.


@pytest.mark.parametrize("purpose", ["offers", "loyalty", "unknown"])
def test_no_objection_to_a_consent_is_lifted(anna: Visitor, purpose: str) -> None:
    assert anna.post("/choices/lift", page="/", purpose=purpose).status_code == 404


@pytest.mark.parametrize("place", ["email.", "email.01890000-0000-7000-8000-000000000000", "nothing", "."])
def test_a_place_that_is_not_ones_own_is_not_there(anna: Visitor, place: str) -> None:
    assert anna.post("/choices/withdraw", page="/", purpose="offers", place=place).status_code == 404


def test_a_mailbox_of_several_people_shows_nobodys_choices_and_takes_a_no(service: Service, crm: Caller) -> None:
    adam = {"customer_id": "C-2002", "email": MAIL}
    with service.app.app_context():
        known(adam)
        db.session.remove()
    visitor = come_in(service.app, MAIL)
    visitor.web.set_cookie("lang", "en")
    page = visitor.get("/").text
    assert "No more messages" in page
    assert "agreed" not in page
    assert ANNA["customer_id"] not in page
    assert visitor.get("/choices/offers").status_code == 403
    assert visitor.get("/proof").status_code == 403
    assert crm.check()["allowed"]
    visitor.post("/choices/stop-here", page="/", channel="email")
    assert not crm.check()["allowed"]
    assert crm.check(channel="sms")["allowed"]


def test_an_unknown_channel_of_a_shared_mailbox_is_not_there(service: Service, crm: Caller) -> None:
    with service.app.app_context():
        known({"customer_id": "C-2002", "email": MAIL})
        db.session.remove()
    visitor = come_in(service.app, MAIL)
    for channel in ("sms", "post", "nothing"):
        assert visitor.post("/choices/stop-here", page="/", channel=channel).status_code == 404


def test_the_choices_speak_the_language_of_the_reader(anna: Visitor) -> None:
    assert "Oferty i promocje" in anna.get("/?lang=pl").text
    assert "Ponude i promocije" in anna.get("/?lang=hr").text


def _opt_in_code() -> str:
    """The code in the newest message of a double opt-in."""
    rows = session().scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)).all()
    row = [one for one in rows if one.template == "double_opt_in"][-1]
    key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
    found = re.search(
        r"\b[A-Z2-9]{5}-[A-Z2-9]{5}\b", key.open("outbox_message", "body_enc", row.id, row.body_enc).decode()
    )
    assert found
    return found[0]


def _sms_place(anna: Visitor) -> str:
    """The place of offers by SMS, where Anna agreed: the same contact for other purposes."""
    found = re.search(r'name="place" value="(sms\.[^"]+)"', anna.get("/").text)
    assert found
    return found[1]


def _masked_number(anna: Visitor) -> str:
    found = re.search(r"<label[^>]*>(\+48[^<]*)<", anna.get("/prove-again").text)
    assert found
    return found[1]
