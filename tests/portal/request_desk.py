"""Requests on the portal as a person makes them, and what staff and workers then do."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from privacy.access import service as access
from privacy.audit.models import AuditBody
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.roles import STAFF_PERMISSIONS
from privacy.db import db, session, unit_of_work
from privacy.dsar import cases
from privacy.dsar import service as dsar
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.package.models import RequestPackage
from privacy.dsar.service import CaseType, Decision, Refused
from tests.dsar.shops import Shops
from tests.selfservice.visitors import Visitor

_numbers = itertools.count(1)
ANNA = {"customer_id": "C-1", "email": "anna@example.com", "phone": "+48600100200"}
OLA = {"customer_id": "C-2", "email": "ola@example.com", "phone": "+48600100201"}
ABSENT = "01234567-89ab-7def-8123-456789abcdef"
STEPPED_UP = ("access", "portability", "erasure", "correct-email", "correct-phone", "correct-address")
PLAIN = ("restriction", "objection", "correct-name", "correct-other")
FORMS: Mapping[str, Mapping[str, object]] = {
    "access": {},
    "portability": {"words": "As CSV, please."},
    "erasure": {"words": "I have moved."},
    "restriction": {"why": "accuracy"},
    "objection": {"purposes": ["marketing"]},
    "correct-name": {"wrong": "Ana", "right": "Anna"},
    "correct-email": {"right": "anna.nowak@example.com"},
    "correct-other": {"words": "You have two of me."},
}
KINDS = {
    "access": CaseType.ACCESS,
    "portability": CaseType.PORTABILITY,
    "erasure": CaseType.ERASURE,
    "restriction": CaseType.RESTRICTION,
    "objection": CaseType.OBJECTION,
}
HOSTILE = '<script>alert(1)</script>"\'><img src=x onerror=alert(2)>{{ 7*7 }}\u202e=HYPERLINK("https://evil.example")'


def stepped_up(visitor: Visitor, phone: str = "+48*****200") -> Visitor:
    """The same, who has proven her phone too."""
    answer = visitor.prove(phone)
    assert answer.status_code == 303, answer.text
    return visitor


def fields_of(page: str) -> dict[str, list[str]]:
    """What the form of a page that is looked at carries on."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page):
        found.setdefault(name, []).append(value)
    return found


def review(visitor: Visitor, topic: str, **fields: object) -> TestResponse:
    """Fill in the form."""
    given = {"controller": "sklepy"} | dict(FORMS.get(topic, {})) | fields
    return visitor.post(f"/requests/new/{topic}", page="/requests/new", **given)


def send(visitor: Visitor, topic: str, **fields: object) -> TestResponse:
    """Fill in the form, look at it once more, and send it."""
    looked_at = review(visitor, topic, **fields)
    assert looked_at.status_code == 200, looked_at.text
    carried = fields_of(looked_at.text)
    carried.pop("csrf")
    clean = {name: [html.unescape(one) for one in values] for name, values in carried.items() if name != "csrf"}
    return visitor.post(f"/requests/new/{topic}/send", page="/requests/new", **clean)


def id_in(answer: TestResponse) -> UUID:
    """The request that an answer leads to."""
    assert answer.status_code == 303, answer.text
    found = re.search(r"/portal/requests/([0-9a-f-]{36})\?said=request-sent", answer.headers["Location"])
    assert found, answer.headers["Location"]
    return UUID(found[1])


def rows(app: Flask) -> list[DataSubjectRequest]:
    """Every request."""
    with app.app_context():
        found = list(session().scalars(sa.select(DataSubjectRequest).order_by(DataSubjectRequest.id)))
        db.session.remove()
    return found


def row(app: Flask, request_id: UUID) -> DataSubjectRequest:
    """A request as it is by now."""
    with app.app_context():
        found = cases.read(request_id)
        db.session.remove()
    return found


def a_clerk(app: Flask) -> Actor:
    """Somebody who decides."""
    with app.app_context(), unit_of_work():
        name = f"ewa{next(_numbers)}"
        made = access.create_staff(name, f"{name}@example.com", actor=OPERATOR)
        return Actor(ActorKind.STAFF, made.id, name, STAFF_PERMISSIONS)


def decided(app: Flask, request_id: UUID, *refused: Refused, wholly: bool = False) -> None:
    """It is granted, but for what is refused, or refused as a whole."""
    clerk = a_clerk(app)
    with app.app_context(), unit_of_work():
        if wholly:
            dsar.refuse(request_id, refused, actor=clerk)
        else:
            dsar.grant(request_id, Decision(refused=refused), actor=clerk)


def finished(shops: Shops, request_id: UUID) -> None:
    """The worker has done everything."""
    for _ in range(6):
        shops.run()
        shops.let_time_pass()
    assert shops.request(request_id).state == "answered"


def answered_access(shops: Shops, visitor: Visitor) -> UUID:
    """A request for access whose package is ready."""
    request_id = id_in(send(stepped_up(visitor), "access"))
    decided(shops.app, request_id)
    finished(shops, request_id)
    return request_id


def fetched(app: Flask) -> int:
    """How often packages were fetched."""
    with app.app_context():
        found = sum(session().scalars(sa.select(RequestPackage.downloads)))
        db.session.remove()
    return found


def events(app: Flask) -> int:
    """How many events the log has."""
    with app.app_context():
        found = session().scalar(sa.select(sa.func.count()).select_from(AuditBody)) or 0
        db.session.remove()
    return found


def bare(page: str) -> str:
    """A page without what is of the one answer: its tokens, and when the session ends."""
    return re.sub(r"[0-9a-f]{34,}|\d\d:\d\d|\d{1,2}\.\d\d", "", page)
