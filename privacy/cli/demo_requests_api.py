"""Two small servers of the demo on loopback: the JSON API of the Club, and a mailbox that takes every letter."""

from __future__ import annotations

import contextlib
import email
import email.policy
import http.server
import json
import re
import socketserver
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any, ClassVar

from privacy.cli.demo_requests_people import Row

_CODE = re.compile(r"\b[0-9]{8}\b|\b[0-9]{4} [0-9]{4}\b")


class Club(http.server.ThreadingHTTPServer):
    """Members and coupons, by `POST /TABLE/search` and by their ids."""

    daemon_threads = True

    def __init__(self, tables: dict[str, list[Row]], token: str) -> None:
        super().__init__(("127.0.0.1", 0), _ClubHandler)
        self.tables, self.token = tables, token

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_port}"


class _ClubHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Club
    _place: ClassVar[re.Pattern[str]] = re.compile(r"/(members|coupons)/([\w-]+)")

    def _answer(self) -> None:
        given = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        place = self._place.fullmatch(self.path)
        if self.headers.get("Authorization") != f"Bearer {self.server.token}":
            self._send(401, {"error": "unauthorized"})
        elif place is None:
            self._send(404, {"error": "not found"})
        elif place[2] == "search":
            [(name, value)] = json.loads(given).items()
            self._send(200, {"data": [row for row in self.server.tables[place[1]] if row[name] == value]})
        else:
            self._one(self.server.tables[place[1]], place[2], given)

    do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815  # the names are those of the standard library

    def _one(self, rows: list[Row], id_: str, given: bytes) -> None:
        row = next((one for one in rows if one["id"] == id_), None)
        if row is None:
            self._send(404, {"error": "not found"})
            return
        if self.command == "PATCH":
            row.update(json.loads(given))
        elif self.command == "DELETE":
            rows.remove(row)
        self._send(200, row)

    def _send(self, status: int, value: object) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


class Mailbox(socketserver.ThreadingTCPServer):
    """Takes mail for anybody (RFC 5321, as much of it as a well-behaved sender needs) and keeps it as files."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _MailHandler)
        self.folder, self._taken = folder, threading.Lock()
        self.mails: list[EmailMessage] = []
        folder.mkdir(mode=0o700)

    @property
    def url(self) -> str:
        """The relay, as settings name it."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def take(self, raw: bytes) -> None:
        """Keep one mail."""
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        with self._taken:
            self.mails.append(mail)
            (self.folder / f"{len(self.mails):02d}.eml").write_bytes(raw)

    def code(self) -> str:
        """The one-time code of the newest mail that has one; raises `LookupError`."""
        for mail in reversed(self.mails):
            found = _CODE.search(mail.get_content())
            if found:
                return found[0].replace(" ", "")
        raise LookupError


class _MailHandler(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say(220, "demo")
        while line := self.rfile.readline(1000):
            verb = line[:4].decode("ascii", "replace").upper()
            if verb == "DATA":
                self._say(354, "go on")
                self.server.take(self._text())
            self._say(221 if verb == "QUIT" else 250, "demo")
            if verb == "QUIT":
                return

    def _text(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, code: int, text: str) -> None:
        self.wfile.write(f"{code} {text}\r\n".encode())


@contextlib.contextmanager
def serving(server: socketserver.TCPServer) -> Iterator[None]:
    """The server answers in a thread of its own."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    with server:
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
