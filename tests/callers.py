"""The service as a caller meets it: keys, and requests sent with one. Its inside is used to set it up only."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from privacy.access import service as access
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, Realm
from privacy.authz.permissions import CLIENT_SCOPES
from privacy.db import db, unit_of_work
from tests.consent.desk import lay_programme

API = "/api/v1"
#: What lies beside it: pages of the operator, and protocols that others wrote.
_AT_THE_ROOT = ("/livez", "/readyz", "/metrics", "/opendsr/", "/drp/")
ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com", "phone": "+48600100200"}
_names = itertools.count(1)


def a_give(subject: dict[str, str] | None = None, **changes: Any) -> dict[str, Any]:
    """The body of a consent to offers by e-mail and SMS that counts."""
    body = {
        "subject": subject or ANNA,
        "purpose": "offers",
        "channels": ["email", "sms"],
        "act": "give",
        "occurred_at": "2026-11-20T10:00:00+01:00",
        "wording": {"code": "klauzula", "version": "3.0", "locale": "pl"},
        "notice": {"code": "klauzula", "version": "3.0"},
        "source": {"system": "shop", "point": "checkout", "method": "web_form"},
    }
    return {name: value for name, value in (body | changes).items() if value is not None}


@dataclass(frozen=True)
class Caller:
    """Somebody with a key, or without."""

    web: FlaskClient
    key: str | None = field(default=None, repr=False)

    def send(self, method: str, path: str, body: Any = None, /, **headers: str) -> TestResponse:
        """One request below `/api/v1`, or at the root where it lies there; a body as JSON, bytes as they are."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key is not None:
            fields = {"Authorization": f"Bearer {self.key}"} | fields
        address = path if path.startswith(_AT_THE_ROOT) else API + path
        if isinstance(body, bytes):
            fields = {"Content-Type": "application/json"} | fields
            return self.web.open(address, method=method, data=body, headers=fields)
        return self.web.open(address, method=method, json=body, headers=fields)

    def post(self, path: str, body: Any, /, **headers: str) -> TestResponse:
        """POST a body."""
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: Any, /, **headers: str) -> TestResponse:
        """PUT a body."""
        return self.send("PUT", path, body, **headers)

    def get(self, path: str, /, **headers: str) -> TestResponse:
        """GET."""
        return self.send("GET", path, **headers)

    def record(self, body: dict[str, Any]) -> dict[str, Any]:
        """Record an act that must be accepted, and return the answer."""
        return _ok(self.post("/consents", body), 201)

    def check(self, subject: dict[str, str] | None = None, **changes: Any) -> dict[str, Any]:
        """A check that must be answered; by default whether Anna may get offers by e-mail."""
        asked = {"subject": subject or ANNA, "purpose": "offers", "channel": "email"} | changes
        return _ok(self.post("/consents/check", {k: v for k, v in asked.items() if v is not None}), 200)

    def batch(self, lines: bytes, /, **headers: str) -> TestResponse:
        """Send lines of JSON."""
        return self.send("POST", "/consents/batch", lines, **{"Content_Type": "application/x-ndjson"} | headers)


@dataclass(frozen=True)
class Service:
    """A running service with the example programme in force."""

    app: Flask

    def caller(self, *scopes: str, realm: Realm = Realm.LIVE, partner: bool = False) -> Caller:
        """A new client; with every scope that a machine may have where none is named."""
        with self.app.app_context(), unit_of_work():
            issued = access.create_client(
                f"client {next(_names)}", scopes or CLIENT_SCOPES, actor=OPERATOR, realm=realm, partner=partner
            )
        return Caller(self.app.test_client(), issued.key)

    def staff(self) -> Caller:
        """A new member of staff."""
        name = f"staff{next(_names)}"
        with self.app.app_context(), unit_of_work():
            return Caller(self.app.test_client(), access.create_staff(name, f"{name}@example.com", actor=OPERATOR).key)

    def publish(self, folder: Path) -> None:
        """What the worker does with the log, which in a copy of a template waits since the run of the tests began."""
        with self.app.app_context():
            audit.settle(audit.Anchor(folder / "anchor"), seconds=10)
            db.session.remove()

    def nobody(self) -> Caller:
        """Somebody without a key."""
        return Caller(self.app.test_client())


def a_service(app: Flask) -> Service:
    """Apply the example programme, and answer faults as a server does."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        lay_programme()
        db.session.remove()
    return Service(app)


def _ok(answer: TestResponse, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.get_json()
    return found
