"""A sink that is an HTTP collector: lines of JSON are posted, and what it answered with 2xx it has."""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Sequence
from urllib.parse import SplitResult

from privacy.audit.sinks.failures import SinkUnreachable
from privacy.audit.sinks.line import Line
from privacy.deadline import cut_off

#: Seconds for everything together, once the name is resolved.
TIMEOUT_SECONDS = 10.0
_HEADERS = {"Content-Type": "application/x-ndjson", "User-Agent": "privacy"}


class Collector:
    """Posts to one address. No redirect is followed and no proxy asked."""

    def __init__(self, address: SplitResult, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._address = address
        self._timeout = timeout

    def deliver(self, lines: Sequence[Line]) -> None:
        """Post the lines; raises `SinkUnreachable`, also for an answer that is no yes."""
        status = self._post("".join(f"{line.text}\n" for line in lines).encode())
        if not 200 <= status < 300:
            raise SinkUnreachable(f"The collector answered with status {status}.")

    def _post(self, body: bytes) -> int:
        address = self._address
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = kind(address.hostname or "", address.port, timeout=self._timeout)
        path = (address.path or "/") + (f"?{address.query}" if address.query else "")
        try:
            with contextlib.closing(connection):
                connection.connect()
                with cut_off(connection.sock, self._timeout):
                    connection.request("POST", path, body, _HEADERS)
                    return connection.getresponse().status
        except (OSError, http.client.HTTPException, ValueError):  # A name that can't be one is a ValueError.
            raise SinkUnreachable("The collector did not answer.") from None
