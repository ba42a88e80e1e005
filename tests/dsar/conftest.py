"""Who sends requests by a protocol."""

from __future__ import annotations

import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding

from privacy.access import service as access
from privacy.authz.actors import OPERATOR, Realm
from privacy.authz.permissions import CLIENT_SCOPES
from privacy.db import unit_of_work
from privacy.dsar.protocols.drp import DrpAgent, DrpBusiness
from privacy.dsar.protocols.drp_routes import DRP
from privacy.dsar.protocols.opendsr import OpenDsrIdentity
from privacy.dsar.protocols.opendsr_routes import OPENDSR
from tests.callers import Caller, Service
from tests.dsar.protocols import AGENT_KEY, DOMAIN
from tests.systems.certificates import an_issued_certificate
from tests.systems.opendsr_server import the_key


@pytest.fixture
def identity() -> OpenDsrIdentity:
    return OpenDsrIdentity(DOMAIN, an_issued_certificate(the_key(), DOMAIN).public_bytes(Encoding.PEM), the_key())


@pytest.fixture
def controller(service: Service, identity: OpenDsrIdentity) -> Caller:
    """Another controller, whom this service processes for."""
    service.app.extensions[OPENDSR] = identity
    return service.caller("requests:write", "requests:read")


@pytest.fixture
def agent(service: Service, frozen: time_machine.Traveller) -> Caller:
    """An agent whose key this business knows."""
    with service.app.app_context(), unit_of_work():
        issued = access.create_client("agent", CLIENT_SCOPES, actor=OPERATOR, realm=Realm.LIVE, partner=False)
        client_id = issued.client.id
    known = DrpAgent("AGENT", "Agencja", "kontakt@agent.example", AGENT_KEY.public_key())
    service.app.extensions[DRP] = DrpBusiness("SHOP", {client_id: known})
    return Caller(service.app.test_client(), issued.key)
