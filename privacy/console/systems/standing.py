"""How each system stands: connected since when, tried when, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from privacy import clock
from privacy.audit.event_routes import directory
from privacy.audit.service import EventFilter, Reader
from privacy.authz.actors import SERVICE
from privacy.console.systems import words
from privacy.pages.languages import locale
from privacy.programme import service as programmes
from privacy.programme.types import ConnectorKind, System
from privacy.systems import service as systems


@dataclass(frozen=True)
class LastTest:
    """The newest try of a system."""

    at: int
    #: Codes of findings.
    failed: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """One system."""

    system: System
    name: str
    connected_at: int | None
    last: LastTest | None

    @property
    def state(self) -> str:
        """`manual`, `missing`, `failing`, `warned`, `well` or `untried`."""
        if self.system.connector is ConnectorKind.MANUAL:
            return "manual"
        if self.connected_at is None and (
            self.system.connector is ConnectorKind.SQL or systems.secret_parts(self.system) == ("token",)
        ):
            return "missing"
        if self.last is None:
            return "untried"
        if self.last.failed:
            return "failing"
        return "warned" if self.last.warnings else "well"


def standings() -> Sequence[Standing]:
    """Every system of the programme, in its order."""
    connected = {one.code: one.changed_at or one.created_at for one in systems.connections()}
    tests = dict(reversed(list(_tests())))
    return [
        Standing(one, name_of(one), connected.get(one.code), tests.get(one.code))
        for one in programmes.current().systems.values()
    ]


def forgotten() -> Sequence[str]:
    """Codes of connections to systems that the programme does not have any more."""
    known = programmes.current().systems
    return [one.code for one in systems.connections() if one.code not in known]


def name_of(system: System) -> str:
    """What people call it."""
    return system.names.get(locale()) or next(iter(system.names.values()), system.code)


def said(last: LastTest | None) -> str:
    """What failed in the newest try, in words."""
    if last is None:
        return ""
    return ", ".join(dict.fromkeys(str(words.FINDINGS.get(code, code)) for code in last.failed))


def _tests() -> Iterator[tuple[str, LastTest]]:
    """Tries of systems, the newest first. Whoever may see the system may see how it stands, without the whole log."""
    for entry in Reader(directory(), SERVICE).newest(EventFilter(action=systems.TESTED)).entries:
        details = entry["details"]
        if details is not None:
            at = clock.to_micros(datetime.fromisoformat(entry["at"]))
            yield entry["object"]["id"], LastTest(at, tuple(details["failed"]), tuple(details["warnings"]))
