"""A browser at a collection form, and what the service recorded of its answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from privacy.consent.models import ConsentAct
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import db, session
from privacy.outbox.models import OutboxMessage

SHOP = "https://jarzebina.example"
EMAIL = "piotr@example.com"


@dataclass(frozen=True)
class Recorded:
    """An act as it stands in the database."""

    act: str
    purpose: str
    channel: str
    method: str | None
    proof: str
    setting: str
    wording: tuple[str | None, str | None]
    locale: str | None
    sha256: str | None
    age: str | None


@dataclass(frozen=True)
class Browser:
    """Somebody before a form."""

    app: Flask
    web: FlaskClient

    def look(self, point: str, **more: Any) -> TestResponse:
        """Open the page of a form."""
        return self.web.get(f"/collect/{point}", **more)

    def answer(self, point: str, *, page: Any = None, headers: Any = None, **fields: Any) -> TestResponse:
        """Fill in the form as it stands on a page, or on the page opened for it, and send it."""
        shown = page or self.look(point, headers=headers)
        data = {name: _field(shown.text, name) for name in ("csrf", "shown", "once")} | fields
        return self.web.post(f"/collect/{point}", data=data, headers=headers)

    def confirm(self, point: str, code: str, email: str = EMAIL) -> TestResponse:
        """Type a code."""
        page = self.web.get(f"/collect/{point}/code")
        return self.web.post(
            f"/collect/{point}/code", data={"csrf": _field(page.text, "csrf"), "email": email, "code": code}
        )


def a_browser(app: Flask) -> Browser:
    """One that was never here."""
    return Browser(app, app.test_client())


def acts(app: Flask) -> list[Recorded]:
    """Every act that was recorded, in order."""
    with app.app_context():
        db.session.rollback()
        rows = session().scalars(sa.select(ConsentAct).order_by(ConsentAct.received_at, ConsentAct.id)).all()
        found = [
            Recorded(
                row.act,
                row.purpose,
                row.channel,
                row.source_method,
                row.proof,
                row.setting,
                (row.wording_code, row.wording_version),
                row.locale,
                row.text_sha256,
                row.age_class,
            )
            for row in rows
        ]
        db.session.remove()
    return found


def codes(app: Flask) -> list[str]:
    """The codes of the double opt-in messages, oldest first."""
    with app.app_context():
        db.session.rollback()
        rows = session().scalars(
            sa.select(OutboxMessage).where(OutboxMessage.template == "double_opt_in").order_by(OutboxMessage.id)
        )
        found = []
        for row in rows:
            key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
            text = msgspec.json.decode(key.open("outbox_message", "body_enc", row.id, bytes(row.body_enc)))
            match = re.search(r"\b[A-Z2-9]{5}-[A-Z2-9]{5}\b", text["body"])
            assert match
            found.append(match[0])
        db.session.remove()
    return found


def _field(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', text)
    assert found, text
    return found[1]
