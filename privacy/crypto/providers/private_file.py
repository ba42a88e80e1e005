"""Read a file that holds a secret: only where nobody but its user may."""

from __future__ import annotations

import stat
from pathlib import Path

from privacy.crypto.providers.interface import KeyringUnusable


def read_private(path: Path) -> bytes:
    """Its content. Raises `KeyringUnusable` where others could read it, FileNotFoundError or another OSError."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise KeyringUnusable(f"{path} has mode {mode:04o}; others could read it. Run: chmod 600 {path}")
    return path.read_bytes()
