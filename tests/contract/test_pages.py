"""Who may see which page: every page and form of the map, for nobody, for people, for staff of each role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from privacy.db import Base, db
from privacy.http.auth import PAGE, guard_of
from privacy.pages import blueprint
from privacy.pages.blueprint import OPEN, Guard
from tests.callers import ANNA, Service, a_give
from tests.selfservice.visitors import come_in

_ABSENT = {"uuid": str(UUID(int=7)), "int": "7", "path": "nothing", "string": "nothing", "default": "nothing"}
_VARIABLE = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
_LOADED = re.compile(r"""<(?:script|link|img|iframe|source|form)[^>]*?(?:src|href|action)="([^"]*)""")
#: Tables that reading may touch: sessions, and when they were used.
_MAY_CHANGE = {"person_session", "staff_session"}


def pages(app: Flask) -> Iterator[tuple[Rule, str, Guard]]:
    """Every page, with its method and who may see it."""
    for rule in app.url_map.iter_rules():
        if guard_of(app, rule.endpoint) == PAGE:
            guard = blueprint.guard_of(app, rule.endpoint)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, guard


def address(rule: Rule) -> str:
    """The rule with something that is not there in each variable."""
    return _VARIABLE.sub(lambda match: _ABSENT[match[1] or "default"], rule.rule)


def test_nobody_sees_what_is_for_those_who_have_come_in(service: Service) -> None:
    looked = 0
    for rule, method, guard in pages(service.app):
        answer = service.app.test_client().open(address(rule), method=method)
        assert answer.status_code < 500, rule.rule
        if guard.signed_in:
            looked += 1
            assert answer.status_code == 303, f"{method} {rule.rule}"
            assert answer.headers["Location"].startswith(("/portal/enter", "/console/sign-in")), rule.rule
    assert looked > 20


def test_a_form_without_the_token_of_its_page_does_nothing(service: Service) -> None:
    client, before = service.app.test_client(), contents(service.app)
    for rule, method, guard in pages(service.app):
        if method == "POST" and guard == OPEN:
            for headers in ({}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
                answer = client.post(address(rule), data={"csrf": "0" * 34, "x": "1"}, headers=headers)
                assert answer.status_code == 403, rule.rule
            assert client.post(address(rule), json={"x": 1}).status_code == 403, rule.rule
    assert contents(service.app) == before


def test_a_person_sees_no_page_of_staff(service: Service) -> None:
    service.caller().record(a_give())
    client = come_in(service.app, ANNA["email"]).web
    for rule, method, guard in pages(service.app):
        if rule.rule.startswith("/console/") and guard.signed_in:
            answer = client.open(address(rule), method=method)
            assert answer.status_code == 303, rule.rule
            assert answer.headers["Location"].startswith("/console/sign-in"), rule.rule


def test_looking_changes_nothing(service: Service) -> None:
    service.caller().record(a_give())
    client = come_in(service.app, ANNA["email"]).web
    before = contents(service.app)
    for rule, method, _ in pages(service.app):
        if method == "GET" and rule.rule.startswith("/portal/"):
            for address_ in {address(rule), *_links(client, rule)}:
                answer = client.get(address_)
                assert answer.status_code < 500, rule.rule
    assert contents(service.app) == before


@pytest.mark.parametrize("language", ["pl", "en", "hr"])
def test_a_page_is_made_of_our_own_files_and_says_its_language(service: Service, language: str) -> None:
    service.caller().record(a_give())
    client = come_in(service.app, ANNA["email"]).web
    for rule, method, _ in pages(service.app):
        if method == "GET" and not rule.arguments:
            answer = client.get(f"{rule.rule}?lang={language}")
            if answer.mimetype != "text/html" or answer.status_code == 303:
                continue
            assert f'<html lang="{language}"' in answer.text, rule.rule
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            loaded = re.findall(
                r"""<(?:script|link|img|iframe|source|form)[^>]*?(?:src|href|action)="([^"]*)""", answer.text
            )
            assert all(one.startswith(("/", "?", "#")) and not one.startswith("//") for one in loaded), rule.rule
            assert not re.search(r"""<(script|style)>|\son\w+=|\sstyle=|javascript:""", answer.text), rule.rule
            assert answer.text.count("<h1") == 1, rule.rule


def contents(app: Flask) -> dict[str, int]:
    """How many rows each table has, and what they hold, as a number that changes with any of it."""
    with app.app_context():
        found = {
            table.name: hash(tuple(sorted(map(repr, db.session.execute(sa.select(table))))))
            for table in Base.metadata.sorted_tables
            if table.name not in _MAY_CHANGE
        }
        db.session.remove()
    return found


def _links(client: FlaskClient, rule: Rule) -> set[str]:
    """Where a page leads to."""
    if rule.arguments:
        return set()
    found = re.findall(r'href="(/portal/[^"#?]*)"', client.get(rule.rule).text)
    return {one for one in found if "leave" not in one}
