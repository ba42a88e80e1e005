"""A browser of a member of staff, at the pages of the console."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from privacy.db import db
from tests.access.sign_in.desk import PASSWORD, Colleague, a_colleague

_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')


@dataclass
class Browser:
    """One browser, with its cookies."""

    app: Flask
    web: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.web = self.app.test_client()

    def look(self, path: str, **more: Any) -> TestResponse:
        """Open a page of the console, in English."""
        return self.web.get(f"/console{path}", headers={"Accept-Language": "en"}, **more)

    def send(self, path: str, at: str | None = None, **fields: Any) -> TestResponse:
        """Fill in the form that stands on a page, by default on the page of its own address."""
        token = _CSRF.search(self.look(path if at is None else at).text)
        assert token is not None
        headers = {"Accept-Language": "en"}
        return self.web.post(f"/console{path}", data={"csrf": token[1], **fields}, headers=headers)

    def sign_in(self, colleague: Colleague, *, later: int = 0) -> TestResponse:
        """With password and app."""
        answer = self.send("/sign-in", name=colleague.name, password=PASSWORD)
        assert answer.status_code == 303, answer.text
        return self.send("/sign-in/code", code=colleague.code(later=later))

    def cookie(self, name: str) -> str | None:
        """The value of a cookie."""
        found = self.web.get_cookie(name)
        return found.value if found else None


def hired(app: Flask, name: str = "ewa", role: str = "staff") -> Colleague:
    """A colleague with password and app."""
    with app.app_context():
        made = a_colleague(name, role)
        db.session.remove()
    return made
