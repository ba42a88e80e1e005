"""One long story: Anna joins, confirms, changes her mind, is mistaken for somebody else, and is heard."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import sqlalchemy as sa
import time_machine

from privacy.audit import service as audit
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import as_uuid, session
from tests.callers import Caller, Service, a_give

ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com", "phone": "+48600100200"}
PIOTR = {"customer_id": "C-2002", "email": "piotr.zielinski@example.com"}
NEWSLETTER = {"purpose": "newsletter", "channels": ["email"], "wording": {"code": "newsletter", "locale": "pl"}}
NOW = {"occurred_at": None}


def letters(service: Service) -> list[tuple[str, str]]:
    """To whom the outbox holds letters, and their texts: what a sender opens with the person's own key."""
    with service.app.app_context():
        query = sa.text("SELECT id, owner_id, to_enc, body_enc FROM outbox_message ORDER BY created_at, id")
        found = []
        for row in session().execute(query):
            key = load_owner_key(session(), keyring.installed(), as_uuid(row.owner_id))
            to, body = (
                key.open("outbox_message", column, as_uuid(row.id), bytes(sealed)).decode()
                for column, sealed in (("to_enc", row.to_enc), ("body_enc", row.body_enc))
            )
            assert to.encode() not in bytes(row.to_enc)
            found.append((to, json.loads(body)["body"]))
        return found


def ask_newsletter(caller: Caller, token: str | None = None) -> tuple[bool, str]:
    answer = caller.check(purpose="newsletter", token=token)
    return answer["allowed"], answer["reason"]


def ask_offers(caller: Caller, subject: dict[str, str], channel: str = "email", token: str | None = None) -> str:
    reason: str = caller.check(subject, channel=channel, token=token)["reason"]
    return reason


@dataclass
class Story:
    """Who takes part, and what is remembered from one chapter to the next."""

    service: Service
    clock: time_machine.Traveller
    shop: Caller
    crm: Caller


def test_a_year_of_consents(service: Service, frozen: time_machine.Traveller) -> None:
    story = Story(service, frozen, service.caller(), service.caller())
    she_joins(story)
    reference = she_changes_her_mind(story)
    two_members_of_staff_annul(story, reference)
    she_is_mistaken_for_piotr(story)
    contacts_are_heard_of(story)
    she_moves(story)
    with service.app.app_context():
        assert audit.count_events(session()) > 15  # Every change left its event.


def she_joins(story: Story) -> None:
    service, frozen, shop, crm = story.service, story.clock, story.shop, story.crm

    # She registers, and is sent one letter with a code; until she answers it nothing may be sent.
    asked = shop.record(a_give(ANNA, act="request", **NEWSLETTER, **NOW))
    assert asked["records"][0]["state"] == "requested"
    assert ask_newsletter(shop, asked["token"]) == (False, "requested")
    shop.record(a_give(ANNA, act="request", **NEWSLETTER, **NOW))
    ((to, text),) = letters(service)
    assert to == ANNA["email"]
    (code,) = re.findall(r"\b[A-Z2-9]{5}-[A-Z2-9]{5}\b", text)

    # A wrong code confirms nothing; the right one does, once.
    frozen.shift(3600)
    confirm = a_give({"email": ANNA["email"]}, act="confirm", purpose="newsletter", channels=["email"], wording=None)
    confirm.pop("occurred_at")
    assert shop.post("/consents", confirm | {"code": "AAAAA-22222"}).status_code == 422
    confirmed = shop.record(confirm | {"code": code.lower()})
    assert ask_newsletter(crm) == (True, "given")
    assert ask_newsletter(shop, confirmed["token"]) == (True, "given")
    assert shop.post("/consents", confirm | {"code": code}).get_json()["type"] == "/problems/wrong-code"


def she_changes_her_mind(story: Story) -> str:
    frozen, shop, crm = story.clock, story.shop, story.crm

    # She agrees to offers at the till, and withdraws them from her phone: the next check knows.
    frozen.shift(86_400)
    given = shop.record(a_give(ANNA, channels=["email", "sms"], **NOW))
    assert ask_offers(crm, ANNA, token=None) == "given"
    frozen.shift(86_400)
    withdrawn = shop.record(a_give({"customer_id": "C-1001"}, act="withdraw", channels=["email"], wording=None, **NOW))
    assert ask_offers(shop, ANNA, token=withdrawn["token"]) == "withdrawn"
    assert ask_offers(crm, ANNA, "sms") == "given"
    assert ask_newsletter(crm) == (True, "given")

    # Her history tells it all, newest first; each act can be looked at.
    reference = given["subject_ref"]
    told = shop.get(f"/subjects/{reference}/history").get_json()["acts"]
    assert [act["act"] for act in told] == ["withdraw", "give", "give", "confirm", "request", "request"]
    assert shop.get(f"/consents/{told[0]['id']}").get_json() == told[0]
    choices = shop.get(f"/subjects/{reference}/preferences").get_json()["preferences"]
    assert {(c["purpose"], c["channel"]) for c in choices if c["allowed"]} >= {
        ("newsletter", "email"),
        ("offers", "sms"),
    }
    return str(reference)


def two_members_of_staff_annul(story: Story, reference: str) -> None:
    service, shop, crm = story.service, story.shop, story.crm

    # The till's records turn out wrong: two members of staff take their effect away; a machine can't, nor one alone.
    story.clock.shift(3600)
    ewa, jan = service.staff(), service.staff()
    wrong = {
        "filter": {"source_system": "shop", "purpose": "offers", "channel": "sms"},
        "reason": "the till was broken",
    }
    assert crm.post("/consents/annul", wrong).status_code == 403
    approval = ewa.post("/consents/annul", wrong).get_json()
    assert (approval["acts"], approval["annulled"]) == (1, False)
    second = wrong | {"approval": approval["approval"]}
    assert ewa.post("/consents/annul", second).get_json()["type"] == "/problems/self-approval"
    assert crm.post("/consents/annul", second).status_code == 403
    assert jan.post("/consents/annul", second | {"reason": "another one"}).status_code == 409
    assert ask_offers(crm, ANNA, "sms") == "given"
    assert jan.post("/consents/annul", second).get_json()["annulled"] is True
    assert ask_offers(crm, ANNA, "sms") == "no_record"
    assert shop.get(f"/subjects/{reference}/history").get_json()["acts"][0]["act"] == "annul"


def she_is_mistaken_for_piotr(story: Story) -> None:
    frozen, crm = story.clock, story.crm

    # Somebody takes Piotr for her: merged, the strictest answer holds for both; parted, each has their own again.
    frozen.shift(86_400)
    crm.record(a_give(PIOTR, channels=["email"], **NOW))
    assert ask_offers(crm, PIOTR) == "given"
    both = {"subject": {"customer_id": "C-1001"}, "other": {"customer_id": "C-2002"}, "reason": "one loyalty card"}
    token = crm.post("/subjects/merge", both).get_json()["token"]
    assert ask_offers(crm, PIOTR, token=token) == "withdrawn"
    assert crm.post("/subjects/unmerge", both | {"reason": "two people"}).status_code == 200
    assert crm.post("/subjects/unmerge", both | {"reason": "two people"}).get_json()["type"] == "/problems/not-merged"
    assert ask_offers(crm, PIOTR) == "given"
    assert ask_offers(crm, ANNA) == "withdrawn"


def contacts_are_heard_of(story: Story) -> None:
    frozen, shop, crm = story.clock, story.shop, story.crm

    # Mail to Piotr bounces; Anna answers STOP to a text message.
    bounced = crm.post("/contacts/events", {"contact": {"email": PIOTR["email"]}, "event": "hard_bounce"})
    assert bounced.get_json() == {"event": "hard_bounce", "suppressed": True, "known": False}
    assert ask_offers(crm, PIOTR) == "suppressed"
    shop.record(a_give(ANNA, channels=["sms"], **NOW))
    frozen.shift(60)
    crm.post("/contacts/events", {"contact": {"phone": "600 100 200"}, "event": "stop"})
    assert ask_offers(crm, ANNA, "sms") == "withdrawn"

    # What was true on a day stays true of that day.
    assert crm.check(ANNA, channel="email", at="2026-11-23T12:00:00Z")["allowed"] is True
    assert crm.check(ANNA, channel="email")["allowed"] is False


def she_moves(story: Story) -> None:
    crm = story.crm

    # She moves: her new number is hers, her old one is not.
    moved = {"add": {"phone": "+48600100999"}, "retire": {"phone": ANNA["phone"]}}
    assert crm.post("/subjects/lookup", {"subject": {"customer_id": "C-1001"}}).status_code == 200
    own = crm.post("/subjects/lookup", {"subject": {"customer_id": "C-1001"}}).get_json()["subject_ref"]
    assert crm.put(f"/subjects/{own}/contacts", moved).status_code == 200
    held = crm.post("/subjects/lookup", {"subject": {"ref": own}}).get_json()["contacts"]
    assert {c["contact"].get("phone"): c["held_until"] is None for c in held if "phone" in c["contact"]} == {
        "+48*****200": False,
        "+48*****999": True,
    }
