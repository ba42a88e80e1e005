"""What nobody would ask for by mistake alone: days before all calendars, numbers of many digits, very large lists."""

from __future__ import annotations

import io
import json
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.console.office import Browser, hired
from tests.reports.conftest import Laid

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
AT = "/console/reports"


@pytest.fixture
def web(laid: Laid) -> FlaskClient:
    """Who may make every report, signed in."""
    laid.service.app.config["PROPAGATE_EXCEPTIONS"] = True
    desk = Browser(laid.service.app)
    assert desk.sign_in(hired(laid.service.app, "kinga", "staff"), later=1).status_code == 303
    return desk.web


def fields(web: FlaskClient, name: str) -> dict[str, str]:
    found = dict(re.findall(r'<input[^>]* name="([a-z_]+)"[^>]* value="([^"]*)"', web.get(f"{AT}/{name}").text))
    return found | {"form": "json", "language": "pl"}


@pytest.mark.parametrize(
    ("name", "given", "wrong"),
    [
        ("requests", {"first": "0001-01-01"}, "first"),
        ("requests", {"last": "9999-12-31"}, "last"),
        ("inspection_binder", {"sample": "9" * 5_000}, "sample"),
        ("accountability_pack", {"form": "zip", "first": "0001-01-01"}, "first"),
    ],
)
def test_what_no_report_can_tell_is_refused_by_its_field(
    web: FlaskClient, name: str, given: dict[str, str], wrong: str
) -> None:
    answer = web.post(f"{AT}/{name}", data=fields(web, name) | given)
    assert answer.status_code == 422
    assert f'id="error-{wrong}"' in answer.text


def test_the_answer_to_a_long_list_is_taken(web: FlaskClient, laid: Laid) -> None:
    long = json.dumps(laid.answer) + " " * 3_000_000
    sent = fields(web, "campaign") | {"answer": FileStorage(io.BytesIO(long.encode()), "answer.json")}
    boundary, body = encode_multipart(sent)
    answer = web.post(f"{AT}/campaign", data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert answer.status_code == 200, answer.text
