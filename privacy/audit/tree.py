"""The stored tree: hashes of perfect subtrees, derived from the leaves' hashes and the tiles above them."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from privacy.audit import merkle
from privacy.audit.failures import LogBroken
from privacy.audit.merkle import HASH_BYTES, Frontier
from privacy.audit.models import AuditLeaf, AuditTile
from privacy.audit.tiles import HEIGHT, WIDTH
from privacy.db import Driver, Statement, end_read, session

_LEAVES = Statement(
    sa.select(AuditLeaf.leaf_hash)
    .where(AuditLeaf.sequence_number >= sa.bindparam("first"), AuditLeaf.sequence_number < sa.bindparam("end"))
    .order_by(AuditLeaf.sequence_number)
)
_TILE = Statement(
    sa.select(AuditTile.hashes).where(
        AuditTile.level == sa.bindparam("level"), AuditTile.number == sa.bindparam("number")
    )
)


class StoredTree:
    """Reads subtrees; keeps the tiles that it has read, so use one for a proof or a few."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, number: int) -> bytes:
        """The hash of a perfect subtree (`merkle.Subtrees`); raises `LogBroken` where the log does not have it."""
        tile_level, height = divmod(level, HEIGHT)
        first = number << height
        tile, offset = divmod(first, WIDTH)
        hashes = self.tile(tile_level, tile)[offset : offset + (1 << height)]
        if len(hashes) != 1 << height:
            raise LogBroken(f"The log lacks hashes of its tile {tile} at level {tile_level}.")
        while len(hashes) > 1:
            hashes = [merkle.node_hash(*hashes[at : at + 2]) for at in range(0, len(hashes), 2)]
        return hashes[0]

    def tile(self, level: int, number: int) -> list[bytes]:
        """The hashes of a tile, as many as there are."""
        known = self._tiles.get((level, number))
        if known is None:
            known = self._tiles[level, number] = self._read(level, number)
        return known

    def _read(self, level: int, number: int) -> list[bytes]:
        if level == 0:
            rows = self._driver.rows(_LEAVES, {"first": number * WIDTH, "end": (number + 1) * WIDTH})
            return [bytes(leaf_hash) for (leaf_hash,) in rows]
        rows = self._driver.rows(_TILE, {"level": level, "number": number})
        whole = bytes(rows[0][0]) if rows else b""
        return [whole[at : at + HASH_BYTES] for at in range(0, len(whole), HASH_BYTES)]


@dataclass(frozen=True)
class Edge:
    """The right edge of a stored tree: what is needed to append to it."""

    frontier: Frontier
    #: The last tile of each level from 1 on, as far as it is filled.
    tiles: dict[int, bytes]


def edge_of(size: int, tree: StoredTree) -> Edge:
    """The edge of the first `size` leaves; raises `LogBroken` where the log does not have them."""
    tiles: dict[int, bytes] = {}
    level, hashes = 1, size >> HEIGHT
    while hashes:
        tiles[level] = b"".join(tree.tile(level, hashes // WIDTH)[: hashes % WIDTH]) if hashes % WIDTH else b""
        level, hashes = level + 1, hashes >> HEIGHT
    return Edge(merkle.frontier_of(size, tree), tiles)


def stored_edge(size: int) -> Edge:
    """The edge of the first `size` leaves of the session's log; raises `LogBroken`."""
    edge = edge_of(size, StoredTree(Driver.of(session())))
    end_read()
    return edge
