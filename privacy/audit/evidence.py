"""Evidence files of the log (docs/evidence.md): what `privacy-verify` takes as it is."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import keys, proofs
from privacy.audit.failures import CheckpointNotFound, EventNotFound
from privacy.audit.models import AuditLeaf
from privacy.audit.proofs import Published
from privacy.db import session
from privacy.errors import InvalidInput

FORMAT = "privacy-evidence/v1"
#: How long a proof of a fresh event is waited for.
WAIT_SECONDS = 5.0


def checkpoint_facts() -> dict[str, Any]:
    """The newest checkpoint that is shown, in words. Raises `CheckpointNotFound`, `LogNotOpened`."""
    newest = proofs.newest_checkpoint()
    return {
        "origin": keys.origin(),
        "size": newest.size,
        "root": base64.b64encode(newest.root).decode(),
        "note": newest.note,
        "published_at": clock.isoformat(newest.published_at),
        "witnesses": list(newest.witnesses),
    }


def inclusion_proof(
    event_id: UUID, *, size: int | None = None, disclosed: bool = True, seconds: float = WAIT_SECONDS
) -> dict[str, Any]:
    """That the event stands in the log, in the tree of `size` leaves or the newest one; waits for a fresh event.

    Raises `EventNotFound`, `NotPublishedYet`, `CheckpointNotFound`, `InvalidInput` for a tree that ends before it.
    """
    index, newest = proofs.wait_until_published(event_id, seconds=seconds)
    published = _shown(size, newest)
    if index >= published.size:
        raise InvalidInput.of("tree_size", f"The event stands at index {index}, so name a tree of more leaves.")
    (event,) = proofs.event_evidence([event_id], published.size, disclosed=disclosed)
    return _file("inclusion-proof", published) | {"event": event}


def consistency_proof(old: int, new: int | None = None) -> dict[str, Any]:
    """That the published log of `new` leaves, or the newest one, begins with the published log of `old` leaves.

    Raises `CheckpointNotFound`, `InvalidInput` where `old` is the larger one.
    """
    newest = proofs.newest_checkpoint()
    published, before = _shown(new, newest), _shown(old, newest)
    if before.size > published.size:
        raise InvalidInput.of("old", f"It must not be larger than {published.size}, the size of the newer tree.")
    proof = [base64.b64encode(node).decode() for node in proofs.consistency(before.size, published.size)]
    return _file("consistency-proof", published) | {"old": before.note, "proof": proof}


def event_at(index: int) -> UUID:
    """The event that stands at that index of the log; raises `EventNotFound`."""
    found: UUID | None = session().scalar(sa.select(AuditLeaf.event_id).where(AuditLeaf.sequence_number == index))
    if found is None:
        raise EventNotFound(f"The log has no leaf at index {index}.")
    return found


def _shown(size: int | None, newest: Published) -> Published:
    """The checkpoint of that size, if it may be shown: one that is newer than `newest` lacks cosignatures yet."""
    if size is None or size == newest.size:
        return newest
    if size > newest.size:
        raise CheckpointNotFound(f"No checkpoint of {size} leaves is published; the newest has {newest.size}.")
    return proofs.checkpoint_of(size)


def _file(kind: str, published: Published) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "kind": kind,
        "checkpoint": published.note,
        "endorsements": proofs.endorsements(published.size),
        "witnesses": list(published.witnesses),
    }
