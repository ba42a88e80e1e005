"""The setting: where the stream goes, as `file:`, `syslog:` or an HTTP address."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from privacy.audit.sinks.collector import Collector
from privacy.audit.sinks.file import LinesFile
from privacy.audit.sinks.line import Line
from privacy.audit.sinks.syslog import Syslog, Transport
from privacy.errors import InvalidInput

_SETTING = "PRIVACY_AUDIT_SINK"
_MEND = (
    "Write file:/path/log.jsonl, syslog:udp://host:port, syslog:tcp://host:port or https://host/path; "
    "http:// only for an address of this machine."
)


class SinkInvalid(InvalidInput):
    """The setting of the sink cannot be used."""

    code = "sink-invalid"


class Target(Protocol):
    """Where lines go."""

    def deliver(self, lines: Sequence[Line]) -> None:
        """Return once the target has all of them; raises `SinkUnreachable`, after which it may have some."""


class Sink:
    """A target, and the name under which the log remembers how far it is."""

    def __init__(self, setting: str, target: Target) -> None:
        #: The address may be one that is nobody's business, so its digest.
        self.name = hashlib.sha256(setting.encode()).hexdigest()
        self.target = target


def sink_of(setting: str) -> Sink | None:
    """The sink of the setting; None where there is none. Raises `SinkInvalid`, which says what would be right."""
    if not setting:
        return None
    if setting.startswith("file:"):
        path = Path(setting.removeprefix("file:").removeprefix("//"))
        if not path.is_absolute() or path.is_dir() or not path.parent.is_dir():
            raise SinkInvalid.of(_SETTING, "Write file: and the whole path of a file in a folder that is there.")
        return Sink(setting, LinesFile(path))
    if setting.startswith("syslog:"):
        address = _address(setting.removeprefix("syslog:"), {"udp", "tcp"})
        if address.port is None or address.path:
            raise SinkInvalid.of(_SETTING, _MEND)
        return Sink(setting, Syslog(Transport(address.scheme), address.hostname or "", address.port))
    address = _address(setting, {"https", "http"})
    if address.scheme == "http" and not _is_here(address.hostname or ""):
        raise SinkInvalid.of(_SETTING, "Use https: the stream would cross the network in the clear.")
    return Sink(setting, Collector(address))


def _address(text: str, schemes: set[str]) -> SplitResult:
    try:
        address = urlsplit(text)
        # Reading the port finds one that is none.
        plain = not set("#@") & set(text) and address.port != 0 and text.isascii() and text.isprintable()
    except ValueError:
        plain = False
    if not plain or address.scheme not in schemes or not address.hostname or " " in text:
        raise SinkInvalid.of(_SETTING, _MEND)
    return address


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
