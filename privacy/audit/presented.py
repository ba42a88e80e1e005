"""What somebody presents as signed by this log: it is taken for genuine only when one of the log's keys signed it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from privacy.audit import merkle
from privacy.audit.failures import NotOurStatement
from privacy.audit.keys import log_keys, origin
from privacy.audit.merkle import ProofInvalid
from privacy.audit.note import Note, NoteInvalid
from privacy.crypto import canonical

_HASH_BYTES = 32


def read_statement(note: str) -> dict[str, Any]:
    """What a signed statement of this log says (docs/evidence.md); raises `NotOurStatement`, `LogNotOpened`."""
    head = f"{origin()}/statement\n"
    try:
        parsed = Note.parse(note)
        parsed.verify(key.verifier for key in log_keys())
        if not parsed.text.startswith(head):
            raise NotOurStatement
        line = parsed.text.removeprefix(head).removesuffix("\n").encode()
        said = canonical.decode(line)
        if not isinstance(said, dict) or canonical.encode(said) != line:
            raise NotOurStatement
    except (NoteInvalid, ValueError) as error:
        raise NotOurStatement from error
    return said


def ensure_row_is_in(root: str, row: Mapping[str, Any], index: int, count: int, proof: Sequence[str]) -> None:
    """Raise `NotOurStatement` unless a row stands at that index in the list that a statement was signed over.

    `root` and `proof` are base64, as in the statement and the row's file (RFC 6962, section 2.1.1).
    """
    try:
        leaf = merkle.leaf_hash(canonical.encode(dict(row)))
        merkle.verify_inclusion(leaf, index, count, [_hash(node) for node in proof], _hash(root))
    except (ProofInvalid, ValueError) as error:
        raise NotOurStatement from error


def _hash(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    # Base64 has several spellings of some bytes; the verifier takes one.
    if len(raw) != _HASH_BYTES or base64.b64encode(raw).decode() != text:
        raise ValueError("not the base64 of a hash")
    return raw
