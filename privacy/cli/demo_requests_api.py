"""A small server of the demo on loopback: the JSON API of the Club."""

from __future__ import annotations

import http.server
import json
import re
from typing import Any, ClassVar

from privacy.cli.demo_requests_people import Row


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
