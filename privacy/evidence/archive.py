"""The container of evidence: a ZIP archive whose first entry lists and signs all others (docs/evidence.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from privacy.audit import service as audit
from privacy.crypto import canonical
from privacy.db import Driver, session

FORMAT = "privacy-bundle/v1"


@dataclass(frozen=True)
class Proven:
    """What the files of a bundle are proven by."""

    checkpoint: audit.Published
    endorsements: Sequence[Mapping[str, Any]]


def packed(files: Mapping[str, bytes], about: Mapping[str, Any], proven: Proven, *, at: str) -> bytes:
    """The archive: the signed manifest, then the files in their order.

    `about` is what was asked for; `at` when it was made (RFC 3339). Raises `LogNotOpened`, `KeyringUnusable`.
    """
    listed = audit.listed(files)
    stated = {"type": "bundle/v1", "at": at, "about": dict(about), "files_sha256": canonical.sha256(listed)}
    manifest = {
        "format": FORMAT,
        "files": listed,
        "statement": audit.Signer().sign(stated, Driver.of(session())),
        "checkpoint": proven.checkpoint.note,
        "endorsements": list(proven.endorsements),
    }
    return audit.zipped(manifest, files)


def lines(values: Sequence[Mapping[str, Any]]) -> bytes:
    """Canonical JSON, one object a line."""
    return b"".join(canonical.encode(dict(value)) + b"\n" for value in values)
