"""How the pages of an installation look: whose they are, where help is, and a few colours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import current_app

EXTENSION = "privacy_pages"


@dataclass(frozen=True)
class Whose:
    """Who is behind the pages, and where to ask for help. Empty where that is not known."""

    name: str = ""
    #: A number that people may call, as it is read.
    phone: str = ""
    #: The mail address of whoever answers for data.
    email: str = ""


@dataclass(frozen=True)
class Look:
    """What pages need of the installation."""

    #: Where the service is, without a slash at the end.
    base_url: str
    #: Whose pages they are, and the zone by which days are told.
    whose: Callable[[], Whose]
    zone: Callable[[], ZoneInfo]

    @property
    def secure(self) -> bool:
        """Whether browsers reach the service over TLS."""
        return self.base_url.startswith("https://")


def look() -> Look:
    """How the pages of this application look."""
    found: Look = current_app.extensions[EXTENSION]
    return found
