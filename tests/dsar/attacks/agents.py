"""An agent of the Data Rights Protocol, whom the business knows."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import OPERATOR
from privacy.authz.permissions import CLIENT_SCOPES
from privacy.db import unit_of_work
from privacy.dsar.protocols.drp import DrpAgent, DrpBusiness
from tests.callers import Caller
from tests.dsar.attacks.scene import ANNA, Scene

CONTACT = "agent@agency.example"


def an_agent(scene: Scene, name: str = "agent") -> tuple[Caller, DrpBusiness, Ed25519PrivateKey]:
    """The agent's client, the business as it would know the agent, and the key that the agent signs with."""
    key = Ed25519PrivateKey.generate()
    with scene.service.app.app_context(), unit_of_work():
        issued = access.create_client(name, CLIENT_SCOPES, actor=OPERATOR)
    known = DrpAgent("AGENT", "Agencja", CONTACT, key.public_key())
    caller = Caller(scene.service.app.test_client(), issued.key)
    return caller, DrpBusiness("SHOP", {issued.client.id: known}), key


def a_message(**changes: Any) -> dict[str, Any]:
    """A demand that Anna be deleted."""
    now = clock.micros()
    times = {
        "issued-at": clock.isoformat(now - 60 * clock.SECOND),
        "expires-at": clock.isoformat(now + 600 * clock.SECOND),
    }
    known = {"agent-id": "AGENT", "business-id": "SHOP", "agent-request-id": "r-1", "drp.version": "1.0"}
    return {**known, **times, "exercise": "deletion", "regime": "ccpa", "email": ANNA["email"], **changes}
