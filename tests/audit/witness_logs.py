"""Logs for tests of witnesses: a tree of its own, a key, checkpoints and proofs; and witnesses that know them."""

from __future__ import annotations

from pathlib import Path

from privacy.audit import merkle
from privacy.audit.checkpoint import Checkpoint
from privacy.audit.note import KeyType, Note, SigningKey
from privacy.audit.witness.cosigner import Cosigner
from privacy.audit.witness.protocol import Answer, Request
from privacy.audit.witnessing import Witness

ORIGIN = "log.example.org/consent"
#: The key of RFC 8032, test 1.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")


class ALog:
    """One history of a log. Two with different names of their leaves are two histories of one log."""

    def __init__(self, history: str = "A", *, origin: str = ORIGIN, seed: bytes = SEED) -> None:
        self.key = SigningKey(origin, KeyType.ED25519, seed)
        self.history = history

    def checkpoint(self, size: int) -> Checkpoint:
        root = merkle.root_of(size, self._subtree)
        return Checkpoint(self.key.name, size, root)

    def note(self, size: int) -> Note:
        return self.checkpoint(size).signed(self.key)

    def proof(self, old: int, new: int) -> tuple[bytes, ...]:
        return tuple(merkle.prove_consistency(old, new, self._subtree)) if old else ()

    def request(self, old: int, new: int) -> Request:
        return Request(old, self.proof(old, new), self.note(new))

    def _subtree(self, level: int, number: int) -> bytes:
        if level == 0:
            return merkle.leaf_hash(f"{self.history} {number}".encode())
        return merkle.node_hash(self._subtree(level - 1, 2 * number), self._subtree(level - 1, 2 * number + 1))


def a_witness(folder: Path, log: ALog | None = None, name: str = "witness.example.org/w1") -> Cosigner:
    """A new witness that trusts the log's key."""
    made = Cosigner.make(folder, name)
    made.trust((log or ALog()).key.verifier)
    return made


def asked(cosigner: Cosigner, request: Request) -> Answer:
    return cosigner.add_checkpoint(str(request).encode())


def at(cosigner: Cosigner, port: int) -> Witness:
    """The witness as a log knows it."""
    return Witness(cosigner.verifier, f"http://127.0.0.1:{port}")
