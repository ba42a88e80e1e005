"""How the pages of an installation look: whose they are, where help is, and a few colours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import current_app

if TYPE_CHECKING:
    from privacy.pages.assets import Asset
    from privacy.pages.theme import ShownLogo

EXTENSION = "privacy_pages"


@dataclass(frozen=True)
class Whose:
    """Who is behind the pages, and where to ask for help. Empty where that is not known."""

    name: str = ""
    #: A number that people may call, as it is read.
    phone: str = ""
    #: The mail address of whoever answers for data.
    email: str = ""
    #: When somebody answers the telephone, in the language of the page.
    hours: str = ""


@dataclass(frozen=True)
class Look:
    """What pages need of the installation."""

    #: Where the service is, without a slash at the end.
    base_url: str
    #: Whose pages they are, and the zone by which days are told.
    whose: Callable[[], Whose]
    zone: Callable[[], ZoneInfo]
    #: The files of the theme that are served, by name; its logo; how it changes a style sheet for other sites.
    assets: Mapping[str, Asset] = field(default_factory=dict, repr=False)
    logo: ShownLogo | None = None
    embedded: Callable[[bytes], bytes] = bytes

    @property
    def secure(self) -> bool:
        """Whether browsers reach the service over TLS."""
        return self.base_url.startswith("https://")


def look() -> Look:
    """How the pages of this application look."""
    found: Look = current_app.extensions[EXTENSION]
    return found
