"""Append leaves to the stored tree: rows of leaves, tiles, and how many there are. For whoever holds the log's row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from privacy.audit import merkle
from privacy.audit.leaf import leaf_bytes
from privacy.audit.merkle import Frontier
from privacy.audit.models import AuditLeaf, AuditLog
from privacy.audit.tiles import HEIGHT, WIDTH
from privacy.db import Driver, Statement, session

_SAVE_TILE = Statement(
    sa.text(
        "INSERT INTO audit_tile (level, number, hashes) VALUES (:level, :number, :hashes)"
        " ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes"
    )
)
_INSERT_LEAF = Statement(sa.insert(AuditLeaf))


class NewLeaf(NamedTuple):
    """An event that gets its place in the log."""

    event_id: UUID
    v: int
    commitment: bytes
    sequenced_at: int


def append(frontier: Frontier, tiles: dict[int, bytes], leaves: Iterable[NewLeaf]) -> None:
    """Append these, in the open unit of work; the edge (`frontier`, the last tile of each level) moves with them."""
    rows, filled = [], dict[tuple[int, int], bytes]()
    for leaf in leaves:
        leaf_hash = merkle.leaf_hash(leaf_bytes(leaf.event_id, leaf.v, leaf.commitment))
        rows.append(
            {
                "sequence_number": frontier.size,
                "event_id": leaf.event_id,
                "leaf_hash": leaf_hash,
                "sequenced_at": leaf.sequenced_at,
            }
        )
        for level, number, node in frontier.append(leaf_hash)[HEIGHT::HEIGHT]:
            tile_level, (tile, offset) = level // HEIGHT, divmod(number, WIDTH)
            tiles[tile_level] = filled[tile_level, tile] = (tiles[tile_level] if offset else b"") + node
    driver = Driver.of(session())
    driver.run_all([(_INSERT_LEAF, row) for row in rows])
    driver.run_all(
        [(_SAVE_TILE, {"level": level, "number": n, "hashes": hashes}) for (level, n), hashes in filled.items()]
    )
    session().execute(sa.update(AuditLog).values(size=frontier.size))
