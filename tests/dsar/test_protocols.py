"""Machines send requests, by OpenDSR and the Data Rights Protocol: unproven, and nothing but a status goes back."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from privacy.authz.actors import OPERATOR
from privacy.db import db, session, unit_of_work
from privacy.dsar import cases
from privacy.dsar import service as dsar
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.protocols.drp import DrpBusiness
from privacy.dsar.protocols.incoming import ProtocolSettingsInvalid
from privacy.dsar.protocols.opendsr import OpenDsrIdentity
from privacy.dsar.vocabulary import Event, Intake, ProofLevel, Role, State
from privacy.systems import opendsr_signature
from tests.callers import Caller, Service
from tests.dsar.protocols import (
    AGENT_KEY,
    DOMAIN,
    REQUESTS,
    RIGHTS,
    asked,
    message,
    move,
    send,
    signed,
    the_id,
    the_request,
)
from tests.systems.certificates import a_key, an_issued_certificate, as_pem
from tests.systems.opendsr_server import the_key


def verified(answer: Any, certificate: bytes) -> Any:
    """What a signed answer says, once its signature holds."""
    chain = x509.load_pem_x509_certificates(certificate)
    assert answer.headers["X-OpenDSR-Processor-Domain"] == DOMAIN
    opendsr_signature.verify(chain[0], answer.headers["X-OpenDSR-Signature"], answer.data)
    return answer.json


def test_a_controller_sends_a_request_and_asks_where_it_stands(
    service: Service, controller: Caller, frozen: time_machine.Traveller, identity: OpenDsrIdentity
) -> None:
    anybody = Caller(service.app.test_client())
    discovery = verified(anybody.get("/opendsr/v2/discovery"), identity.certificate)
    assert {"identity_type": "email", "identity_format": "raw"} in discovery["supported_identities"]
    assert discovery["processor_certificate"].endswith("/opendsr/v2/certificate")
    certificate = anybody.get("/opendsr/v2/certificate").data
    assert certificate == identity.certificate

    raw = json.dumps(asked()).encode()
    answer = controller.post(REQUESTS, raw)
    assert answer.status_code == 201
    content = verified(answer, certificate)
    assert base64.b64decode(content["encoded_request"]) == raw
    assert content["received_time"] == "2026-11-21T19:40:00Z"
    assert content["expected_completion_time"] == "2026-12-21T22:59:59Z"
    row = the_request(service)
    # Whoever signs or sends proves nothing of the person.
    assert (row.state, row.proof_level, row.subject_id) == (State.RECEIVED, ProofLevel.NONE, None)
    assert (row.intake, row.case_type) == (Intake.OPENDSR, "erasure")

    where = f"{REQUESTS}/{asked()['subject_request_id']}"
    for events, status in (
        ((), "pending"),
        ((Event.ASK_IDENTITY,), "pending"),
        ((Event.GIVE_UP_IDENTITY,), "cancelled"),
    ):
        move(service, *events)
        told = verified(controller.get(where), certificate)
        assert told["request_status"] == status
        assert "results_url" not in told


def test_a_request_is_taken_back_while_nobody_has_begun(service: Service, controller: Caller) -> None:
    where = f"{REQUESTS}/{asked()['subject_request_id']}"
    assert controller.post(REQUESTS, asked()).status_code == 201
    again = controller.post(REQUESTS, asked())
    assert (again.status_code, again.json["type"]) == (409, "/problems/request-already-received")
    answer = controller.send("DELETE", where)
    assert (answer.status_code, answer.json["request_status"]) == (202, "cancelled")
    assert controller.send("DELETE", where).json["type"] == "/problems/request-not-pending"
    assert the_request(service).state == State.WITHDRAWN


def test_what_is_under_way_is_not_taken_back(service: Service, controller: Caller) -> None:
    assert controller.post(REQUESTS, asked()).status_code == 201
    with service.app.app_context(), unit_of_work():
        dsar.identify(
            the_id(service), ProofLevel.DECIDED, Role.STAFF, actor=OPERATOR, confirmed={"email"}, reason="proof seen"
        )
    where = f"{REQUESTS}/{asked()['subject_request_id']}"
    assert controller.get(where).json["request_status"] == "in_progress"
    assert controller.send("DELETE", where).status_code == 409
    for state, outcome, status in (
        (State.ANSWERED, "granted", "completed"),
        (State.ANSWERED, "partly", "completed"),
        (State.ANSWERED, "refused", "cancelled"),
        (State.EXECUTING, None, "in_progress"),
    ):
        move(service, state=state.value, outcome=outcome)
        assert controller.get(where).json["request_status"] == status


def test_nobody_sees_another_controller_s_requests(service: Service, controller: Caller) -> None:
    where = f"{REQUESTS}/{asked()['subject_request_id']}"
    assert controller.post(REQUESTS, asked()).status_code == 201
    other = service.caller("requests:write", "requests:read")
    absent = other.get(f"{REQUESTS}/{uuid4()}")
    for method in ("GET", "DELETE"):
        foreign = other.send(method, where)
        assert foreign.status_code == 404
        assert foreign.json["type"] == absent.json["type"]
    assert other.post(REQUESTS, asked()).status_code == 201
    assert service.caller("consents:check").get(where).status_code == 403
    assert Caller(service.app.test_client()).get(where).status_code == 401


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"subject_request_id": "A7551968-D5D6-44B2-9831-815AC9017798"}, "subject_request_id"),
    ({"subject_request_id": "a7551968-d5d6-14b2-9831-815ac9017798"}, "subject_request_id"),
    ({"subject_request_type": "rectification"}, "subject_request_type"),
    ({"submitted_time": "yesterday"}, "submitted_time"),
    ({"submitted_time": "2999-01-01T00:00:00Z"}, "submitted_time"),
    ({"subject_identities": []}, "subject_identities"),
    ({"status_callback_urls": ["http://shop.example/a"]}, "status_callback_urls"),
    ({"status_callback_urls": ["https://u:p@shop.example/"]}, "status_callback_urls"),
    ({"status_callback_urls": ["https://shop.example/a b"]}, "status_callback_urls"),
    ({"status_callback_urls": ["file:///etc/passwd"]}, "status_callback_urls"),
    ({"status_callback_urls": ["https://shop.example/"] * 6}, "status_callback_urls"),
]


def test_what_cannot_be_a_request_is_told(controller: Caller) -> None:
    for changes, name in WRONG:
        answer = controller.post(REQUESTS, asked(**changes))
        assert answer.status_code == 422
        assert any(one.startswith(name) for one in answer.json["errors"]), answer.json


def test_identities_that_nobody_could_be_asked_by_are_refused(controller: Caller) -> None:
    for kind, form in (("android_id", "raw"), ("email", "sha256")):
        one = {"identity_type": kind, "identity_value": "secret-value", "identity_format": form}
        answer = controller.post(REQUESTS, asked(subject_identities=[one]))
        assert answer.status_code == 422
        assert b"secret-value" not in answer.data


def test_a_protocol_that_is_not_set_up_is_not_there(service: Service) -> None:
    caller = service.caller("requests:write", "requests:read")
    answers = [
        caller.post(REQUESTS, asked()),
        caller.get("/opendsr/v2/discovery"),
        caller.get("/opendsr/v2/certificate"),
        caller.send("POST", RIGHTS, b"AAAA", Content_Type="text/plain"),
        caller.get(f"{RIGHTS}/{uuid4()}"),
    ]
    assert {(one.status_code, one.json["type"]) for one in answers} == {(404, "/problems/protocol-not-offered")}


def test_settings_that_cannot_be_used_stop_the_start(tmp_path: Path) -> None:
    key, certificate, agents = tmp_path / "key.pem", tmp_path / "certificate.pem", tmp_path / "agents.json"
    key.write_bytes(as_pem(the_key()))
    certificate.write_bytes(an_issued_certificate(the_key(), DOMAIN).public_bytes(Encoding.PEM))
    assert OpenDsrIdentity.of("", "", "") is None
    made = OpenDsrIdentity.of(DOMAIN, str(certificate), str(key))
    assert made is not None
    assert made.domain == DOMAIN
    (tmp_path / "other.pem").write_bytes(as_pem(a_key()))
    for wrong in (
        (DOMAIN, str(certificate), str(tmp_path / "other.pem")),
        (DOMAIN, str(certificate), "/nowhere"),
        ("other.example", str(certificate), str(key)),
        (DOMAIN, str(key), str(key)),
        ("", str(certificate), str(key)),
    ):
        with pytest.raises(ProtocolSettingsInvalid):
            OpenDsrIdentity.of(*wrong)
    public = base64.b64encode(AGENT_KEY.public_key().public_bytes_raw()).decode()
    entry = {"client": str(UUID(int=1)), "id": "A", "name": "A", "contact": "a@example.com", "verify_key": public}
    agents.write_text(json.dumps([entry]))
    business = DrpBusiness.of("B", str(agents))
    assert business is not None
    assert business.agents[UUID(int=1)].id == "A"
    assert DrpBusiness.of("", "") is None
    for changed in ([{**entry, "verify_key": "AAAA"}], [{**entry, "client": "x"}], [{}], {"a": 1}, 1):
        agents.write_text(json.dumps(changed))
        with pytest.raises(ProtocolSettingsInvalid):
            DrpBusiness.of("B", str(agents))
    with pytest.raises(ProtocolSettingsInvalid):
        DrpBusiness.of("B", "/nowhere")


def test_an_agent_s_signature_is_no_proof_of_the_person(service: Service, agent: Caller) -> None:
    answer = send(agent, signed(json.dumps(message()).encode()))
    assert answer.status_code == 200, answer.json
    assert answer.json["status"] == "open"
    assert answer.json["received_at"] == "2026-11-21T19:40:00Z"
    assert answer.json["expected_by"] == "2026-12-21"
    row = the_request(service)
    assert answer.json["request_id"] == str(row.id)
    assert (row.state, row.proof_level, row.intake) == (State.RECEIVED, ProofLevel.NONE, Intake.DRP)
    with service.app.app_context():
        matter = cases.matter_of(cases.read(row.id))
        db.session.remove()
    assert matter.agent is not None
    assert matter.agent.mandate == "DRP AGENT r-1"
    where = f"{RIGHTS}/{row.id}"
    move(service, Event.ASK_IDENTITY)
    found = agent.get(where).json
    assert (found["status"], found["reason"]) == ("in_progress", "need_user_verification")
    move(service, Event.GIVE_UP_IDENTITY)
    found = agent.get(where).json
    # Not "no match": that would say who is known here.
    assert (found["status"], found["reason"]) == ("denied", "insuf_verification")
    assert agent.send("DELETE", where).status_code == 409


def test_each_exercise_is_a_right_of_the_law(service: Service, agent: Caller) -> None:
    rights = {
        **{"access": "access", "access:categories": "access", "access:specific": "access"},
        **{"deletion": "erasure", "sale:opt-out": "objection"},
    }
    found = {}
    for exercise in rights:
        body = message(exercise=exercise, **{"agent-request-id": exercise})
        request_id = send(agent, signed(json.dumps(body).encode())).json["request_id"]
        with service.app.app_context():
            found[exercise] = cases.read(UUID(request_id)).case_type
            db.session.remove()
    assert found == rights


def test_an_agent_takes_a_request_back_and_sends_each_once(service: Service, agent: Caller) -> None:
    body = signed(json.dumps(message()).encode())
    where = f"{RIGHTS}/{send(agent, body).json['request_id']}"
    assert send(agent, body).status_code == 409
    assert agent.send("DELETE", where).json["status"] == "revoked"
    other = service.caller("requests:write", "requests:read")
    assert other.get(where).status_code == 404
    assert other.send("DELETE", where).status_code == 404


def tampered(content: bytes) -> bytes:
    raw = bytearray(base64.b64decode(signed(content)))
    raw[-5] ^= 1
    return base64.b64encode(raw)


BAD: dict[str, tuple[bytes, int]] = {
    "no base64": (b"!!!!", 400),
    "line breaks": (base64.encodebytes(base64.b64decode(signed(json.dumps(message()).encode()))), 400),
    "url-safe": (base64.urlsafe_b64encode(b"\xff\xfe\xfd" * 40), 400),
    "too short": (base64.b64encode(b"x" * 63), 403),
    "nothing": (b"", 403),
    "another key": (signed(json.dumps(message()).encode(), Ed25519PrivateKey.generate()), 403),
    "tampered": (tampered(json.dumps(message()).encode()), 403),
    "no json": (signed(b"{'a': 1}"), 400),
    "key twice": (signed(b'{"agent-id": "AGENT", "agent-id": "X"}'), 400),
    "no fields": (signed(b"{}"), 422),
    "another agent": (signed(json.dumps(message(**{"agent-id": "OTHER"})).encode()), 403),
    "another business": (signed(json.dumps(message(**{"business-id": "OTHER"})).encode()), 403),
    "future": (signed(json.dumps(message(**{"issued-at": "2026-11-21T19:42:00Z"})).encode()), 403),
    "expired": (signed(json.dumps(message(**{"expires-at": "2026-11-21T19:40:00Z"})).encode()), 403),
    "no such right": (signed(json.dumps(message(exercise="sale:opt-in")).encode()), 422),
    "an address for an id": (signed(json.dumps(message(**{"agent-request-id": "anna@example.com"})).encode()), 422),
    "nobody": (signed(json.dumps(message(name=None, email=None)).encode()), 422),
    "bad callback": (signed(json.dumps(message(status_callback="http://10.0.0.1/")).encode()), 422),
}


def test_a_message_that_does_not_hold_begins_nothing(service: Service, agent: Caller) -> None:
    for kind, (body, status) in BAD.items():
        answer = send(agent, body)
        assert answer.status_code == status, (kind, answer.json)
        assert b"anna" not in answer.data
    with service.app.app_context():
        assert session().scalar(db.select(DataSubjectRequest.id)) is None
        db.session.remove()


def test_only_an_agent_that_is_known_may_send(service: Service, agent: Caller) -> None:
    body = signed(json.dumps(message()).encode())
    stranger = service.caller("requests:write")
    assert send(stranger, body).json["type"] == "/problems/drp-message-refused"
    assert send(agent, body, "application/json").status_code == 415
    assert agent.send("POST", RIGHTS, b"A" * 300_000, Content_Type="text/plain").status_code == 413
