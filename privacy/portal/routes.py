"""All pages of the portal, registered on its blueprint."""

from __future__ import annotations

from privacy.portal import asking, choosing, entry, helping, proving, requests, sign_on, standing
from privacy.portal.blueprint import portal

__all__ = ["asking", "choosing", "entry", "helping", "portal", "proving", "requests", "sign_on", "standing"]
