"""Check an evidence file of one's own on the spot, with the same arithmetic as anybody else and the keyring's keys.

It shows a colleague that the proof holds. To somebody outside it proves nothing: they take the file to
`privacy-verify`, with a key that they have from elsewhere.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from privacy.audit import keys, merkle
from privacy.audit.checkpoint import Checkpoint, verify_checkpoint
from privacy.audit.recording import commitment
from privacy.audit.stored import public_keys
from privacy.crypto import canonical
from privacy.errors import VerificationError


class CommitmentBroken(VerificationError):
    """The body of the event is not the one that the log committed to."""

    code = "commitment-broken"


@dataclass(frozen=True)
class SelfChecked:
    """What held: all that was there to check."""

    #: Leaves of the checkpoint, and the root that they make.
    size: int
    root: bytes
    #: Names of those who signed the checkpoint.
    signed_by: tuple[str, ...]
    #: Whether there was a body to compare with its commitment.
    with_body: bool = False


def check_inclusion(evidence: Mapping[str, Any]) -> SelfChecked:
    """That the event of an inclusion proof stands in the log.

    1. A key of ours signed the checkpoint. 2. The leaf leads to its root by the proof. 3. The leaf commits to the body,
    where that is disclosed. Raises `VerificationError`.
    """
    checkpoint, signed_by = _signed(evidence["checkpoint"])
    event = evidence["event"]
    leaf = merkle.leaf_hash(canonical.encode(event["leaf"]))
    proof = [base64.b64decode(node, validate=True) for node in event["proof"]]
    merkle.verify_inclusion(leaf, event["index"], checkpoint.size, proof, checkpoint.root)
    with_body = "body" in event
    if with_body:
        made = commitment(base64.b64decode(event["salt"], validate=True), canonical.encode(event["body"]))
        if base64.b64encode(made).decode() != event["leaf"]["commitment"]:
            raise CommitmentBroken
    return SelfChecked(checkpoint.size, checkpoint.root, signed_by, with_body)


def check_consistency(evidence: Mapping[str, Any]) -> SelfChecked:
    """That the newer state of a consistency proof begins with the older one. Raises `VerificationError`."""
    newer, signed_by = _signed(evidence["checkpoint"])
    older, _ = _signed(evidence["old"])
    proof = [base64.b64decode(node, validate=True) for node in evidence["proof"]]
    merkle.verify_consistency(older.size, newer.size, proof, older.root, newer.root)
    return SelfChecked(newer.size, newer.root, signed_by)


def _signed(note: str) -> tuple[Checkpoint, tuple[str, ...]]:
    origin = keys.origin()
    checkpoint, signed = verify_checkpoint(note, origin, public_keys(origin).values())
    return checkpoint, tuple(key.name for key in signed)
