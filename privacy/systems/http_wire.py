"""One request to another system over HTTP, and its whole answer: verified TLS, a checked address, bounds on everything.

No redirect is followed, no proxy asked and nothing unpacked. The time bounds the whole conversation, not each byte.
"""

from __future__ import annotations

import email.utils
import http.client
import json
import math
import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import msgspec
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from privacy import clock
from privacy.deadline import cut_off
from privacy.systems.addresses import Network, Resolve, checked_address
from privacy.systems.connector import SystemRefused, SystemUnreachable

_PIECE = 65_536
#: Deeper answers are attacks, or no rows.
_MOST_DEPTH = 40
#: Among the client errors, those of the moment (RFC 9110, 9.3; RFC 6585).
_LATER = frozenset({408, 425, 429})
_JSON = ("application/json", "text/json")
#: A wait that another side asks for is believed up to a day.
_LONGEST_WAIT = 86_400.0
_NO_ADDRESS = "The system's address is none: write https://host/path."


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    #: Whether the other side said how long it is, so that a part of it is seen to be one.
    delimited: bool = True

    @property
    def is_success(self) -> bool:
        """Whether its status says that what was asked was done."""
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in lower case."""
        return self.headers.get("content-type", "").split(";", 1)[0].strip().lower()

    def json(self) -> Any:
        """The value that it holds. Raises `SystemRefused` where it is no JSON, `SystemUnreachable` where it is cut."""
        if self.media_type not in _JSON and not self.media_type.endswith("+json"):
            raise SystemRefused("The system answered something that is not JSON.")
        try:
            value = msgspec.json.decode(self.body)
            _ensure_shallow(value)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
            if self.delimited:
                raise SystemRefused("The system answered something that is not JSON.") from None
            raise SystemUnreachable("The system's answer broke off.") from None
        return value


class Wire:
    """The way to one base address. Its name is resolved once."""

    def __init__(
        self,
        base_url: str,
        *,
        allowed: Iterable[Network],
        timeout: float,
        most_bytes: int,
        resolve: Resolve = socket.getaddrinfo,
    ) -> None:
        """`timeout`: seconds for one whole conversation; `most_bytes`: of one answer."""
        try:
            parts = urlsplit(base_url)
            host, port = parts.hostname, parts.port
        except ValueError:  # It may be what another system answered.
            raise SystemRefused(_NO_ADDRESS) from None
        if parts.scheme not in {"https", "http"} or not host or parts.username is not None:
            raise SystemRefused(_NO_ADDRESS)
        self._secure = parts.scheme == "https"
        self._host = host
        self._port = port or (443 if self._secure else 80)
        self._prefix = parts.path.rstrip("/")
        self._named = parts.netloc
        self._allowed, self._timeout, self._most_bytes = tuple(allowed), timeout, most_bytes
        self._resolve = resolve
        self._address: str | None = None

    def send(
        self, method: str, target: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """The answer, whatever its status. `target`: path and query after the base address, percent-encoded.

        Raises `SystemUnreachable` where there was no whole answer, `SystemRefused` where there must be none.
        """
        sent = {
            "Host": self._named,
            "User-Agent": "privacy",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **(headers or {}),
        }
        connection = self._connection()
        try:
            connection.connect()
            with cut_off(connection.sock, self._timeout):
                connection.request(
                    method, self._prefix + target, body, sent, preload_content=False, decode_content=False
                )
                return self._read(connection.getresponse())
        except ssl.SSLCertVerificationError:
            raise SystemRefused("The system's certificate does not hold.") from None
        except (OSError, HTTPError, http.client.HTTPException):
            raise SystemUnreachable("The system did not answer, or its answer broke off.") from None
        except ValueError:
            # The library's own check of headers and addresses: a secret with a line break in it, for one.
            raise SystemRefused("The request cannot be sent as it is: see `privacy systems connect`.") from None
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        if self._address is None:
            self._address = checked_address(self._host, self._port, self._allowed, resolve=self._resolve)
        if not self._secure:
            if not self._address.startswith(("127.", "::1")):
                raise SystemRefused("Without TLS only a system on the same machine is asked.")
            return HTTPConnection(self._address, self._port, timeout=self._timeout)
        return HTTPSConnection(
            self._address,
            self._port,
            timeout=self._timeout,
            ssl_context=ssl.create_default_context(),
            server_hostname=self._host,
        )

    def _read(self, response: BaseHTTPResponse) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise SystemRefused("The system packs its answers though it was asked not to.")
        body = bytearray()
        while piece := response.read(_PIECE):
            body += piece
            if len(body) > self._most_bytes:
                raise SystemRefused("The system's answer is longer than its settings allow.")
        delimited = "content-length" in headers or "chunked" in headers.get("transfer-encoding", "").lower()
        return Answer(response.status, headers, bytes(body), delimited)


def ensure_success(answer: Answer) -> Answer:
    """The answer, where its status says that what was asked was done.

    Raises `SystemUnreachable` for what may work later, with the seconds that the other side asks to wait, and
    `SystemRefused` for everything else.
    """
    status = answer.status
    if answer.is_success:
        return answer
    if status >= 500 or status in _LATER:
        raise SystemUnreachable(f"The system answered with status {status}.", retry_after=retry_after(answer))
    if 300 <= status < 400:
        raise SystemRefused("The system redirects elsewhere. Write the address that it redirects to, if it is right.")
    if status in {401, 403}:
        raise SystemRefused(f"The system does not permit it: status {status}. See `privacy systems connect`.")
    raise SystemRefused(f"The system answered with status {status}.")


def retry_after(answer: Answer) -> float | None:
    """Seconds to wait, of a `Retry-After` header (RFC 9110, 10.2.3); None without one that can be read."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_WAIT)
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    seconds = at.timestamp() - clock.micros() / clock.SECOND
    return min(max(math.ceil(seconds), 0.0), _LONGEST_WAIT)


def json_body(value: Any) -> bytes:
    """A value as it is sent."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _ensure_shallow(value: Any) -> None:
    level = [value]
    for _ in range(_MOST_DEPTH):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    raise ValueError("nested too deeply")
