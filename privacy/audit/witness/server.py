"""The witness over HTTP: `POST /add-checkpoint` and, for monitors, `GET /<origin hash>/checkpoint` (C2SP tlog-witness).

A threaded server of the standard library: a log asks about once a second, each answer waits for the disk anyway, and a
program that guards a key should have little code around it. What that server lacks is here: no connection lives longer
than its time, however slowly it sends, and no more are served than there are places.
"""

from __future__ import annotations

import io
import logging
import re
import socket
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from privacy.audit.witness.cosigner import Cosigner, WitnessUnusable
from privacy.audit.witness.protocol import ADD_CHECKPOINT, LONGEST_REQUEST, TEXT_MEDIA_TYPE, Answer

#: How long a connection may live, in seconds, over all its requests.
CONNECTION_SECONDS = 30.0
#: How many connections are served at a time; others are closed at once and come again.
CONNECTIONS = 64
_CHECKPOINT = re.compile(r"/([0-9a-f]{64})/checkpoint")
_LENGTH = re.compile(r"[0-9]{1,9}")

_log = logging.getLogger("privacy.witness")


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness until `shutdown`. Port 0 takes a free one; `server_port` says which."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, cosigner: Cosigner, *, seconds: float = CONNECTION_SECONDS) -> None:
        """Listen; raises OSError where the address can't be had. `seconds`: how long a connection may live."""
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.cosigner = cosigner
        self.seconds = seconds
        self._places = threading.BoundedSemaphore(CONNECTIONS)
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind without asking the name service for our own name, which may take seconds."""
        # `HTTPServer` would ask; its parent only binds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own, or close it where all places are taken."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """The thread of one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # their signature
        """Say that a connection failed, and nothing of whose it was."""
        _log.warning("a connection failed", exc_info=True)


class _Bounded(io.RawIOBase):
    """What a connection sends, until its time is over; then TimeoutError."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._end = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: WitnessServer
    protocol_version = "HTTP/1.1"
    server_version = "privacy-witness"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        self.rfile = io.BufferedReader(_Bounded(self.connection, self.server.seconds))

    def do_POST(self) -> None:
        if self.path != ADD_CHECKPOINT:
            self._answer(Answer(404, f"There is only POST {ADD_CHECKPOINT}.\n"))
            return
        body = self._body()
        if body is not None:
            self._answer(self._add(body))

    def do_GET(self) -> None:
        found = _CHECKPOINT.fullmatch(self.path)
        try:
            note = self.server.cosigner.latest(found[1]) if found else None
        except WitnessUnusable as error:
            self._answer(_broken(error))
            return
        if note is None:
            self._answer(Answer(404, "This witness has cosigned no checkpoint under that name.\n"))
        else:
            self._answer(Answer(200, str(note)))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the library refuses by itself, as plain text too."""
        del explain
        self.close_connection = True
        self._answer(Answer(code, f"{message or self.responses.get(code, ('Refused',))[0]}.\n"))

    def log_message(self, format: str, *args: Any) -> None:
        """Not in their format, which begins with the caller's address."""

    def _body(self) -> bytes | None:
        """The whole body, or None where it was refused or ended early."""
        length = self.headers.get("Content-Length", "")
        if self.headers.get("Transfer-Encoding") or not _LENGTH.fullmatch(length):
            self.send_error(411, "The request needs a Content-Length")
            return None
        if int(length) > LONGEST_REQUEST:
            self.send_error(413, f"The request is longer than {LONGEST_REQUEST} bytes")
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return None
        return body

    def _add(self, body: bytes) -> Answer:
        try:
            answer = self.server.cosigner.add_checkpoint(body)
        except (OSError, WitnessUnusable) as error:
            return _broken(error)
        if answer.is_fork:
            _log.error("a log has forked", extra={"status": answer.status, "reason": answer.text.strip()})
        else:
            _log.info("checkpoint answered", extra={"status": answer.status})
        return answer

    def _answer(self, answer: Answer) -> None:
        body = answer.text.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _broken(error: OSError | WitnessUnusable) -> Answer:
    _log.error("the witness cannot use its folder", exc_info=error)
    return Answer(500, "This witness cannot keep its state now, so it cosigns nothing.\n", TEXT_MEDIA_TYPE)
