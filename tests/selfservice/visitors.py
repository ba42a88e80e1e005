"""People who come in to their own pages: through the real doors, with the real jobs between them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import db, session, unit_of_work
from privacy.outbox.models import OutboxMessage
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.selfservice import service as selfservice
from privacy.selfservice.service import Asking, Opened, PersonSession, Redeemed
from privacy.subjects import service as subjects

ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com", "phone": "+48600100200"}
BASE_URL = "https://privacy.example.com"
HOME = "203.0.113.7"


@dataclass(frozen=True)
class Letter:
    """What came by mail or text message."""

    to: str = field(repr=False)
    template: str
    subject: str
    body: str = field(repr=False)

    @property
    def code(self) -> str:
        """The code in it."""
        found = re.search(r"\b[0-9]{8}\b", self.body)
        assert found
        return found[0]

    @property
    def ticket(self) -> str:
        """What stands behind `#` in its link."""
        return self.link.partition("#")[2]

    @property
    def link(self) -> str:
        """Its link."""
        found = re.search(r"https?://\S+", self.body)
        assert found
        return found[0]


def known(given: Mapping[str, str], *, source: str = "crm") -> None:
    """Somebody whom our records have known for a month."""
    programme = programmes.current()
    naming = subjects.name_of(programme, OPERATOR, given)
    since = clock.micros() - 31 * clock.DAY
    with unit_of_work():
        subjects.put_subject(naming, actor=OPERATOR, programme=programme, source=source, held_from=since)


def letters() -> list[Letter]:
    """Everything in the outbox that has to do with coming in, in the order in which it was written."""
    db.session.rollback()
    # Ids and times of one millisecond, as of a clock that stands, say nothing of the order.
    written: sa.ColumnElement[int] = sa.literal_column("ctid" if db.engine.name == "postgresql" else "rowid")
    rows = session().scalars(sa.select(OutboxMessage).order_by(OutboxMessage.created_at, written)).all()
    return [letter_of(row) for row in rows if row.template.startswith("portal_code")]


def run_jobs() -> int:
    """What the worker does within seconds of an asking; says how many askings it dealt with."""
    done = 0
    while True:
        with unit_of_work():
            some = selfservice.send_asked(clock.micros(), base_url=BASE_URL, actor=SERVICE)
        done += some
        if not some:
            return done


def ask(
    contact: str, browser: str = "browser", *, network: str = HOME, locale: str = "en", kind: ContactKind | None = None
) -> None:
    """Ask to come in by an address or a number."""
    kind = kind or (ContactKind.EMAIL if "@" in contact else ContactKind.PHONE)
    with unit_of_work():
        selfservice.ask(kind, contact, Asking(browser, selfservice.network_of(network), locale))


def asked(contact: str, browser: str = "browser", *, network: str = HOME, locale: str = "en") -> Letter | None:
    """The letter that came for an asking; None where none did."""
    before = len(letters())
    ask(contact, browser, network=network, locale=locale)
    run_jobs()
    return next(iter(letters()[before:]), None)


def by_code(code: str, browser: str = "browser", current: PersonSession | None = None) -> Redeemed | None:
    """Type a code in a browser."""
    with unit_of_work():
        return selfservice.redeem_code(browser, code, current)


def by_ticket(ticket: str, browser: str = "browser", current: PersonSession | None = None) -> Redeemed | None:
    """Follow a link in a browser."""
    with unit_of_work():
        return selfservice.redeem_ticket(browser, ticket, current)


def opened_by(contact: str, browser: str = "browser") -> Opened:
    """The session that a contact opens by its code."""
    letter = asked(contact, browser)
    assert letter
    redeemed = by_code(letter.code, browser)
    assert redeemed
    return redeemed.opened


def session_of(opened: Opened) -> PersonSession:
    """The session of a token that must be good."""
    db.session.rollback()
    found = selfservice.session_of(opened.token)
    assert found
    return found


def letter_of(row: OutboxMessage) -> Letter:
    """A message of the outbox, opened."""
    key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
    text = msgspec.json.decode(key.open("outbox_message", "body_enc", row.id, bytes(row.body_enc)))
    to = key.open("outbox_message", "to_enc", row.id, bytes(row.to_enc)).decode()
    return Letter(to, row.template, text["subject"], text["body"])


@dataclass(frozen=True)
class Visitor:
    """A browser at the portal."""

    app: Flask
    web: FlaskClient

    def get(self, path: str, **more: Any) -> TestResponse:
        """Look at a page below `/portal`."""
        return self.web.get(f"/portal{path}", **more)

    def post(self, path: str, /, page: str | None = None, **fields: Any) -> TestResponse:
        """Send a form below `/portal`, with the token of the page on which it stands; `page`: that, if another."""
        found = self.token(page if page is not None else path)
        return self.web.post(f"/portal{path}", data={"csrf": found, **fields})

    def token(self, page: str) -> str:
        """The token of the forms of a page."""
        answer = self.get(page)
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', answer.text)
        assert found, answer.text
        return found[1]

    def cookie(self, name: str) -> str | None:
        """What a cookie of the browser holds."""
        found = self.web.get_cookie(name)
        return found.value if found else None

    def ask(self, contact: str) -> TestResponse:
        """Ask for a code, and let the job do its part."""
        answer = self.post("/enter", contact=contact)
        self.run_jobs()
        return answer

    def run_jobs(self) -> None:
        """What the worker does within seconds."""
        with self.app.app_context():
            run_jobs()
            db.session.remove()

    def letters(self) -> list[Letter]:
        """What came to anybody."""
        with self.app.app_context():
            found = letters()
            db.session.remove()
        return found

    def prove(self, contact: str) -> TestResponse:
        """Prove another contact of one's own, named as the page shows it."""
        page = self.get("/prove-again").text
        found = re.search(rf"""value="([0-9a-f-]+)"(?: checked)?>\s*<label[^>]*>{re.escape(contact)}<""", page)
        assert found, page
        self.post("/prove-again", contact=found[1])
        self.run_jobs()
        return self.post("/enter/code", code=self.letters()[-1].code)


def a_browser(app: Flask) -> Visitor:
    """A browser that was never here."""
    return Visitor(app, app.test_client())


def come_in(app: Flask, contact: str) -> Visitor:
    """A browser in which somebody has come in by a contact on file: by the page, the job, the letter and its code."""
    visitor = a_browser(app)
    visitor.ask(contact)
    answer = visitor.post("/enter/code", code=visitor.letters()[-1].code)
    assert answer.status_code == 303, answer.text
    return visitor
