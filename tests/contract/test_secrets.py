"""What an answer must not tell: who is a customer, who another client's person is, what the other realm holds."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from privacy.authz.actors import Realm
from privacy.db import session
from tests.callers import ANNA, Caller, Service, a_give

#: Purpose and channel of every kind of question.
QUESTIONS = [
    ("offers", "email"),
    ("offers", "sms"),
    ("offers", "push"),
    ("newsletter", "email"),
    ("profiling", None),
    ("analytics", None),
    ("order_service", "email"),
    ("legal_notice", "email"),
    ("product_safety", "sms"),
]
KNOWN = {"customer_id": "C-1001", "email": "silent@example.com", "phone": "+48600100200"}
UNKNOWN = {"customer_id": "C-9999", "email": "nobody@example.com", "phone": "+48600100299"}


def bare(answer: TestResponse, *more: str) -> bytes:
    """The body without what differs from one request to the next, each of the same length."""
    found = answer.get_json()
    lengths = [len(found.pop(name)) for name in ("as_of", "token", "trace_id", *more) if name in found]
    return json.dumps([answer.status_code, found, lengths]).encode()


@pytest.mark.parametrize("purpose", [purpose for purpose, _ in QUESTIONS])
@pytest.mark.parametrize("named", [["email"], ["customer_id"], ["customer_id", "email", "phone"], ["phone"]])
def test_somebody_unknown_and_somebody_silent_get_the_same_answer(
    service: Service, purpose: str, named: list[str]
) -> None:
    caller, channel = service.caller(), dict(QUESTIONS)[purpose]
    assert caller.put("/subjects", {"subject": KNOWN}).status_code == 200
    asked = {"purpose": purpose} | ({"channel": channel} if channel else {})
    silent, unknown = (
        caller.post("/consents/check", asked | {"subject": {name: who[name] for name in named}})
        for who in (KNOWN, UNKNOWN)
    )
    assert bare(silent) == bare(unknown)
    assert silent.content_length == unknown.content_length


def test_a_partner_learns_yes_or_no_and_nothing_else(service: Service) -> None:
    shop, partner = service.caller(), service.caller(partner=True)
    shop.record(a_give(act="withdraw", channels=["sms"], wording=None))
    recorded = partner.record(a_give())
    assert set(recorded) == {"subject_ref", "records", "token"}
    assert [set(record) for record in recorded["records"]] == [{"id", "purpose", "channel"}] * 2
    for channel, allowed in (("email", True), ("sms", False), ("push", False)):
        answer = partner.check(channel=channel)
        assert set(answer) == {"allowed", "purpose", "channel", "as_of"}
        assert answer["allowed"] is allowed
    own = f"/subjects/{recorded['subject_ref']}/preferences"
    choices = partner.get(own).get_json()["preferences"]
    assert all(set(choice) == {"purpose", "channel", "allowed"} for choice in choices)
    changed = partner.put(own, {"preferences": [{"purpose": "offers", "allowed": False}]}).get_json()
    assert [set(record) for record in changed["records"]] == [{"id", "purpose", "channel"}]
    line = json.dumps(a_give(key="1")).encode()
    assert set(partner.batch(line).get_json(force=True)["records"][0]) == {"id", "purpose", "channel"}
    assert partner.get(f"/subjects/{recorded['subject_ref']}/history").status_code == 403
    assert partner.post("/subjects/lookup", {"subject": ANNA}).status_code == 403


def test_two_clients_have_no_reference_in_common(service: Service) -> None:
    one, other = service.caller(), service.caller()
    first, second = one.record(a_give()), other.record(a_give())
    assert first["subject_ref"] != second["subject_ref"]
    assert first["token"] != second["token"]
    assert not {r["id"] for r in first["records"]} & {r["id"] for r in second["records"]}
    assert one.record(a_give())["subject_ref"] == first["subject_ref"]


def doors(reference: str, act: str) -> list[tuple[str, str, Any]]:
    """Every door that opens with a reference."""
    named = {"ref": reference}
    return [
        ("GET", f"/consents/{act}", None),
        ("GET", f"/subjects/{reference}/preferences", None),
        ("GET", f"/subjects/{reference}/history", None),
        ("PUT", f"/subjects/{reference}/preferences", {"preferences": [{"purpose": "offers", "allowed": False}]}),
        ("PUT", f"/subjects/{reference}/identifiers", {"add": {"loyalty_card": "L1"}}),
        ("PUT", f"/subjects/{reference}/contacts", {"retire": {"email": ANNA["email"]}}),
        ("POST", "/subjects/lookup", {"subject": named}),
        ("PUT", "/subjects", {"subject": named, "restricted": True}),
        ("POST", "/consents", a_give(named)),
        ("POST", "/subjects/merge", {"subject": ANNA, "other": named, "reason": "the same"}),
        ("POST", "/consents/check", {"subject": named, "purpose": "offers", "channel": "email"}),
    ]


def told(caller: Caller, reference: str, act: str) -> list[bytes]:
    """What each door answers, apart from the reference itself."""
    return [
        bare(caller.send(method, path, body)).replace(reference.encode(), b"REF").replace(act.encode(), b"ACT")
        for method, path, body in doors(reference, act)
    ]


def test_what_belongs_to_another_client_and_what_is_not_there_look_the_same(service: Service) -> None:
    one, other = service.caller(), service.caller()
    mine = one.record(a_give())
    other.record(a_give(purpose="profiling", channels=None, explicit=True))
    foreign = told(other, mine["subject_ref"], mine["records"][0]["id"])
    absent = told(other, str(uuid4()), str(uuid4()))
    assert foreign == absent
    assert [json.loads(answer)[0] for answer in foreign] == [404] * 10 + [200]
    used = other.post(
        "/consents/check", {"subject": ANNA, "purpose": "offers", "channel": "email", "token": mine["token"]}
    )
    assert (used.status_code, list(used.get_json()["errors"])) == (422, ["token"])
    assert one.check(channel="email")["allowed"]


def test_a_test_key_sees_nothing_real_and_changes_nothing_real(service: Service) -> None:
    live, test = service.caller(), service.caller(realm=Realm.TEST)
    real = live.record(a_give())
    before = live.check()
    assert test.check()["reason"] == "no_record"
    assert told(test, real["subject_ref"], real["records"][0]["id"]) == told(test, str(uuid4()), str(uuid4()))
    made = test.record(a_give(act="withdraw", wording=None))
    for event in ("stop", "complaint", "hard_bounce", "reassigned"):
        done = test.post("/contacts/events", {"contact": {"email": ANNA["email"]}, "event": event})
        assert (done.status_code, done.get_json()["known"]) == (200, False)
    assert test.put("/subjects", {"subject": ANNA, "deceased": True}).status_code == 200
    after = live.check()
    assert {**before, "as_of": "", "token": ""} == {**after, "as_of": "", "token": ""}
    assert live.get(f"/subjects/{made['subject_ref']}/history").status_code == 404
    view = live.post("/subjects/lookup", {"subject": ANNA}).get_json()
    assert (view["standing"], len(view["identifiers"]), len(view["contacts"])) == ([], 1, 2)
    assert test.post("/subjects/lookup", {"subject": ANNA}).get_json()["standing"] == ["deceased"]


def test_a_test_key_sends_no_mail(service: Service) -> None:
    asked = a_give({"email": "try@example.com"}, act="request", purpose="newsletter", channels=["email"])
    asked["wording"] = {"code": "newsletter", "locale": "pl"}
    for caller, messages in ((service.caller(realm=Realm.TEST), 0), (service.caller(), 1)):
        assert caller.record(asked | {"occurred_at": "2026-11-20"})["records"][0]["state"] == "requested"
        with service.app.app_context():
            assert session().scalar(sa.text("SELECT count(*) FROM outbox_message")) == messages


def test_no_problem_repeats_what_was_sent(service: Service) -> None:
    caller, secret = service.caller(), "anna.nowak@example.com"
    bodies: list[tuple[str, str, Any]] = [
        ("POST", "/consents", a_give({secret: "x"})),
        ("POST", "/consents", a_give({"email": f"{secret} "[:-5]})),
        ("POST", "/consents", a_give({"phone": secret})),
        ("POST", "/consents", a_give(purpose=secret)),
        ("POST", "/consents", a_give(channels=[secret])),
        ("POST", "/consents", a_give(act=secret)),
        ("POST", "/consents", a_give(occurred_at=secret)),
        ("POST", "/consents", a_give() | {secret: 1}),
        ("POST", "/contacts/events", {"contact": {secret: secret}, "event": "stop"}),
        ("PUT", "/subjects", {"subject": {"customer_id": f"{secret}\n"}}),
        ("POST", "/subjects/merge", {"subject": {"email": secret}, "other": {"email": secret}, "reason": secret}),
        ("GET", f"/programme/purposes/{secret}", None),
    ]
    for method, path, body in bodies:
        answer = caller.send(method, path, body)
        assert 400 <= answer.status_code < 500, answer.text
        found = answer.get_json()
        assert found.pop("instance").startswith("/api/v1/")
        assert "nowak" not in json.dumps(found), (path, body)
