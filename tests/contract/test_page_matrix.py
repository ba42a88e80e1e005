"""Who may see which page and send which form: each of them, by each role, with ids that are there and that are not.

The expectation comes from the roles and from what each page says of itself; nobody is let in by a list of this file.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.permissions import Permission
from privacy.authz.roles import ROLES, StaffRole
from privacy.db import db, unit_of_work
from privacy.pages.blueprint import OPEN, Guard
from tests.callers import Service, a_give
from tests.console import scenes
from tests.console.office import Browser, hired
from tests.contract.test_pages import address, contents, pages
from tests.recovery.desk import settled
from tests.selfservice.visitors import ANNA, Visitor, come_in

_VARIABLE = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
BOB = {"customer_id": "C-2002", "email": "bob@example.com"}
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
#: Leaves the session by which the other cells are asked.
_ENDS = {"console.sign_out", "console.end_other_sessions", "portal.leave"}
_SEEN = {0, 200, 303, 404, 409, 422}
ON_ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@dataclass
class Somebody:
    """A member of staff who asks, with a browser in which they have signed in."""

    actor: Actor
    web: FlaskClient

    @property
    def who(self) -> str:
        return self.actor.name

    @property
    def allowed(self) -> frozenset[Permission]:
        return self.actor.permissions

    @functools.cached_property
    def token(self) -> str:
        """What a form of theirs carries."""
        found = _CSRF.search(self.web.get("/console/account", headers={"Accept-Language": "en"}).text)
        assert found, self.who
        return found[1]


def scene_of(app: Flask, folder: Path) -> Mapping[str, object]:
    """One of each thing that the console shows, in a log that is published up to there.

    By the argument of a route its value, or the function that says it for who asks.
    """
    found: dict[str, object] = {}
    for module in sorted(one.name for one in pkgutil.iter_modules(scenes.__path__)):
        found |= importlib.import_module(f"{scenes.__name__}.{module}").made(app)
    settled(app, folder)
    return found


def values_for(actor: Actor, scene: Mapping[str, object], app: Flask) -> Mapping[str, object]:
    """The same as one member of staff names it: references are each member's own."""
    with app.app_context():
        found = {name: value(actor) if callable(value) else value for name, value in scene.items()}
        db.session.remove()
    return found


def existing(rule: Rule, values: Mapping[str, object]) -> str | None:
    """The rule with what is there; None where it takes nothing, or nothing of the kind was made."""
    if not rule.arguments or not rule.arguments <= values.keys():
        return None
    return _VARIABLE.sub(lambda match: str(values[match[1]]), rule.rule)


def colleagues(app: Flask) -> Iterator[Somebody]:
    """A member of staff of each role, and one without any."""
    for number, role in enumerate((*StaffRole, None)):
        name = f"{role.value if role else 'nobody'}{number}".replace("_", "")
        colleague = hired(app, name, "none" if role in {None, StaffRole.INSPECTOR} else role.value)
        if role is StaffRole.INSPECTOR:
            _make_inspector(app, colleague.id)
        browser = Browser(app)
        assert browser.sign_in(colleague, later=1).status_code == 303
        permissions = ROLES[role] if role else frozenset()
        yield Somebody(Actor(ActorKind.STAFF, colleague.id, name, permissions), browser.web)


def _make_inspector(app: Flask, staff_id: UUID) -> None:
    with app.app_context():
        with unit_of_work():
            until = clock.micros() + 30 * clock.DAY
            wanted = access.Wanted(StaffRole.INSPECTOR, "inspection", access.EVERY_CONTROLLER, clock.micros(), until)
            access.grant(staff_id, wanted, actor=OPERATOR)
        db.session.remove()


def asked(somebody: Somebody, path: str, method: str) -> int:
    """What an empty form, or a look, is answered with; 0 where the role lets in and a search must come first."""
    data = {"csrf": somebody.token} if method == "POST" else None
    answer = somebody.web.open(path, method=method, data=data, headers={"Accept-Language": "en"})
    assert b"This form was open for too long" not in answer.data
    refused = b"You may not see this page" in answer.data
    return 0 if answer.status_code == 403 and not refused else answer.status_code


def console_pages(app: Flask) -> list[tuple[Rule, str, Guard]]:
    """Every page and form of staff that needs somebody."""
    return [
        (rule, method, guard)
        for rule, method, guard in pages(app)
        if rule.rule.startswith("/console/") and guard != OPEN and rule.endpoint not in _ENDS
    ]


@ON_ONE
def test_each_role_sees_its_pages_and_sends_its_forms_and_no_others(service: Service, tmp_path: Path) -> None:
    everybody = list(colleagues(service.app))
    scene = scene_of(service.app, tmp_path)
    before, cells, wrong = contents(service.app), 0, []
    for somebody in everybody:
        values = values_for(somebody.actor, scene, service.app)
        for rule, method, guard in console_pages(service.app):
            may = guard.permissions <= somebody.allowed
            there = existing(rule, values)
            # A form that is sent changes something, so only those who may not send it are tried on what is there.
            paths = (
                {address(rule), there} if method == "GET" or not may else {address(rule) if rule.arguments else None}
            )
            for path in sorted(filter(None, paths)):
                found = asked(somebody, path, method)
                cells += 1
                if (found not in _SEEN) if may else found != 403:
                    wrong.append(f"{somebody.who}: {method} {rule.rule}: {found}")
        if not somebody.allowed:
            assert contents(service.app) == before, "somebody who may do nothing changed something"
    assert "\n".join(wrong) == ""
    assert cells > 2_000


@ON_ONE
def test_who_is_not_signed_in_and_who_is_a_customer_see_none_of_it(service: Service, tmp_path: Path) -> None:
    service.caller().record(a_give())
    kinga = next(colleagues(service.app)).actor
    values = values_for(kinga, scene_of(service.app, tmp_path), service.app)
    anna, nobody = come_in(service.app, ANNA["email"]).web, service.app.test_client()
    before, cells = contents(service.app), 0
    for rule, method, _ in console_pages(service.app):
        for path in filter(None, (address(rule), existing(rule, values))):
            for web in (anna, nobody):
                answer = web.open(path, method=method)
                cells += 1
                assert answer.status_code == 303, path
                assert answer.headers["Location"].startswith("/console/sign-in"), path
    assert contents(service.app) == before
    assert cells > 400


@ON_ONE
def test_staff_are_no_customers(service: Service) -> None:
    browser = Browser(service.app)
    browser.sign_in(hired(service.app), later=1)
    for rule, method, guard in pages(service.app):
        if rule.rule.startswith("/portal/") and guard.signed_in:
            answer = browser.web.open(address(rule), method=method)
            assert (answer.status_code, answer.headers["Location"][:13]) == (303, "/portal/enter"), rule.rule


@ON_ONE
def test_what_is_somebody_elses_is_not_there(service: Service) -> None:
    caller = service.caller()
    caller.record(a_give())
    given = caller.record(a_give(BOB))
    caller.post("/requests", {"type": "access", "intake": "portal", "subject": BOB, "name": "Bob"})
    theirs = {"request_id": _newest_request(service), "consent_id": given["records"][0]["id"]}
    anna = come_in(service.app, ANNA["email"])
    looked = 0
    for rule, method, guard in pages(service.app):
        there = existing(rule, theirs)
        if rule.rule.startswith("/portal/") and guard.signed_in and there:
            looked += 1
            foreign, absent = (_answer(anna, path, method) for path in (there, address(rule)))
            assert foreign == absent, f"{method} {rule.rule}"
            assert foreign[0] in {303, 403, 404}
    assert looked > 5


@ON_ONE
def test_no_other_site_sends_a_form_with_somebody_s_session(service: Service, tmp_path: Path) -> None:
    service.caller().record(a_give())
    kinga = next(colleagues(service.app))
    anna, token = come_in(service.app, ANNA["email"]), kinga.token
    values = values_for(kinga.actor, scene_of(service.app, tmp_path), service.app)
    before, sent = contents(service.app), 0
    for rule, method, _ in pages(service.app):
        if method != "POST":
            continue
        web = kinga.web if rule.rule.startswith("/console/") else anna.web
        path = existing(rule, values) or address(rule)
        for fields, headers in (
            ({}, {}),
            ({"csrf": "0" * len(token)}, {}),
            ({"csrf": token}, {"Origin": "https://evil.example"}),
            ({"csrf": token}, {"Sec-Fetch-Site": "cross-site"}),
            ({"csrf": token}, {"Sec-Fetch-Site": "same-site"}),
        ):
            sent += 1
            found = web.post(path, data=fields, headers=headers).status_code
            assert found in {303, 403}, f"{path} {fields} {headers}"  # 303: proves themselves once more first.
    assert contents(service.app) == before
    assert sent > 500


def _newest_request(service: Service) -> str:
    found = service.staff().get("/requests").get_json()["requests"]
    return str(found[0]["id"])


def _answer(visitor: Visitor, path: str, method: str) -> tuple[int, str, str]:
    """Status, where it leads and what it says, but for the address itself and what differs in each page."""
    data = None
    if method == "POST":
        token = _CSRF.search(visitor.web.get("/portal/sessions").text)
        assert token
        data = {"csrf": token[1]}
    answer = visitor.web.open(path, method=method, data=data)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}|\d\d:\d\d", "", answer.text)
    return answer.status_code, re.sub(r"[0-9a-f-]{36}", "", answer.headers.get("Location", "")), text
