"""Files that only their owner can read, made anew: what stood under the name is replaced, not written into."""

from __future__ import annotations

import os
from pathlib import Path


def private_folder(folder: Path) -> Path:
    """The folder, made where it is missing, then for its owner only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def made_anew(path: Path) -> int:
    """The descriptor of a new, empty file for writing. A link under that name is removed and not followed."""
    path.unlink(missing_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def write_anew(path: Path, content: bytes) -> Path:
    """Write a whole file. Nobody sees half of it: it takes its name when it is complete."""
    draft = path.with_name(f".{path.name}.part")
    with os.fdopen(made_anew(draft), "wb") as stream:
        stream.write(content)
    return draft.replace(path)
