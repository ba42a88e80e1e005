"""Sign a document, and put the proof into it that the log holds the event it speaks of (docs/evidence.md)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from privacy.audit.keys import log_keys
from privacy.audit.proofs import Published, endorsements, event_evidence, wait_until_published
from privacy.audit.statements import Signer
from privacy.crypto import canonical
from privacy.db import Driver, session

#: Characters of a proof on one line of a PDF.
_LINE = 76
_BEFORE_END = re.compile(rb"startxref\r?\n[0-9]+\r?\n%%EOF\s*\Z")


@dataclass(frozen=True)
class Place:
    """Where the event of a document stands, in a published state of the log."""

    event_id: UUID
    origin: str
    index: int
    published: Published


def place_of(event_id: UUID, *, seconds: float) -> Place:
    """Wait until an event is published; raises `EventNotFound`, and `NotPublishedYet` after so many seconds.

    The key that signs must be known from the same state: a verifier learns of a new key by its own event in it.
    """
    index, published = wait_until_published(event_id, seconds=seconds)
    newest = log_keys()[-1]
    if newest.index is None or newest.index >= published.size:
        _, published = wait_until_published(newest.event_id, seconds=seconds)
    return Place(event_id, newest.verifier.name, index, published)


def proven_json(document: Mapping[str, Any], media_type: str, place: Place, *, statement: str) -> bytes:
    """The document with the member `proof`, which covers all other members. `statement`: the type of what is signed."""
    digest = canonical.sha256(dict(document))
    whole = {**document, "proof": _proof(digest, media_type, place, statement)}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def proven_pdf(document: bytes, media_type: str, place: Place, *, statement: str) -> bytes:
    """The document with comment lines directly before its end, which cover all other bytes."""
    end = _BEFORE_END.search(document)
    if end is None:
        raise ValueError("this PDF has no end to put a proof before")
    proof = canonical.encode(_proof(hashlib.sha256(document).hexdigest(), media_type, place, statement))
    text = base64.b64encode(proof).decode()
    lines = "".join(f"%privacy-proof {text[at : at + _LINE]}\n" for at in range(0, len(text), _LINE))
    return document[: end.start()] + lines.encode() + document[end.start() :]


def _proof(document_sha256: str, media_type: str, place: Place, statement: str) -> dict[str, Any]:
    """The evidence file of kind `document-proof`."""
    size = place.published.size
    said = {
        "type": statement,
        "document_sha256": document_sha256,
        "media_type": media_type,
        "event_id": str(place.event_id),
    }
    return {
        "format": "privacy-evidence/v1",
        "kind": "document-proof",
        "checkpoint": place.published.note,
        "endorsements": endorsements(size),
        # A signer of its own knows the newest key: the one that `place_of` waited for, or one that it endorsed since.
        "statement": Signer().sign(said, Driver.of(session())),
        "event": event_evidence([place.event_id], size)[0],
    }
