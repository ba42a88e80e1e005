"""A load generator: persistent HTTP/1.1 connections in one thread, each with one request in flight.

Every client sends its next request as soon as the answer to the last is whole (a closed loop), so the figures say what
the server does with that many callers, and no request waits in a queue of ours. Requests are bytes made beforehand. It
costs some 15 microseconds a request on a processor of its own; `python -m bench load` measures it against a WSGI
application that does nothing.
"""

from __future__ import annotations

import select
import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_TIMEOUT = 30.0
_LENGTH = b"content-length: "


@dataclass
class Outcome:
    """What one stretch of load found."""

    seconds: float
    #: Time from sending to the whole answer of each request, in seconds.
    latencies: list[float]
    failures: int = 0
    #: Some answers that were no success, cut short, to be shown.
    examples: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Successful requests a second."""
        return (len(self.latencies) - self.failures) / self.seconds

    def percentile(self, percent: int) -> float:
        """Latency in milliseconds."""
        return statistics.quantiles(self.latencies, n=100, method="inclusive")[percent - 1] * 1000


class LoadFailed(Exception):
    """The server stopped answering."""


@dataclass
class _Client:
    socket: socket.socket
    sent_at: float = 0.0
    received: bytes = b""


def post(path: str, body: bytes, *, key: str, mimetype: str = "application/json") -> bytes:
    """A request as bytes."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: {mimetype}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run(port: int, requests: Iterator[bytes], *, clients: int, seconds: float) -> Outcome:
    """Send requests for so long, or until there are none left; raises `LoadFailed`."""
    outcome = Outcome(0.0, [])
    poll = select.epoll()
    open_clients: dict[int, _Client] = {}
    try:
        for _ in range(clients):
            connection = socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            poll.register(connection, select.EPOLLIN)
            open_clients[connection.fileno()] = _Client(connection)
        started = time.perf_counter()
        _drive(open_clients, poll, requests, started + seconds, outcome)
        outcome.seconds = time.perf_counter() - started
    finally:
        for client in open_clients.values():
            client.socket.close()
        poll.close()
    return outcome


def _drive(
    clients: dict[int, _Client], poll: select.epoll, requests: Iterator[bytes], end: float, outcome: Outcome
) -> None:
    in_flight = sum(_send(client, requests) for client in clients.values())
    while in_flight:
        ready = poll.poll(_TIMEOUT)
        if not ready:
            raise LoadFailed(f"no answer for {_TIMEOUT:.0f} s")
        for descriptor, _ in ready:
            client = clients[descriptor]
            data = client.socket.recv(1 << 18)
            if not data:
                raise LoadFailed("the server closed a connection")
            client.received += data
            if not _whole(client.received):
                continue
            now = time.perf_counter()
            _count(client, now, outcome)
            in_flight -= 1
            if now < end:
                in_flight += _send(client, requests)


def _send(client: _Client, requests: Iterator[bytes]) -> bool:
    request = next(requests, None)
    if request is None:
        return False
    client.received = b""
    client.sent_at = time.perf_counter()
    client.socket.sendall(request)
    return True


def _whole(received: bytes) -> bool:
    """Whether the answer is there to its last byte; all answers of the service state their length."""
    head = received.find(b"\r\n\r\n")
    if head < 0:
        return False
    at = received.find(_LENGTH, 0, head)
    if at < 0:
        return received.endswith(b"\r\n0\r\n\r\n")  # Lines are sent in chunks.
    at += len(_LENGTH)
    return len(received) >= head + 4 + int(received[at : received.index(b"\r", at)])


def _count(client: _Client, now: float, outcome: Outcome) -> None:
    outcome.latencies.append(now - client.sent_at)
    if not client.received.startswith(b"HTTP/1.1 2"):
        outcome.failures += 1
        if len(outcome.examples) < 3:
            outcome.examples.append(client.received[:900].decode(errors="replace"))


def cycle(requests: Sequence[bytes]) -> Iterator[bytes]:
    """The requests again and again."""
    while True:
        yield from requests
