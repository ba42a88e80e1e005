"""The published tree in tiles, so that anybody mirrors it with plain GETs (C2SP tlog-tiles)."""

from __future__ import annotations

import sqlalchemy as sa

from privacy.audit import proofs
from privacy.audit.leaf import leaf_bytes
from privacy.audit.models import AuditEvent, AuditLeaf
from privacy.audit.tiles import WIDTH, Tile, TileUnknown, entry_bundle, width_at
from privacy.db import session
from privacy.errors import NotFound


class TileNotFound(NotFound):
    """The published log has no tile of that address."""

    code = "tile-not-found"


def tile(address: str, size: int) -> bytes:
    """The tile of that address in the published tree of `size` leaves: hashes, or the leaves of an entry bundle.

    Of any width up to what that tree has, also where more is there by now. Raises `TileNotFound`.
    """
    try:
        asked = Tile.parse(address)
    except TileUnknown:
        raise TileNotFound from None
    if asked.width > width_at(size, asked.level or 0, asked.number):
        raise TileNotFound(f"The published log of {size} leaves has no such tile of that width.")
    if asked.level is None:
        return entry_bundle(_leaves(asked.number * WIDTH, asked.width))
    return b"".join(proofs.stored_tree().tile(asked.level, asked.number)[: asked.width])


def _leaves(first: int, how_many: int) -> list[bytes]:
    rows = session().execute(
        sa.select(AuditEvent.id, AuditEvent.v, AuditEvent.commitment)
        .join(AuditLeaf, AuditLeaf.event_id == AuditEvent.id)
        .where(AuditLeaf.sequence_number >= first, AuditLeaf.sequence_number < first + how_many)
        .order_by(AuditLeaf.sequence_number)
    )
    return [leaf_bytes(event_id, version, commitment) for event_id, version, commitment in rows]
