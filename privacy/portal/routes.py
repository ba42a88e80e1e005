"""All pages of the portal, registered on its blueprint."""

from __future__ import annotations

from privacy.portal import (
    asking,
    changed,
    choosing,
    entry,
    helping,
    preferring,
    proving,
    requests,
    sign_on,
    standing,
)
from privacy.portal.blueprint import portal

__all__ = [
    "asking",
    "changed",
    "choosing",
    "entry",
    "helping",
    "portal",
    "preferring",
    "proving",
    "requests",
    "sign_on",
    "standing",
]
