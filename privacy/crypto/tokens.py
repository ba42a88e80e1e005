"""Consistency tokens: which version of a person a client has seen, opaque and good for that client only."""

from __future__ import annotations

import base64
import struct
from uuid import UUID

from privacy.crypto.envelope import SealBroken
from privacy.crypto.keyring import Keyring
from privacy.crypto.pairwise import Pairwise
from privacy.errors import InvalidInput

_KIND = "token"
_BODY = struct.Struct(">16sqq")


def issue(ring: Keyring, client_id: UUID, row_id: UUID, version: int, committed_at: int) -> str:
    """A token for a row's version, committed at a time in microseconds."""
    sealed = Pairwise(ring, client_id).seal(_KIND, _BODY.pack(row_id.bytes, version, committed_at))
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read(ring: Keyring, client_id: UUID, token: str) -> tuple[UUID, int, int]:
    """Row, version and commit time; raises `InvalidInput` for a token that was not issued to this client."""
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        raw, version, committed_at = _BODY.unpack(Pairwise(ring, client_id).open(_KIND, sealed))
    except (ValueError, SealBroken, struct.error):
        raise InvalidInput.of("token", "This is no token that was issued to this client.") from None
    return UUID(bytes=raw), version, committed_at
