"""Send a text message through a gateway that is described, not programmed."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
from typing import Any
from urllib.parse import urlencode

from privacy.deadline import cut_off
from privacy.outbox.gateway import Gateway
from privacy.outbox.models import MessageKind
from privacy.outbox.transport import Outcome, Result, Sendable

#: Seconds for everything together, once the name is resolved.
TIMEOUT = 30.0
_LONGEST_ANSWER = 64 * 1024
_LONGEST_ID = 200
#: E.164.
_NUMBER = re.compile(r"\+[1-9][0-9]{5,14}", re.ASCII)
#: Who we are, or how often we ask, rather than what: no fault of the message.
_OURS = frozenset({401, 402, 403, 404, 405, 407, 408, 425, 429})
#: A server in between that does not know what the one behind it did.
_IN_BETWEEN = frozenset({502, 504})


class SmsTransport:
    """Sends through one gateway. No redirect is followed and no proxy asked."""

    kind = MessageKind.SMS

    def __init__(self, gateway: Gateway, *, timeout: float = TIMEOUT) -> None:
        self._gateway = gateway
        self._timeout = timeout

    def send(self, message: Sendable) -> Outcome:
        """Send one message; what the gateway and the network do is the outcome."""
        if not _NUMBER.fullmatch(message.to):
            return Outcome(Result.REFUSED, "address-invalid")
        gateway = self._gateway
        places = {"to": message.to, "text": message.body, "id": str(message.id), "secret": gateway.secret}
        headers = {"User-Agent": "privacy", **gateway.filled(gateway.headers, places)}
        filled = gateway.filled(gateway.body, places)
        if gateway.is_form:
            body, headers["Content-Type"] = urlencode(filled).encode(), "application/x-www-form-urlencoded"
        else:
            body, headers["Content-Type"] = json.dumps(filled, ensure_ascii=False).encode(), "application/json"
        return self._exchange(headers, body)

    def close(self) -> None:
        """Nothing stays open."""

    def _exchange(self, headers: dict[str, str], body: bytes) -> Outcome:
        url = self._gateway.url
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=self._timeout)
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        with contextlib.closing(connection):
            try:
                connection.connect()
            except (OSError, ValueError):
                return Outcome(Result.PUT_OFF, "unreachable", way_closed=True)
            try:
                with cut_off(connection.sock, self._timeout):
                    connection.request(self._gateway.method, path, body, headers)
                    answer = connection.getresponse()
                    return self._meaning(answer.status, answer.read(_LONGEST_ANSWER))
            except (OSError, http.client.HTTPException):
                return Outcome(Result.UNKNOWN, "connection-lost-after-request")

    def _meaning(self, status: int, content: bytes) -> Outcome:
        if 200 <= status < 300:
            return Outcome(Result.SENT, reference=self._id_in(content))
        if status in _IN_BETWEEN:
            return Outcome(Result.UNKNOWN, f"http-{status}")
        if status in _OURS or status >= 500 or status < 400:
            return Outcome(Result.PUT_OFF, f"http-{status}", way_closed=True)
        return Outcome(Result.REFUSED, f"http-{status}")

    def _id_in(self, content: bytes) -> str | None:
        """What the gateway calls the message; an answer without it says all the same that it took the message."""
        if self._gateway.id_path is None:
            return None
        try:
            found: Any = json.loads(content)
            for part in self._gateway.id_path:
                found = found[int(part)] if isinstance(found, list) else found[part]
        except (ValueError, KeyError, IndexError, TypeError, RecursionError):
            return None
        return str(found)[:_LONGEST_ID] if isinstance(found, str | int) else None
