"""A real JSON API on loopback with data of its own, for the connector that asks it; it can fail and lie."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

Rows = list[dict[str, Any]]


@dataclass
class Api:
    """What the server holds, how it behaves, and what it was asked."""

    tables: dict[str, Rows]
    primary_key: str = "id"
    page_size: int = 2
    token: str = "t-0123456789"
    #: Called before each request with its method and path; True where it answered (or broke off) itself.
    fault: Callable[[_Handler], bool] | None = None
    ignores_filter: bool = False
    loses_writes: bool = False
    asked: list[tuple[str, str, Any, Mapping[str, str]]] = field(default_factory=list)

    def requests(self, method: str) -> list[tuple[str, Any, Mapping[str, str]]]:
        return [(path, body, headers) for how, path, body, headers in self.asked if how == method]

    def by_key(self, table: str, key: str) -> dict[str, Any] | None:
        return next((row for row in self.tables[table] if str(row[self.primary_key]) == key), None)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: Api) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that a fault tore down is what the test wanted."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    paging: ClassVar[re.Pattern[str]] = re.compile(r"/(\w+)/(by_cursor|by_page|by_offset|by_link|search)")

    def _all(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        raw = self.rfile.read(length)
        body = json.loads(raw) if raw and "json" in self.headers.get("Content-Type", "") else raw.decode()
        api = self.server.api
        api.asked.append((self.command, self.path, body, dict(self.headers)))
        if api.fault is not None and api.fault(self):
            return
        parts = urlsplit(self.path)
        if parts.path == "/token":
            self.answer(200, {"access_token": api.token, "token_type": "Bearer"})
        elif self.headers.get("Authorization") != f"Bearer {api.token}":
            self.answer(401, {"error": "unauthorized"})
        elif match := self.paging.fullmatch(parts.path):
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self._search(match[1], match[2], query | (body if isinstance(body, dict) else {}))
        else:
            self._one(unquote(parts.path), body)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _all  # noqa: N815

    def _search(self, table: str, how: str, asked: Mapping[str, Any]) -> None:
        api = self.server.api
        names = {"after", "page", "offset", "ignored"}
        wanted = {name: value for name, value in asked.items() if name not in names}
        rows = [
            row
            for row in api.tables[table]
            if api.ignores_filter or all(_matches(row.get(name), value) for name, value in wanted.items())
        ]
        if how == "search":
            self.answer(200, {"items": rows})
            return
        size = api.page_size
        start = int(asked.get("after") or asked.get("offset") or (int(asked.get("page", 1)) - 1) * size)
        more = start + size < len(rows)
        meta = {"next": start + size if more and how == "by_cursor" else None}
        headers = {}
        if more and how == "by_link":
            kept = "&".join(f"{name}={value}" for name, value in wanted.items())
            headers = {"Link": f'</first>; rel="first", </{table}/by_link?{kept}&after={start + size}>; rel="next"'}
        self.answer(200, {"items": rows[start : start + size], "meta": meta}, headers)

    def _one(self, path: str, body: Any) -> None:
        api = self.server.api
        _, table, key = path.split("/", 2)
        row = api.by_key(table, key)
        if row is None:
            self.answer(404, {"error": "not found"})
            return
        if self.command == "PATCH" and body.keys() - row.keys():
            self.answer(422, {"error": "unknown field"})
            return
        if self.command == "DELETE" and not api.loses_writes:
            api.tables[table].remove(row)
        if self.command == "PATCH" and not api.loses_writes:
            row.update(body)
        self.answer(200, row)

    def answer(self, status: int, value: Any, headers: Mapping[str, str] | None = None) -> None:
        self.send_raw(status, json.dumps(value).encode(), {"Content-Type": "application/json", **(headers or {})})

    def send_raw(self, status: int, body: bytes, headers: Mapping[str, str], *, length: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


def _matches(found: Any, wanted: Any) -> bool:
    values = wanted if isinstance(wanted, list) else [wanted]
    return found is not None and _folded(found) in {_folded(value) for value in values}


def _folded(value: Any) -> str:
    """As many an API compares: without regard to case and to spaces around."""
    return str(value).strip().lower()


@contextlib.contextmanager
def serving(api: Api) -> Iterator[str]:
    """The API at an address on loopback."""
    with _Server(api) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _reset_mid_answer(handler: _Handler) -> bool:
    handler.send_raw(200, b'{"items": [', {"Content-Type": "application/json"}, length=5000)
    handler.wfile.flush()
    handler.reset()
    return True


def _hang(handler: _Handler) -> bool:
    # Until the other side goes.
    with contextlib.suppress(OSError):
        handler.connection.recv(1)
    handler.close_connection = True
    return True


def _drip(handler: _Handler) -> bool:
    with contextlib.suppress(OSError):
        handler.send_raw(200, b"", {"Content-Type": "application/json"}, length=5000)
        for _ in range(400):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
    handler.close_connection = True
    return True


def _plain(status: int, body: bytes, **headers: str) -> Callable[[_Handler], bool]:
    def fault(handler: _Handler) -> bool:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.send_raw(status, body, {"Content-Type": "application/json", **names})
        return True

    return fault


def _truncated(handler: _Handler) -> bool:
    handler.send_raw(200, b'{"items": [{"id"', {"Content-Type": "application/json"}, length=5000)
    handler.close_connection = True
    return True


#: Faults of the other side, by what they are; refused connections and TLS are faults of the way.
FAULTS: Mapping[str, Callable[[_Handler], bool]] = {
    "reset": _reset_mid_answer,
    "hang": _hang,
    "drip": _drip,
    "500": _plain(500, b'{"error": "internal"}'),
    "502": _plain(502, b"<html>bad gateway</html>", Content_Type="text/html"),
    "429": _plain(429, b'{"error": "slow down"}', Retry_After="120"),
    "wrong json": _plain(200, b"{'items': []}"),
    "truncated": _truncated,
    "wrong type": _plain(200, b'{"items": []}', Content_Type="text/html"),
    "redirect": _plain(302, b"", Location="http://169.254.169.254/latest/meta-data/"),
}


def settings_of(url: str, tables: Sequence[Mapping[str, Any]], **changes: Any) -> dict[str, Any]:
    """Settings as the programme's document has them once it is checked."""
    no_auth = {"header": None, "token_url": None, "scope": None}
    return {
        **{"base_url": url, "auth": {"kind": "bearer", **no_auth}, "allow_private": ["127.0.0.0/8"]},
        **{"timeout_seconds": 5, "requests_per_minute": None, "most_kilobytes": 1_000, "most_pages": 50},
        "tables": list(tables),
        **changes,
    }


def request(method: str, path: str, **changes: Any) -> dict[str, Any]:
    return {"method": method, "path": path, "query": {}, "body": None, "absent": [], **changes}


def search(table: str, by: str, **changes: Any) -> dict[str, Any]:
    asked = request("POST", f"/{table}/search", body={by: f"{{{by}}}"})
    return {"by": by, **asked, "rows": "items", "paging": None, "most_values": 1, **changes}


def a_described_table(table: str, *by: str, key: str = "id") -> dict[str, Any]:
    """All requests of one table of the API above."""
    one = f"/{table}/{{{key}}}"
    read = [{**search(table, key), **request("GET", one, absent=[404]), "rows": None}]
    read += [search(table, name) for name in by if name != key]
    return {
        **{"table": table, "read": read, "restrict": None},
        "update": request("PATCH", one, body="{*}", absent=[404]),
        "delete": request("DELETE", one, absent=[404]),
    }
