"""The tree in tiles (C2SP tlog-tiles): 256 hashes each, addressed by level and number, so that plain GETs mirror it."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from privacy.errors import VerificationError

#: Hashes of a full tile, and levels of the tree in one.
WIDTH, HEIGHT = 256, 8
_PATH = re.compile(r"(0|[1-9][0-9]?|entries)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_LENGTH = struct.Struct(">H")
#: Levels of tiles that a tree of 2^63 leaves has.
_LEVELS = 8


class TileUnknown(VerificationError):
    """No tile has that address."""

    code = "tile-unknown"


@dataclass(frozen=True)
class Tile:
    """The address of a tile; `level` is None for the leaves themselves (an entry bundle)."""

    level: int | None
    number: int
    #: How many hashes it has; fewer than 256 at the right edge of a tree.
    width: int = WIDTH

    def __str__(self) -> str:
        """Level and number as they stand in the path: three digits each, all but the last group with an x."""
        groups, rest = [f"{self.number % 1000:03}"], self.number // 1000
        while rest:
            groups.append(f"x{rest % 1000:03}")
            rest //= 1000
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"{'entries' if self.level is None else self.level}/{'/'.join(reversed(groups))}{part}"

    @classmethod
    def parse(cls, path: str) -> Tile:
        """The address in a path; raises `TileUnknown`."""
        found = _PATH.fullmatch(path)
        if found is None:
            raise TileUnknown
        level = None if found[1] == "entries" else int(found[1])
        number = int(found[2].replace("/", "").replace("x", ""))
        tile = cls(level, number, int(found[3]) if found[3] else WIDTH)
        # One address, one spelling.
        if str(tile) != path or (level or 0) >= _LEVELS:
            raise TileUnknown
        return tile


def width_at(size: int, level: int, number: int) -> int:
    """How many hashes a tile has in a tree of that size; 0 where there is none."""
    hashes = size >> HEIGHT * level
    return max(0, min(WIDTH, hashes - number * WIDTH))


def entry_bundle(leaves: Iterable[bytes]) -> bytes:
    """Leaves in an entry bundle: each behind its length in two bytes."""
    return b"".join(_LENGTH.pack(len(leaf)) + leaf for leaf in leaves)
