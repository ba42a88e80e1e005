"""Where the files of a run lie: in memory where there is enough, since a test flushes to disk dozens of times."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

_MEMORY = Path("/dev/shm")
#: What a run of all tests on two workers takes at most, twice; less than this is what a container gives by itself.
_ENOUGH = 4 << 30


def folder() -> Path | None:
    """A folder in memory for temporary files; None where they have to lie on a disk."""
    with contextlib.suppress(OSError):
        if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH:
            return _MEMORY
    return None
