"""Both doors of collection forms, and the page behind a QR code, registered on their blueprints."""

from __future__ import annotations

from privacy.portal.collection import own_device
from privacy.portal.collection.embed import embed
from privacy.portal.collection.pages import collect

__all__ = ["collect", "embed", "own_device"]
