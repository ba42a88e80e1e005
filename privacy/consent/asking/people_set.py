"""A set of people as bytes: for each the last 62 bits of the id, which are random, and whether the answer was yes.

Whoever was asked about twice is in it twice. Two people share an entry with a probability of 2^-62.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable
from uuid import UUID

#: In how many parts the people of a list are written.
PARTS = 16
_RANDOM_BITS = (1 << 62) - 1
#: The entries differ almost everywhere, so trying hard gains nothing.
_LEVEL = 1


def entry(subject_id: UUID, *, allowed: bool) -> int:
    """The entry of a person with an answer."""
    return (subject_id.int & _RANDOM_BITS) << 1 | allowed


def part_of(one: int) -> int:
    """The part in which an entry is."""
    return one >> 1 & (PARTS - 1)


def pack(entries: Iterable[int]) -> bytes:
    """The set as it is stored."""
    return zlib.compress(_big_endian(array("Q", sorted(entries))).tobytes(), _LEVEL)


def unpack(packed: bytes) -> array[int]:
    """The entries of a stored set."""
    found = array("Q")
    found.frombytes(zlib.decompress(packed))
    return _big_endian(found)


def _big_endian(entries: array[int]) -> array[int]:
    if sys.byteorder == "little":
        entries.byteswap()
    return entries
