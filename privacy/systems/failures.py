"""What can be wrong with what somebody asks of a system's connection."""

from __future__ import annotations

from collections.abc import Iterable

from privacy.errors import Conflict, InvalidInput, NotFound


class UnknownSystem(NotFound):
    """The programme in force has no system of that code."""

    code = "unknown-system"

    @classmethod
    def among(cls, known: Iterable[str]) -> UnknownSystem:
        """Names the systems that there are."""
        listed = ", ".join(sorted(known))
        return cls(f"{cls.title()} It has: {listed}." if listed else f"{cls.title()} It has none.")


class NotConnected(Conflict):
    """The service has no connection to this system."""

    code = "not-connected"


class ConnectionInvalid(InvalidInput):
    """The connection cannot be used as it is."""

    # Its text never repeats a part of what was given, which may be a password.
    code = "connection-invalid"
