"""Text messages through a gateway that a file describes; a real one on this machine answers as it is told."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy.audit import service as audit
from privacy.db import session
from privacy.outbox import service as outbox
from privacy.outbox.failures import DeliveryInvalid
from privacy.outbox.gateway import gateway_of
from privacy.outbox.models import OutboxMessage
from privacy.outbox.service import MessageKind
from privacy.outbox.sms import SmsTransport
from tests.outbox.sending import put, send, state_of

PHONE = "+48600100200"
DESCRIBED = """
method: POST
url: {url}
headers: {{ Authorization: "Bearer {{secret}}", Idempotency-Key: "{{id}}" }}
json: {{ messages: [ {{ to: "{{to}}", text: "{{text}}", from: Sklep }} ] }}
id: messages.0.id
"""


@pytest.fixture(autouse=True)
def _told(context: Flask) -> None:
    outbox.install(audit.record_message)


class Desk:
    """A gateway and what it got."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status, self.answer = 200, b'{"messages": [{"id": "sms-17"}]}'
        desk = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                desk.got.append((dict(self.headers), body))
                if desk.status == 0:
                    self.close_connection = True
                    return
                self.send_response(desk.status)
                self.send_header("Location", "http://localhost:1/")
                self.end_headers()
                self.wfile.write(desk.answer)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/messages"


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def gateway(folder: Path, text: str) -> SmsTransport:
    file = folder / "sms.yml"
    file.write_text(text)
    return SmsTransport(gateway_of(str(file), secret="a-secret"), timeout=5)


def test_a_text_message_goes_as_described(desk: Desk, tmp_path: Path) -> None:
    message_id = put(PHONE, kind=MessageKind.SMS)
    assert send(gateway(tmp_path, DESCRIBED.format(url=desk.url))) == 1
    [(headers, body)] = desk.got
    assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer a-secret", str(message_id))
    [message] = json.loads(body)["messages"]
    assert (message["to"], message["from"]) == (PHONE, "Sklep")
    assert "493817" in message["text"]
    assert state_of(message_id) == ("sent", None)
    row = session().scalars(sa.select(OutboxMessage)).one()
    assert row.reference_enc is not None
    assert b"sms-17" not in row.reference_enc


def test_a_form_too_and_what_a_value_holds_is_no_place(desk: Desk, tmp_path: Path) -> None:
    put(PHONE, kind=MessageKind.SMS)
    send(gateway(tmp_path, f'url: {desk.url}\nform: {{ to: "{{to}}", text: "x{{text}}&to=1", key: "{{secret}}" }}\n'))
    form = parse_qs(desk.got[0][1].decode())
    assert form["to"] == [PHONE]
    assert form["text"][0].endswith("&to=1")
    assert form["key"] == ["a-secret"]


@pytest.mark.parametrize(
    ("status", "state", "failure"),
    [
        (400, "refused", "http-400"),
        (401, "pending", "http-401"),
        (429, "pending", "http-429"),
        (302, "pending", "http-302"),
        (500, "pending", "http-500"),
        (504, "pending", "http-504"),
        (0, "pending", "connection-lost-after-request"),
    ],
)
def test_what_the_gateway_says_is_told_apart(desk: Desk, tmp_path: Path, status: int, state: str, failure: str) -> None:
    desk.status = status
    message_id = put(PHONE, kind=MessageKind.SMS)
    send(gateway(tmp_path, DESCRIBED.format(url=desk.url)))
    assert state_of(message_id) == (state, failure)
    assert len(desk.got) == 1
    unknown = session().scalars(sa.select(OutboxMessage.unknown_outcomes)).one()
    assert unknown == (1 if status in {0, 504} else 0)


@pytest.mark.parametrize("answer", [b"", b"[", b'{"messages": {}}', b'{"messages": [{"id": {}}]}', b"[" * 60_000])
def test_an_answer_without_a_number_says_all_the_same_that_it_was_taken(
    desk: Desk, tmp_path: Path, answer: bytes
) -> None:
    desk.answer = answer
    message_id = put(PHONE, kind=MessageKind.SMS)
    send(gateway(tmp_path, DESCRIBED.format(url=desk.url)))
    assert state_of(message_id) == ("sent", None)


def test_what_is_no_number_is_sent_nowhere(desk: Desk, tmp_path: Path) -> None:
    message_id = put("600 100 200", kind=MessageKind.SMS)
    send(gateway(tmp_path, DESCRIBED.format(url=desk.url)))
    assert state_of(message_id) == ("refused", "address-invalid")
    assert desk.got == []


BODY: dict[str, Any] = {"to": "{to}", "text": "{text}"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://sms.example.com/", "json": BODY},
        {"url": "https://user:word@sms.example.com/", "json": BODY},
        {"url": "https://sms.example.com/{to}", "json": BODY},
        {"url": "https://sms.example.com/", "method": "GET", "json": BODY},
        {"url": "https://sms.example.com/", "json": BODY, "form": BODY},
        {"url": "https://sms.example.com/", "json": {"to": "{to}"}},
        {"url": "https://sms.example.com/", "json": BODY, "headers": {"X": "{to}"}},
        {"url": "https://sms.example.com/", "json": BODY, "headers": {"X": "a\nb"}},
        {"url": "https://sms.example.com/", "json": BODY, "id": "a..b"},
        {"url": "https://sms.example.com/", "json": BODY, "retries": 3},
        {"url": "https://sms.example.com/", "form": {"to": "{to}", "text": ["{text}"]}},
        [],
    ],
)
def test_a_description_that_means_something_else_is_refused(wrong: Any, tmp_path: Path) -> None:
    with pytest.raises(DeliveryInvalid):
        gateway(tmp_path, json.dumps(wrong))
