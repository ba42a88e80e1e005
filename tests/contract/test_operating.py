"""What whoever runs the service sees: readiness, figures, limits, headers, whom to write to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy.db import session, unit_of_work
from privacy.http.limits import RateLimiter
from privacy.http.setup import LIMITER
from tests.callers import ANNA, Caller, Service, a_give

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def readiness(service: Service) -> tuple[int, set[str]]:
    """The status of /readyz and what it says has failed."""
    answer = service.nobody().get("/readyz")
    checks = answer.get_json()["checks"]
    assert set(checks) == {"quarantine", "database", "schema", "keys", "programme", "log", "journal", "witnesses"}
    return answer.status_code, {name for name, state in checks.items() if state != "ok"}


def run(service: Service, statement: str) -> None:
    with service.app.app_context(), unit_of_work():
        session().execute(sa.text(statement))


#: What a dependency is broken by, and mended by.
_BROKEN = {
    "schema": (
        "UPDATE alembic_version SET version_num = 'x' || version_num",
        "UPDATE alembic_version SET version_num = substr(version_num, 2)",
    ),
    "keys": ("ALTER TABLE owner_key RENAME TO away", "ALTER TABLE away RENAME TO owner_key"),
    "database": ("ALTER TABLE data_subject RENAME TO away", "ALTER TABLE away RENAME TO data_subject"),
}


@pytest.mark.parametrize("failed", _BROKEN)
def test_readiness_turns_with_each_dependency_and_back(service: Service, failed: str, tmp_path: Path) -> None:
    breaks, mends = _BROKEN[failed]
    service.publish(tmp_path)
    assert readiness(service) == (200, set())
    run(service, breaks)
    assert readiness(service) == (503, {failed})
    assert service.nobody().get("/livez").status_code == 200
    run(service, mends)
    assert readiness(service) == (200, set())


def test_a_service_without_a_programme_is_not_ready_and_answers_nothing(app: Flask, tmp_path: Path) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    service = Service(app)
    service.publish(tmp_path)
    assert readiness(service) == (503, {"programme"})
    answer = service.caller().post("/consents/check", {"subject": ANNA, "purpose": "offers", "channel": "email"})
    assert (answer.status_code, answer.get_json()["allowed"]) == (503, False)


def test_every_answer_carries_the_security_headers(service: Service) -> None:
    caller = service.caller()
    for answer in (
        caller.post("/consents", a_give()),
        caller.post("/consents/check", {"subject": ANNA, "purpose": "offers", "channel": "email"}),
        caller.post("/consents/check", {}),
        caller.get("/nothing"),
        caller.batch(b""),
        service.nobody().get("/livez"),
        service.nobody().get("/programme"),
    ):
        assert {name: answer.headers.get(name) for name in _HEADERS} == _HEADERS
        assert "Set-Cookie" not in answer.headers
        assert "Server" not in answer.headers


def test_the_limit_is_told_and_held_on_every_route(service: Service) -> None:
    limiter: RateLimiter = service.app.extensions[LIMITER]
    limiter.quota = 3
    caller = service.caller()
    answers = [caller.get("/programme/purposes"), caller.post("/consents", a_give()), caller.batch(b"")]
    assert [answer.status_code for answer in answers] == [200, 201, 200]
    for left, answer in zip((2, 1, 0), answers, strict=True):
        assert answer.headers["RateLimit-Policy"] == '"default";q=3;w=60'
        assert re.fullmatch(rf'"default";r={left};t=\d+', answer.headers["RateLimit"])
    refused = caller.post("/consents", a_give())
    assert (refused.status_code, refused.get_json()["type"]) == (429, "/problems/quota-exceeded")
    assert refused.content_type == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "RateLimit" not in service.nobody().get("/livez").headers
    assert Caller(caller.web, "wrong").get("/programme").status_code == 401


def test_figures_and_logs_say_nothing_about_anybody(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    caller = service.caller()
    with caplog.at_level("DEBUG"):
        done = caller.record(a_give())
        caller.check()
        caller.get(f"/subjects/{done['subject_ref']}/history")
        caller.post("/consents", a_give({"email": "wrong address"}))
        caller.get("/anna.nowak@example.com")
    figures = service.nobody().get("/metrics").text
    assert 'route="/api/v1/consents/check"' in figures
    assert 'route="/api/v1/subjects/<uuid:subject_ref>/history"' in figures
    for text in (figures, caplog.text, *(str(vars(record)) for record in caplog.records)):
        for secret in ("nowak", "600100200", "C-1001", done["subject_ref"], done["token"], caller.key or "?"):
            assert secret not in text


def test_whom_to_write_to(service: Service) -> None:
    answer = service.app.test_client().get("/.well-known/security.txt")
    assert answer.status_code in {200, 404}  # 404 where the operator names nobody
    assert service.app.test_client().get("/docs").status_code == 200
    assert "<script" not in service.app.test_client().get("/docs").text
