"""Every failure has one shape: a problem document, with the same headers, that repeats nothing of anybody's data."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from privacy import logs
from privacy.errors import PrivacyError, catalogue
from privacy.http.problems import document, problem_response, status_of
from tests.http.conftest import ADDRESS, bearer

NOTES = "/api/v1/notes"
JSON = {"Content-Type": "application/json"}

WITH_JSON = bearer() | JSON
TWICE = b'{"text":"a","text":"b"}'
OLD = f"{NOTES}/old"
BAD_KEY = {"headers": bearer(Idempotency_Key='"'), "json": {"text": "a"}}

FAILURES: list[tuple[str, str, str, dict[str, Any], int, str]] = [
    ("unknown address", "GET", "/api/v1/nothing", {}, 404, "not-found"),
    ("unknown address outside the API", "GET", "/nothing", {}, 404, "not-found"),
    ("not an id", "GET", f"{NOTES}/7", {}, 404, "not-found"),
    ("wrong method", "PUT", NOTES, {}, 405, "method-not-allowed"),
    ("no key", "POST", NOTES, {}, 401, "not-authenticated"),
    ("unknown key", "POST", NOTES, {"headers": bearer("nobody")}, 401, "not-authenticated"),
    ("basic credentials", "POST", NOTES, {"headers": {"Authorization": "Basic YTpi"}}, 401, "not-authenticated"),
    ("an endless key", "POST", NOTES, {"headers": bearer("k" * 5000)}, 401, "not-authenticated"),
    ("key without the scope", "POST", NOTES, {"headers": bearer("reader")}, 403, "not-permitted"),
    ("no body", "POST", NOTES, {"headers": WITH_JSON}, 400, "malformed"),
    ("half a body", "POST", NOTES, {"headers": WITH_JSON, "data": b'{"text": '}, 400, "malformed"),
    ("NaN", "POST", NOTES, {"headers": WITH_JSON, "data": b'{"text": NaN}'}, 400, "malformed"),
    ("key twice", "POST", NOTES, {"headers": WITH_JSON, "data": TWICE}, 400, "malformed"),
    ("U+0000", "POST", NOTES, {"headers": WITH_JSON, "data": b'{"text":"a\\u0000"}'}, 400, "malformed"),
    ("deep", "POST", NOTES, {"headers": WITH_JSON, "data": b'{"a":' * 10**4 + b"}" * 10**4}, 400, "malformed"),
    ("not UTF-8", "POST", NOTES, {"headers": WITH_JSON, "data": b'{"text":"\xff"}'}, 400, "malformed"),
    ("too large", "POST", NOTES, {"headers": WITH_JSON, "data": b" " * 1_000_001}, 413, "content-too-large"),
    ("a form", "POST", NOTES, {"headers": bearer(), "data": {"text": "a"}}, 415, "unsupported-media-type"),
    ("wrong type", "POST", NOTES, {"headers": bearer(), "json": {"text": 7}}, 422, "invalid-input"),
    ("missing field", "POST", NOTES, {"headers": bearer(), "json": {}}, 422, "invalid-input"),
    ("unknown field", "POST", NOTES, {"headers": bearer(), "json": {"text": "a", "role": "x"}}, 422, "invalid-input"),
    ("marshmallow: missing", "POST", OLD, {"headers": bearer(), "json": {}}, 422, "invalid-input"),
    ("marshmallow: form", "POST", OLD, {"headers": bearer(), "data": {}}, 415, "unsupported-media-type"),
    ("marshmallow: twice", "POST", OLD, {"headers": WITH_JSON, "data": TWICE}, 400, "malformed"),
    ("conflict", "POST", f"{NOTES}/fail-late", {"headers": bearer(), "json": {"text": "a"}}, 409, "conflict"),
    ("bad idempotency key", "POST", NOTES, BAD_KEY, 400, "idempotency-key-malformed"),
    ("a fault", "GET", f"{NOTES}/broken", {}, 500, "error"),
    ("a broken seal", "GET", f"{NOTES}/broken-seal", {}, 500, "verification-failed"),
    ("a refusal of the database", "GET", f"{NOTES}/broken-row", {}, 500, "error"),
    ("a view that says nothing of keys", "GET", f"{NOTES}/forgotten", {"headers": bearer()}, 500, "route-unguarded"),
    ("database away", "GET", f"{NOTES}/away", {}, 503, "unavailable"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "request_", "status", "code"),
    [row[1:] for row in FAILURES],
    ids=[row[0] for row in FAILURES],
)
def test_every_failure_has_the_one_shape(
    web: FlaskClient, method: str, path: str, request_: dict[str, Any], status: int, code: str
) -> None:
    answer = web.open(path, method=method, **request_)
    body = answer.get_json()
    assert (answer.status_code, body["type"]) == (status, f"/problems/{code}")
    assert answer.content_type == "application/problem+json"
    assert body["status"] == status
    assert body["title"]
    # Words of ours and ids come back; what else a caller put into an address does not.
    assert body["instance"] == path.replace("nothing", "-")
    assert len(body["trace_id"]) == 32
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ("detail" in body) == (status != 500)
    assert ADDRESS not in answer.text


def test_failures_carry_the_headers_of_their_status(web: FlaskClient) -> None:
    assert web.post(NOTES).headers["WWW-Authenticate"] == "Bearer"
    assert web.get(f"{NOTES}/away").headers["Retry-After"] == "5"
    assert "POST" in web.put(NOTES).headers["Allow"]


def test_an_undecided_answer_says_that_it_allows_nothing(web: FlaskClient) -> None:
    body = web.get(f"{NOTES}/away").get_json()
    assert (body["allowed"], body["reason"]) == (False, "unavailable")


def test_a_wrong_field_is_named_by_its_path_and_its_value_is_not_repeated(web: FlaskClient) -> None:
    body = web.post(NOTES, headers=bearer(), json={"text": "a", "lines": [1, ADDRESS]}).get_json()
    assert list(body["errors"]) == ["lines[1]"]
    body = web.post(NOTES, headers=bearer(), json={"text": "a", ADDRESS: 1}).get_json()
    assert ADDRESS not in str(body)
    body = web.post(f"{NOTES}/old", headers=bearer(), json={"text": "a", ADDRESS: 1}).get_json()
    assert ADDRESS not in str(body)


def test_extensions_never_replace_the_members_of_the_standard() -> None:
    error = PrivacyError("detail", status=1, type="x", title="y", instance="z", more=2)
    body = document(error, status=409, instance="/p", trace_id="t")
    assert (body["status"], body["type"], body["instance"], body["more"]) == (409, "/problems/error", "/p", 2)


def test_an_error_below_flask_answers_the_same() -> None:
    status, headers, body = problem_response(ValueError(ADDRESS), instance="/api/v1/consents/check", trace_id="t")
    assert status == 500
    assert ("Content-Type", "application/problem+json") in headers
    assert ADDRESS.encode() not in body


def test_every_error_class_has_a_status_and_a_page(web: FlaskClient) -> None:
    for kind in catalogue():
        page = web.get(f"/problems/{kind.code}").get_json()
        assert page == {"type": f"/problems/{kind.code}", "title": kind.title(), "status": status_of(kind)}
    html = web.get("/problems/not-found", headers={"Accept": "text/html"})
    assert "There is nothing here" in html.text
    assert web.get("/problems/unheard-of").status_code == 404


def test_the_log_tells_where_a_request_failed_and_nobodys_data(web: FlaskClient) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonFormatter())
    logger = logging.getLogger("privacy")
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        for path in ("broken", "broken-seal", "broken-row"):
            trace = web.get(f"{NOTES}/{path}?email={ADDRESS}", headers={"User-Agent": ADDRESS}).get_json()["trace_id"]
            assert trace in stream.getvalue()
        web.get(f"/nothing/{ADDRESS}")
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    written = stream.getvalue()
    assert "KeyError" in written
    assert "IntegrityError" in written
    assert '"route": "(unmatched)"' in written
    assert "anna" not in written


def test_the_callers_trace_id_is_kept_and_a_wrong_one_is_not(web: FlaskClient) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    given = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    assert web.get("/nothing", headers=given).get_json()["trace_id"] == trace
    forged = {"traceparent": "00-<script>-b7ad6b7169203331-01"}
    assert "script" not in web.get("/nothing", headers=forged).get_json()["trace_id"]


def test_in_tests_a_fault_shows_itself(service: Flask) -> None:
    service.config["PROPAGATE_EXCEPTIONS"] = True
    with pytest.raises(KeyError):
        service.test_client().get(f"{NOTES}/broken")
