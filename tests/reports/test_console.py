"""The reports of the console as staff meet them: listed by permission, asked for by a form, handed out once noted."""

from __future__ import annotations

import html
import io
import json
import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import g
from flask.testing import FlaskClient

from privacy.audit.models import AuditBody
from privacy.authz.actors import OPERATOR, Actor
from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.db import db, session
from privacy.reports.service import REPORTS
from tests.reports.conftest import Laid

LIST = "/console/reports"


class Staff:
    """A member of staff at a browser, with the permissions that a test gives."""

    def __init__(self, web: FlaskClient) -> None:
        self.web = web
        self.actor: Actor = OPERATOR

    def form(self, name: str) -> dict[str, str]:
        """The fields of a report's form as the browser would send them."""
        page = self.web.get(f"{LIST}/{name}").text
        fields = dict(re.findall(r'<input[^>]* name="([a-z_]+)"[^>]* value="([^"]*)"', page))
        fields |= {"form": "json", "language": "pl"}
        return fields


@pytest.fixture
def staff(laid: Laid, monkeypatch: pytest.MonkeyPatch) -> Staff:
    made = Staff(laid.service.app.test_client())

    def gate(_: object) -> None:
        g.privacy_actor = made.actor

    monkeypatch.setattr(console, "_gate", gate)
    return made


def test_only_reports_that_one_may_make_are_listed_and_opened(staff: Staff) -> None:
    assert all(f"{LIST}/{name}" in staff.web.get(LIST).text for name in REPORTS)
    staff.actor = replace(OPERATOR, permissions=frozenset({Permission.PROGRAMME_READ}))
    page = staff.web.get(LIST).text
    assert [name for name in REPORTS if f'{LIST}/{name}"' in page] == ["processing_records", "processors"]
    assert staff.web.get(f"{LIST}/requests").status_code == 404
    assert staff.web.post(f"{LIST}/requests", data=staff.form("processors")).status_code == 404


@pytest.mark.parametrize("language", ["pl", "en", "hr"])
@pytest.mark.parametrize("name", REPORTS)
def test_every_report_has_a_form_in_each_language(staff: Staff, name: str, language: str) -> None:
    answer = staff.web.get(f"{LIST}/{name}?lang={language}")
    assert answer.status_code == 200
    assert REPORTS[name].titles.in_(language) in html.unescape(answer.text)
    for option in REPORTS[name].options:
        assert f'name="{option.name}"' in answer.text


def test_a_report_is_downloaded_and_noted(staff: Staff) -> None:
    answer = staff.web.post(f"{LIST}/requests", data=staff.form("requests"))
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(answer.data)["report"] == "requests"
    db.session.rollback()
    assert session().scalar(sa.select(sa.func.count()).where(AuditBody.action == "report.made")) == 1


def test_what_was_filled_in_wrongly_is_shown_again_with_the_mend(staff: Staff) -> None:
    fields = staff.form("consent_proof") | {"subject": "nobody", "reason": "authority"}
    answer = staff.web.post(f"{LIST}/consent_proof", data=fields)
    assert answer.status_code == 422
    assert 'id="error-subject"' in answer.text
    assert 'value="nobody"' in answer.text
    fields = staff.form("requests") | {"first": "2026-12-31", "last": "2026-01-01"}
    assert 'id="error-last"' in staff.web.post(f"{LIST}/requests", data=fields).text
    fields = staff.form("requests") | {"form": "exe"}
    assert staff.web.post(f"{LIST}/requests", data=fields).status_code == 422


def test_a_campaigns_answer_is_sent_as_a_file(staff: Staff, laid: Laid) -> None:
    files = {name: (io.BytesIO(text.encode()), f"{name}.json") for name, text in laid.options("campaign").items()}
    answer = staff.web.post(f"{LIST}/campaign", data=staff.form("campaign") | files)
    assert answer.status_code == 200, answer.text
    assert json.loads(answer.data)["facts"]["check"]["matches"] is True
    broken = {"answer": (io.BytesIO(b"\xff\xfe"), "answer.json")}
    assert staff.web.post(f"{LIST}/campaign", data=staff.form("campaign") | broken).status_code == 422


def test_no_other_site_makes_a_report(staff: Staff) -> None:
    fields = staff.form("requests")
    forged = {name: value for name, value in fields.items() if "csrf" not in name}
    assert staff.web.post(f"{LIST}/requests", data=forged).status_code in {400, 403}
