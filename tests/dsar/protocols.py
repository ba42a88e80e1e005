"""What controllers and agents send by their protocols, and what staff do with it."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privacy.authz.actors import OPERATOR
from privacy.db import db, session, unit_of_work
from privacy.dsar import cases
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import Event, Role
from tests.callers import Caller, Service

DOMAIN = "privacy.shop.example"
AGENT_KEY = Ed25519PrivateKey.generate()
REQUESTS = "/opendsr/v2/requests"
RIGHTS = "/drp/v1/data-rights-request"


def asked(**changes: Any) -> dict[str, Any]:
    return {
        "regulation": "gdpr",
        "subject_request_id": "a7551968-d5d6-44b2-9831-815ac9017798",
        "subject_request_type": "erasure",
        "submitted_time": "2026-11-20T15:00:00Z",
        "subject_identities": [
            {"identity_type": "email", "identity_value": "anna.nowak@example.com", "identity_format": "raw"}
        ],
        "api_version": "2.0",
        "extensions": {"opendsr.other.example": {"anything": [1]}},
        **changes,
    }


def the_request(service: Service) -> DataSubjectRequest:
    with service.app.app_context():
        (row,) = session().scalars(db.select(DataSubjectRequest))
        db.session.remove()
    return row


def move(service: Service, *events: Event, **columns: Any) -> None:
    """What staff do with the one request that there is; the ways there have tests of their own."""
    with service.app.app_context(), unit_of_work():
        row = cases.lock(the_id(service))
        for event in events:
            cases.advance(row, event, Role.STAFF, actor=OPERATOR, reason="a test")
        for name, value in columns.items():
            setattr(row, name, value)


def the_id(service: Service) -> UUID:
    found = session().scalar(db.select(DataSubjectRequest.id))
    assert found is not None
    return found


def message(**changes: Any) -> dict[str, Any]:
    found = {
        **{"agent-id": "AGENT", "business-id": "SHOP", "agent-request-id": "r-1", "drp.version": "1.0"},
        **{"issued-at": "2026-11-21T19:39:00Z", "expires-at": "2026-11-21T19:49:00Z"},
        **{"exercise": "deletion", "regime": "ccpa", "relationships": ["customer"]},
        **{"name": "Anna Nowak", "email": "anna.nowak@example.com", "email_verified": True},
        **changes,
    }
    return {name: value for name, value in found.items() if value is not None}


def signed(content: bytes, key: Ed25519PrivateKey = AGENT_KEY) -> bytes:
    return base64.b64encode(key.sign(content) + content)


def send(agent: Caller, body: bytes, kind: str = "text/plain") -> Any:
    return agent.send("POST", RIGHTS, body, Content_Type=kind)
