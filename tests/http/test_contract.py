"""The description of the API, its pages, and what operations ask: health, figures, security.txt."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from schemathesis.checks import CHECKS

from privacy import clock
from privacy.http.auth import PUBLIC, guard_of
from privacy.http.operations import operations
from tests.databases import Database, bare_app
from tests.http.conftest import bearer


def test_the_description_says_every_status_an_operation_gives(web: FlaskClient) -> None:
    spec = web.get("/openapi.json").get_json()
    assert spec["openapi"].startswith("3.1")
    assert spec["servers"] == [{"url": "https://privacy.example.com"}]
    write = spec["paths"]["/api/v1/notes"]["post"]
    assert write["security"] == [{"bearer": []}]
    assert set(write["responses"]) == {"201", "400", "401", "403", "409", "413", "415", "422", "429", "500", "503"}
    assert write["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/NoteIn"}
    assert [parameter["name"] for parameter in write["parameters"]] == ["Idempotency-Key"]
    assert spec["components"]["schemas"]["NoteIn"]["additionalProperties"] is False
    assert "OldNoteIn" in str(spec["components"]["schemas"].keys())
    unauthorized = spec["components"]["responses"]["UNAUTHORIZED"]
    assert list(unauthorized["content"]) == ["application/problem+json"]
    read = spec["paths"]["/api/v1/notes/{note}"]["get"]
    assert "404" in read["responses"]
    identifiers = [
        operation["operationId"]
        for item in spec["paths"].values()
        for operation in item.values()
        if "operationId" in operation
    ]
    assert len(identifiers) == len(set(identifiers))


def test_no_generated_request_gets_an_undocumented_answer(service: Flask) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", service)
    faults = ("/broken", "/away", "/forgotten")
    operations_ = [found.ok() for found in schema.get_all_operations()]
    checks = [
        CHECKS.get_one(name)
        for name in ("status_code_conformance", "content_type_conformance", "response_schema_conformance")
    ]
    tried = 0
    for operation in operations_:
        if any(part in operation.path for part in faults):
            continue

        @hypothesis.given(case=operation.as_strategy())
        def check(case: Any) -> None:
            answer = case.call(headers=bearer())
            case.validate_response(answer, checks=checks)
            assert answer.status_code < 500

        check()
        tried += 1
    assert tried >= 4


def test_the_pages_need_no_script_and_no_other_server(web: FlaskClient) -> None:
    page = web.get("/docs")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert not re.search(r"(src|href)=\"https?:", page.text)
    assert "style-src 'sha256-" in page.headers["Content-Security-Policy"]
    assert "/api/v1/notes" in page.text
    assert 'id="schema-NoteIn"' in page.text


def test_answers_carry_the_security_headers(web: FlaskClient) -> None:
    headers = web.get("/livez").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Strict-Transport-Security"].startswith("max-age=")


def test_readiness_names_what_is_wrong_and_no_details(database: Database, web: FlaskClient) -> None:
    assert web.get("/livez").get_json() == {"live": True}
    assert web.get("/readyz").get_json() == {"ready": True, "checks": {"database": "ok", "disk": "ok"}}

    def breaks() -> bool:
        raise OSError("/secret/path")

    app = bare_app(database)
    checks = {"database": lambda: True, "disk": lambda: False, "keys": breaks}
    app.register_blueprint(operations(checks=checks, base_url="http://x", security_contact="", show_metrics=False))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json() == {"ready": False, "checks": {"database": "ok", "disk": "failed", "keys": "failed"}}
    assert app.test_client().get("/metrics").status_code == 404


def test_figures_count_routes_and_not_paths(web: FlaskClient) -> None:
    web.get("/api/v1/notes/0192f3a4-0000-7000-8000-000000000001", headers=bearer("reader"))
    web.get("/somebody@example.com")
    web.open("/livez", method="SOMEBODY")
    text = web.get("/metrics").text
    assert 'route="/api/v1/notes/<uuid:note>"' in text
    assert "0192f3a4" not in text
    assert "omebody" not in text
    assert "SOMEBODY" not in text


def test_figures_add_up_over_processes(tmp_path: Path) -> None:
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    observe = "metrics.observe(route='/x', method='GET', status=200, seconds=0.01)"
    script = f"from privacy.http import metrics; {observe}; print(metrics.exposition().decode())"
    for count in (1.0, 2.0):
        run = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        assert f'privacy_http_requests_total{{method="GET",route="/x",status="200"}} {count}' in run.stdout


def test_security_txt_is_as_rfc_9116_wants_it(web: FlaskClient) -> None:
    answer = web.get("/.well-known/security.txt")
    assert answer.content_type.startswith("text/plain")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:security@example.com"
    assert fields["Canonical"] == "https://privacy.example.com/.well-known/security.txt"
    year = clock.now() + timedelta(days=365)
    assert clock.now().strftime("%Y-%m-%dT") < fields["Expires"] < year.strftime("%Y-%m-%dT")


def test_every_address_of_the_plumbing_says_who_may_use_it(service: Flask) -> None:
    own = [name for name in service.view_functions if name.partition(".")[0] in {"contract", "operations"}]
    assert own
    assert all(guard_of(service, name) == PUBLIC for name in own)
    assert guard_of(service, "notes.forgotten") is None


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_what_says_nothing_is_closed_to_all(web: FlaskClient, method: str) -> None:
    assert web.open("/api/v1/notes/forgotten", method=method, headers=bearer()).status_code == 500
