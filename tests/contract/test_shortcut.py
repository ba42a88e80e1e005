"""The check below Flask and Flask's own view give the same answer, byte for byte but for time and token."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from privacy.consent.shortcut import CheckShortcut
from privacy.http.limits import RateLimiter
from privacy.http.setup import LIMITER
from tests.callers import ANNA, Service, a_give

URL = "/api/v1/consents/check"
ASKED = {"subject": ANNA, "purpose": "offers", "channel": "email"}
BODIES: list[Any] = [
    ASKED,
    ASKED | {"channel": "push"},
    ASKED | {"channel": "sms"},
    ASKED | {"subject": {"customer_id": "C-1001"}},
    ASKED | {"subject": {"email": "nobody@example.com"}},
    ASKED | {"purpose": "nothing"},
    ASKED | {"channel": None},
    ASKED | {"at": "2026-11-20T12:00:00Z"},
    ASKED | {"at": "2999-11-20"},
    ASKED | {"token": "x"},
    ASKED | {"stranger": 1},
    ASKED | {"subject": {}},
    [],
    b"",
    b"{",
    b'{"a": 1, "a": 2}',
]
#: Differ from one request to the next.
_OWN = {"as_of", "token", "trace_id"}
_COUNTED = {"RateLimit", "Content-Length"}


def shape(answer: TestResponse) -> tuple[int, list[str], str, dict[str, str]]:
    """Status, the keys in their order, the values, and the headers: without what is each request's own."""
    found = json.loads(answer.data)
    values = json.dumps({name: len(value) if name in _OWN else value for name, value in found.items()})
    headers = {name: value for name, value in answer.headers.items() if name not in _COUNTED}
    return answer.status_code, list(found), values, headers


@pytest.fixture
def ways(service: Service) -> tuple[FlaskClient, FlaskClient]:
    """A client through the shortcut, and one that reaches Flask directly."""
    assert isinstance(service.app.wsgi_app, CheckShortcut)
    onward = service.app.wsgi_app._onward

    class Direct:
        """The application without what stands in front of it."""

        def __init__(self, app: Flask) -> None:
            self.app = app

        def __getattr__(self, name: str) -> Any:
            return getattr(self.app, name)

        def __call__(self, environ: Any, start_response: Any) -> Any:
            return onward(environ, start_response)

    return service.app.test_client(), FlaskClient(Direct(service.app), service.app.response_class)  # type: ignore[arg-type]  # all of it that the client uses


def both(ways: tuple[FlaskClient, FlaskClient], key: str | None, body: Any, **headers: str) -> list[TestResponse]:
    fields = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return [way.post(URL, data=data, headers=fields | headers) for way in ways]


def test_every_question_gets_the_same_answer(service: Service, ways: tuple[FlaskClient, FlaskClient]) -> None:
    caller = service.caller()
    caller.record(a_give())
    caller.record(a_give(act="withdraw", channels=["sms"], wording=None))
    for kind in (caller, service.caller(partner=True), service.caller("consents:write")):
        for body in BODIES:
            short, long = both(ways, kind.key, body)
            assert shape(short) == shape(long), body
            assert len(short.data) == len(long.data)


def test_every_refusal_is_the_same(service: Service, ways: tuple[FlaskClient, FlaskClient]) -> None:
    key = service.caller().key
    for one, headers in (
        (None, {}),
        ("nonsense", {}),
        (key, {"Content-Type": "text/plain"}),
        (key, {"Content-Type": "application/json; charset=utf-8"}),
        (None, {"Authorization": "Basic YTpi"}),
    ):
        short, long = both(ways, one, ASKED, **headers)
        assert shape(short) == shape(long)
    trace = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    short, long = both(ways, None, ASKED, **trace)
    assert short.get_json() == long.get_json()
    assert short.get_json()["trace_id"] == "0af7651916cd43dd8448eb211c80319c"


def test_both_count_against_one_limit(service: Service, ways: tuple[FlaskClient, FlaskClient]) -> None:
    limiter: RateLimiter = service.app.extensions[LIMITER]
    limiter.quota = 4
    key = service.caller().key
    left = [answer.headers["RateLimit"].partition(";t=")[0] for _ in range(2) for answer in both(ways, key, ASKED)]
    assert left == [f'"default";r={n}' for n in (3, 2, 1, 0)]
    short, long = both(ways, key, ASKED)
    assert (short.status_code, short.get_json()["type"]) == (429, "/problems/quota-exceeded")
    assert int(short.headers["Retry-After"]) <= 60
    assert {name for name, _ in short.headers} == {name for name, _ in long.headers}
    assert long.status_code == 429
    assert both(ways, service.caller().key, ASKED)[0].status_code == 200
