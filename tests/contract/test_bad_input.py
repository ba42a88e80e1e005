"""What a bad input gets: a problem that names the field, and nothing half done."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from privacy.db import session
from tests.callers import ANNA, Service, a_give

_LONG = "x" * 1_000_001
_TEXTS = ["", "\x01", "\x7f", "\u202eabc", "a" * 200_000, " ", "\ufeff", "١٢٣"]

STOP = {"contact": {"email": "a@example.com"}, "event": "stop"}

#: For each address: a body that is accepted.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/consents"): a_give(),
    ("POST", "/consents/check"): {"subject": ANNA, "purpose": "offers", "channel": "email"},
    ("PUT", "/subjects"): {"subject": ANNA, "held_from": "2026-01-01", "age_class": "adult"},
    ("POST", "/subjects/lookup"): {"subject": ANNA},
    ("POST", "/contacts/events"): STOP | {"channel": "email"},
    ("POST", "/subjects/merge"): {"subject": {"customer_id": "C-1"}, "other": {"customer_id": "C-2"}, "reason": "same"},
    ("POST", "/imports"): {
        "file_name": "audience.zip",
        "profile": "mailchimp",
        "purpose": "newsletter",
        "wording": {"code": "newsletter"},
    },
    ("PUT", "/subjects/{ref}/preferences"): {"preferences": [{"purpose": "offers", "allowed": False}]},
    ("PUT", "/subjects/{ref}/identifiers"): {"add": {"loyalty_card": "L1"}},
    ("PUT", "/subjects/{ref}/contacts"): {"add": {"phone": "+48600100201"}},
}
RAW = [
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"{",
    b'{"subject": NaN}',
    b'{"subject": Infinity}',
    b'{"subject": {"email": "a@example.com"}, "subject": {"email": "b@example.com"}}',
    b'{"subject": {"email": "\\ud800@example.com"}}',
    b'{"subject": {"email": "a\\u0000@example.com"}}',
    b'{"subject": {"email": "\xff@example.com"}}',
    b"[" * 10_000,
    b'{"a":' * 10_000,
    b'{"subject": {"customer_id": 1' + b"0" * 10_000 + b"}}",
    json.dumps({"subject": {"customer_id": _LONG}}).encode(),
]


def state(service: Service) -> list[int]:
    """How many rows there are of everything that a request may write."""
    tables = ["data_subject", "consent_act", "subject_contact", "audit_body", "suppression", "idempotent_answer"]
    with service.app.app_context():
        return [session().scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0 for table in tables]  # names above


@pytest.fixture
def prepared(service: Service) -> tuple[Service, Any, str]:
    """Three people, a key, and the reference of one."""
    caller = service.caller()
    for customer in ("C-1", "C-2"):
        caller.put("/subjects", {"subject": {"customer_id": customer}})
    return service, caller, caller.record(a_give())["subject_ref"]


def refused(answer: Any) -> dict[str, Any]:
    assert answer.content_type == "application/problem+json", answer.text[:300]
    assert answer.status_code in {400, 404, 413, 415, 422}, answer.text[:300]
    found: dict[str, Any] = answer.get_json()
    assert found["type"].startswith("/problems/")
    return found


def test_bodies_that_are_no_document_are_refused_everywhere(prepared: tuple[Service, Any, str]) -> None:
    service, caller, reference = prepared
    before = state(service)
    for (method, path), body in BODIES.items():
        for raw in RAW:
            refused(caller.send(method, path.format(ref=reference), raw))
        data = json.dumps(body).encode()
        assert caller.send(method, path.format(ref=reference), data, Content_Type="text/plain").status_code == 415
    assert state(service) == before


def test_unknown_fields_and_wrong_types_are_named(prepared: tuple[Service, Any, str]) -> None:
    service, caller, reference = prepared
    before = state(service)
    for (method, path), body in BODIES.items():
        address = path.format(ref=reference)
        for stranger in ("id", "realm", "is_admin", "created_at", "subject_id"):
            assert stranger in refused(caller.send(method, address, body | {stranger: "x"}))["errors"]
        for field in body:
            for wrong in (None, 17, 1.5, True, [], {}, [[]], {"a": {}}, 10**30, -1):
                if (field, wrong) == ("source", {}):
                    continue  # Its fields may all be left out.
                answer = caller.send(method, address, body | {field: wrong})
                if wrong is None and answer.status_code < 300:
                    continue  # A field that may be left out may be null.
                assert any(name.startswith(field) for name in refused(answer)["errors"]), (path, field, wrong)
    assert state(service)[1] - before[1] <= 20  # Only what null stands for was recorded.


@pytest.mark.parametrize("text", _TEXTS, ids=lambda text: repr(text[:8]))
def test_strange_texts_are_taken_whole_or_refused(prepared: tuple[Service, Any, str], text: str) -> None:
    service, caller, _ = prepared
    for place in ("purpose", "act", "occurred_at", "code"):
        if (place, text) != ("code", ""):
            answer = caller.post("/consents", a_give(act="confirm") | {place: text})
            assert any(name.startswith(place) for name in refused(answer)["errors"])
    for name in ("email", "phone"):
        errors = refused(caller.post("/consents/check", BODIES["POST", "/consents/check"] | {"subject": {name: text}}))
        assert any(field.startswith("subject") for field in errors["errors"])
    before = state(service)
    for part in ("system", "point", "method"):
        answer = caller.post("/consents", a_give(source={part: text}))
        assert answer.status_code == 201 or refused(answer)["errors"].keys() == {f"source.{part}"}
    for part in ("code", "version", "locale"):
        answer = caller.post("/consents", a_give(wording={"code": "klauzula", part: text}))
        assert answer.status_code == 201 or refused(answer)["errors"].keys() == {f"wording.{part}"}
    assert state(service)[0] == before[0]


@pytest.mark.parametrize("time", ["0001-01-01", "0001-01-01T00:00:00Z", "9999-12-31", "9999-12-31T23:59:59.999999Z"])
def test_times_that_nobody_can_mean_are_refused_by_field(prepared: tuple[Service, Any, str], time: str) -> None:
    _, caller, reference = prepared
    asked = BODIES["POST", "/consents/check"]
    for field, method, path, body in (
        ("occurred_at", "POST", "/consents", a_give(occurred_at=time)),
        ("at", "POST", "/consents/check", asked | {"at": time}),
        ("held_from", "PUT", "/subjects", {"subject": ANNA, "held_from": time}),
        (
            "occurred_at",
            "POST",
            "/contacts/events",
            STOP | {"occurred_at": time},
        ),
        ("held_from", "PUT", f"/subjects/{reference}/contacts", {"add": {"phone": "+48600100201"}, "held_from": time}),
        ("filter.received_from", "POST", "/consents/annul", {"filter": {"received_from": time}, "reason": "wrong"}),
    ):
        assert list(refused(caller.send(method, path, body))["errors"]) == [field]


def test_an_unknown_code_is_told_the_known_ones(prepared: tuple[Service, Any, str]) -> None:
    _, caller, reference = prepared
    asked = BODIES["POST", "/consents/check"]
    choice = {"preferences": [{"purpose": "nothing", "allowed": True}]}
    for field, known, method, path, body in (
        ("purpose", "newsletter", "POST", "/consents", a_give(purpose="nothing")),
        ("channels", "sms", "POST", "/consents", a_give(channels=["nothing"])),
        ("purpose", "newsletter", "POST", "/consents/check", asked | {"purpose": "nothing"}),
        ("channel", "sms", "POST", "/consents/check", asked | {"channel": "nothing"}),
        ("message_type", "recall_notice", "POST", "/consents/check", {"subject": ANNA, "message_type": "nothing"}),
        ("purpose", "newsletter", "PUT", f"/subjects/{reference}/preferences", choice),
        (
            "channel",
            "sms",
            "POST",
            "/contacts/events",
            STOP | {"channel": "x"},
        ),
        ("subject.nothing", "loyalty_card", "POST", "/consents", a_give({"nothing": "1"})),
    ):
        errors = refused(caller.send(method, path, body))["errors"]
        assert list(errors) == [field], errors
        assert known in errors[field][0]


def test_a_channel_without_consent_is_answered_and_not_refused(prepared: tuple[Service, Any, str]) -> None:
    _, caller, _ = prepared
    assert caller.check(purpose="newsletter", channel="sms")["reason"] == "channel_not_allowed"


def test_one_bad_choice_leaves_none_of_the_others(prepared: tuple[Service, Any, str]) -> None:
    service, caller, reference = prepared
    before = state(service)
    choices = [{"purpose": "offers", "allowed": False}, {"purpose": "nothing", "allowed": False}]
    refused(caller.put(f"/subjects/{reference}/preferences", {"preferences": choices}))
    assert state(service) == before
    assert caller.check()["allowed"]
