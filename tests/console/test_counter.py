"""One customer at the counter: found for a reason, read to, and heard; her own act wherever it can be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from privacy.audit.models import AuditBody
from privacy.authz.roles import StaffRole
from privacy.consent import service as consent
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import db, new_id, session
from privacy.outbox.models import OutboxMessage
from tests.callers import ANNA, Caller, Service
from tests.console.office import Browser, hired
from tests.portal.forms import acts
from tests.selfservice.visitors import known

_LINE = re.compile(r"/console/counter/[0-9a-f-]{36}/(\w+)/([\w-]+)/([0-9a-f-]+)")


@dataclass
class Till:
    """A member of staff at a till, and the checks of a machine beside it."""

    app: Flask
    web: FlaskClient
    machine: Caller
    customer: str = ""

    def find(
        self, value: str = ANNA["customer_id"], kind: str = "customer_id", reason: str = "at_the_counter"
    ) -> TestResponse:
        """Look for a customer."""
        answer = self.post("/console/counter", "/console/counter", kind=kind, value=value, reason=reason)
        self.customer = answer.headers.get("Location", "")
        return answer

    def page(self) -> str:
        """The customer's choices."""
        return self.web.get(f"{self.customer}?lang=en").text

    def question(self, purpose: str, channel: str) -> str:
        """The address of a question."""
        found = next(match for match in _LINE.finditer(self.page()) if match[1] == purpose and match[2] == channel)
        return found[0]

    def post(self, page: str, path: str, **fields: Any) -> TestResponse:
        """Send a form as it stands on a page."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.web.get(page).text)
        assert found
        return self.web.post(path, data={"csrf": found[1], **fields})

    def on(self, question: str, what: str, **fields: Any) -> TestResponse:
        """Send a form of a question."""
        return self.post(question, f"{question}/{what}?speak=pl", **fields)


@pytest.fixture
def role() -> StaffRole:
    return StaffRole.AGENT


@pytest.fixture
def till(service: Service, role: StaffRole) -> Till:
    """A till at which somebody of that role has signed in; Anna has been a customer for a month."""
    with service.app.app_context():
        known(ANNA)
        db.session.remove()
    desk = Browser(service.app)
    assert desk.sign_in(hired(service.app, "ola", role.value), later=1).status_code == 303
    return Till(service.app, desk.web, service.caller())


def _messages(app: Flask) -> list[tuple[str, str, str]]:
    with app.app_context():
        db.session.rollback()
        found = []
        to_customers = sa.select(OutboxMessage).where(OutboxMessage.template != "staff_invitation")
        for row in session().scalars(to_customers.order_by(OutboxMessage.id)):
            key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
            body = msgspec.json.decode(key.open("outbox_message", "body_enc", row.id, bytes(row.body_enc)))["body"]
            found.append((row.template, row.kind, body))
        db.session.remove()
    return found


def _code(app: Flask) -> str:
    match = re.search(r"\b[A-Z2-9]{5}-[A-Z2-9]{5}\b", _messages(app)[-1][2])
    assert match
    return match[0]


def _ticket(page: TestResponse, app: Flask) -> str:
    """What a phone reads out of the code on the screen: asked of the service that drew it."""
    assert "<svg" in page.text
    issued: list[str] = app.extensions["tickets"]
    return issued[-1]


@pytest.fixture
def issued(till: Till, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Tickets as they were drawn; a test reads no pictures."""
    found: list[str] = []
    till.app.extensions["tickets"] = found
    issue = consent.issue_ticket

    def noted(*args: Any, **fields: Any) -> str:
        found.append(issue(*args, **fields))
        return found[-1]

    monkeypatch.setattr(consent, "issue_ticket", noted)
    return found


def test_a_customer_is_found_for_a_reason_that_stands_in_the_log(till: Till) -> None:
    assert till.find().status_code == 303
    page = till.page()
    assert "You may ask" in page
    assert ANNA["email"] not in page
    assert ANNA["phone"] not in page
    with till.app.app_context():
        events = session().scalars(sa.select(AuditBody).where(AuditBody.action == "customer.looked_for")).all()
        assert [event.actor_kind for event in events] == ["staff"]
        assert events[0].subject_id is not None
        db.session.remove()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "customer_id", "value": "C-9999", "reason": "at_the_counter"},
        {"kind": "email", "value": "no address", "reason": "at_the_counter"},
        {"kind": "customer_id", "value": "C-1001"},
        {"kind": "customer_id", "value": "C-1001", "reason": "curious"},
        {"kind": "ref", "value": "x", "reason": "at_the_counter"},
    ],
)
def test_nobody_is_shown_without_a_reason_or_a_match(till: Till, fields: dict[str, str]) -> None:
    answer = till.post("/console/counter", "/console/counter", **fields)
    assert answer.status_code in {200, 422}
    assert "Location" not in answer.headers
    assert fields["value"] not in re.sub(r'value="[^"]*"', "", answer.text) or len(fields["value"]) == 1


def test_a_shared_phone_shows_nobody(till: Till) -> None:
    with till.app.app_context():
        known({"customer_id": "C-1002", "phone": ANNA["phone"]})
        db.session.remove()
    answer = till.find(ANNA["phone"], "phone")
    assert "Location" not in answer.headers


def test_a_page_is_shown_to_whoever_looked_and_for_half_an_hour(till: Till, frozen: time_machine.Traveller) -> None:
    till.find()
    assert till.web.get(till.customer).status_code == 200
    zosia = Browser(till.app)
    zosia.sign_in(hired(till.app, "zosia", "agent"), later=1)
    zosia.web.set_cookie("counter", str(_cookie(till.web)))
    assert zosia.web.get(till.customer).status_code == 403
    for _ in range(2):  # Who does something meanwhile stays signed in.
        frozen.shift(901)
        assert till.web.get("/console/").status_code == 200
    assert till.web.get(till.customer).status_code == 403


def _cookie(web: FlaskClient) -> str | None:
    found = web.get_cookie("counter")
    return found.value if found else None


@pytest.mark.parametrize("role", [StaffRole.DPO, StaffRole.ADMINISTRATOR])
def test_only_those_who_serve_customers_come_here(till: Till) -> None:
    assert till.web.get("/console/counter").status_code == 403


def test_a_no_holds_at_once(till: Till) -> None:
    till.find()
    question = till.question("offers", "sms")
    assert till.on(question, "no").status_code == 303
    assert till.machine.check(channel="sms")["reason"] == "refused"
    assert "Asked before: do not ask" in till.page()
    assert "Read aloud" not in till.web.get(question).text


@pytest.mark.parametrize(
    ("channel", "kind", "template"), [("email", "email", "double_opt_in"), ("sms", "sms", "double_opt_in_sms")]
)
def test_a_code_that_the_customer_reads_out_is_her_own_act(till: Till, channel: str, kind: str, template: str) -> None:
    till.find()
    question = till.question("offers", channel)
    till.on(question, "code")
    assert [message[:2] for message in _messages(till.app)] == [(template, kind)]
    assert till.machine.check(channel=channel)["reason"] == "requested"
    wrong = till.on(question, "confirm", code="AAAAA-AAAAA")
    assert wrong.status_code == 422
    assert till.on(question, "confirm", code=_code(till.app)).status_code == 303
    assert till.machine.check(channel=channel)["allowed"] is True
    [asked, confirmed] = [act for act in acts(till.app) if act.channel == channel]
    assert (asked.act, asked.proof, asked.setting, asked.locale) == ("request", "staff_claim", "offline", "pl")
    assert (confirmed.act, confirmed.proof) == ("confirm", "own_act")
    assert "Done: the customer agreed" in till.page()


def test_five_wrong_codes_void_the_right_one(till: Till) -> None:
    till.find()
    question = till.question("offers", "sms")
    till.on(question, "code")
    for _ in range(5):
        till.on(question, "confirm", code="AAAAA-AAAAA")
    assert till.on(question, "confirm", code=_code(till.app)).status_code == 422
    assert till.machine.check(channel="sms")["allowed"] is False


def test_words_are_a_claim_and_taken_only_where_they_suffice(till: Till) -> None:
    till.find()
    offers = till.question("offers", "voice")
    till.on(offers, "words", said="Read the text", heard="Yes, please")
    assert till.machine.check(channel="voice")["allowed"] is True
    newsletter = till.question("newsletter", "email")
    assert "Your word alone is not proof enough" in till.web.get(f"{newsletter}?lang=en").text
    assert till.on(newsletter, "words", said="Read the text", heard="Yes").status_code == 404
    assert [act.proof for act in acts(till.app)] == ["staff_claim"]


@pytest.mark.parametrize("language", ["pl", "en", "hr"])
def test_the_script_is_in_the_customers_language_and_the_page_in_the_agents(till: Till, language: str) -> None:
    till.find()
    page = till.web.get(f"{till.question('offers', 'sms')}?lang=en&speak={language}").text
    assert "Read aloud" in page
    first = {"pl": "Zdanie można zmienić", "en": "You may change your mind", "hr": "Možete se predomisliti"}[language]
    assert first in page
    assert f'lang="{language}"' in page


def test_a_ticket_on_her_own_phone_is_her_own_act(till: Till, issued: list[str]) -> None:
    till.find()
    question = till.question("offers", "sms")
    shown = till.on(question, "qr")
    ticket = _ticket(shown, till.app)
    phone = till.app.test_client()
    opened = _send(phone, "/collect/-/confirm/open", ticket=ticket)
    assert opened.status_code == 200
    assert acts(till.app) == []
    fields = {"ticket": ticket, "shown": _value(opened.text, "shown")}
    assert _send(phone, "/collect/-/confirm", **fields, answer="yes").status_code == 303
    assert till.machine.check(channel="sms")["allowed"] is True
    assert till.web.get(f"{question}/standing").json == {"standing": "done"}
    [act] = acts(till.app)
    assert (act.act, act.proof, act.method, act.locale) == ("give", "own_act", "link", "pl")
    # Used again it counts once, also after a withdrawal.
    till.machine.record({"subject": ANNA, "purpose": "offers", "act": "withdraw", "source": {"system": "shop"}})
    assert _send(phone, "/collect/-/confirm", **fields, answer="yes").status_code == 303
    assert till.machine.check(channel="sms")["allowed"] is False


def test_a_scanner_with_a_ticket_but_no_page_of_ours_burns_nothing(till: Till, issued: list[str]) -> None:
    till.find()
    ticket = _ticket(till.on(till.question("offers", "sms"), "qr"), till.app)
    scanner = till.app.test_client()
    assert scanner.get("/collect/-/confirm").status_code == 200
    for path in ("/collect/-/confirm/open", "/collect/-/confirm"):
        assert till.app.test_client().post(path, data={"ticket": ticket, "answer": "yes"}).status_code == 403
    assert acts(till.app) == []
    assert _send(scanner, "/collect/-/confirm/open", ticket=ticket).status_code == 200


def test_a_ticket_is_good_for_a_quarter_of_an_hour_and_cannot_be_made_up(
    till: Till, issued: list[str], frozen: time_machine.Traveller
) -> None:
    till.find()
    ticket = _ticket(till.on(till.question("offers", "sms"), "qr"), till.app)
    phone = till.app.test_client()
    for wrong in ("", "x" * 40, ticket[:-2], ticket[1:], "A" + ticket):
        assert _send(phone, "/collect/-/confirm/open", ticket=wrong).status_code == 422
    frozen.shift(15 * 60 + 1)
    assert _send(phone, "/collect/-/confirm/open", ticket=ticket).status_code == 422


def test_where_the_mailbox_must_answer_her_phone_is_not_offered(till: Till) -> None:
    till.find()
    question = till.question("newsletter", "email")
    assert "Show a code for her own phone" not in till.web.get(f"{question}?lang=en").text
    assert till.on(question, "qr").status_code == 404


def _send(web: FlaskClient, path: str, **fields: str) -> TestResponse:
    page = web.get("/collect/-/confirm")
    return web.post(path, data={"csrf": _value(page.text, "csrf"), **fields})


def _value(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, text
    return found[1]


def test_a_question_that_is_not_hers_is_not_found(till: Till) -> None:
    till.find()
    for what in ("offers/sms/-", "offers/push/-", "none/sms/-", f"offers/sms/{new_id()}"):
        assert till.web.get(f"{till.customer}/{what}").status_code in {200, 404}
    assert till.web.get(f"{till.customer}/offers/sms/{new_id()}").status_code == 404
