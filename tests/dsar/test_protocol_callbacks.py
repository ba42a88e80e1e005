"""Whoever sent a request by a protocol is told of each status at the address that they gave, and at no other."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography import x509

from privacy import clock
from privacy.authz.actors import SERVICE
from privacy.db import db, session, unit_of_work
from privacy.dsar import service as dsar
from privacy.dsar.protocols.callbacks import Telling
from privacy.dsar.protocols.incoming import callbacks_of
from privacy.dsar.protocols.models import RequestProtocol
from privacy.dsar.protocols.opendsr import OpenDsrIdentity
from privacy.dsar.vocabulary import Event
from privacy.systems import opendsr_signature
from tests.callers import Caller, Service
from tests.dsar.protocols import REQUESTS, asked, message, move, send, signed
from tests.systems.certificates import a_certificate
from tests.systems.test_addresses import LOOPBACK, answers


@dataclass
class Listener:
    """An address that wants to be told."""

    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200
    port: int = 0


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        listener: Listener = self.server.listener  # type: ignore[attr-defined]  # put there below
        listener.heard.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(listener.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def listener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    found = Listener()
    certificate = a_certificate(tmp_path, "callback.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.listener = found  # type: ignore[attr-defined]  # for the handler
        found.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        server.shutdown()
        thread.join()


def tell(service: Service, telling: Telling) -> int:
    return telling.run(service.app.app_context, threading.Event())


def next_look(service: Service) -> int | None:
    with service.app.app_context():
        found = session().scalars(db.select(RequestProtocol)).one()
        db.session.remove()
    return found.next_at


def test_a_controller_is_told_of_each_status_once(
    service: Service,
    controller: Caller,
    listener: Listener,
    identity: OpenDsrIdentity,
    frozen: time_machine.Traveller,
) -> None:
    url = f"https://callback.example:{listener.port}/told?key=secret"
    assert controller.post(REQUESTS, asked(status_callback_urls=[url])).status_code == 201
    telling = Telling(identity, allowed=LOOPBACK, resolve=answers("127.0.0.1"))
    assert [tell(service, telling), tell(service, telling)] == [1, 0]
    headers, body = listener.heard[0]
    chain = x509.load_pem_x509_certificates(identity.certificate)
    opendsr_signature.verify(chain[0], headers["X-OpenDSR-Signature"], body)
    told = json.loads(body)
    assert (told["request_status"], told["status_callback_url"]) == ("pending", url)
    assert told["subject_request_id"] == asked()["subject_request_id"]
    assert b"anna" not in body

    move(service, Event.ASK_IDENTITY, Event.GIVE_UP_IDENTITY)
    frozen.shift(61)
    listener.status = 500
    assert tell(service, telling) == 0
    frozen.shift(59)
    listener.status = 200
    assert tell(service, telling) == 0  # Not before the minute is over.
    frozen.shift(2)
    assert tell(service, telling) == 1
    assert json.loads(listener.heard[-1][1])["request_status"] == "cancelled"
    frozen.shift(61)
    assert tell(service, telling) == 0
    assert len(listener.heard) == 3
    move(service, Event.REOPEN)
    frozen.shift(86_401)
    assert tell(service, telling) == 1
    assert json.loads(listener.heard[-1][1])["request_status"] == "pending"


def test_an_agent_is_told(service: Service, agent: Caller, listener: Listener) -> None:
    body = message(status_callback=f"https://callback.example:{listener.port}/")
    assert send(agent, signed(json.dumps(body).encode())).status_code == 200
    assert tell(service, Telling(None, allowed=LOOPBACK, resolve=answers("127.0.0.1"))) == 1
    assert json.loads(listener.heard[0][1])["status"] == "open"


def test_no_callback_reaches_into_a_private_network(
    service: Service, controller: Caller, listener: Listener, identity: OpenDsrIdentity, frozen: time_machine.Traveller
) -> None:
    url = f"https://callback.example:{listener.port}/"
    assert controller.post(REQUESTS, asked(status_callback_urls=[url])).status_code == 201
    for _ in range(40):
        assert tell(service, Telling(identity, resolve=answers("127.0.0.1"))) == 0
        frozen.shift(43_201)
    assert listener.heard == []
    # It is given up, and whoever missed it asks.
    assert next_look(service) is None


def test_the_addresses_are_sealed_and_go_with_the_request(
    service: Service, controller: Caller, frozen: time_machine.Traveller
) -> None:
    url = "https://callback.example/?key=secret"
    assert controller.post(REQUESTS, asked(status_callback_urls=[url])).status_code == 201
    with service.app.app_context():
        found = session().scalars(db.select(RequestProtocol)).one()
        assert b"secret" not in found.callbacks_enc
        assert callbacks_of(found) == [url]
        db.session.remove()
    move(service, Event.ASK_IDENTITY, Event.GIVE_UP_IDENTITY)
    frozen.shift(50 * 366 * 86_400)
    with service.app.app_context(), unit_of_work():
        assert dsar.delete_ended_files(clock.micros(), actor=SERVICE) == 1
        assert session().scalar(db.select(RequestProtocol.request_id)) is None
