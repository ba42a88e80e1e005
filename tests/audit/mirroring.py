"""A mirror of a log: plain GETs, the tiles' arithmetic and nothing of the service."""

from __future__ import annotations

import struct
from collections.abc import Callable

from privacy.audit import merkle
from privacy.audit.checkpoint import Checkpoint
from privacy.audit.merkle import HASH_BYTES, Frontier
from privacy.audit.note import Note
from privacy.audit.tiles import HEIGHT, WIDTH, Tile, width_at

#: A path -> the body of a 200.
Get = Callable[[str], bytes]


def checkpoint(get: Get) -> Checkpoint:
    return Checkpoint.parse(Note.parse(get("/log/checkpoint")).text)


def leaf_tiles(get: Get, size: int) -> list[bytes]:
    """The hash of every leaf, from the tiles of level 0."""
    found = []
    for number in range(-(-size // WIDTH)):
        width = width_at(size, 0, number)
        whole = get(f"/log/tile/{Tile(0, number, width)}")
        assert len(whole) == width * HASH_BYTES
        found += [whole[at : at + HASH_BYTES] for at in range(0, len(whole), HASH_BYTES)]
    return found


def entries(get: Get, size: int) -> list[bytes]:
    """Every leaf itself."""
    found = []
    for number in range(-(-size // WIDTH)):
        rest = get(f"/log/tile/{Tile(None, number, width_at(size, 0, number))}")
        while rest:
            (length,) = struct.unpack_from(">H", rest)
            found.append(rest[2 : 2 + length])
            rest = rest[2 + length :]
    return found


def upper_tiles(get: Get, size: int) -> dict[tuple[int, int], bytes]:
    """Every tile above the leaves."""
    level, found = 1, {}
    while size >> HEIGHT * level:
        for number in range(-(-(size >> HEIGHT * level) // WIDTH)):
            width = width_at(size, level, number)
            found[level, number] = get(f"/log/tile/{Tile(level, number, width)}")
        level += 1
    return found


def root_of(leaves: list[bytes]) -> tuple[bytes, dict[tuple[int, int], bytes]]:
    """The root of the leaves' hashes, and the tiles above them as they must be."""
    frontier, tiles = Frontier(), dict[tuple[int, int], bytes]()
    for leaf in leaves:
        for level, number, node in frontier.append(leaf)[HEIGHT::HEIGHT]:
            place = (level // HEIGHT, number // WIDTH)
            tiles[place] = tiles.get(place, b"") + node
    return frontier.root(), tiles


def mirrored(get: Get) -> int:
    """Mirror the whole log, see that it is what its checkpoint says, and return its size."""
    point = checkpoint(get)
    leaves = entries(get, point.size)
    hashes = leaf_tiles(get, point.size)
    assert [merkle.leaf_hash(leaf) for leaf in leaves] == hashes
    root, tiles = root_of(hashes)
    assert root == point.root
    assert upper_tiles(get, point.size) == tiles
    return point.size
