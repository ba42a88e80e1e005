"""A real processor that speaks OpenDSR 2.0 on loopback, with keys and people of its own."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from privacy.systems import opendsr_signature
from tests.systems.certificates import a_key, an_issued_certificate

DOMAIN = "processor.example.com"
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@cache
def the_key() -> rsa.RSAPrivateKey:
    return a_key()


@cache
def the_certificate(domain: str = DOMAIN) -> x509.Certificate:
    return an_issued_certificate(the_key(), domain)


@dataclass
class Processor:
    """What it knows and how it behaves."""

    people: dict[str, Any]
    certificate: x509.Certificate = field(default_factory=the_certificate)
    key: rsa.RSAPrivateKey = field(default_factory=the_key)
    domain: str = DOMAIN
    token: str = "t-9876543210"
    url: str = ""
    #: What is changed in each signed answer, and whether before or after the signature.
    changed: dict[str, Any] = field(default_factory=dict)
    forged: bool = False
    unsigned: bool = False
    requests: dict[str, dict[str, Any]] = field(default_factory=dict)
    posted: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)

    def go_on(self, status: str, **more: Any) -> None:
        """All requests come to that status; completed ones take effect."""
        for request in self.requests.values():
            request["status"], request["more"] = status, more
            if status == "completed":
                self._complete(request)

    def _complete(self, request: dict[str, Any]) -> None:
        known = [one["identity_value"] for one in request["asked"]["subject_identities"]]
        if request["asked"]["subject_request_type"] == "erasure":
            for value in known:
                self.people.pop(value, None)
            return
        found = {value: self.people[value] for value in known if value in self.people}
        request["results"] = json.dumps(found).encode()
        about = request["asked"]["subject_request_id"]
        more = {"results_url": f"{self.url}/files/{about}?key=a%20b"} if found else {}
        request["more"] = {"results_count": len(found), **more, **request["more"]}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, processor: Processor) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.processor = processor
        processor.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        processor = self.server.processor
        path = self.path.split("?")[0]
        if path == "/v2/discovery":
            known = [{"identity_type": "email", "identity_format": how} for how in ("raw", "sha256")]
            types = ["access", "portability", "erasure"]
            found = {
                "api_version": "2.0",
                "supported_identities": known,
                "supported_subject_request_types": types,
                "processor_certificate": f"{processor.url}/certificate.pem",
            }
            self._send(200, json.dumps(found).encode(), {})
        elif path == "/certificate.pem":
            self._send(
                200, processor.certificate.public_bytes(serialization.Encoding.PEM), {}, "application/x-pem-file"
            )
        elif path.startswith("/files/"):
            self._send(200, processor.requests[path.removeprefix("/files/")]["results"], {})
        else:
            self._status(path.removeprefix("/v2/requests/"))

    def _status(self, request_id: str) -> None:
        processor = self.server.processor
        request = processor.requests.get(request_id)
        if request is None:
            self._send(404, b'{"error": {"code": 404, "message": "unknown"}}', {})
            return
        self._signed(200, {**self._about(request_id), "request_status": request["status"], **request["more"]})

    def do_POST(self) -> None:
        processor = self.server.processor
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        processor.posted.append((dict(self.headers), raw))
        asked = json.loads(raw)
        request_id = asked["subject_request_id"]
        if self.headers.get("Authorization") != f"Bearer {processor.token}" or self.path != "/v2/requests":
            self._send(401, b'{"error": {"code": 401, "message": "who are you"}}', {})
        elif request_id in processor.requests or not _UUID4.fullmatch(request_id):
            self._send(400, b'{"error": {"code": 400, "message": "known already"}}', {})
        else:
            processor.requests[request_id] = {"asked": asked, "status": "pending", "more": {}}
            received = {"received_time": asked["submitted_time"], "encoded_request": base64.b64encode(raw).decode()}
            self._signed(201, {**self._about(request_id), **received})

    def _about(self, request_id: str) -> dict[str, Any]:
        times = {"expected_completion_time": "2026-12-01T00:00:00Z", "api_version": "2.0"}
        return {"controller_id": "shop-1", "subject_request_id": request_id, **times}

    def _signed(self, status: int, content: dict[str, Any]) -> None:
        processor = self.server.processor
        body = json.dumps({**content, **processor.changed}).encode()
        headers = {
            opendsr_signature.DOMAIN_HEADER: processor.domain,
            opendsr_signature.SIGNATURE_HEADER: opendsr_signature.sign(processor.key, body),
        }
        if processor.forged:
            body = body.replace(b"pending", b"completed").replace(b"201", b"202") + b" "
        self._send(status, body, {} if processor.unsigned else headers)

    def _send(self, status: int, body: bytes, headers: Mapping[str, str], kind: str = "application/json") -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


@contextlib.contextmanager
def serving(processor: Processor) -> Iterator[str]:
    """The processor's base address on loopback."""
    with _Server(processor) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"{processor.url}/v2"
        finally:
            server.shutdown()
            thread.join()
