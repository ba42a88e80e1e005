"""Attacks on who is meant: a stranger says they are Anna (reliability 1.5: Pavur and Knerr, Di Martino, Bufalieri)."""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.db import db, unit_of_work
from privacy.dsar import mail
from privacy.dsar import service as dsar
from privacy.dsar.protocols.drp_routes import DRP
from privacy.dsar.service import CaseType
from tests.callers import Caller
from tests.dsar.attacks.agents import a_message, an_agent
from tests.dsar.attacks.scene import ANNA, EVE, Scene, Stranger, canaries_in

LOOK_ALIKE = "anna@examp1e.com"
MANDATE = {"name": "Agencja", "contact": "agent@agency.example", "mandate": "folder 7"}


def gets_nothing(scene: Scene, thief: Stranger, request_id: str, *mailboxes: str) -> None:
    """Whoever reads only these mailboxes asks for a code, and has none; every guess is refused."""
    thief.ask_code(request_id)
    assert not [scene.code_in(box, request_id) for box in mailboxes if scene.code_in(box, request_id)]
    assert not thief.enter(request_id, "00000000")
    assert thief.fetch(request_id).status_code == 401
    scene.judge()


def test_a_look_alike_mailbox(scene: Scene) -> None:
    thief = scene.stranger()
    for subject in ({"email": LOOK_ALIKE}, {"email": LOOK_ALIKE, "customer_id": ANNA["customer_id"]}):
        request_id = scene.open("access", subject, words="I have a new mailbox, please write there.")
        scene.step(request_id, "ask-identity")
        gets_nothing(scene, thief, request_id, LOOK_ALIKE)


def test_an_answer_to_the_address_in_the_request(scene: Scene) -> None:
    # Even where staff fall for the proof: the answer goes to what was on file before.
    subject = {"email": LOOK_ALIKE, "customer_id": ANNA["customer_id"]}
    address = ["ul. Złodziejska 1", "00-001 Warszawa"]
    request_id = scene.open("access", subject, name="Anna", address=address, words=f"Write to {LOOK_ALIKE}!")
    scene.identify(request_id, subject={"customer_id": ANNA["customer_id"]})
    assert scene.answered(request_id)["state"] == "answered"
    thief = scene.stranger()
    thief.ask_code(request_id)
    assert {one.template for one in scene.mails("Złodziejska", request_id)} == {"letter_receipt"}
    gets_nothing(scene, thief, request_id, LOOK_ALIKE)
    told = [one.template for one in scene.mails(ANNA["email"], request_id)]
    # Anna heard of it each time: what is asked in her name is seen by her.
    assert {"letter_receipt", "letter_approved", "letter_answer_access"} <= set(told)


def test_a_change_of_contact_just_before(scene: Scene) -> None:
    scene.put({"customer_id": ANNA["customer_id"], "email": "thief@example.org"}, held=3 * clock.DAY)
    request_id = scene.open("erasure", {"email": "thief@example.org", "customer_id": ANNA["customer_id"]})
    thief = scene.stranger()
    gets_nothing(scene, thief, request_id, "thief@example.org")
    # Somebody decides all the same: the old address hears of it, the new one nothing.
    scene.identify(request_id, subject={"customer_id": ANNA["customer_id"]})
    scene.step(request_id, "grant")
    scene.work()
    assert scene.now(request_id)["state"] == "cooling_off"
    told = [one.template for one in scene.mails(ANNA["email"], request_id)]
    assert {"letter_receipt", "letter_before_erasure"} <= set(told)
    assert [one.template for one in scene.mails(ANNA["phone"], request_id)][-1] == "letter_before_erasure_sms"
    gets_nothing(scene, thief, request_id, "thief@example.org")


def test_public_facts_as_proof(scene: Scene) -> None:
    subject = {"customer_id": ANNA["customer_id"]}
    words = "Anna, born 1990-01-01, Lipowa 1; I bought tea in May. My loyalty card and a scan of my ID are attached."
    request_id = scene.open("access", subject, name="Anna", words=words)
    # There is no question whose answer would be a proof, and no machine decides.
    for proof in ("knowledge", "facts", "id_scan", "questions"):
        assert scene.try_step(request_id, "identify", proof=proof, reason="knows all").status_code == 422
    assert scene.try_step(request_id, "identify", proof="decided").status_code == 422
    answer = scene.try_step(request_id, "identify", by=scene.portal, proof="decided", reason="knows all")
    assert answer.status_code == 403
    gets_nothing(scene, scene.stranger(), request_id)


def test_a_forged_sender(scene: Scene) -> None:
    raw = (
        f"From: Anna <{ANNA['email']}>\r\nReply-To: {LOOK_ALIKE}\r\nTo: iod@jarzebina.example\r\n"
        f"Subject: access\r\nX-Bcc: {LOOK_ALIKE}\r\n\r\nSend it to {LOOK_ALIKE}.\r\n"
    ).encode()
    with scene.service.app.app_context():
        received = mail.request_of(mail.read_mail(raw), CaseType.ACCESS, locale=None, controller=None)
        with unit_of_work():
            request_id = str(dsar.receive(received, actor=OPERATOR).id)
        db.session.remove()
    now = scene.now(request_id)
    assert (now["state"], now["proof"]) == ("received", "none")
    assert {one.to for one in scene.mails(request_id=request_id)} == {ANNA["email"]}
    gets_nothing(scene, scene.stranger(), request_id, LOOK_ALIKE)


def test_anothers_identifier_beside_ones_own_mailbox(scene: Scene) -> None:
    # Eve gets a code to her own address; it must not make Anna's number hers.
    request_id = scene.open("access", {"email": EVE["email"], "customer_id": ANNA["customer_id"]})
    eve = scene.stranger()
    eve.ask_code(request_id)
    code = scene.code_in(EVE["email"], request_id)
    if code:
        eve.enter(request_id, code)
    assert scene.now(request_id)["state"] == "received"
    # Staff find out that Anna is meant: what Eve had opened before ends with it.
    scene.identify(request_id, subject={"customer_id": ANNA["customer_id"]})
    scene.answered(request_id)
    assert eve.send("GET", f"/requests/{request_id}/own").status_code == 401
    assert eve.fetch(request_id).status_code == 401
    scene.judge()


def test_an_agent_without_the_persons_own_step(scene: Scene) -> None:
    body = {"type": "access", "intake": "agent", "subject": {"email": ANNA["email"]}, "agent": MANDATE}
    agent = scene.service.caller()
    assert agent.post("/requests", body | {"proof": "account"}).status_code == 422
    assert agent.post("/requests", {k: v for k, v in body.items() if k != "agent"}).status_code == 422
    request_id = scene.open("access", body["subject"], by=agent, intake="agent", agent=MANDATE)
    assert scene.try_step(request_id, "identify", by=agent, proof="account").status_code == 403
    answer = agent.post(f"/requests/{request_id}/sign-on", {"subject": {"customer_id": ANNA["customer_id"]}})
    assert answer.status_code == 403
    assert scene.try_step(request_id, "grant").status_code == 409
    assert not scene.mails(MANDATE["contact"])
    gets_nothing(scene, scene.stranger(), request_id, MANDATE["contact"])


def test_a_mandate_for_another_person(scene: Scene) -> None:
    agent = scene.service.caller()
    subject = {"customer_id": EVE["customer_id"], "email": ANNA["email"]}
    request_id = scene.open("access", subject, by=agent, intake="agent", agent=MANDATE)
    scene.identify(request_id, subject={"customer_id": EVE["customer_id"]})
    assert scene.answered(request_id)["state"] == "answered"
    eve = scene.stranger()
    eve.ask_code(request_id)
    code = scene.code_in(EVE["email"], request_id)
    assert code
    assert eve.enter(request_id, code)
    fetched = eve.fetch(request_id).get_data()
    assert fetched.startswith(b"PK")
    scene.heard.clear()  # Her own package; what is in it is read instead.
    assert not canaries_in(fetched)
    scene.judge()


def test_a_forged_agent_of_a_protocol(scene: Scene) -> None:
    caller, business, real = an_agent(scene)
    scene.service.app.extensions[DRP] = business
    other, forged = scene.service.caller(), Ed25519PrivateKey.generate()

    def sent(by: Caller, key: Ed25519PrivateKey, **changes: Any) -> int:
        content = json.dumps(a_message(**changes)).encode()
        body = base64.b64encode(key.sign(content) + content)
        return by.send("POST", "/drp/v1/data-rights-request", body, Content_Type="text/plain").status_code

    assert sent(caller, forged) == 403
    assert sent(other, real) == 403
    assert sent(caller, real, **{"agent-id": "OTHER"}) == 403
    assert sent(caller, real, **{"business-id": "OTHER"}) == 403
    assert scene.staff.get("/requests").get_json()["requests"] == []
    # The real one proves itself, and nothing of Anna.
    assert sent(caller, real) == 200
    [one] = scene.staff.get("/requests").get_json()["requests"]
    assert (one["state"], one["proof"]) == ("received", "none")
    answer = caller.post(f"/requests/{one['id']}/sign-on", {"subject": {"customer_id": ANNA["customer_id"]}})
    assert answer.status_code == 403
    gets_nothing(scene, scene.stranger(), one["id"], MANDATE["contact"])
