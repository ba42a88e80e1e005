"""A sink that is a syslog receiver: RFC 5424 messages, in datagrams (RFC 5426) or counted octets on TCP (RFC 6587)."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Mapping, Sequence
from enum import StrEnum

from privacy import clock
from privacy.audit.sinks.failures import SinkUnreachable
from privacy.audit.sinks.line import Line

#: Seconds for connecting, and for each wait after it.
TIMEOUT_SECONDS = 10.0
_FACILITY_LOG_AUDIT = 13
_SEVERITY_INFORMATIONAL = 6
_PRI = _FACILITY_LOG_AUDIT * 8 + _SEVERITY_INFORMATIONAL
_APP_NAME = "privacy"
_NIL = "-"
#: An SD-ID needs an enterprise number; this one is for whoever has none (RFC 5612).
_SD_ID = "event@32473"
#: Characters that a value of structured data escapes (RFC 5424, section 6.3.3).
_ESCAPED = re.compile(r'(["\\\]])')
_NOT_PRINTABLE = re.compile(r"[^\x21-\x7e]")


class Transport(StrEnum):
    """How messages travel."""

    UDP = "udp"
    TCP = "tcp"


class Syslog:
    """Sends each line as a message of its own.

    Over TCP a delivery is a connection: the receiver closes it once it has read to the end, and that is how we know.
    A datagram is sent and nobody says whether it came.
    """

    def __init__(self, transport: Transport, host: str, port: int, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._transport = transport
        self._place = (host, port)
        self._timeout = timeout

    def deliver(self, lines: Sequence[Line]) -> None:
        """Send the lines; raises `SinkUnreachable`."""
        messages = [message(line, host=socket.gethostname()) for line in lines]
        try:
            if self._transport is Transport.TCP:
                self._stream(b"".join(b"%d %b" % (len(one), one) for one in messages))
            else:
                self._datagrams(messages)
        except (OSError, UnicodeError):  # A name that can't be one is a UnicodeError.
            raise SinkUnreachable("The syslog receiver did not take the messages.") from None

    def _stream(self, content: bytes) -> None:
        with socket.create_connection(self._place, self._timeout) as connection:
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
            if connection.recv(1):
                raise SinkUnreachable("The syslog receiver answered, which it never does.")

    def _datagrams(self, messages: Sequence[bytes]) -> None:
        family, kind, protocol, _, place = socket.getaddrinfo(*self._place, type=socket.SOCK_DGRAM)[0]
        with contextlib.closing(socket.socket(family, kind, protocol)) as sender:
            # Connected, so that a receiver that isn't there is noticed where its machine says so.
            sender.connect(place)
            for one in messages:
                sender.send(one)


def message(line: Line, *, host: str) -> bytes:
    """The message of a line (RFC 5424, section 6). Its text is ASCII, so MSG has no byte order mark."""
    data = _element({"seq": str(line.sequence_number), "id": str(line.event_id), "action": line.action or ""})
    at = clock.moment(line.sequenced_at)
    head = f"<{_PRI}>1 {at} {_name(host, 255)} {_APP_NAME} {_NIL} {_name(line.action or '', 32)}"
    return f"{head} {data} {line.text}".encode("ascii")


def _element(values: Mapping[str, str]) -> str:
    escaped = " ".join(f'{name}="{_ESCAPED.sub(_escape, value)}"' for name, value in values.items())
    return f"[{_SD_ID} {escaped}]"


def _escape(match: re.Match[str]) -> str:
    return "\\" + match[1]


def _name(text: str, longest: int) -> str:
    """A name in the header: printable ASCII without blanks, or that there is none."""
    return _NOT_PRINTABLE.sub("", text)[:longest] or _NIL
