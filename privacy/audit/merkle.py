"""Merkle trees as in RFC 6962, section 2.1 (the same in RFC 9162): hashes, proofs, and their verification.

Pure: a prover reads subtrees through one function, a verifier needs nothing but the proof. Verification raises
`ProofInvalid` and never returns False.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

from privacy.errors import VerificationError

HASH_BYTES = 32
#: Sizes and indexes are written as signed 64-bit integers.
LARGEST = 2**63 - 1
EMPTY_ROOT = hashlib.sha256().digest()

#: The hash of the perfect subtree over the leaves from `number << level` up to `(number + 1) << level`.
Subtrees = Callable[[int, int], bytes]


class ProofInvalid(VerificationError):
    """A proof does not hold."""

    code = "proof-invalid"


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf. Its prefix keeps leaves and nodes apart (second preimages)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the hashes of its perfect subtrees, enough to append and to tell the root."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != size.bit_count():
            raise ValueError("a tree of that size has another number of perfect subtrees")
        self.size = size
        #: Largest subtree first.
        self.hashes = list(hashes)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Append a leaf's hash; returns the perfect subtrees that it completes, as level, number and hash."""
        made, carried, level = [(0, self.size, leaf)], leaf, 0
        while self.size >> level & 1:
            carried = node_hash(self.hashes.pop(), carried)
            level += 1
            made.append((level, self.size >> level, carried))
        self.hashes.append(carried)
        self.size += 1
        return made

    def root(self) -> bytes:
        """The tree's root."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in self.hashes[-2::-1]:
            root = node_hash(left, root)
        return root


def frontier_of(size: int, subtrees: Subtrees) -> Frontier:
    """The right edge of a tree of that size, read from stored subtrees."""
    return Frontier(size, [subtrees(level, number) for level, number in _perfect(0, size)])


def root_of(size: int, subtrees: Subtrees) -> bytes:
    """The root of the first `size` leaves."""
    return frontier_of(size, subtrees).root()


def prove_inclusion(index: int, size: int, subtrees: Subtrees) -> list[bytes]:
    """PATH(index, D[size]): what is needed beside the leaf to derive the root. Raises ValueError where it has none."""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in a tree of that size")
    return [_range_hash(start, end, subtrees) for start, end in _siblings(index, 0, size)]


def prove_consistency(old: int, new: int, subtrees: Subtrees) -> list[bytes]:
    """PROOF(old, D[new]): that the first `old` leaves of the new tree are the old tree. Raises ValueError."""
    if not 0 < old <= new:
        raise ValueError("a consistency proof needs 0 < old <= new")
    if old == new:
        return []
    ranges = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    if not whole:
        ranges.append((start, end))
    return [_range_hash(first, last, subtrees) for first, last in reversed(ranges)]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """RFC 9162, section 2.1.3.2: the leaf's hash stands at `index` in the tree of `size` with that root.

    Raises `ProofInvalid`. The caller has yet to know that the root is the log's: from a checkpoint it trusts.
    """
    _ensure_size(index, "index")
    _ensure_size(size, "tree size")
    _ensure_hashes((leaf, root, *proof))
    # 1. The leaf must be in the tree.
    if index >= size:
        raise ProofInvalid(f"Leaf {index} is outside a tree of {size} leaves.")
    # 2. Each node of the proof is used once, on the side that its position demands.
    position, last, derived = index, size - 1, leaf
    for node in proof:
        if last == 0:
            raise ProofInvalid("The inclusion proof has more nodes than the tree has levels.")
        if position & 1 or position == last:
            derived = node_hash(node, derived)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            derived = node_hash(derived, node)
        position >>= 1
        last >>= 1
    # 3. All levels are used up, and the result is the root.
    if last != 0:
        raise ProofInvalid("The inclusion proof has fewer nodes than the tree has levels.")
    if derived != root:
        raise ProofInvalid(f"The inclusion proof for leaf {index} of {size} leads to another root.")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """RFC 9162, section 2.1.4.2: the tree of `new` leaves begins with the tree of `old` leaves.

    Every node enters both roots' derivation (CVE-2022-36111 left the middle out). Raises `ProofInvalid`. The caller
    has yet to know that both roots are the log's.
    """
    _ensure_size(old, "old size")
    _ensure_size(new, "new size")
    _ensure_hashes((old_root, new_root, *proof))
    # 1. The sizes must allow a proof.
    if old == 0:
        raise ProofInvalid("An empty tree is the beginning of any: there is nothing to prove.")
    if old > new:
        raise ProofInvalid(f"A tree of {new} leaves can't begin with {old}.")
    if old == new:
        if proof:
            raise ProofInvalid("A proof between trees of one size must be empty.")
        if old_root != new_root:
            raise ProofInvalid(f"Two roots are claimed for the tree of {new} leaves: the log has forked.")
        return
    if not proof:
        raise ProofInvalid("The consistency proof is empty.")
    # 2. A perfect old tree is a node of the new one, and the proof leaves it out.
    nodes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    # 3. Every node is used, and both results are the roots.
    old_derived, new_derived = _both_roots(old, new, nodes)
    if old_derived != old_root:
        raise ProofInvalid(f"The consistency proof does not lead to the root of the tree of {old} leaves.")
    if new_derived != new_root:
        raise ProofInvalid(f"The consistency proof does not lead to the root of the tree of {new} leaves.")


def _both_roots(old: int, new: int, nodes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots that a consistency proof derives: each node enters the new one, and the old one if it lies in it."""
    position, last = old - 1, new - 1
    while position & 1:
        position >>= 1
        last >>= 1
    old_derived = new_derived = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            raise ProofInvalid("The consistency proof has more nodes than the tree has levels.")
        if position & 1 or position == last:
            old_derived = node_hash(node, old_derived)
            new_derived = node_hash(node, new_derived)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            new_derived = node_hash(new_derived, node)
        position >>= 1
        last >>= 1
    if last != 0:
        raise ProofInvalid("The consistency proof has fewer nodes than the tree has levels.")
    return old_derived, new_derived


def _siblings(index: int, start: int, end: int) -> list[tuple[int, int]]:
    """The ranges of leaves beside the path from a leaf to the root, the leaf's own neighbour first."""
    ranges = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _range_hash(start: int, end: int, subtrees: Subtrees) -> bytes:
    hashes = [subtrees(level, number) for level, number in _perfect(start, end)]
    derived = hashes.pop()
    while hashes:
        derived = node_hash(hashes.pop(), derived)
    return derived


def _perfect(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The perfect subtrees that make up a range which begins where a subtree of its size may."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _ensure_size(value: int, name: str) -> None:
    if not 0 <= value <= LARGEST:
        raise ProofInvalid(f"The {name} is not between 0 and 2^63 - 1.")


def _ensure_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofInvalid("A hash does not have 32 bytes.")
