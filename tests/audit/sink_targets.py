"""Receivers to stream to, real ones on this machine: syslog over UDP and TCP, and an HTTP collector."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: RFC 5424, section 6, without the parts that we never send.
MESSAGE = re.compile(
    rb"<(?P<pri>\d{1,3})>1 (?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (?P<host>[\x21-\x7e]{1,255}) "
    rb"(?P<app>[\x21-\x7e]{1,48}) - (?P<msgid>[\x21-\x7e]{1,32}) "
    rb'\[(?P<sd>[\x21-\x7e]+(?: [a-z]+="(?:[^"\\\]]|\\["\\\]])*")+)\] (?P<text>\{.*\})',
    re.DOTALL,
)


def numbers(texts: list[str]) -> list[int]:
    """The sequence numbers of lines of JSON."""
    return [json.loads(text)["sequence_number"] for text in texts]


@contextlib.contextmanager
def udp_receiver() -> Iterator[tuple[int, socket.socket]]:
    """A port, and the socket to read from."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(2)
        yield receiver.getsockname()[1], receiver


class TcpReceiver:
    """Reads each connection to its end, as counted octets, and closes it; or is cut short, or never reads."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        #: Bytes after which a connection is reset; None for never.
        self.resets_after: int | None = None
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                self._read(connection)

    def _read(self, connection: socket.socket) -> None:
        content = b""
        while portion := connection.recv(65_536):
            content += portion
            if self.resets_after is not None and len(content) >= self.resets_after:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                break
        while content:
            length, _, rest = content.partition(b" ")
            if len(rest) < int(length):
                break
            self.messages.append(rest[: int(length)])
            content = rest[int(length) :]


@contextlib.contextmanager
def tcp_receiver() -> Iterator[TcpReceiver]:
    receiver = TcpReceiver()
    try:
        yield receiver
    finally:
        receiver.close()


class CollectorServer(ThreadingHTTPServer):
    """Keeps the lines of every post, and answers as it is told."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lines: list[str] = []
        #: Statuses of the next answers; after them 204. A dawdling one takes its time.
        self.statuses: list[int] = []
        self.dawdles = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/in?source=privacy"


class _Handler(BaseHTTPRequestHandler):
    server: CollectorServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        assert self.headers["Content-Type"] == "application/x-ndjson"
        status = self.server.statuses.pop(0) if self.server.statuses else 204
        time.sleep(self.server.dawdles)
        if status < 300:
            self.server.lines += body.splitlines()
        with contextlib.suppress(OSError):
            self.send_response(status)
            if status in {301, 307, 308}:
                self.send_header("Location", self.server.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        pass


@contextlib.contextmanager
def collector() -> Iterator[CollectorServer]:
    with CollectorServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
