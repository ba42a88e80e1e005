"""The container of what is handed out as many files: a ZIP archive whose first entry lists all others.

The same files are the same bytes: entries have no date and one order, and when they were put together stands in the
signed statement inside.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

MANIFEST = "manifest.json"
#: The earliest date that a ZIP archive can name.
NO_DATE = (1980, 1, 1, 0, 0, 0)
_PRIVATE = 0o600 << 16


def listed(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """SHA-256, in hexadecimal, and size of each file."""
    return {path: {"sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)} for path, raw in files.items()}


def zipped(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """The archive: the manifest, then the files in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry(MANIFEST), readable(manifest))
        for path, raw in files.items():  # One at a time: where they lie packed, no more than one is unpacked.
            archive.writestr(entry(path), raw)
    return out.getvalue()


def entry(path: str) -> zipfile.ZipInfo:
    """An entry without a date, readable by its owner only."""
    made = zipfile.ZipInfo(path, NO_DATE)
    made.compress_type = zipfile.ZIP_DEFLATED
    made.external_attr = _PRIVATE
    return made


def readable(value: Any) -> bytes:
    """JSON for people and programs, in UTF-8."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
