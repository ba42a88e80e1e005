"""A mailbox and a telephone of the demo on loopback, which take every message to anybody."""

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
from typing import Any

_CODE = re.compile(r"\b[0-9]{8}\b|\b[0-9]{4} [0-9]{4}\b")


class Mailbox(socketserver.ThreadingTCPServer):
    """Takes mail for anybody (RFC 5321, as much of it as a well-behaved sender needs) and keeps it as files."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _MailHandler)
        self.folder, self._taken = folder, threading.Lock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        """The relay, as settings name it."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    @property
    def mails(self) -> list[EmailMessage]:
        """Every mail, the oldest first."""
        return list(mails_in(self.folder))

    def take(self, raw: bytes) -> None:
        """Keep one mail."""
        with self._taken:
            place = self.folder / f"{sum(1 for _ in _files(self.folder)) + 1:04d}.eml"
            place.write_bytes(raw)

    def code(self) -> str:
        """The one-time code of the newest mail that has one; raises `LookupError`."""
        for mail in reversed(self.mails):
            found = _CODE.search(mail.get_content())
            if found:
                return found[0].replace(" ", "")
        raise LookupError


def mails_in(folder: Path) -> Iterator[EmailMessage]:
    """What a mailbox took, the oldest first."""
    for file in sorted(_files(folder)):
        yield email.message_from_bytes(file.read_bytes(), policy=email.policy.default)


def _files(folder: Path) -> Iterator[Path]:
    return folder.glob("*.eml")


class Telephone(http.server.ThreadingHTTPServer):
    """A gateway of text messages, which lie beside the mails as mails do."""

    daemon_threads = True

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__(("127.0.0.1", 0), _TextHandler)
        self.mailbox = mailbox

    def settings(self) -> str:
        """The gateway, as a file of settings describes it (`docs/delivery.md`)."""
        url = f"http://127.0.0.1:{self.server_port}/messages"
        return json.dumps({"method": "POST", "url": url, "json": {"to": "{to}", "text": "{text}"}})


class _TextHandler(http.server.BaseHTTPRequestHandler):
    server: Telephone

    def do_POST(self) -> None:
        """Keep one text message."""
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message = EmailMessage(policy=email.policy.default)
        message["To"], message["Subject"] = given["to"], "SMS"
        message.set_content(given["text"])
        self.server.mailbox.take(message.as_bytes())
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


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
