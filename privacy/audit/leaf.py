"""The leaf of an event: what the log publishes about it, which says nothing by itself."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from privacy.crypto import canonical


def leaf_of(event_id: UUID, version: int, commitment: bytes) -> dict[str, Any]:
    """The leaf as JSON."""
    return {"v": version, "event_id": str(event_id), "commitment": base64.b64encode(commitment).decode()}


def leaf_bytes(event_id: UUID, version: int, commitment: bytes) -> bytes:
    """The leaf as it is hashed and published: canonical JSON (RFC 8785)."""
    return canonical.encode(leaf_of(event_id, version, commitment))
