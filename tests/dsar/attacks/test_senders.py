"""Attacks by machines that say they are another, or say again what somebody said once (OpenDSR, DRP)."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privacy import clock
from privacy.dsar.protocols import drp
from privacy.dsar.protocols.drp import DrpAgent, DrpBusiness
from privacy.dsar.protocols.drp_routes import DRP
from tests.callers import Caller
from tests.dsar.attacks.agents import a_message, an_agent
from tests.dsar.attacks.scene import Scene
from tests.dsar.attacks.test_inside import asked, controller_of

RIGHTS = "/drp/v1/data-rights-request"
OPENDSR_REQUESTS = "/opendsr/v2/requests"
#: As documented: how far the clock of another may be ahead, in seconds.
AHEAD = 60


def signed(key: Ed25519PrivateKey, content: bytes) -> bytes:
    return base64.b64encode(key.sign(content) + content)


def a_body(key: Ed25519PrivateKey, **changes: Any) -> bytes:
    return signed(key, json.dumps(a_message(**changes)).encode())


def send(by: Caller, body: bytes) -> int:
    return by.send("POST", RIGHTS, body, Content_Type="text/plain").status_code


def requests_of(scene: Scene) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.staff.get("/requests").get_json()["requests"]
    return found


def two_agents(scene: Scene) -> tuple[tuple[Caller, Ed25519PrivateKey], tuple[Caller, Ed25519PrivateKey]]:
    """Two agents whom the business knows, each by a key of its own."""
    one, known, its_key = an_agent(scene)
    other, more, other_key = an_agent(scene, "another agent")
    [(client_id, agent)] = more.agents.items()
    renamed = DrpAgent("OTHER", "Inna agencja", "other@agency.example", agent.key)
    scene.service.app.extensions[DRP] = DrpBusiness("SHOP", {**known.agents, client_id: renamed})
    return (one, its_key), (other, other_key)


def test_one_agent_does_not_speak_for_another(scene: Scene) -> None:
    (one, its_key), (other, other_key) = two_agents(scene)
    mine, theirs = a_body(its_key), a_body(other_key, **{"agent-id": "OTHER"})
    # The other's key, the other's name, the other's bearer, and a message that was overheard.
    assert send(one, a_body(other_key)) == 403
    assert send(one, theirs) == 403
    assert send(other, mine) == 403
    assert send(other, a_body(other_key)) == 403
    assert requests_of(scene) == []
    assert send(other, theirs) == 200
    assert send(one, mine) == 200
    # What one calls r-1 is not what the other calls so.
    first, second = (scene.staff.get(f"/requests/{row['id']}").get_json()["id"] for row in requests_of(scene))
    assert first != second
    scene.judge()


def test_no_byte_of_a_signed_message_can_be_changed(scene: Scene) -> None:
    (one, key), _ = two_agents(scene)
    raw = base64.b64decode(a_body(key))
    content = raw[64:]
    for changed in (
        raw[:64] + content.replace(b"anna@example.com", b"eve@example.org"),
        raw[:64] + content.replace(b"deletion", b"access"),
        raw[:64] + content + b" ",
        raw[:63] + bytes([raw[63] ^ 1]) + content,
        bytes([raw[0] ^ 1]) + raw[1:],
        content + raw[:64],
        content,
    ):
        assert send(one, base64.b64encode(changed)) in {400, 403}
    assert requests_of(scene) == []
    scene.judge()


def test_a_message_is_sent_once(scene: Scene) -> None:
    (one, key), _ = two_agents(scene)
    body = a_body(key)
    assert send(one, body) == 200
    assert send(one, body) == 409
    # Nor does it begin anew once it was taken back, or once its time is over.
    [row] = requests_of(scene)
    assert one.send("DELETE", f"{RIGHTS}/{row['id']}").status_code == 200
    assert send(one, body) == 409
    with scene.at(clock.micros() + 601 * clock.SECOND):
        assert send(one, body) == 403
    assert len(requests_of(scene)) <= 1
    scene.judge()


def test_a_clock_is_ahead_by_a_little_only(scene: Scene, frozen: time_machine.Traveller) -> None:
    (one, key), _ = two_agents(scene)
    now = clock.micros()

    def sent(number: int, issued: int, expires: int) -> int:
        times = {
            "issued-at": clock.isoformat(now + issued * clock.SECOND),
            "expires-at": clock.isoformat(now + expires * clock.SECOND),
        }
        return send(one, a_body(key, **{"agent-request-id": f"r-{number}"}, **times))

    assert sent(1, AHEAD, 600) == 200
    assert sent(2, AHEAD + 1, 600) == 403
    assert sent(3, -600, 1) == 200
    assert sent(4, -600, 0) == 403
    # One that expired before it was issued was never good.
    assert sent(5, 30, -1) == 403
    scene.judge()


def test_a_controller_reaches_no_request_of_another(scene: Scene) -> None:
    one = controller_of(scene)
    other = scene.service.caller("requests:write", "requests:read")
    body = asked()
    assert one.post(OPENDSR_REQUESTS, body).status_code == 201
    where = f"{OPENDSR_REQUESTS}/{body['subject_request_id']}"
    for method in ("GET", "DELETE"):
        assert other.send(method, where).status_code == 404
        assert scene.service.nobody().send(method, where).status_code == 401
    assert one.post(OPENDSR_REQUESTS, body).status_code == 409
    [row] = requests_of(scene)
    # By the other protocol it is not there either, and the sender does not vouch for the person.
    scene.service.app.extensions[DRP] = DrpBusiness("SHOP", {})
    assert one.send("DELETE", f"{RIGHTS}/{row['id']}").status_code == 404
    answer = one.post(f"/requests/{row['id']}/sign-on", {"subject": {"customer_id": "C-1"}})
    assert answer.status_code == 403
    # Nobody's word makes it another right, another time, or another's.
    for changes in ({"subject_request_type": "access"}, {"submitted_time": "2001-01-01T00:00:00Z"}):
        assert one.post(OPENDSR_REQUESTS, body | changes).status_code == 409
    assert (row["state"], row["proof"]) == ("received", "none")
    scene.judge()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_the_tolerance_being_small_the_future_is_believed(
    scene: Scene, frozen: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drp, "_TOLERANCE", 10**12)
    with pytest.raises(AssertionError):
        test_a_clock_is_ahead_by_a_little_only(scene, frozen)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_the_signature_a_changed_message_is_believed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    class Trusting:
        def verify(self, *_: bytes) -> None:
            """Anything."""

    made = drp.DrpAgent.__init__

    def trusting(agent: DrpAgent, *given: Any) -> None:
        made(agent, *given[:3], Trusting())  # type: ignore[arg-type]  # what the control takes away

    monkeypatch.setattr(drp.DrpAgent, "__init__", trusting)
    with pytest.raises(AssertionError):
        test_no_byte_of_a_signed_message_can_be_changed(scene)
